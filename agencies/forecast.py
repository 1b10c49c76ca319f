"""Who would review a declaration if it were filed now: a dry run of the routing rules in force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from agencies.conditions import Condition, Group, Leaf
from agencies.facts import Facts
from agencies.matcher import CompiledRule, Match
from agencies.models import Queue, RuleSet
from agencies.routing import matcher_of
from declarations import wco

# Rules about one trader (suspicion, sampling) are not told to that trader beforehand.
CONFIDENTIAL = frozenset({"trader"})


@dataclass(frozen=True, slots=True)
class Ground:
    """One rule that sends the declaration there, and the goods items that it is about."""

    code: str
    title: str
    legal_basis: str
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ExpectedReview:
    """``grounds`` is empty where no rule matches and the case goes to the default queue."""

    queue: Queue
    tier: int
    grounds: list[Ground] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Forecast:
    rule_set: RuleSet
    reviews: list[ExpectedReview]


def forecast(kind: str, dataset: wco.Declaration) -> Forecast | None:
    """The reviews that the rule set in force would ask for; None if none is in force.

    Two queries, whatever the number of rules, once the rule set is compiled. Records nothing.
    """
    rule_set = RuleSet.objects.in_force().first()
    if rule_set is None:
        return None
    told = [
        match for match in matcher_of(rule_set).matches(Facts(kind, dataset))
        if not _confidential(match)
    ]
    wanted = {match.rule.queue_id for match in told} or {rule_set.default_queue_id}
    queues = Queue.objects.select_related("agency").in_bulk(wanted)
    reviews = {
        key: ExpectedReview(queue, min((m.rule.tier for m in told if m.rule.queue_id == key), default=1))
        for key, queue in queues.items()
    }
    for match in told:
        reviews[match.rule.queue_id].grounds.append(
            Ground(match.rule.code, match.rule.title, match.rule.legal_basis, match.items)
        )
    ordered = sorted(reviews.values(), key=lambda r: (r.tier, r.queue.agency.name, r.queue.name))
    return Forecast(rule_set, ordered)


def _confidential(match: Match[CompiledRule]) -> bool:
    return any(leaf.field in CONFIDENTIAL for leaf in _leaves(match.rule.condition))


def _leaves(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Group):
        for part in condition.parts:
            yield from _leaves(part)
    else:
        yield condition
