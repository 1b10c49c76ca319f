"""Sending an accepted declaration to the agencies that must agree to it."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.conditions import parse
from agencies.facts import Facts
from agencies.matcher import CompiledRule, Match, Matcher
from agencies.models import Queue, Review, Rule, RuleSet
from agencies.queues.terms import due_after, office_of
from agencies.risk import assessing, releasing
from agencies.states import WORKING, ReviewKind, ReviewState, RuleSetStatus
from declarations import wco
from declarations.models import Declaration
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

# When several rules send a case to one queue, the most thorough kind of review is done.
THOROUGHNESS = (
    ReviewKind.RELEASE, ReviewKind.DOCUMENTARY, ReviewKind.PERMIT, ReviewKind.INSPECTION,
)


class RoutingError(RuntimeError):
    """The declaration cannot be routed, and why."""


def matcher_of(rule_set: RuleSet) -> Matcher:
    """The compiled rules. A published version never changes and is compiled once per process.

    Raises ConditionError if a rule's condition cannot be read.
    """
    if rule_set.status == RuleSetStatus.DRAFT:
        return _compile(rule_set.pk)
    return _compiled_once(rule_set.pk, rule_set.version)


@lru_cache(maxsize=8)
def _compiled_once(pk: UUID, version: int) -> Matcher:
    return _compile(pk)


def _compile(pk: UUID) -> Matcher:
    return Matcher(map(compiled, Rule.objects.filter(rule_set=pk).select_related("queue")))


def compiled(rule: Rule) -> CompiledRule:
    """One rule, its queue loaded, as the matcher takes it. Raises ConditionError."""
    return CompiledRule(
        id=rule.id, code=rule.code, title=rule.title, legal_basis=rule.legal_basis,
        agency_id=rule.queue.agency_id, queue_id=rule.queue_id, tier=rule.tier,
        review_kind=rule.review_kind, condition=parse(rule.conditions),
        needs_second_signature=rule.needs_second_signature,
    )


def route(
    declaration: Declaration, dataset: wco.Declaration, actor: Actor = SYSTEM
) -> list[Review]:
    """Assess the risk, create the reviews that the rule set in force asks for, and open those of
    the lowest tier; where nobody need look (``risk.releasing``) the one review has lapsed already.

    Runs in the caller's transaction, which moves the declaration to its next state; here it is
    locked and the routing recorded. A declaration that has been routed keeps its reviews, which
    are returned. Raises RoutingError when no rule set is in force.
    """
    Declaration.objects.select_for_update().only("pk").get(pk=declaration.pk)
    reviews = list(declaration.reviews.select_related("queue__agency"))
    if reviews:
        return reviews
    rule_set = RuleSet.objects.in_force().first()
    if rule_set is None:
        raise RoutingError(_("No rule set is in force. Publish one under Administration."))
    facts, judged = assessing.judged(declaration, dataset)
    if judged is not None:
        number = declaration.versions.aggregate(newest=Max("number"))["newest"] or 1
        assessing.keep(declaration, judged, number, actor)
    reviews = planned(rule_set, declaration, facts)
    if releasing.needs_no_hand(declaration, judged, reviews):
        for review in reviews:
            review.state = ReviewState.LAPSED
            review.opened_at = review.closed_at = timezone.now()
    Review.objects.bulk_create(reviews)
    queues = Queue.objects.select_related("agency").in_bulk([r.queue_id for r in reviews])
    for review in reviews:
        review.queue = queues[review.queue_id]
    reviews.sort(key=lambda review: (review.tier, review.queue.agency.name, review.queue.name))
    record(declaration.pk, EventKind.ROUTED, actor, {
        "rule_set": {"id": str(rule_set.pk), "version": rule_set.version, "title": rule_set.title},
        "reviews": [
            {"review": str(r.pk), "agency": r.queue.agency.name, "queue": r.queue.name,
             "tier": r.tier, "rules": [rule["code"] for rule in r.snapshot["rules"]]}
            for r in reviews
        ],
    })
    open_next_tier(reviews, actor)
    return reviews


def planned(rule_set: RuleSet, declaration: Declaration, facts: Facts) -> list[Review]:
    """The reviews that a rule set asks for, one for each queue; nothing is kept."""
    lane = next(iter(facts.lane()), "")
    matches = matcher_of(rule_set).matches(facts)
    return [
        Review(declaration=declaration, queue_id=queue, snapshot=_snapshot(rule_set, found),
               tier=found[0].rule.tier, kind=most_thorough(found), lane=lane)
        for queue, found in _by_queue(matches).items()
    ] or [
        Review(declaration=declaration, queue_id=rule_set.default_queue_id,
               snapshot=_snapshot(rule_set, []), tier=1, kind=ReviewKind.DOCUMENTARY, lane=lane)
    ]


def open_next_tier(reviews: list[Review], actor: Actor) -> list[Review]:
    """Open the lowest tier that still waits; the clock of each review starts now.

    ``reviews``: all of one declaration, with their queues, its row locked. Does nothing while an
    earlier tier is at work. Returns the reviews that were opened.
    """
    if any(r.state in WORKING for r in reviews):
        return []
    waiting = [r for r in reviews if r.state == ReviewState.WAITING]
    tier = min((r.tier for r in waiting), default=None)
    opened = [r for r in waiting if r.tier == tier]
    for review in opened:
        open_review(review, actor)
    return opened


def open_review(review: Review, actor: Actor) -> None:
    """Let its agency begin; the clock starts now."""
    now = timezone.now()
    review.state = ReviewState.OPEN
    review.opened_at = now
    review.due_at = due_after(review, now)
    review.office = office_of(review)
    review.escalated_at = None
    review.save(update_fields=["state", "opened_at", "due_at", "office", "escalated_at"])
    record(review.declaration_id, EventKind.REVIEW_OPENED, actor, {
        "review": str(review.pk), "agency": review.queue.agency.name,
        "queue": review.queue.name, "tier": review.tier, "due_at": review.due_at.isoformat(),
    })


def _by_queue(matches: list[Match[CompiledRule]]) -> dict[UUID, list[Match[CompiledRule]]]:
    """Rules of one agency that lead to the same queue make one review."""
    found: dict[UUID, list[Match[CompiledRule]]] = defaultdict(list)
    for match in matches:
        found[match.rule.queue_id].append(match)
    return found


def most_thorough(matches: list[Match[CompiledRule]]) -> str:
    """The kind of the one review that several rules of a queue make."""
    return max((match.rule.review_kind for match in matches), key=THOROUGHNESS.index)


def _snapshot(rule_set: RuleSet, matches: list[Match[CompiledRule]]) -> dict[str, Any]:
    """Why a review exists, complete in itself: rules may be succeeded, this stays."""
    return {
        "rule_set": {"id": str(rule_set.pk), "version": rule_set.version, "title": rule_set.title},
        "default": not matches,
        "rules": [
            {
                "id": str(match.rule.id),
                "code": match.rule.code,
                "title": match.rule.title,
                "legal_basis": match.rule.legal_basis,
                "tier": match.rule.tier,
                "review_kind": match.rule.review_kind,
                "second_signature": match.rule.needs_second_signature,
                # A list: a JSON object in the database does not keep its order.
                "matched": [{"field": f, "values": v} for f, v in match.values.items()],
                "items": list(match.items),
            }
            for match in matches
        ],
    }
