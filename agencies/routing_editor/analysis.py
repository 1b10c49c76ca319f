"""What is wrong with a draft's rules, before anybody is routed by them. Pure.

Proved, so never a false alarm: rules that never match, rules that can never fire because an earlier
tier of their agency always does, rules that say the same twice. A conflict is two rules of one
agency that meet on the same goods and want something different; it may be meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from agencies.conditions import Condition, Leaf, TextLeaf, positive_leaves
from agencies.matcher import CompiledRule, hs_prefixes
from agencies.routing_editor.logic import (
    SINGLE,
    Alternative,
    alternatives,
    covers,
    excludes,
    overlap,
)


class Trouble(StrEnum):
    NEVER = "never"
    UNREACHABLE = "unreachable"
    DUPLICATE = "duplicate"
    UNKNOWN_CODE = "unknown_code"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the rule ``code``; ``others`` are the rules that it has to do with."""

    trouble: Trouble
    code: str
    others: tuple[str, ...] = ()
    field: str = ""
    values: tuple[str, ...] = ()


# Says which of a field's codes no declaration can carry.
UnknownCodes = Callable[[TextLeaf], list[str]]


@dataclass(frozen=True, slots=True)
class _Rule:
    rule: CompiledRule
    ways: list[Alternative] | None  # None: too many to look at

    @property
    def condition(self) -> Condition:
        return self.rule.condition


def analyse(rules: Iterable[CompiledRule], unknown: UnknownCodes | None = None) -> list[Finding]:
    """Every finding, rule by rule in the order of tier and code."""
    found: list[Finding] = []
    by_agency: dict[UUID, list[_Rule]] = defaultdict(list)
    ordered = sorted(rules, key=lambda rule: (rule.tier, rule.code))
    for rule in ordered:
        ways = alternatives(rule.condition)
        if ways == []:
            found.append(Finding(Trouble.NEVER, rule.code))
        else:
            by_agency[rule.agency_id].append(_Rule(rule, ways))
        if unknown:
            found += _unknown(rule, unknown)
    for group in by_agency.values():
        found += _among(group)
    places = {rule.code: number for number, rule in enumerate(ordered)}
    order = list(Trouble)
    return sorted(found, key=lambda one: (order.index(one.trouble), places[one.code]))


def _unknown(rule: CompiledRule, unknown: UnknownCodes) -> Iterable[Finding]:
    codes: dict[str, dict[str, None]] = {}
    for leaf in positive_leaves(rule.condition):
        if isinstance(leaf, TextLeaf) and (missing := unknown(leaf)):
            codes.setdefault(leaf.field, {}).update(dict.fromkeys(missing))
    return [Finding(Trouble.UNKNOWN_CODE, rule.code, field=field, values=tuple(missing))
            for field, missing in codes.items()]


def _among(group: list[_Rule]) -> list[Finding]:
    """Findings among the rules of one agency, which are in the order of their tiers."""
    found = []
    index = _Index(group)
    for number, late in enumerate(group):
        if late.ways is None:
            continue
        earlier = [other for other in index.meeting(number) if other.rule.tier < late.rule.tier]
        if blockers := _blockers(late, earlier):
            found.append(Finding(Trouble.UNREACHABLE, late.rule.code, blockers))
            continue
        twins, rivals = [], []
        for other in index.meeting(number):
            if _place(other) >= _place(late):
                continue
            if _same(other, late):
                twins.append(other.rule.code)
            elif _rival(other, late):
                rivals.append(other.rule.code)
        if twins:
            found.append(Finding(Trouble.DUPLICATE, late.rule.code, tuple(twins)))
        if rivals:
            found.append(Finding(Trouble.CONFLICT, late.rule.code, tuple(rivals)))
    return found


def _place(one: _Rule) -> tuple[int, str]:
    return one.rule.tier, one.rule.code


class _Index:
    """Finds the rules that can meet on the same commodity codes, without comparing all pairs."""

    def __init__(self, group: list[_Rule]) -> None:
        self._group = group
        self._chapters = [_chapters(one.condition) for one in group]
        self._anywhere = [n for n, chapters in enumerate(self._chapters) if chapters is None]
        self._by_chapter: dict[str, list[int]] = defaultdict(list)
        for number, chapters in enumerate(self._chapters):
            for chapter in chapters or ():
                self._by_chapter[chapter].append(number)

    def meeting(self, number: int) -> list[_Rule]:
        chapters = self._chapters[number]
        if chapters is None:
            return [one for n, one in enumerate(self._group) if n != number]
        numbers = {n for chapter in chapters for n in self._by_chapter[chapter]}
        return [self._group[n] for n in sorted({*numbers, *self._anywhere} - {number})]


def _chapters(condition: Condition) -> set[str] | None:
    """The first digits that its commodity codes can have; None where that is not bounded."""
    prefixes = hs_prefixes(condition)
    if prefixes is None or any(len(prefix) < 2 for prefix in prefixes):
        return None
    return {prefix[:2] for prefix in prefixes}


def _blockers(late: _Rule, earlier: list[_Rule]) -> tuple[str, ...]:
    """Rules of earlier tiers of which one holds whenever ``late`` does; none if not proved."""
    codes: dict[str, None] = {}
    for way in late.ways or ():
        by = next((one for one in earlier if covers(one.condition, way)), None)
        if by is None:
            return ()
        codes[by.rule.code] = None
    return tuple(codes)


def _same(one: _Rule, other: _Rule) -> bool:
    """Same queue, tier and kind, and each holds whenever the other does."""
    if (one.rule.queue_id, one.rule.tier, one.rule.review_kind) != (
        other.rule.queue_id, other.rule.tier, other.rule.review_kind
    ):
        return False
    return _within(one, other) and _within(other, one)


def _within(inner: _Rule, outer: _Rule) -> bool:
    return bool(inner.ways) and all(covers(outer.condition, way) for way in inner.ways or ())


def _rival(one: _Rule, other: _Rule) -> bool:
    """They want something different of goods on which they meet.

    An exception in an earlier tier than the rule it is taken from is no conflict: tiers are for it.
    """
    if one.rule.tier == other.rule.tier:
        differ = (one.rule.review_kind != other.rule.review_kind)
    else:
        first, second = sorted((one, other), key=_place)
        differ = (first.rule.review_kind, first.rule.queue_id) != (
            second.rule.review_kind, second.rule.queue_id) and not _within(first, second)
    return differ and any(
        _meet(a, b, one.condition, other.condition)
        for a in one.ways or () for b in other.ways or ()
    )


def _meet(a: Alternative, b: Alternative, first: Condition, second: Condition) -> bool:
    """They name the same goods: overlap in each field that both name, and name one in common."""
    if excludes(second, a) or excludes(first, b):
        return False
    shared = False
    for leaf in a.must:
        same = [other for other in b.must if other.field == leaf.field]
        if not same:
            continue
        if not all(overlap(leaf, other) for other in same):
            return False
        shared = shared or _telling(leaf)
    return shared


def _telling(leaf: Leaf) -> bool:
    """It says something of the goods or the parties, and not only import or export."""
    return leaf.field not in (SINGLE & {"kind", "mode"})
