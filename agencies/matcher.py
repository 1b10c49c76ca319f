"""A rule set compiled for speed: which rules match a declaration, and on which goods items.

The items of a declaration are the bits of an integer: bit 0 is the first item. Each distinct leaf
of the rule set becomes such a mask once per declaration, and a rule is then a few ``&`` and ``|``,
whatever the number of items. Rules that can only hold for certain commodity codes are found by
their HS prefix and are not even looked at otherwise. Nothing here touches the database.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from agencies.conditions import (
    FIELDS,
    Condition,
    Group,
    Leaf,
    Number,
    NumberLeaf,
    TextLeaf,
    positive_leaves,
)
from agencies.facts import Facts

# An HS range wider than this many codes is not worth an index entry per code.
WIDEST_RANGE = 200


class Conditional(Protocol):
    """Anything that has a condition; of rules found together each has another code."""

    @property
    def condition(self) -> Condition: ...


R = TypeVar("R", bound=Conditional)


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """What routing needs of one rule."""

    id: UUID
    code: str
    title: str
    legal_basis: str
    agency_id: UUID
    queue_id: UUID
    tier: int
    review_kind: str
    condition: Condition
    needs_second_signature: bool = False


@dataclass(frozen=True, slots=True)
class Match(Generic[R]):
    """A rule that holds, the numbers of its items, and the values that made it hold."""

    rule: R
    items: tuple[int, ...]
    values: dict[str, list[str]]


class RuleIndex(Generic[R]):
    """Compiled conditions, found by commodity code. Share it between threads: it never changes."""

    def __init__(self, rules: Iterable[R]) -> None:
        self._rules = list(rules)
        self._tests = [_compile(rule.condition) for rule in self._rules]
        self._anywhere: list[int] = []
        self._by_prefix: dict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(self._rules):
            prefixes = hs_prefixes(rule.condition)
            if prefixes is None:
                self._anywhere.append(number)
            for prefix in prefixes or ():
                self._by_prefix[prefix].append(number)
        self._lengths = sorted({len(prefix) for prefix in self._by_prefix})

    def holding(self, masks: Masks) -> Iterator[tuple[R, int]]:
        """In their order, the rules that hold, each with the items for which it does."""
        for number in self._candidates(masks):
            mask = self._tests[number](masks)
            if mask:
                yield self._rules[number], mask

    def _candidates(self, masks: Masks) -> list[int]:
        numbers = set(self._anywhere)
        for length in self._lengths:
            for prefix in masks.prefixes("hs", length):
                numbers.update(self._by_prefix.get(prefix, ()))
        return sorted(numbers)


class Matcher(RuleIndex[CompiledRule]):
    """The compiled rules of a rule set."""

    def __init__(self, rules: Iterable[CompiledRule]) -> None:
        # Agency by agency, lowest tier first: the first tier that matches is the one that fires.
        super().__init__(sorted(rules, key=lambda r: (r.agency_id.int, r.tier, r.code)))

    def matches(self, facts: Facts) -> list[Match[CompiledRule]]:
        """The rules that hold: of each agency, those of its lowest tier that has any."""
        masks = Masks(facts)
        fired: dict[UUID, int] = {}
        found = []
        for number in self._candidates(masks):
            rule = self._rules[number]
            if fired.get(rule.agency_id, rule.tier) < rule.tier:
                continue
            mask = self._tests[number](masks)
            if mask:
                fired[rule.agency_id] = rule.tier
                found.append(masks.explain(rule, mask))
        return found


class Masks:
    """For one declaration: which items each leaf holds for."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.all = (1 << len(facts.items)) - 1
        self._leaves: dict[Leaf, int] = {}
        self._prefixes: dict[tuple[str, int], dict[str, int]] = {}
        self._sorted_prefixes: dict[tuple[str, int], list[str]] = {}
        self._numbers: dict[tuple[str, str], tuple[list[Decimal], list[int]]] = {}

    def leaf(self, leaf: Leaf) -> int:
        mask = self._leaves.get(leaf)
        if mask is None:
            if not FIELDS[leaf.field].of_item:
                (values,) = self.facts.column(leaf.field)
                mask = self.all if any(map(leaf.accepts, values)) else 0  # type: ignore[arg-type]
            elif isinstance(leaf, TextLeaf):
                mask = self._text(leaf)
            else:
                mask = self._number(leaf)
            self._leaves[leaf] = mask
        return mask

    def prefixes(self, field: str, length: int) -> dict[str, int]:
        """The first ``length`` characters of every value that has as many, with its items.

        Length 0 stands for the whole values.
        """
        key = (field, length)
        if key not in self._prefixes:
            found: dict[str, int] = defaultdict(int)
            if length:
                for whole, mask in self.prefixes(field, 0).items():
                    if len(whole) >= length:
                        found[whole[:length]] |= mask
            else:
                bit = 1
                for values in self.facts.column(field):
                    for value in values:
                        found[value] |= bit  # type: ignore[index]
                    bit <<= 1
            self._prefixes[key] = dict(found)
        return self._prefixes[key]

    def _text(self, leaf: TextLeaf) -> int:
        mask = 0
        if leaf.exact:
            by_value = self.prefixes(leaf.field, 0)
            for value in leaf.exact:
                mask |= by_value.get(value, 0)
        for prefix in leaf.prefixes:
            mask |= self.prefixes(leaf.field, len(prefix)).get(prefix, 0)
        if leaf.between:
            low, high = leaf.between
            key = (leaf.field, len(low))
            by_prefix = self.prefixes(*key)
            if key not in self._sorted_prefixes:
                self._sorted_prefixes[key] = sorted(by_prefix)
            keys = self._sorted_prefixes[key]
            for prefix in keys[bisect_left(keys, low) : bisect_right(keys, high)]:
                mask |= by_prefix[prefix]
        return mask

    def _number(self, leaf: NumberLeaf) -> int:
        values, masks = self._sorted_numbers(leaf.field, leaf.unit)
        first = 0 if leaf.low is None else bisect_left(values, leaf.low)
        last = len(values) if leaf.high is None else bisect_right(values, leaf.high)
        return masks[last] & ~masks[first] if first < last else 0

    def _sorted_numbers(self, field: str, unit: str) -> tuple[list[Decimal], list[int]]:
        """The numbers in order, and for each position the items of all numbers before it."""
        key = (field, unit)
        if key not in self._numbers:
            values: list[Decimal] = []
            positions: list[int] = []
            for position, row in enumerate(self.facts.column(field)):
                for number in row:
                    if isinstance(number, Number) and unit in ("", number.unit):
                        values.append(number.value)
                        positions.append(position)
            order = sorted(range(len(values)), key=values.__getitem__)
            masks = [0]
            for one in order:
                masks.append(masks[-1] | 1 << positions[one])
            self._numbers[key] = [values[one] for one in order], masks
        return self._numbers[key]

    def explain(self, rule: R, mask: int, most: int | None = None) -> Match[R]:
        """Why ``rule`` holds for the items in ``mask``: the declared values, by field.

        ``most``: look at the first so many items only.
        """
        positions = list(islice(bits(mask), most))
        values: dict[str, dict[str, None]] = {}  # a dict keeps the order of the items
        of_items = False
        for leaf in positive_leaves(rule.condition):
            column = self.facts.column(leaf.field)
            if FIELDS[leaf.field].of_item:
                of_items = True
                rows = [column[position] for position in positions]
            else:
                rows = column
            held = [str(v) for row in rows for v in row if leaf.accepts(v)]  # type: ignore[arg-type]
            if held:
                values.setdefault(leaf.field, {}).update(dict.fromkeys(held))
        # A rule about the declaration alone, or one that only excludes all others, marks no item
        # unless it leaves some out.
        items = positions if of_items or mask != self.all else []
        return Match(rule, tuple(map(self.facts.sequence, items)),
                     {field: list(found) for field, found in values.items()})


