"""The figures of a declaration that both sides of the border state. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from typing import TypeVar

from agencies.conditions import Number
from agencies.facts import Facts
from agencies.permits.units import convert
from declarations.wco import Declaration
from exchange.advance.references import HS_DIGITS, references_of

K = TypeVar("K")
# Each stands for the units that are converted into it exactly.
_COMMON = ("KGM", "LTR", "C62")


@dataclass(frozen=True, slots=True)
class Figures:
    """None and empty: not stated. Masses in kilograms; ``value`` by currency; ``quantity`` by
    commodity code (six digits) and unit."""

    value: Mapping[str, Decimal] = field(default_factory=dict)
    gross_mass: Decimal | None = None
    net_mass: Decimal | None = None
    packages: Decimal | None = None
    quantity: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    hs: frozenset[str] = frozenset()
    containers: frozenset[str] = frozenset()

    def __add__(self, other: Figures) -> Figures:
        """Of two declarations together. What one of them does not state, nobody knows."""
        return Figures(
            _joined(self.value, other.value) if self.value and other.value else {},
            _sum(self.gross_mass, other.gross_mass),
            _sum(self.net_mass, other.net_mass),
            _sum(self.packages, other.packages),
            _joined(self.quantity, other.quantity),
            self.hs | other.hs if self.hs and other.hs else frozenset(),
            self.containers | other.containers,
        )


def figures_of(kind: str, dataset: Declaration) -> Figures:
    """Totals of the header, else the sums of the items where every item states its part."""
    facts = Facts(kind, dataset)
    references = references_of(dataset)
    gross_mass = _first(facts.column("total_gross_mass")[0])
    return Figures(
        value=_values(facts),
        gross_mass=_whole(facts, "gross_mass") if gross_mass is None else gross_mass,
        net_mass=_whole(facts, "net_mass"),
        packages=dataset.TotalPackageQuantity.value if dataset.TotalPackageQuantity
        else _whole(facts, "packages"),
        quantity=_quantities(facts),
        hs=references.hs,
        containers=references.containers,
    )


def together(all_figures: Iterable[Figures]) -> Figures:
    """At least one."""
    return reduce(Figures.__add__, all_figures)


def _values(facts: Facts) -> dict[str, Decimal]:
    stated = facts.column("total_value")[0] or ()
    if not stated:
        rows = facts.column("value")
        stated = tuple(number for row in rows for number in row[:1]) if all(rows) else ()
    found: dict[str, Decimal] = defaultdict(Decimal)
    for number in stated:
        if isinstance(number, Number) and number.unit:
            found[number.unit] += number.value
    return dict(found)


def _quantities(facts: Facts) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for codes, numbers in zip(facts.column("hs"), facts.column("quantity"), strict=True):
        code = str(codes[0])[:HS_DIGITS] if codes else ""
        for number in numbers:
            if isinstance(number, Number) and number.unit and code:
                amount, unit = _in_common_unit(number)
                found[code, unit] += amount
    return dict(found)


def _in_common_unit(number: Number) -> tuple[Decimal, str]:
    """Tonnes as kilograms, hectolitres as litres, pieces as pieces; else as it is told."""
    for unit in _COMMON:
        amount = convert(number.value, number.unit, unit)
        if amount is not None:
            return amount, unit
    return number.value, number.unit


def _whole(facts: Facts, name: str) -> Decimal | None:
    """The sum of all items; None where one of them does not say."""
    parts = [_first(row) for row in facts.column(name)]
    known = [part for part in parts if part is not None]
    return sum(known, Decimal()) if len(known) == len(parts) else None


def _first(row: Iterable[object]) -> Decimal | None:
    return next((one.value for one in row if isinstance(one, Number)), None)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _joined(one: Mapping[K, Decimal], other: Mapping[K, Decimal]) -> dict[K, Decimal]:
    return {key: one.get(key, Decimal()) + other.get(key, Decimal()) for key in (*one, *other)}
