"""What officers do with a review: take it up, hand it back, approve, refuse.

Every verb runs in one transaction with its journal events. It locks the declaration first and its
reviews after, as everything that changes a case does, so that two officers never wait for each
other in a circle. Each raises ``Review.DoesNotExist`` for a review of another agency, and
DecisionError when the review cannot be changed so by this actor now.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import cases
from agencies.cases import Case, DecisionError, about, must_be, must_hold, must_not_be_own
from agencies.models import Queue, Review
from agencies.routing import open_next_tier
from agencies.states import RefusalReason, ReviewState
from declarations import lifecycle
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record

__all__ = ["DecisionError", "approve", "claim", "claim_next", "hand_back", "lock_review", "refuse"]


def claim(review_id: UUID, actor: Actor) -> Review:
    """Take the review up: from now on only this officer may decide it."""
    with transaction.atomic():
        case, review = lock_review(review_id, actor)
        must_not_be_own(case.declaration, actor)
        if review.state == ReviewState.CLAIMED and review.claimed_by_id == actor.user_id:
            return review
        must_be(review, ReviewState.OPEN)
        _take(review, actor)
        return review


def claim_next(actor: Actor, queue: Queue | None = None) -> Review | None:
    """Take up the open review that is due first, of one queue or of the whole agency.

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
        ).exclude(declaration__organisation__memberships__user=actor.user_id)
        if queue is not None:
            waiting = waiting.filter(queue=queue)
        review = (
            waiting.select_for_update(skip_locked=True, of=("self", "declaration"))
            .select_related("declaration", "queue__agency")
            .order_by("due_at", "id")
            .first()
        )
        if review is not None:
            _take(review, actor)
        return review


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


def approve(review_id: UUID, actor: Actor, note: str = "") -> Review:
    """Agree to the declaration. The last approval of a tier opens the next; the last of all
    releases the goods, unless the trader has asked to cancel: then customs decides that first."""
    with transaction.atomic():
        case, review = _for_decision(review_id, actor)
        if any(request.review_id == review.pk for request in case.open_requests()):
            raise DecisionError(_(
                "You have asked the trader a question that is not answered yet. Wait for the "
                "answer, or withdraw the question, and approve then."
            ))
        _close(review, ReviewState.APPROVED, actor, reason=note.strip())
        _note(review, EventKind.REVIEW_APPROVED, actor)
        if not cases.release_if_agreed(case, actor):
            open_next_tier(case.reviews, actor)
        return review


def refuse(review_id: UUID, actor: Actor, reason_code: str, reason: str) -> Review:
    """Refuse the declaration, for a coded reason and in words that the trader will read.

    The other reviews that are not decided yet are no longer needed, nor are answers to questions.
    """
    if reason_code not in RefusalReason.values:
        raise DecisionError(_("Choose the reason for the refusal."), "reason_code")
    reason = reason.strip()
    if not reason:
        raise DecisionError(
            _("Write what is wrong and what the trader can do. The trader reads this text."),
            "reason",
        )
    with transaction.atomic():
        case, review = _for_decision(review_id, actor)
        why = {"reason_code": reason_code, "reason": reason}
        _close(review, ReviewState.REFUSED, actor, **why)
        _note(review, EventKind.REVIEW_REFUSED, actor, **why)
        cases.end(case, lifecycle.Action.REFUSE, actor, about(review) | why)
        return review


# --- locks and rules ------------------------------------------------------------------------


def lock_review(review_id: UUID, actor: Actor) -> tuple[Case, Review]:
    """Lock the case of a review. Raises Review.DoesNotExist for another agency's."""
    cases.must_review(actor)
    declaration_id = (
        Review.objects.came_to(actor).values_list("declaration_id", flat=True).get(pk=review_id)
    )
    case = cases.lock(declaration_id)
    return case, case.review(review_id)


def _for_decision(review_id: UUID, actor: Actor) -> tuple[Case, Review]:
    case, review = lock_review(review_id, actor)
    must_not_be_own(case.declaration, actor)
    must_be(review, ReviewState.CLAIMED)
    must_hold(review, actor)
    return case, review


def _take(review: Review, actor: Actor) -> None:
    review.state, review.claimed_at = ReviewState.CLAIMED, timezone.now()
    review.claimed_by_id = actor.user_id
    review.save(update_fields=["state", "claimed_by", "claimed_at"])
    _note(review, EventKind.REVIEW_CLAIMED, actor)


def _close(
    review: Review, state: ReviewState, actor: Actor, reason_code: str = "", reason: str = ""
) -> None:
    review.state, review.closed_at = state, timezone.now()
    review.decided_by_id = actor.user_id
    review.reason_code, review.reason = reason_code, reason
    review.save(update_fields=["state", "closed_at", "decided_by", "reason_code", "reason"])


def _note(review: Review, kind: EventKind, actor: Actor, **payload: Any) -> None:
    """Record an event of the review in the declaration's chain."""
    record(review.declaration_id, kind, actor, about(review) | payload)
