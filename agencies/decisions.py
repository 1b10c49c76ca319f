"""What officers do with a review: take it up, hand it back, approve, refuse.

Every verb runs in one transaction with its journal events. It locks the declaration first and its
reviews after, as everything that changes a case does, so that two officers never wait for each
other in a circle. Each raises ``Review.DoesNotExist`` for a review of another agency, and
DecisionError when the review cannot be changed so by this actor now.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Queue, Review
from agencies.routing import open_next_tier
from agencies.states import PENDING, RefusalReason, ReviewState
from declarations import lifecycle
from declarations.models import Declaration
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record


class DecisionError(Exception):
    """Why it cannot be done, in words for the officer; ``field`` names the input at fault."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass
class Case:
    """A review, its declaration and all reviews of it, locked."""

    review: Review
    declaration: Declaration
    reviews: list[Review] = field(default_factory=list)

    def note(self, kind: EventKind, actor: Actor, **payload: Any) -> None:
        """Record an event of the review in the declaration's chain."""
        record(self.declaration.pk, kind, actor, _about(self.review) | payload)


def claim(review_id: UUID, actor: Actor) -> Review:
    """Take the review up: from now on only this officer may decide it."""
    with transaction.atomic():
        case = _locked(review_id, actor)
        _must_not_be_own(case, actor)
        review = case.review
        if review.state == ReviewState.CLAIMED and review.claimed_by_id == actor.user_id:
            return review
        _must_be(case, ReviewState.OPEN)
        _take(case, actor)
        return review


def claim_next(actor: Actor, queue: Queue | None = None) -> Review | None:
    """Take up the open review that is due first, of one queue or of the whole agency.

    Cases that another officer is taking at this moment are passed over, never waited for.
    """
    _must_review(actor)
    with transaction.atomic():
        waiting = Review.objects.of_agency(actor).filter(state=ReviewState.OPEN).exclude(
            # ``exclude`` alone would drop those that a program filed, whose filed_by is null.
            Q(declaration__filed_by__isnull=False) & Q(declaration__filed_by=actor.user_id)
        )
        if queue is not None:
            waiting = waiting.filter(queue=queue)
        review = (
            waiting.select_for_update(skip_locked=True, of=("self", "declaration"))
            .select_related("declaration", "queue__agency")
            .order_by("due_at", "id")
            .first()
        )
        if review is not None:
            _take(Case(review, review.declaration), actor)
        return review


def hand_back(review_id: UUID, actor: Actor) -> Review:
    """Put the review back into the queue, undecided. A supervisor may do so for a colleague."""
    with transaction.atomic():
        case = _locked(review_id, actor)
        _must_be(case, ReviewState.CLAIMED)
        if not actor.may(Permission.SUPERVISE):
            _must_hold(case, actor)
        review = case.review
        review.state, review.claimed_by, review.claimed_at = ReviewState.OPEN, None, None
        review.save(update_fields=["state", "claimed_by", "claimed_at"])
        case.note(EventKind.REVIEW_HANDED_BACK, actor)
        return review


def approve(review_id: UUID, actor: Actor, note: str = "") -> Review:
    """Agree to the declaration. The last approval of a tier opens the next; the last of all
    releases the goods."""
    with transaction.atomic():
        case = _for_decision(review_id, actor)
        _close(case.review, ReviewState.APPROVED, actor, reason=note.strip())
        case.note(EventKind.REVIEW_APPROVED, actor)
        if all(review.state == ReviewState.APPROVED for review in case.reviews):
            _move(case, lifecycle.Action.RELEASE, actor, {})
        else:
            open_next_tier(case.reviews, actor)
        return case.review


