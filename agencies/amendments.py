"""Amending an accepted declaration: what the checked wish leads to, and who decides.

The agency that decides about cancellations decides here too. While nobody has taken the case up
the portal grants by itself what passes the checks. After release an amendment corrects the record:
the goods stay released, and what would need another look of an agency is not granted any more.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import cancellations, cases, rerouting
from agencies.cases import Case, DecisionError
from agencies.risk import assessing
from agencies.states import ReviewState
from declarations import lifecycle, representation, wco
from declarations.change_request import ChangeRequest
from declarations.models import Version
from declarations.projection import project
from declarations.states import ChangeState, State
from portal.accounts.actors import SYSTEM, Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record

TAKEN_UP = (ReviewState.CLAIMED, ReviewState.APPROVED, ReviewState.REFUSED)


def checked(case: Case, change: ChangeRequest) -> None:
    """The wish has passed the checks: grant it, or lay it before who decides.

    In the caller's transaction, which has locked the case and the wish. Raises DecisionError where
    nobody could decide.
    """
    if _nobody_took_it_up(case):
        _put_in_force(case, change, SYSTEM)
        return
    queue = cancellations.deciding_queue()
    if queue is None:
        raise DecisionError(
            _("No agency is named to decide it yet. Ask the operator of the portal.")
        )
    change.state, change.decider_id = ChangeState.ASKED, queue.agency.organisation_id
    change.save(update_fields=["state", "decider"])


def grant(change_id: UUID, actor: Actor) -> ChangeRequest:
    """Put the amended version into force. Reviews are reopened, added or no longer needed, as
    ``agencies.rerouting`` finds.

    Raises ``ChangeRequest.DoesNotExist`` for another agency's, DecisionError when this officer
    cannot decide it now.
    """
    with transaction.atomic():
        case, change = _for_decision(change_id, actor)
        _put_in_force(case, change, actor)
        cases.release_if_agreed(case, actor)
        return change


def deny(change_id: UUID, actor: Actor, decision: str) -> ChangeRequest:
    """Leave the version in force. If all agencies have agreed meanwhile, the goods are released."""
    decision = decision.strip()
    if not decision:
        raise DecisionError(
            _("Write why it is not amended. The trader reads this text."), "decision"
        )
    with transaction.atomic():
        case, change = _for_decision(change_id, actor)
        _close(change, ChangeState.DENIED, actor, decision)
        record(case.declaration.pk, EventKind.AMENDMENT_DENIED, actor,
               _about(change) | {"reason": decision})
        cases.release_if_agreed(case, actor)
        return change


def withdraw(change_id: UUID, actor: Actor) -> ChangeRequest:
    """The trader takes the wish back. Raises ``ChangeRequest.DoesNotExist``, DecisionError."""
    if not actor.may(Permission.FILE):
        raise DecisionError(_("Only the trader may do this."))
    found = ChangeRequest.objects.owned_by(actor).amendments().filed().get(pk=change_id)
    with transaction.atomic():
        case = cases.lock(found.declaration_id)
        cases.must_still_represent(case.declaration)
        change = _locked(change_id)
        if change.state not in (ChangeState.CHECKING, ChangeState.ASKED):
            raise DecisionError(_("This request is closed: %(state)s.")
                                % {"state": change.get_state_display()})
        change.state, change.decided_at = ChangeState.WITHDRAWN, timezone.now()
        change.save(update_fields=["state", "decided_at"])
        record(case.declaration.pk, EventKind.AMENDMENT_WITHDRAWN, actor, _about(change))
        cases.release_if_agreed(case, SYSTEM)
        return change


def consequences(case: Case, change: ChangeRequest) -> rerouting.Plan:
    """What granting would mean for the agencies; nothing is kept."""
    return rerouting.plan(case, _in_force(change).dataset, change.dataset or {})


def _in_force(change: ChangeRequest) -> Version:
    return change.declaration.current


def _nobody_took_it_up(case: Case) -> bool:
    return (
        case.declaration.state == State.UNDER_REVIEW
        and bool(case.reviews)
        and not any(review.state in TAKEN_UP for review in case.reviews)
        and case.cancellation() is None
    )


def _put_in_force(case: Case, change: ChangeRequest, actor: Actor) -> None:
    """The new version, its event, and what follows for the reviews."""
    declaration = case.declaration
    version = declaration.current
    if version.number != change.base_number:
        raise DecisionError(_(
            "Another version came into force meanwhile. The trader must ask again for what is "
            "still to be changed."
        ))
    assert change.dataset is not None and change.body is not None
    released = declaration.state == State.RELEASED
    plan = rerouting.plan(case, version.dataset, change.dataset)
    if released and plan.asks_again:
        agencies = ", ".join(dict.fromkeys(r.queue.agency.name for r in plan.asks_again))
        raise DecisionError(
            _("The goods are released, and this change would need another review by %(agencies)s. "
              "It can no longer be granted; deny it and say so.") % {"agencies": agencies}
        )
    new = Version.objects.create(
        declaration=declaration, number=version.number + 1, channel=change.channel,
        body=bytes(change.body), sha256=wco.read(bytes(change.body)).sha256,
        dataset=change.dataset, faults=change.faults, organisation_id=change.organisation_id,
    )
    # The message came when it was asked, not when it was granted.
    Version.objects.filter(pk=new.pk).update(received_at=change.asked_at)
    dataset = wco.from_json(change.dataset)
    project(declaration, dataset)
    declaration.principal = representation.principal_of(
        declaration.kind, dataset, declaration.organisation
    )
    change.granted_number = new.number
    _close(change, ChangeState.GRANTED, actor)
    cases.move(case, lifecycle.Action.AMEND, actor, _about(change) | {
        "version": new.number, "sha256": new.sha256, "reason": change.reason,
        "after_release": released,
    })
    if plan.risk is not None:
        assessing.keep(declaration, plan.risk, new.number)
    if released:
        return
    rerouting.carry_out(case, plan, actor)
    lifecycle.move(declaration, lifecycle.Action.ROUTE, SYSTEM)
    if case.open_requests():
        lifecycle.move(declaration, lifecycle.Action.REQUEST_INFORMATION, SYSTEM)


def _for_decision(change_id: UUID, actor: Actor) -> tuple[Case, ChangeRequest]:
    cases.must_review(actor)
    found = ChangeRequest.objects.of_agency(actor).get(pk=change_id)
    case = cases.lock(found.declaration_id)
    change = _locked(change_id)
    change.declaration = case.declaration
    if change.state != ChangeState.ASKED:
        raise DecisionError(_("This request is closed: %(state)s.")
                            % {"state": change.get_state_display()})
    cases.must_not_be_own(case.declaration, actor)
    if change.asked_by_id == actor.user_id:
        raise DecisionError(_("You asked for it yourself. A colleague must decide about it."))
    return case, change


def _locked(change_id: UUID) -> ChangeRequest:
    return (
        ChangeRequest.objects.select_for_update(of=("self",)).select_related("decider")
        .get(pk=change_id)
    )


def _close(change: ChangeRequest, state: ChangeState, actor: Actor, decision: str = "") -> None:
    change.state, change.decided_at = state, timezone.now()
    change.decided_by_id, change.decision = actor.user_id, decision
    change.save()


def _about(change: ChangeRequest) -> dict[str, Any]:
    about: dict[str, Any] = {"change": str(change.pk)}
    return about | ({"agency": change.decider.name} if change.decider else {})
