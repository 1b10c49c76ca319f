"""A declaration with its reviews, locked: where everything that changes a case begins.

The order of locks is always the same, so that nobody waits in a circle: the declaration's row, its
reviews by key, then questions and requests to cancel, then an inspection and its site, then the
journal's chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.conditions_of_approval import ApprovalCondition, ConditionState
from agencies.correspondence import CancellationRequest, InformationRequest
from agencies.inspections.models import Inspection
from agencies.inspections.states import TAKES_PART, InspectionState, Part
from agencies.models import Review
from agencies.queues.terms import due_again
from agencies.states import PENDING, CancellationState, RequestState, ReviewState
from declarations import lifecycle, representation
from declarations.change_request import ChangeRequest
from declarations.models import Declaration
from declarations.states import ChangeState, State
from portal.accounts.actors import Actor
from portal.accounts.models import Membership
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record


class DecisionError(Exception):
    """Why it cannot be done, in words for the person; ``field`` names the input at fault."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def must_still_represent(declaration: Declaration) -> None:
    """Raises DecisionError where the mandate that it was filed under has ended."""
    if (words := representation.ended(declaration)) is not None:
        raise DecisionError(words)


@dataclass
class Case:
    """A declaration and all its reviews, locked."""

    declaration: Declaration
    reviews: list[Review]

    def review(self, review_id: UUID) -> Review:
        return next(review for review in self.reviews if review.pk == review_id)

    def open_requests(self) -> list[InformationRequest]:
        """The questions that the trader has not answered, locked."""
        return list(
            InformationRequest.objects.open().filter(review__declaration=self.declaration)
            .select_for_update(of=("self",)).order_by("pk")
        )

    def cancellation(self) -> CancellationRequest | None:
        """The request to cancel that waits for a decision, locked."""
        waiting = self.declaration.cancellation_requests.filter(state=CancellationState.ASKED)
        return waiting.select_for_update(of=("self",)).first()

    def amendment(self) -> ChangeRequest | None:
        """The amendment that is asked for and not decided, locked."""
        asked = self.declaration.changes.amendments().undecided()
        return asked.select_for_update(of=("self",)).first()

    def inspection(self) -> Inspection | None:
        """The inspection that is not over, locked."""
        active = self.declaration.inspections.active()
        return active.select_for_update(of=("self",)).select_related("lead", "site").first()

    def conditions(self) -> list[ApprovalCondition]:
        """What must still be fulfilled before the goods are released, locked."""
        found = ApprovalCondition.objects.holding_up().filter(
            review__declaration=self.declaration, review__state=ReviewState.APPROVED
        )
        return list(found.select_for_update(of=("self",)).order_by("pk"))


def lock(declaration_id: UUID) -> Case:
    """Lock the declaration, then its reviews. The caller is in a transaction and has made sure
    that the case is the actor's to act on."""
    declaration = Declaration.objects.select_for_update().get(pk=declaration_id)
    reviews = list(
        declaration.reviews.select_for_update(of=("self",)).select_related("queue__agency")
        .order_by("pk")
    )
    for review in reviews:
        review.declaration = declaration
    return Case(declaration, reviews)


def lock_review(review_id: UUID, actor: Actor) -> tuple[Case, Review]:
    """Lock the case of a review. Raises Review.DoesNotExist for another agency's."""
    must_review(actor)
    declaration_id = (
        Review.objects.came_to(actor).values_list("declaration_id", flat=True).get(pk=review_id)
    )
    case = lock(declaration_id)
    return case, case.review(review_id)


# --- what follows ---------------------------------------------------------------------------


def release_if_agreed(case: Case, actor: Actor) -> bool:
    """Release the goods once every agency that is needed has approved, unless their cancellation
    or an amendment is asked for: then whoever decides about that releases. A condition that is
    to be fulfilled before release holds it up, until its agency finds it fulfilled."""
    needed = [r for r in case.reviews if r.state != ReviewState.LAPSED]
    agreed = bool(needed) and all(r.state == ReviewState.APPROVED for r in needed)
    if case.declaration.state != State.UNDER_REVIEW or not agreed:
        return False
    if case.cancellation() is not None or case.amendment() is not None:
        return False
    if case.conditions():
        return False
    move(case, lifecycle.Action.RELEASE, actor, {})
    return True


