"""Cancelling an accepted declaration: the trader asks, customs grants or denies.

Who decides is the agency of the default queue of the rule set in force: the one that answers for
what no rule sends elsewhere, which is customs. A draft is deleted instead, and a filing that is
still being checked is rejected or accepted within seconds.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import cases
from agencies.cases import Case, DecisionError
from agencies.correspondence import TEXT_LENGTH, CancellationRequest
from agencies.models import Queue, RuleSet
from agencies.states import CancellationState
from declarations import lifecycle
from declarations.change_request import ChangeRequest
from declarations.models import Declaration
from declarations.states import State
from portal.accounts.actors import SYSTEM, Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record


def deciding_queue() -> Queue | None:
    """The queue of the agency that decides; None while no rule set is in force."""
    rule_set = RuleSet.objects.in_force().select_related("default_queue__agency").first()
    return rule_set.default_queue if rule_set else None


def obstacle(declaration: Declaration) -> str | None:
    """Why the trader cannot ask to cancel the declaration now, in words; None if nothing bars it."""
    state = State(declaration.state)
    if lifecycle.may(declaration, lifecycle.Action.CANCEL, SYSTEM):
        if declaration.cancellation_requests.filter(state=CancellationState.ASKED).exists():
            return _("Its cancellation is asked for already. Customs decides.")
        return None
    if state == State.DRAFT:
        return _("A draft is not filed yet. Delete it instead.")
    if state == State.SUBMITTED:
        return _(
            "It is still being checked, which takes seconds. Once it is accepted you can ask to "
            "cancel it; if it is rejected there is nothing to cancel."
        )
    if state == State.INSPECTION:
        return _(
            "The goods are to be inspected. You can ask to cancel it when the inspection is over."
        )
    return _("It is closed (%(state)s) and can no longer be cancelled.") % {"state": state.label}


def ask(declaration_id: UUID, actor: Actor, reason: str) -> CancellationRequest:
    """Ask customs to cancel the declaration.

    Raises ``Declaration.DoesNotExist`` for another organisation's, DecisionError when that cannot
    be asked now.
    """
    if not actor.may(Permission.FILE):
        raise DecisionError(_("Only the trader may do this."))
    reason = reason.strip()
    if not reason:
        raise DecisionError(_("Write why it should be cancelled. Customs reads it."), "reason")
    if len(reason) > TEXT_LENGTH:
        raise DecisionError(
            _("The text is longer than %(count)s characters. Shorten it.")
            % {"count": TEXT_LENGTH}, "reason",
        )
    with transaction.atomic():
        declaration = (
            Declaration.objects.owned_by(actor).select_for_update(of=("self",)).get(pk=declaration_id)
        )
        if (words := obstacle(declaration)) is not None:
            raise DecisionError(words)
        cases.must_still_represent(declaration)
        queue = deciding_queue()
        if queue is None:
            raise DecisionError(
                _("No agency is named to decide it yet. Ask the operator of the portal.")
            )
        return _asked(declaration, queue, reason, actor.user_id, actor)


def taken_in(case: Case, change: ChangeRequest) -> CancellationRequest:
    """What a checked message asks for, in the caller's transaction. Raises DecisionError."""
    if (words := obstacle(case.declaration)) is not None:
        raise DecisionError(words)
    queue = deciding_queue()
    if queue is None:
        raise DecisionError(
            _("No agency is named to decide it yet. Ask the operator of the portal.")
        )
    return _asked(case.declaration, queue, change.reason, change.asked_by_id, SYSTEM)


def _asked(
    declaration: Declaration, queue: Queue, reason: str, asked_by: UUID | None, actor: Actor
) -> CancellationRequest:
    request = CancellationRequest.objects.create(
        declaration=declaration, queue=queue, reason=reason, asked_by_id=asked_by,
        asked_at=timezone.now(),
    )
    record(declaration.pk, EventKind.CANCELLATION_REQUESTED, actor,
           _about(request) | {"reason": reason})
    return request


def grant(request_id: UUID, actor: Actor) -> CancellationRequest:
    """Cancel the declaration; reviews and questions that are still open are no longer needed.

    Raises ``CancellationRequest.DoesNotExist`` for another agency's, DecisionError when this
    officer cannot decide it now.
    """
    with transaction.atomic():
        case, request = _for_decision(request_id, actor)
        _close(request, CancellationState.GRANTED, actor)
        cases.end(case, lifecycle.Action.CANCEL, actor, _about(request) | {"reason": request.reason})
        return request


def deny(request_id: UUID, actor: Actor, decision: str) -> CancellationRequest:
    """Let the declaration go on. If all agencies have agreed meanwhile, the goods are released."""
    decision = decision.strip()
    if not decision:
        raise DecisionError(
            _("Write why it is not cancelled. The trader reads this text."), "decision"
        )
    with transaction.atomic():
        case, request = _for_decision(request_id, actor)
        _close(request, CancellationState.DENIED, actor, decision)
        record(case.declaration.pk, EventKind.CANCELLATION_DENIED, actor,
               _about(request) | {"reason": decision})
        cases.release_if_agreed(case, actor)
        return request


def withdraw(request_id: UUID, actor: Actor) -> CancellationRequest:
    """The trader takes the wish back; what all agencies have agreed to is released then.

    Raises ``CancellationRequest.DoesNotExist`` for another organisation's, DecisionError once it
    is decided.
    """
    if not actor.may(Permission.FILE):
        raise DecisionError(_("Only the trader may do this."))
    found = CancellationRequest.objects.of_trader(actor).get(pk=request_id)
    with transaction.atomic():
        case = cases.lock(found.declaration_id)
        cases.must_still_represent(case.declaration)
        request = (
            CancellationRequest.objects.select_for_update(of=("self",))
            .select_related("queue__agency").get(pk=request_id)
        )
        if request.state != CancellationState.ASKED:
            raise DecisionError(_("This request is closed: %(state)s.")
                                % {"state": request.get_state_display()})
        request.state, request.decided_at = CancellationState.WITHDRAWN, timezone.now()
        request.save(update_fields=["state", "decided_at"])
        record(case.declaration.pk, EventKind.CANCELLATION_WITHDRAWN, actor, _about(request))
        cases.release_if_agreed(case, SYSTEM)
        return request


def _for_decision(request_id: UUID, actor: Actor) -> tuple[Case, CancellationRequest]:
    cases.must_review(actor)
    found = CancellationRequest.objects.of_agency(actor).get(pk=request_id)
    case = cases.lock(found.declaration_id)
    request = (
        CancellationRequest.objects.select_for_update(of=("self",)).select_related("queue__agency")
        .get(pk=request_id)
    )
    if request.state != CancellationState.ASKED:
        raise DecisionError(_("This request is closed: %(state)s.")
                            % {"state": request.get_state_display()})
    cases.must_not_be_own(case.declaration, actor)
    if request.asked_by_id == actor.user_id:
        raise DecisionError(_("You asked for it yourself. A colleague must decide about it."))
    return case, request


def _close(
    request: CancellationRequest, state: CancellationState, actor: Actor, decision: str = ""
) -> None:
    request.state, request.decided_at = state, timezone.now()
    request.decided_by_id, request.decision = actor.user_id, decision
    request.save(update_fields=["state", "decided_at", "decided_by", "decision"])


def _about(request: CancellationRequest) -> dict[str, str]:
    return {"cancellation": str(request.pk), "agency": request.queue.agency.name}
