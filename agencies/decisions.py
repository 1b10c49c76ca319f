"""What officers do with a review: take it up, hand it back, approve, refuse.

Every verb runs in one transaction with its journal events. It locks the declaration first and its
reviews after, as everything that changes a case does, so that two officers never wait for each
other in a circle. Each raises ``Review.DoesNotExist`` for a review of another agency, and
DecisionError when the review cannot be changed so by this actor now.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import cases, outcomes, signatures
from agencies.calendars import Absence, Office
from agencies.cases import (
    Case,
    DecisionError,
    about,
    lock_review,
    must_be,
    must_hold,
    must_not_be_own,
)
from agencies.conditions_of_approval import ApprovalCondition, ConditionState, Verb
from agencies.forms import today
from agencies.models import Queue, Review, ReviewQuerySet
from agencies.outcomes import Wanted
from agencies.states import ReviewState
from declarations.states import State
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record

__all__ = [
    "DecisionError", "Wanted", "approve", "claim", "claim_next", "fulfil", "hand_back",
    "lock_review", "look_again", "refuse",
]


def claim(review_id: UUID, actor: Actor) -> Review:
    """Take the review up: from now on only this officer may decide it.

    Who stands in for an absent officer takes over what that officer holds.
    """
    with transaction.atomic():
        case, review = lock_review(review_id, actor)
        must_not_be_own(case.declaration, actor)
        if review.state == ReviewState.CLAIMED and review.claimed_by_id == actor.user_id:
            return review
        if stands_in(review, actor):
            _take(review, actor, stands_in_for=str(review.claimed_by))
            return review
        must_be(review, ReviewState.OPEN)
        _take(review, actor)
        return review


def stands_in(review: Review, actor: Actor) -> bool:
    """Whether the actor may decide today in place of the officer who holds the review."""
    return (
        review.state == ReviewState.CLAIMED
        and Absence.objects.of_agency(actor).filter(  # type: ignore[attr-defined]
            officer=review.claimed_by_id, deputy=actor.user_id,
            first_day__lte=today(), last_day__gte=today(),
        ).exists()
    )


def claim_next(actor: Actor, queue: Queue | None = None) -> Review | None:
    """Take up the open review that is due first, of one queue or of the whole agency; of the
    officer's own offices as long as there is one.

    Cases that another officer is taking at this moment are passed over, never waited for; so are
    those that wait for the trader.
    """
    cases.must_review(actor)
    with transaction.atomic():
        waiting = Review.objects.of_agency(actor).filter(
            state=ReviewState.OPEN, paused_at=None
        ).exclude(
            # ``exclude`` alone would drop those that a program filed, whose filed_by is null.
            Q(declaration__filed_by__isnull=False) & Q(declaration__filed_by=actor.user_id)
        ).exclude(declaration__organisation__memberships__user=actor.user_id).exclude(
            declaration__principal__memberships__user=actor.user_id)
        queues = [queue] if queue is not None else list(Queue.objects.of_agency(actor))
        review = None
        if own := list(Office.objects.of_officer(actor).values_list("pk", flat=True)):
            here = waiting.filter(office__in=own)
            review = _first_free(here.filter(pk__in=_heads(here, queues)))
        if review is None:
            review = _first_free(waiting.filter(pk__in=_heads(waiting, queues)))
        if review is None:  # other officers are taking all of these at this moment
            review = _first_free(waiting.filter(queue__in=queues))
        if review is not None:
            _take(review, actor)
        return review


# How many of each queue are looked at first; as many officers can take up one at the same moment.
_HEADS = 20
_URGENT_FIRST = ("-priority", "due_at", "id")


def _heads(waiting: ReviewQuerySet, queues: list[Queue]) -> list[UUID]:
    """The keys of the first of every queue: queue by queue, as their index has them."""
    return [
        key for queue in queues
        for key in waiting.filter(queue=queue).order_by(*_URGENT_FIRST)
        .values_list("pk", flat=True)[:_HEADS]
    ]


def _first_free(waiting: ReviewQuerySet) -> Review | None:
    """The first that nobody else is taking, locked together with its declaration."""
    return (
        waiting.select_for_update(skip_locked=True, of=("self", "declaration"))
        .select_related("declaration", "queue__agency").order_by(*_URGENT_FIRST).first()
    )


def hand_back(review_id: UUID, actor: Actor) -> Review:
    """Put the review back into the queue, undecided. A supervisor may do so for a colleague."""
    with transaction.atomic():
        _case, review = lock_review(review_id, actor)
        must_be(review, ReviewState.CLAIMED)
        if not actor.may(Permission.SUPERVISE):
            must_hold(review, actor)
        review.state, review.claimed_by, review.claimed_at = ReviewState.OPEN, None, None
        review.save(update_fields=["state", "claimed_by", "claimed_at"])
        _note(review, EventKind.REVIEW_HANDED_BACK, actor)
        return review


def approve(
    review_id: UUID, actor: Actor, note: str = "", conditions: Iterable[Wanted] = ()
) -> Review:
    """Agree to the declaration, where need be with conditions. The last approval of a tier opens
    the next; the last of all releases the goods, unless the trader has asked to cancel: then
    customs decides that first; or unless a condition is to be fulfilled before.

    Where a rule asks for a second signature this only proposes: the review stays ``claimed`` until
    a colleague signs (``agencies.signatures``).
    """
    wanted = outcomes.checked(conditions)
    with transaction.atomic():
        case, review = _for_decision(review_id, actor)
        outcomes.must_have_answers(case, review)
        if review.needs_second_signature:
            signatures.propose(case, review, actor, Verb.APPROVE, reason=note, conditions=wanted)
        else:
            outcomes.approved(case, review, actor, actor.user_id, note, wanted)
        return review


def refuse(review_id: UUID, actor: Actor, reason_code: str, reason: str) -> Review:
    """Refuse the declaration, for a coded reason and in words that the trader will read.

    The other reviews that are not decided yet are no longer needed, nor are answers to questions.
    Where a rule asks for a second signature this only proposes, as ``approve`` does.
    """
    outcomes.must_have_reason(reason_code, reason)
    with transaction.atomic():
        case, review = _for_decision(review_id, actor)
        if review.needs_second_signature:
            signatures.propose(
                case, review, actor, Verb.REFUSE, reason_code=reason_code, reason=reason)
        else:
            outcomes.refused(case, review, actor, actor.user_id, reason_code, reason)
        return review


def fulfil(condition_id: UUID, actor: Actor, note: str = "") -> ApprovalCondition:
    """Find a condition of one's own agency fulfilled. The last one before release releases.

    Raises ``ApprovalCondition.DoesNotExist`` for another agency's.
    """
    cases.must_review(actor)
    found = ApprovalCondition.objects.filter(
        review__queue__agency__organisation=actor.organisation_id
    ).get(pk=condition_id)
    with transaction.atomic():
        case, review = lock_review(found.review_id, actor)
        must_not_be_own(case.declaration, actor)
        condition = review.conditions.select_for_update().get(pk=condition_id)
        if condition.state != ConditionState.OPEN or review.state != ReviewState.APPROVED:
            raise DecisionError(_("This condition is closed: %(state)s.")
                                % {"state": condition.get_state_display()})
        condition.state, condition.fulfilled_at = ConditionState.FULFILLED, timezone.now()
        condition.fulfilled_by_id, condition.note = actor.user_id, note.strip()
        condition.save(update_fields=["state", "fulfilled_at", "fulfilled_by", "note"])
        _note(review, EventKind.CONDITION_FULFILLED, actor, **condition.told, reason=condition.note)
        cases.release_if_agreed(case, actor)
        return condition


def look_again(review_id: UUID, actor: Actor) -> Review:
    """Take an approval back whose conditions are not fulfilled, to decide anew."""
    with transaction.atomic():
        case, review = lock_review(review_id, actor)
        must_not_be_own(case.declaration, actor)
        unmet = [one for one in case.conditions() if one.review_id == review.pk]
        if not unmet or case.declaration.state != State.UNDER_REVIEW:
            raise DecisionError(_("Only an approval whose conditions are not fulfilled, of goods "
                                  "that are not released, can be looked at again."))
        review.conditions.filter(state=ConditionState.OPEN).update(state=ConditionState.LAPSED)
        review.state, review.closed_at, review.decided_by = ReviewState.CLAIMED, None, None
        review.reason, review.claimed_by_id = "", actor.user_id
        review.claimed_at = timezone.now()
        review.save()
        _note(review, EventKind.REVIEW_REOPENED, actor,
              conditions=[one.told for one in unmet])
        return review


# --- locks and rules ------------------------------------------------------------------------


def _for_decision(review_id: UUID, actor: Actor) -> tuple[Case, Review]:
    case, review = lock_review(review_id, actor)
    must_not_be_own(case.declaration, actor)
    must_be(review, ReviewState.CLAIMED)
    must_hold(review, actor)
    return case, review


def _take(review: Review, actor: Actor, **payload: Any) -> None:
    review.state, review.claimed_at = ReviewState.CLAIMED, timezone.now()
    review.claimed_by_id = actor.user_id
    review.save(update_fields=["state", "claimed_by", "claimed_at"])
    _note(review, EventKind.REVIEW_CLAIMED, actor, **payload)


def _note(review: Review, kind: EventKind, actor: Actor, **payload: Any) -> None:
    """Record an event of the review in the declaration's chain."""
    record(review.declaration_id, kind, actor, about(review) | payload)