def bits(mask: int) -> Iterator[int]:
    """The positions of the ones in ``mask``, from the lowest."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


Test = Callable[[Masks], int]


def _compile(condition: Condition) -> Test:
    """A function from the masks of a declaration to the items for which ``condition`` holds."""
    if not isinstance(condition, Group):
        leaf = condition
        return lambda masks: masks.leaf(leaf)
    tests = [_compile(part) for part in condition.parts]

    def every(masks: Masks) -> int:
        mask = masks.all
        for test in tests:
            mask &= test(masks)
            if not mask:
                return 0
        return mask

    def some(masks: Masks) -> int:
        mask = 0
        for test in tests:
            mask |= test(masks)
        return mask

    def not_one(masks: Masks) -> int:
        return masks.all & ~some(masks)

    return {"all": every, "any": some, "none": not_one}[condition.op]


def hs_prefixes(condition: Condition) -> set[str] | None:
    """Commodity codes of which an item must begin with one for ``condition`` to hold; None: any."""
    if isinstance(condition, TextLeaf) and condition.field == "hs":
        if condition.between is None:
            return {*condition.exact, *condition.prefixes}
        low, high = condition.between
        if int(high) - int(low) < WIDEST_RANGE:
            return {f"{code:0{len(low)}}" for code in range(int(low), int(high) + 1)}
        return None
    if not isinstance(condition, Group) or condition.op == "none":
        return None
    parts = [hs_prefixes(part) for part in condition.parts]
    if condition.op == "any":
        return None if None in parts else set().union(*parts)  # type: ignore[arg-type]
    known = [part for part in parts if part is not None]
    return min(known, key=len) if known else None