def end(
    case: Case, action: lifecycle.Action, actor: Actor, payload: dict[str, Any]
) -> None:
    """Close the case before all have decided. What was still under way is no longer needed."""
    now = timezone.now()
    for request in case.open_requests():
        close_request(request, RequestState.WITHDRAWN)
        review = case.review(request.review_id)
        record(case.declaration.pk, EventKind.REQUEST_WITHDRAWN, actor,
               about(review) | {"request": str(request.pk)})
    for review in case.reviews:
        if review.paused_at is not None:
            review.paused_at = None
            review.save(update_fields=["paused_at"])
        if review.state in PENDING:
            review.state, review.closed_at = ReviewState.LAPSED, now
            review.save(update_fields=["state", "closed_at"])
            record(case.declaration.pk, EventKind.REVIEW_LAPSED, actor, about(review))
    ApprovalCondition.objects.filter(
        review__declaration=case.declaration, state=ConditionState.OPEN
    ).update(state=ConditionState.LAPSED)
    if (cancellation := case.cancellation()) is not None:
        cancellation.state, cancellation.decided_at = CancellationState.LAPSED, now
        cancellation.save(update_fields=["state", "decided_at"])
        record(case.declaration.pk, EventKind.CANCELLATION_LAPSED, actor,
               {"cancellation": str(cancellation.pk)})
    if (amendment := case.amendment()) is not None:
        amendment.state, amendment.decided_at = ChangeState.LAPSED, now
        amendment.save(update_fields=["state", "decided_at"])
        record(case.declaration.pk, EventKind.AMENDMENT_LAPSED, actor,
               {"change": str(amendment.pk)})
    if (inspection := case.inspection()) is not None:
        inspection.state, inspection.closed_at = InspectionState.CALLED_OFF, now
        inspection.save(update_fields=["state", "closed_at"])
        record(case.declaration.pk, EventKind.INSPECTION_CALLED_OFF, actor,
               {"inspection": str(inspection.pk)})
    move(case, action, actor, payload)


def move(case: Case, action: lifecycle.Action, actor: Actor, payload: dict[str, Any]) -> None:
    """Change the declaration's state with its event. Raises DecisionError where that cannot be."""
    try:
        lifecycle.perform(case.declaration, action, actor, payload)
    except lifecycle.IllegalTransition as error:
        raise DecisionError(str(error)) from error


def close_request(request: InformationRequest, state: RequestState) -> None:
    request.state, request.closed_at = state, timezone.now()
    request.save(update_fields=["state", "closed_at", "answer", "answered_by"])


def go_on(case: Case, review: Review) -> None:
    """Let the review's clock run again if none of its questions is open: the time that the trader
    took is added to its due date."""
    if review.paused_at is None or any(r.review_id == review.pk for r in case.open_requests()):
        return
    review.due_at = due_again(review, timezone.now())
    review.paused_at = None
    review.save(update_fields=["due_at", "paused_at"])


def may_leave_waiting(case: Case) -> bool:
    """Whether the declaration stands at “information required” and no question is open any more."""
    return case.declaration.state == State.INFORMATION_REQUIRED and not case.open_requests()


def pass_inspection_by(case: Case, review: Review, actor: Actor) -> None:
    """An agency that approves needs no inspection; one that takes part waits for the result.

    Raises DecisionError where it takes part in one that is not over.
    """
    inspection = case.inspection()
    if inspection is None:
        return
    part = inspection.participants.filter(review=review).first()
    if part is not None and part.part in TAKES_PART:
        raise DecisionError(_(
            "Your agency takes part in an inspection that is not over. Approve once its result is "
            "signed. You can refuse at any time."
        ))
    if part is not None and part.part == Part.ASKED:
        part.part, part.answered_by_id = Part.NOT_NEEDED, actor.user_id
        part.answered_at = timezone.now()
        part.save(update_fields=["part", "answered_by", "answered_at"])
        record(case.declaration.pk, EventKind.INSPECTION_NOT_NEEDED, actor,
               {"inspection": str(inspection.pk), "agency": review.queue.agency.name})


# --- rules ----------------------------------------------------------------------------------


def must_review(actor: Actor) -> None:
    if not actor.may(Permission.REVIEW) or actor.user_id is None:
        raise DecisionError(_("Only an officer of the agency may do this."))


def is_own(declaration: Declaration, actor: Actor) -> bool:
    """Whether the actor filed it, or belongs to the organisation that filed it, or to the one for
    which it was filed by mandate."""
    return (
        declaration.filed_by_id == actor.user_id
        or Membership.objects.filter(
            user=actor.user_id,
            organisation__in=[declaration.organisation_id, declaration.principal_id],
        ).exists()
    )


def must_not_be_own(declaration: Declaration, actor: Actor) -> None:
    """The decider is never the submitter, nor one of the submitter's people."""
    if declaration.filed_by_id == actor.user_id:
        raise DecisionError(
            _("You filed this declaration yourself. A colleague must decide about it.")
        )
    if is_own(declaration, actor):
        raise DecisionError(
            _("You belong to the organisation that filed this declaration, or for which it was "
              "filed. A colleague must decide about it.")
        )


def must_hold(review: Review, actor: Actor) -> None:
    if review.claimed_by_id != actor.user_id:
        raise DecisionError(
            _("%(officer)s has taken this review up. Only that officer can decide it.")
            % {"officer": review.claimed_by}
        )


def must_be(review: Review, state: ReviewState) -> None:
    if review.state == state:
        return
    if review.state == ReviewState.OPEN:
        raise DecisionError(_("Take the review up first."))
    if review.state == ReviewState.CLAIMED:
        raise DecisionError(_("%(officer)s has taken this review up. Choose another one.")
                            % {"officer": review.claimed_by})
    raise DecisionError(_("This review is closed: %(state)s.")
                        % {"state": review.get_state_display()})


def about(review: Review) -> dict[str, Any]:
    """What an event says of a review."""
    return {
        "review": str(review.pk),
        "agency": review.queue.agency.name,
        "queue": review.queue.name,
        "tier": review.tier,
    }
