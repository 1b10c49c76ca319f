"""What follows from a routing condition, as far as it can be proved. Pure; never guesses.

A condition is turned into **alternatives**, each a list of **literals** (a leaf that must hold, or
one that must not) that hold together for one goods item. What is said here is true for every
declaration; what is not said may still be so (sound, not complete).

A field with several values holds if one of them does. So two leaves of such a field exclude each
other never; only those of ``SINGLE`` fields can.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from agencies.conditions import FIELDS, Condition, Group, Leaf, NumberLeaf, TextLeaf, ValueType
from agencies.facts import HS_DIGITS

# Fields of which an item has at most one value; see ``agencies.facts``.
SINGLE = frozenset({"kind", "mode", "lane", "export_country", "destination"}) | {
    name for name, field in FIELDS.items() if field.type is ValueType.NUMBER
}
MOST_ALTERNATIVES = 64


@dataclass(frozen=True, slots=True)
class Literal:
    leaf: Leaf
    holds: bool


@dataclass(frozen=True, slots=True)
class Alternative:
    """What must and what must not hold, both together, for one goods item."""

    must: tuple[Leaf, ...]
    must_not: tuple[Leaf, ...]


def alternatives(condition: Condition) -> list[Alternative] | None:
    """All ways in which the condition can hold; None if there are too many to look at.

    Ways that contradict themselves are left out: an empty list means that it never holds.
    """
    found = _ways(condition, True)
    if found is None:
        return None
    made = (_alternative(way) for way in found)
    return [one for one in made if one is not None]


def _ways(condition: Condition, holds: bool) -> list[tuple[Literal, ...]] | None:
    if not isinstance(condition, Group):
        return [(Literal(condition, holds),)]
    # none(a, b) is not-a and not-b; its contrary is a or b.
    inner = holds if condition.op != "none" else not holds
    parts = [_ways(part, inner) for part in condition.parts]
    if any(part is None for part in parts):
        return None
    together = (condition.op == "all") == holds if condition.op != "none" else holds
    known: list[list[tuple[Literal, ...]]] = parts  # type: ignore[assignment]
    if not together:
        ways = [way for part in known for way in part]
        return ways if len(ways) <= MOST_ALTERNATIVES else None
    size = 1
    for part in known:
        size *= len(part)
        if size > MOST_ALTERNATIVES:
            return None
    return [tuple(literal for way in chosen for literal in way) for chosen in product(*known)]


def _alternative(literals: Iterable[Literal]) -> Alternative | None:
    """The literals in order, numbers of one field joined; None if they contradict themselves."""
    must: list[Leaf] = []
    must_not: list[Leaf] = []
    numbers: dict[str, NumberLeaf] = {}
    for literal in literals:
        leaf = literal.leaf
        if not literal.holds:
            must_not.append(leaf)
        elif isinstance(leaf, NumberLeaf):
            joined = _both(numbers.get(leaf.field), leaf)
            if joined is None:
                return None
            numbers[leaf.field] = joined
        else:
            must.append(leaf)
    must += numbers.values()
    if any(is_empty(leaf) for leaf in must):
        return None
    for number, one in enumerate(must):
        if any(disjoint(one, other) for other in must[number + 1:]):
            return None
        if any(entails(one, other) for other in must_not):
            return None
    return Alternative(tuple(must), tuple(must_not))


def _both(one: NumberLeaf | None, other: NumberLeaf) -> NumberLeaf | None:
    """Both at once, of a field with one value; None if that cannot be."""
    if one is None:
        both = other
    else:
        if one.unit and other.unit and one.unit != other.unit:
            return None
        lows = [leaf.low for leaf in (one, other) if leaf.low is not None]
        highs = [leaf.high for leaf in (one, other) if leaf.high is not None]
        both = NumberLeaf(one.field, max(lows, default=None), min(highs, default=None),
                          one.unit or other.unit)
    if both.low is not None and both.high is not None and both.low > both.high:
        return None
    return both


def is_empty(leaf: Leaf) -> bool:
    """No value can satisfy it: a whole commodity code that is shorter than those declared."""
    return (
        isinstance(leaf, TextLeaf) and leaf.field == "hs" and bool(leaf.exact)
        and not leaf.prefixes and not leaf.between
        and all(len(code) < HS_DIGITS for code in leaf.exact)
    )


def disjoint(one: Leaf, other: Leaf) -> bool:
    """No item satisfies both, for certain."""
    if one.field != other.field or one.field not in SINGLE:
        return False
    if isinstance(one, NumberLeaf) and isinstance(other, NumberLeaf):
        return _both(one, other) is None
    return not overlap(one, other)


def overlap(one: Leaf, other: Leaf) -> bool:
    """Some value satisfies both leaves of one field."""
    if isinstance(one, NumberLeaf) and isinstance(other, NumberLeaf):
        return _both(one, other) is not None
    if not isinstance(one, TextLeaf) or not isinstance(other, TextLeaf):
        return False
    if any(other.accepts(code) for code in one.exact):
        return True
    if any(one.accepts(code) for code in other.exact):
        return True
    for first, second in ((one, other), (other, one)):
        for prefix in first.prefixes:
            if any(p.startswith(prefix) or prefix.startswith(p) for p in second.prefixes):
                return True
            if second.between:
                low, high = (bound[: len(prefix)] for bound in second.between)
                if low <= prefix[: len(low)] <= high:
                    return True
    if one.between and other.between:
        length = min(len(one.between[0]), len(other.between[0]))
        low = max(one.between[0][:length], other.between[0][:length])
        return low <= min(one.between[1][:length], other.between[1][:length])
    return False


def entails(one: Leaf, other: Leaf) -> bool:
    """Wherever ``one`` holds, ``other`` does, for certain."""
    if one.field != other.field:
        return False
    if isinstance(one, NumberLeaf) and isinstance(other, NumberLeaf):
        return (
            (not other.unit or one.unit == other.unit)
            and (other.low is None or (one.low is not None and one.low >= other.low))
            and (other.high is None or (one.high is not None and one.high <= other.high))
        )
    if not isinstance(one, TextLeaf) or not isinstance(other, TextLeaf):
        return False
    return (
        all(other.accepts(code) for code in one.exact)
        and all(_accepts_all_under(other, prefix) for prefix in one.prefixes)
        and (one.between is None or _accepts_range(other, one.between))
    )


def _accepts_all_under(leaf: TextLeaf, prefix: str) -> bool:
    if any(prefix.startswith(one) for one in leaf.prefixes):
        return True
    if leaf.between is None:
        return False
    low, high = leaf.between
    return len(prefix) >= len(low) and low <= prefix[: len(low)] <= high


def _accepts_range(leaf: TextLeaf, between: tuple[str, str]) -> bool:
    low, high = between
    if any(low.startswith(one) and high.startswith(one) for one in leaf.prefixes):
        return True
    if leaf.between is None:
        return False
    bottom, top = leaf.between
    length = len(bottom)
    return len(low) >= length and bottom <= low[:length] and high[:length] <= top


def covers(condition: Condition, way: Alternative) -> bool:
    """Whenever ``way`` holds for an item, ``condition`` does, for certain."""
    if not isinstance(condition, Group):
        return any(entails(leaf, condition) for leaf in way.must)
    if condition.op == "all":
        return all(covers(part, way) for part in condition.parts)
    if condition.op == "any":
        return any(covers(part, way) for part in condition.parts)
    return all(excludes(part, way) for part in condition.parts)


def excludes(condition: Condition, way: Alternative) -> bool:
    """Whenever ``way`` holds for an item, ``condition`` does not, for certain."""
    if not isinstance(condition, Group):
        return (
            is_empty(condition)
            or any(entails(condition, leaf) for leaf in way.must_not)
            or any(disjoint(leaf, condition) for leaf in way.must)
        )
    if condition.op == "all":
        return any(excludes(part, way) for part in condition.parts)
    if condition.op == "any":
        return all(excludes(part, way) for part in condition.parts)
    return any(covers(part, way) for part in condition.parts)
