"""What the issuing agency does to a permit: sign, suspend, resume, revoke, extend, replace.

Each is one transaction with its events, on the permit's own chain and on that of its application,
where the holder learns of it. Raises Permit.DoesNotExist for another agency's, DecisionError when
it cannot be done.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.cases import DecisionError, must_not_be_own, must_review
from agencies.permits.issuing import Terms, grant, today
from agencies.permits.models import Permit
from agencies.permits.states import PermitState
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

ALIVE = (PermitState.IN_FORCE, PermitState.SUSPENDED, PermitState.EXHAUSTED, PermitState.EXPIRED)


def sign(permit_id: UUID, actor: Actor) -> Permit:
    """The second signature, by another officer than the one who issued it."""
    with _locked(permit_id, actor) as permit:
        _must_be(permit, PermitState.UNSIGNED)
        if permit.issued_by_id == actor.user_id:
            raise DecisionError(_("You issued this permit. A colleague must sign it."))
        permit.signed_by_id, permit.signed_at = actor.user_id, timezone.now()
        permit.state = PermitState.IN_FORCE
        _keep(permit, EventKind.PERMIT_SIGNED, actor)
        return permit


def suspend(permit_id: UUID, actor: Actor, reason: str) -> Permit:
    with _locked(permit_id, actor) as permit:
        _must_be(permit, PermitState.IN_FORCE)
        permit.state, permit.reason = PermitState.SUSPENDED, _given(reason)
        _keep(permit, EventKind.PERMIT_SUSPENDED, actor, reason=permit.reason)
        return permit


def resume(permit_id: UUID, actor: Actor, reason: str) -> Permit:
    with _locked(permit_id, actor) as permit:
        _must_be(permit, PermitState.SUSPENDED)
        permit.state, permit.reason = PermitState.IN_FORCE, ""
        _keep(permit, EventKind.PERMIT_RESUMED, actor, reason=_given(reason))
        return permit


def revoke(permit_id: UUID, actor: Actor, reason: str) -> Permit:
    """For good. What declarations have reserved stays so; they are not released under it."""
    with _locked(permit_id, actor) as permit:
        _must_be(permit, PermitState.IN_FORCE, PermitState.SUSPENDED, PermitState.UNSIGNED,
                 PermitState.EXPIRED)
        permit.state, permit.reason = PermitState.REVOKED, _given(reason)
        _keep(permit, EventKind.PERMIT_REVOKED, actor, reason=permit.reason)
        return permit


def extend(permit_id: UUID, actor: Actor, valid_to: date, reason: str) -> Permit:
    """A later last day; a permit that has expired is in force again."""
    with _locked(permit_id, actor) as permit:
        _must_be(permit, PermitState.IN_FORCE, PermitState.EXPIRED)
        if valid_to <= permit.valid_to:
            raise DecisionError(
                _("The permit is valid until %(day)s already. Choose a later day.")
                % {"day": date_format(permit.valid_to)}, "valid_to"
            )
        if valid_to < today():
            raise DecisionError(_("Choose a day that is not over."), "valid_to")
        before, permit.valid_to = permit.valid_to, valid_to
        permit.state, permit.reason = PermitState.IN_FORCE, ""
        _keep(permit, EventKind.PERMIT_EXTENDED, actor, reason=_given(reason),
              before=before.isoformat(), valid_to=valid_to.isoformat())
        return permit


def replace(permit_id: UUID, actor: Actor, terms: Terms, reason: str) -> Permit:
    """Grant a new permit in its stead, with a number of its own; returns the new one.

    What declarations have reserved on the old one stays there and is written off there: grant by
    the new one what is left.
    """
    with _locked(permit_id, actor) as permit:
        _must_be(permit, *ALIVE)
        why = _given(reason)
        new = grant(permit.application, permit.scheme, actor, terms, replaces=permit)
        permit.state = PermitState.REPLACED
        permit.reason = why
        _keep(permit, EventKind.PERMIT_REPLACED, actor, reason=why, by=new.number)
        return new


def expire(permit_id: UUID) -> bool:
    """Write down that its time is over; False if that is known, or not so."""
    with transaction.atomic():
        permit = Permit.objects.locked().filter(pk=permit_id).first()
        over = permit is not None and permit.state in (PermitState.IN_FORCE, PermitState.SUSPENDED)
        if permit is None or not over or permit.valid_to >= today():
            return False
        permit.state = PermitState.EXPIRED
        _keep(permit, EventKind.PERMIT_EXPIRED, SYSTEM, valid_to=permit.valid_to.isoformat())
        return True


@contextmanager
def _locked(permit_id: UUID, actor: Actor) -> Iterator[Permit]:
    """The permit of the actor's own agency, locked, in a transaction."""
    must_review(actor)
    with transaction.atomic():
        permit = Permit.objects.of_agency(actor).locked().get(pk=permit_id)
        must_not_be_own(permit.application, actor)
        yield permit


def _must_be(permit: Permit, *states: PermitState) -> None:
    state = permit.state_on(today())
    if state not in states:
        raise DecisionError(
            _("This cannot be done to permit %(number)s: it is “%(state)s”.")
            % {"number": permit.number, "state": state.label}
        )


def _given(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise DecisionError(_("Write the reason. The holder of the permit reads it."), "reason")
    return reason


def _keep(permit: Permit, kind: EventKind, actor: Actor, **payload: Any) -> None:
    permit.save()
    told = {"permit": permit.number, "agency": permit.agency.name, **payload}
    record(permit.pk, kind, actor, told)
    record(permit.application_id, kind, actor, told)
