"""What an amendment means for the agencies' reviews (docs/adr/0006).

The case keeps the rule set that it was routed with, so that nothing but the amendment moves it.
A review that is decided stands if the same rules match on the same values and the goods items
that they match on say the same as before; otherwise it is reopened, and a later tier waits again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from agencies.cases import Case, about, close_request
from agencies.models import Queue, Review, RuleSet
from agencies.risk import assessing
from agencies.risk.assessing import Judged
from agencies.routing import THOROUGHNESS, open_next_tier, open_review, planned
from agencies.states import PENDING, RequestState, ReviewState
from declarations import wco
from declarations.comparison import same_items
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

Json = dict[str, Any]


@dataclass
class Plan:
    """What becomes of each review. ``wanted``: by queue, the review that the rules ask for now.
    ``risk``: what the profile concludes of the amended declaration, if there is a profile."""

    wanted: dict[UUID, Review]
    risk: Judged | None = None
    added: list[Review] = field(default_factory=list)
    reopened: list[Review] = field(default_factory=list)
    lapsed: list[Review] = field(default_factory=list)
    kept: list[Review] = field(default_factory=list)

    @property
    def asks_again(self) -> list[Review]:
        """Those that somebody must decide because of the amendment."""
        return [*self.added, *self.reopened]


def plan(case: Case, old: Json | None, new: Json, *, only_more: bool = False) -> Plan:
    """What the amended dataset would change; nothing is kept.

    ``only_more``: what is asked for already stays, whatever else is known now.
    """
    rule_set = _rule_set(case)
    facts, judged = assessing.judged(case.declaration, wco.from_json(new))
    wanted = {
        review.queue_id: review for review in planned(rule_set, case.declaration, facts)
    } if rule_set is not None else {review.queue_id: review for review in case.reviews}
    queues = Queue.objects.select_related("agency").in_bulk(list(wanted))
    for review in wanted.values():
        review.queue = queues[review.queue_id]
    found = Plan(wanted, judged)
    there = {review.queue_id for review in case.reviews}
    found.added = [review for queue, review in wanted.items() if queue not in there]
    for review in case.reviews:
        asked = wanted.get(review.queue_id)
        if asked is None:
            lapses = review.state in PENDING and not only_more
            (found.lapsed if lapses else found.kept).append(review)
        elif only_more and _asks_no_more(review, asked):
            found.kept.append(review)
        elif review.state == ReviewState.LAPSED or (
            review.state == ReviewState.APPROVED and not _stands(review, asked, old, new)
        ):
            found.reopened.append(review)
        else:
            found.kept.append(review)
    # Who decides last decides on what the others have found.
    first = min((review.tier for review in found.asks_again), default=None)
    if first is not None:
        for review in [one for one in found.kept if one.state == ReviewState.APPROVED]:
            if review.tier > first and review.queue_id in wanted:
                found.kept.remove(review)
                found.reopened.append(review)
    return found


def carry_out(case: Case, found: Plan, actor: Actor) -> None:
    """Keep the plan, each change with its event, and open the tier that is due.

    The caller has moved the declaration and records the amendment.
    """
    now = timezone.now()
    for review in found.lapsed:
        for request in case.open_requests():
            if request.review_id == review.pk:
                close_request(request, RequestState.WITHDRAWN)
                record(case.declaration.pk, EventKind.REQUEST_WITHDRAWN, actor,
                       about(review) | {"request": str(request.pk)})
        review.state, review.closed_at, review.paused_at = ReviewState.LAPSED, now, None
        review.save(update_fields=["state", "closed_at", "paused_at"])
        record(case.declaration.pk, EventKind.REVIEW_LAPSED, actor, about(review))
    for review in found.kept:
        if review.queue_id in found.wanted and review.state in PENDING:
            _take_over(review, found.wanted[review.queue_id])
            review.save(update_fields=["snapshot", "tier", "kind", "lane"])
    for review in found.reopened:
        before = {"officer": str(review.decided_by)} if review.decided_by_id else {}
        _take_over(review, found.wanted[review.queue_id])
        review.state = ReviewState.WAITING
        review.claimed_by = review.decided_by = None
        review.claimed_at = review.closed_at = review.due_at = review.paused_at = None
        review.reason_code = review.reason = ""
        review.save()
        record(case.declaration.pk, EventKind.REVIEW_REOPENED, actor, about(review) | before)
    for review in found.added:
        review.save(force_insert=True)
        case.reviews.append(review)
    first = min((review.tier for review in found.asks_again), default=None)
    if first is not None:
        _let_wait(case, first)
        _open(case, first)
    open_next_tier(case.reviews, SYSTEM)


def _rule_set(case: Case) -> RuleSet | None:
    """The rule set that the case was routed with; the one in force where that is gone."""
    for review in case.reviews:
        pk = (review.snapshot.get("rule_set") or {}).get("id")
        if pk and (pinned := RuleSet.objects.filter(pk=pk).first()) is not None:
            return pinned
    return RuleSet.objects.in_force().first()


def _stands(review: Review, asked: Review, old: Json | None, new: Json) -> bool:
    """Whether a decision may stand: what it was made on is what the rules find now."""
    before, after = review.snapshot, asked.snapshot
    if _matched(before) != _matched(after):
        return False
    return same_items(old, new, _items(before), _items(after))


def _asks_no_more(review: Review, asked: Review) -> bool:
    """Whether everything that is asked now was asked before; what is less thorough stays as it is."""
    asked.kind = max(asked.kind, review.kind, key=THOROUGHNESS.index)
    if review.state == ReviewState.LAPSED:
        return bool(asked.snapshot["default"])
    if not set(_matched(asked.snapshot)) <= set(_matched(review.snapshot)):
        return False
    asked.snapshot, asked.tier = review.snapshot, review.tier
    return True


def _matched(snapshot: Json) -> list[tuple[str, str]]:
    return sorted(
        (rule["code"], str(sorted((m["field"], sorted(m["values"])) for m in _listed(rule))))
        for rule in snapshot.get("rules", [])
    )


def _listed(rule: Json) -> list[Json]:
    matched = rule.get("matched") or []
    if isinstance(matched, dict):  # as they were kept at first
        return [{"field": name, "values": values} for name, values in matched.items()]
    return list(matched)


def _items(snapshot: Json) -> list[int]:
    return sorted({number for rule in snapshot.get("rules", []) for number in rule["items"]})


def _take_over(review: Review, asked: Review) -> None:
    review.snapshot, review.tier, review.kind = asked.snapshot, asked.tier, asked.kind
    review.lane = asked.lane


def _let_wait(case: Case, first: int) -> None:
    """Later tiers that nobody has taken up wait again for the one that is asked again."""
    for review in case.reviews:
        if review.state == ReviewState.OPEN and review.tier > first:
            review.state, review.due_at = ReviewState.WAITING, None
            review.save(update_fields=["state", "due_at"])


def _open(case: Case, tier: int) -> None:
    """Open the reviews of the tier beside those of it that are at work."""
    for review in case.reviews:
        if review.state == ReviewState.WAITING and review.tier <= tier:
            open_review(review, SYSTEM)
