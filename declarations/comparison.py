"""What is different between two versions of a declaration, element by element.

Pure: two datasets as JSON in, a list of differences out, in the order of the message. Rows of a
list are paired by what they say, not by where they stand: of two equal ones nothing is told, and
the others are paired by how much they share. So an item put in before others is one new item, and
not a change of all that follow. Numbers that only count rows are no content and are not compared.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from declarations.wco import Declaration, PointerStep
from declarations.wco.model import Element, ElementType, elements
from declarations.wco.pointers import to_pointer

Json = dict[str, Any]

# What a message says of itself and not of the goods.
ENVELOPE = frozenset({"FunctionCode", "ID", "IssueDateTime", "Amendment", "AcceptanceDateTime"})
COUNTS = "SequenceNumeric"
NUMBERS = frozenset({
    ElementType.AMOUNT, ElementType.MEASURE, ElementType.QUANTITY, ElementType.NUMERIC,
})
ITEMS = "GovernmentAgencyGoodsItem"
# Comparing each old row with each new one is for so many pairs at most; beyond, by number.
MOST_PAIRS = 40_000


@dataclass(frozen=True, slots=True)
class Place:
    """One step on the way to an element; ``number`` where there may be several of it."""

    element: Element
    number: int | None = None

    def label(self, gettext: Callable[[str], str] = str) -> str:
        text = gettext(self.element.label)
        return text if self.number is None else f"{text} {self.number}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One element whose value differs. ``old`` is None where it is new, ``new`` where it is gone.

    Numbers on the way are those of the new version, or of the old one for what is gone.
    """

    places: tuple[Place, ...]
    old: Any
    new: Any

    @property
    def path(self) -> str:
        return "/Declaration/" + "/".join(
            place.element.name + (f"[{place.number}]" if place.number else "")
            for place in self.places
        )

    @property
    def pointer(self) -> tuple[PointerStep, ...]:
        return to_pointer(self.path)

    @property
    def sort(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    @property
    def item(self) -> int | None:
        """The number of the goods item it is about; None for the declaration as a whole."""
        return next((p.number for p in self.places if p.element.name == ITEMS), None)


def compare(old: Json | None, new: Json | None) -> list[Difference]:
    """The differences of two datasets, in the order of the message."""
    return list(_groups(old or {}, new or {}, Declaration, ()))


def _groups(
    old: Json, new: Json, cls: type, above: tuple[Place, ...]
) -> Iterator[Difference]:
    for element in elements(cls):
        if (not above and element.name in ENVELOPE) or element.name == COUNTS:
            continue
        before, after = old.get(element.name), new.get(element.name)
        if before == after:
            continue
        if element.repeatable:
            assert element.group is not None
            for number, one, other in _paired(_listed(before), _listed(after)):
                here = (*above, Place(element, number))
                yield from _groups(one, other, element.group, here)
        elif element.group is not None:
            yield from _groups(
                before or {}, after or {}, element.group, (*above, Place(element)))
        elif element.type not in NUMBERS or not _equal(before, after):
            yield Difference((*above, Place(element)), before, after)


def _equal(one: Any, other: Any) -> bool:
    """Numbers are compared as numbers: 12.5 is 12.50."""
    if isinstance(one, dict) and isinstance(other, dict):
        units = {*one, *other} - {"value"}
        return all(one.get(u) == other.get(u) for u in units) and _equal(
            one.get("value"), other.get("value"))
    try:
        return one == other or Decimal(one) == Decimal(other)
    except (InvalidOperation, TypeError, ValueError):
        return False


def _listed(rows: Any) -> list[Json]:
    return rows if isinstance(rows, list) else [rows] if rows else []


def _paired(old: list[Json], new: list[Json]) -> list[tuple[int, Json, Json]]:
    """The rows that differ, with the number of each; an empty one stands for none."""
    olds, news = _without_equals(old, new)
    partners = _partners(olds, news)
    pairs = [
        (number, olds[partners[number]] if number in partners else {}, row)
        for number, row in sorted(news.items())
    ]
    gone = set(olds) - set(partners.values())
    return pairs + [(number, olds[number], {}) for number in sorted(gone)]


def _without_equals(
    old: list[Json], new: list[Json]
) -> tuple[dict[int, Json], dict[int, Json]]:
    """By number, the rows of each side that have no equal on the other."""
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for number, row in enumerate(old, 1):
        waiting[_content(row)].append(number)
    left = {}
    for number, row in enumerate(new, 1):
        equals = waiting[_content(row)]
        if equals:
            equals.popleft()
        else:
            left[number] = row
    return {n: old[n - 1] for rows in waiting.values() for n in rows}, left


def _partners(olds: dict[int, Json], news: dict[int, Json]) -> dict[int, int]:
    """New number to old number of rows that are the same thing changed."""
    if len(olds) * len(news) > MOST_PAIRS:
        return {number: number for number in news if number in olds}
    leaves_old = {number: frozenset(_leaves(row)) for number, row in olds.items()}
    leaves_new = {number: frozenset(_leaves(row)) for number, row in news.items()}
    ranked = sorted(
        (-len(a & b) / max(len(a | b), 1), abs(i - j), i, j)
        for i, a in leaves_old.items() for j, b in leaves_new.items()
        if a & b or i == j
    )
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for _score, _distance, i, j in ranked:
        if i not in taken and j not in partners:
            partners[j] = i
            taken.add(i)
    return partners


def _content(row: Json) -> str:
    return json.dumps(_uncounted(row), sort_keys=True)


def _uncounted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _uncounted(one) for name, one in value.items() if name != COUNTS}
    return [_uncounted(one) for one in value] if isinstance(value, list) else value


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            if name != COUNTS:
                yield from _leaves(one, f"{path}/{name}")
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, path)
    else:
        yield path, str(value)


def same_items(old: Json | None, new: Json | None, olds: list[int], news: list[int]) -> bool:
    """Whether the goods items of these numbers say the same, wherever they stand."""
    return sorted(_items(old, olds)) == sorted(_items(new, news))


def _items(dataset: Json | None, numbers: list[int]) -> list[str]:
    """The content of the items with these numbers, by the number that each gives itself."""
    wanted = set(numbers)
    items = ((dataset or {}).get("GoodsShipment") or {}).get(ITEMS) or []
    return [
        _content(item) for place, item in enumerate(items, 1)
        if (item.get(COUNTS) or place) in wanted
    ]


def shown(value: Any) -> str:
    """A value as a person reads it: the number with its unit, the rest as it is."""
    if isinstance(value, dict):
        unit = value.get("currencyID") or value.get("unitCode") or ""
        return f"{value.get('value', '')} {unit}".strip()
    return "" if value is None else str(value)
