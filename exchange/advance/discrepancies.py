"""How what is declared here differs from what was declared on leaving. Pure.

What one side does not state is no discrepancy. Amounts in different currencies are not compared:
that the currency is another one is a discrepancy of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum

from exchange.advance.figures import Figures

_PLACES = Decimal("0.1")
# A price by a millionth has more digits than Decimal usually keeps.
_WIDE = Context(prec=80)
# Of nothing, or more than a hundredfold: "far more" is all that it says.
FAR = Decimal(9999)


class Subject(StrEnum):
    """What differs."""

    VALUE = "value"
    CURRENCY = "currency"
    GROSS_MASS = "gross_mass"
    NET_MASS = "net_mass"
    QUANTITY = "quantity"
    PACKAGES = "packages"
    COMMODITY = "commodity"
    CONTAINER = "container"


@dataclass(frozen=True, slots=True)
class Tolerances:
    """By how many percent of what left the figure declared may differ."""

    value: Decimal = Decimal(2)
    gross_mass: Decimal = Decimal(2)
    net_mass: Decimal = Decimal(2)
    quantity: Decimal = Decimal(2)
    packages: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """``percent``: how much more (less, if negative) is declared than left; None for what is not
    counted. ``of``: the commodity code of a quantity."""

    subject: Subject
    told: tuple[str, ...]
    declared: tuple[str, ...]
    unit: str = ""
    percent: Decimal | None = None
    of: str = ""


def compare(told: Figures, declared: Figures, tolerances: Tolerances) -> list[Discrepancy]:
    """Everything beyond the tolerances, in the order of ``Subject``."""
    return [
        *_value(told.value, declared.value, tolerances.value),
        *_number(Subject.GROSS_MASS, told.gross_mass, declared.gross_mass, "KGM",
                 tolerances.gross_mass),
        *_number(Subject.NET_MASS, told.net_mass, declared.net_mass, "KGM", tolerances.net_mass),
        *_quantity(told, declared, tolerances.quantity),
        *_number(Subject.PACKAGES, told.packages, declared.packages, "", tolerances.packages),
        *_names(Subject.COMMODITY, told.hs, declared.hs),
        *_names(Subject.CONTAINER, told.containers, declared.containers),
    ]


def percent_more(told: Decimal, declared: Decimal) -> Decimal:
    """How many percent more than ``told`` is declared, to a tenth, within ``FAR``."""
    if told == declared:
        return Decimal(0)
    if told <= 0:
        return FAR if declared > told else -FAR
    share = _WIDE.divide(100 * (declared - told), told)
    return _WIDE.quantize(min(max(share, -FAR), FAR), _PLACES)


def _value(
    told: Mapping[str, Decimal], declared: Mapping[str, Decimal], tolerance: Decimal
) -> Iterator[Discrepancy]:
    if not told or not declared:
        return
    if told.keys() != declared.keys():
        yield Discrepancy(Subject.CURRENCY, _amounts(told), _amounts(declared))
        return
    for currency in sorted(told):
        yield from _number(
            Subject.VALUE, told[currency], declared[currency], currency, tolerance)


def _quantity(told: Figures, declared: Figures, tolerance: Decimal) -> Iterator[Discrepancy]:
    for code, unit in sorted(told.quantity.keys() & declared.quantity.keys()):
        key = (code, unit)
        yield from _number(
            Subject.QUANTITY, told.quantity[key], declared.quantity[key], unit, tolerance, code)


def _number(
    subject: Subject, told: Decimal | None, declared: Decimal | None, unit: str,
    tolerance: Decimal, of: str = "",
) -> Iterator[Discrepancy]:
    if told is None or declared is None:
        return
    # By the product, not by the rounded percent: what is just beyond is beyond.
    if 100 * abs(declared - told) > tolerance * abs(told):
        yield Discrepancy(subject, (_plain(told),), (_plain(declared),), unit,
                          percent_more(told, declared), of)


def _names(
    subject: Subject, told: frozenset[str], declared: frozenset[str]
) -> Iterator[Discrepancy]:
    if told and declared and told != declared:
        yield Discrepancy(subject, tuple(sorted(told - declared)), tuple(sorted(declared - told)))


def _amounts(values: Mapping[str, Decimal]) -> tuple[str, ...]:
    return tuple(f"{_plain(values[currency])} {currency}" for currency in sorted(values))


def _plain(number: Decimal) -> str:
    return f"{number:f}"
