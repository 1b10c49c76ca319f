"""The lifecycle of a declaration: one table says what may happen in which state, and who may do it.

States never change by any other road than ``perform`` and ``move``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations.models import Declaration
from declarations.states import Kind, State
from portal.accounts.actors import SYSTEM, Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record


class Action(StrEnum):
    """What can be done to a declaration."""

    SUBMIT = "submit"
    REJECT = "reject"
    ACCEPT = "accept"
    ROUTE = "route"
    REQUEST_INFORMATION = "request_information"
    GIVE_INFORMATION = "give_information"
    WITHDRAW_REQUEST = "withdraw_request"
    ORDER_INSPECTION = "order_inspection"
    CLOSE_INSPECTION = "close_inspection"
    CALL_OFF_INSPECTION = "call_off_inspection"
    RELEASE = "release"
    REFUSE = "refuse"
    CANCEL = "cancel"
    AMEND = "amend"


Guard = Callable[[Declaration], str | None]


@dataclass(frozen=True, slots=True)
class Transition:
    """Where an action leads. ``who``: the permission it takes; None is the system's own work, and
    the system may do everything. ``guard`` says in words what stands in the way, or None.
    ``stamps``: the column that keeps the moment.
    """

    to: State
    event: EventKind
    who: Permission | None = None
    guard: Guard | None = None
    stamps: str = ""


class IllegalTransition(Exception):
    """The action is not possible in this state; the text says so to a person."""


def _has_lrn(declaration: Declaration) -> str | None:
    return None if declaration.lrn else _("It has no local reference number (LRN).")


def _has_mrn(declaration: Declaration) -> str | None:
    return None if declaration.mrn else _("It has no MRN.")


def _is_transit(declaration: Declaration) -> str | None:
    if declaration.kind == Kind.TRANSIT:
        return None
    return _("It is closed (%(state)s) and can no longer be cancelled.") % {
        "state": State(declaration.state).label}


_SUBMIT = Transition(
    State.SUBMITTED, EventKind.SUBMITTED, Permission.FILE, _has_lrn, stamps="submitted_at"
)
_REJECT = Transition(State.REJECTED, EventKind.REJECTED, stamps="closed_at")
_ACCEPT = Transition(State.ACCEPTED, EventKind.ACCEPTED, guard=_has_mrn, stamps="accepted_at")
_ROUTE = Transition(State.UNDER_REVIEW, EventKind.ROUTED)
_ASK = Transition(
    State.INFORMATION_REQUIRED, EventKind.INFORMATION_REQUESTED, Permission.REVIEW
)
_ANSWER = Transition(State.UNDER_REVIEW, EventKind.INFORMATION_GIVEN, Permission.FILE)
_UNASK = Transition(State.UNDER_REVIEW, EventKind.REQUEST_WITHDRAWN, Permission.REVIEW)
_INSPECT = Transition(State.INSPECTION, EventKind.INSPECTION_ORDERED, Permission.REVIEW)
_INSPECTED = Transition(State.UNDER_REVIEW, EventKind.INSPECTION_CLOSED, Permission.REVIEW)
_NOT_INSPECTED = Transition(
    State.UNDER_REVIEW, EventKind.INSPECTION_CALLED_OFF, Permission.REVIEW
)
_RELEASE = Transition(State.RELEASED, EventKind.RELEASED, Permission.REVIEW, stamps="closed_at")
_REFUSE = Transition(State.REFUSED, EventKind.REFUSED, Permission.REVIEW, stamps="closed_at")
# The trader asks for it, an official grants it: agencies.cancellations.
_CANCEL = Transition(State.CANCELLED, EventKind.CANCELLED, Permission.REVIEW, stamps="closed_at")
# Of what is released only a transit that has not begun to move; who watches it judges that
# (exchange.transit.departures).
_CANCEL_RELEASED = Transition(
    State.CANCELLED, EventKind.CANCELLED, Permission.REVIEW, guard=_is_transit, stamps="closed_at"
)
# Likewise agencies.amendments. What is released stays released.
_AMEND = Transition(State.AMENDED, EventKind.AMENDED, Permission.REVIEW)
_AMEND_RELEASED = Transition(State.RELEASED, EventKind.AMENDED, Permission.REVIEW)

# Rejected, released (but for a transit), refused and cancelled are ends. A rejected filing frees its
# LRN, and the corrected one is a new declaration. Amended: a new version is in force and waits to be
# routed.
TRANSITIONS: dict[tuple[State, Action], Transition] = {
    (State.DRAFT, Action.SUBMIT): _SUBMIT,
    (State.SUBMITTED, Action.REJECT): _REJECT,
    (State.SUBMITTED, Action.ACCEPT): _ACCEPT,
    (State.ACCEPTED, Action.ROUTE): _ROUTE,
    (State.ACCEPTED, Action.CANCEL): _CANCEL,
    (State.UNDER_REVIEW, Action.REQUEST_INFORMATION): _ASK,
    (State.UNDER_REVIEW, Action.ORDER_INSPECTION): _INSPECT,
    (State.UNDER_REVIEW, Action.RELEASE): _RELEASE,
    (State.UNDER_REVIEW, Action.REFUSE): _REFUSE,
    (State.UNDER_REVIEW, Action.CANCEL): _CANCEL,
    (State.UNDER_REVIEW, Action.AMEND): _AMEND,
    (State.INFORMATION_REQUIRED, Action.GIVE_INFORMATION): _ANSWER,
    (State.INFORMATION_REQUIRED, Action.WITHDRAW_REQUEST): _UNASK,
    # The goods can be looked at while papers are awaited; the question stays open meanwhile.
    (State.INFORMATION_REQUIRED, Action.ORDER_INSPECTION): _INSPECT,
    (State.INFORMATION_REQUIRED, Action.AMEND): _AMEND,
    (State.INFORMATION_REQUIRED, Action.REFUSE): _REFUSE,
    (State.INFORMATION_REQUIRED, Action.CANCEL): _CANCEL,
    # Nothing is amended or cancelled between the call and the result: who is told that the goods
    # will be looked at may not correct the papers first.
    (State.INSPECTION, Action.CLOSE_INSPECTION): _INSPECTED,
    (State.INSPECTION, Action.CALL_OFF_INSPECTION): _NOT_INSPECTED,
    (State.INSPECTION, Action.REFUSE): _REFUSE,
    (State.AMENDED, Action.ROUTE): _ROUTE,
    (State.AMENDED, Action.CANCEL): _CANCEL,
    # A question that was open before the amendment is open after it.
    (State.AMENDED, Action.REQUEST_INFORMATION): _ASK,
    (State.RELEASED, Action.AMEND): _AMEND_RELEASED,
    (State.RELEASED, Action.CANCEL): _CANCEL_RELEASED,
}


def may(declaration: Declaration, action: Action, actor: Actor) -> bool:
    """Whether ``perform`` would do it: for offering a button, never for deciding."""
    transition = TRANSITIONS.get((State(declaration.state), action))
    return (
        transition is not None
        and _is_allowed(transition, actor)
        and (transition.guard is None or transition.guard(declaration) is None)
    )


def perform(
    declaration: Declaration, action: Action, actor: Actor, payload: dict[str, Any] | None = None
) -> Event:
    """Change the state, save the declaration as it stands and record the event.

    The caller is in a transaction, has locked the declaration's row and has made sure that it is
    the actor's to act on. Raises IllegalTransition or PermissionDenied, and then changes nothing.
    """
    now = timezone.now()
    transition = move(declaration, action, actor, now)
    return record(declaration.pk, transition.event, actor, payload, at=now)


def move(
    declaration: Declaration, action: Action, actor: Actor, now: datetime | None = None
) -> Transition:
    """Like ``perform``, for a caller that records the transition's event itself."""
    transition = TRANSITIONS.get((State(declaration.state), action))
    if transition is None:
        raise IllegalTransition(
            _("The declaration is “%(state)s”: this cannot be done to it now.")
            % {"state": State(declaration.state).label}
        )
    if not _is_allowed(transition, actor):
        raise PermissionDenied
    if transition.guard is not None and (obstacle := transition.guard(declaration)) is not None:
        raise IllegalTransition(obstacle)
    declaration.state = transition.to
    if transition.stamps:
        setattr(declaration, transition.stamps, now or timezone.now())
    declaration.save()
    return transition


def _is_allowed(transition: Transition, actor: Actor) -> bool:
    return actor is SYSTEM or (transition.who is not None and actor.may(transition.who))