def refuse(review_id: UUID, actor: Actor, reason_code: str, reason: str) -> Review:
    """Refuse the declaration, for a coded reason and in words that the trader will read.

    The other reviews that are not decided yet are no longer needed.
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
        case = _for_decision(review_id, actor)
        _close(case.review, ReviewState.REFUSED, actor, reason_code=reason_code, reason=reason)
        case.note(EventKind.REVIEW_REFUSED, actor, reason_code=reason_code, reason=reason)
        for other in case.reviews:
            if other.state in PENDING:
                other.state, other.closed_at = ReviewState.LAPSED, timezone.now()
                other.save(update_fields=["state", "closed_at"])
                record(case.declaration.pk, EventKind.REVIEW_LAPSED, actor, _about(other))
        _move(case, lifecycle.Action.REFUSE, actor,
              _about(case.review) | {"reason_code": reason_code, "reason": reason})
        return case.review


# --- locks and rules ------------------------------------------------------------------------


def _locked(review_id: UUID, actor: Actor) -> Case:
    """Lock the declaration, then its reviews. Raises Review.DoesNotExist for another agency's."""
    _must_review(actor)
    declaration_id = (
        Review.objects.of_agency(actor).filter(opened_at__isnull=False)
        .values_list("declaration_id", flat=True).get(pk=review_id)
    )
    declaration = Declaration.objects.select_for_update().get(pk=declaration_id)
    reviews = list(
        declaration.reviews.select_for_update(of=("self",)).select_related("queue__agency")
        .order_by("pk")
    )
    review = next(review for review in reviews if review.pk == review_id)
    return Case(review, declaration, reviews)


def _for_decision(review_id: UUID, actor: Actor) -> Case:
    case = _locked(review_id, actor)
    _must_not_be_own(case, actor)
    _must_be(case, ReviewState.CLAIMED)
    _must_hold(case, actor)
    return case


def _must_review(actor: Actor) -> None:
    if not actor.may(Permission.REVIEW) or actor.user_id is None:
        raise DecisionError(_("Only an officer of the agency may do this."))


def _must_not_be_own(case: Case, actor: Actor) -> None:
    if case.declaration.filed_by_id == actor.user_id:
        raise DecisionError(
            _("You filed this declaration yourself. A colleague must decide about it.")
        )


def _must_be(case: Case, state: ReviewState) -> None:
    review = case.review
    if review.state == state:
        return
    if review.state == ReviewState.OPEN:
        raise DecisionError(_("Take the review up first."))
    if review.state == ReviewState.CLAIMED:
        raise DecisionError(_("%(officer)s has taken this review up. Choose another one.")
                            % {"officer": review.claimed_by})
    raise DecisionError(_("This review is closed: %(state)s.")
                        % {"state": review.get_state_display()})


def _must_hold(case: Case, actor: Actor) -> None:
    if case.review.claimed_by_id != actor.user_id:
        raise DecisionError(
            _("%(officer)s has taken this review up. Only that officer can decide it.")
            % {"officer": case.review.claimed_by}
        )


def _take(case: Case, actor: Actor) -> None:
    review = case.review
    review.state, review.claimed_at = ReviewState.CLAIMED, timezone.now()
    review.claimed_by_id = actor.user_id
    review.save(update_fields=["state", "claimed_by", "claimed_at"])
    case.note(EventKind.REVIEW_CLAIMED, actor)


def _close(
    review: Review, state: ReviewState, actor: Actor, reason_code: str = "", reason: str = ""
) -> None:
    review.state, review.closed_at = state, timezone.now()
    review.decided_by_id = actor.user_id
    review.reason_code, review.reason = reason_code, reason
    review.save(update_fields=["state", "closed_at", "decided_by", "reason_code", "reason"])


def _move(case: Case, action: lifecycle.Action, actor: Actor, payload: dict[str, Any]) -> None:
    try:
        lifecycle.perform(case.declaration, action, actor, payload)
    except lifecycle.IllegalTransition as error:
        raise DecisionError(str(error)) from error


def _about(review: Review) -> dict[str, Any]:
    return {
        "review": str(review.pk),
        "agency": review.queue.agency.name,
        "queue": review.queue.name,
        "tier": review.tier,
    }
