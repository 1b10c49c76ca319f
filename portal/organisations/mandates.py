"""Granting, asking for, declining and revoking mandates; each stands in both sides' journals."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations.states import Kind
from portal.accounts.actors import Actor
from portal.accounts.mandates import Mandate
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind
from portal.journal.kinds import EventKind
from portal.journal.record import record
from portal.organisations.members import Refused, own

LONGEST_DAYS = 5 * 366
FILING = (OrganisationKind.TRADER, OrganisationKind.BROKER)


def grant(
    actor: Actor, broker: str, kinds: Sequence[str], valid_from: date, valid_to: date,
    representation: str = "",
) -> Mandate:
    """The actor's organisation lets the broker with this number file for it. Raises Refused."""
    with transaction.atomic():
        principal = own(actor)
        representative = _find(broker, OrganisationKind.BROKER)
        if representative is None:
            raise Refused(_("No customs broker with this number is registered in the portal."))
        mandate = _make(principal, representative, kinds, valid_from, valid_to, representation)
        mandate.granted_at = timezone.now()
        mandate.save()
        _record(mandate, EventKind.MANDATE_GRANTED, actor)
        return mandate


def ask(
    actor: Actor, trader: str, kinds: Sequence[str], valid_from: date, valid_to: date,
    representation: str = "",
) -> Mandate:
    """A broker asks the trader with this number for a mandate. Raises Refused."""
    with transaction.atomic():
        representative = own(actor)
        if representative.kind != OrganisationKind.BROKER:
            raise Refused(_("Only a customs broker files for others."))
        principal = _find(trader, *FILING)
        if principal is None:
            raise Refused(_(
                "No trader with this number is registered in the portal. For a trader who is not, "
                "you file without a mandate here and keep the one on paper."
            ))
        waiting = Mandate.objects.filter(
            principal=principal, representative=representative,
            granted_at=None, declined_at=None, revoked_at=None,
        )
        if waiting.exists():
            raise Refused(_("You have asked this trader already; it has not answered yet."))
        mandate = _make(principal, representative, kinds, valid_from, valid_to, representation)
        mandate.save()
        _record(mandate, EventKind.MANDATE_ASKED, actor)
        return mandate


def confirm(actor: Actor, pk: UUID) -> Mandate:
    """The trader grants what the broker has asked for. Raises Refused or Mandate.DoesNotExist."""
    return _answer(actor, pk, "granted_at", EventKind.MANDATE_GRANTED)


def decline(actor: Actor, pk: UUID) -> Mandate:
    """The trader does not grant it. Raises Refused or Mandate.DoesNotExist."""
    return _answer(actor, pk, "declined_at", EventKind.MANDATE_DECLINED)


def revoke(actor: Actor, pk: UUID) -> Mandate:
    """Either side ends a mandate, or the broker its request, from this moment on. Raises Refused."""
    with transaction.atomic():
        own(actor)
        mandate = _locked(actor, pk)
        asked_by_us = mandate.is_open and mandate.representative_id == actor.organisation_id
        if not (mandate.is_live or asked_by_us):
            raise Refused(_("This mandate is %(state)s: there is nothing to revoke.")
                          % {"state": str(mandate.state_words).lower()})
        mandate.revoked_at = timezone.now()
        mandate.save(update_fields=["revoked_at"])
        _record(mandate, EventKind.MANDATE_REVOKED, actor)
        return mandate


def _answer(actor: Actor, pk: UUID, column: str, event: EventKind) -> Mandate:
    with transaction.atomic():
        own(actor)
        mandate = _locked(actor, pk)
        if mandate.principal_id != actor.organisation_id:
            raise Refused(_("Only the trader answers a request for its mandate."))
        if not mandate.is_open:
            raise Refused(_("This request has been answered or taken back already."))
        setattr(mandate, column, timezone.now())
        mandate.save(update_fields=[column])
        _record(mandate, event, actor)
        return mandate


def _locked(actor: Actor, pk: UUID) -> Mandate:
    return (
        Mandate.objects.concerning(actor).select_related("principal", "representative")
        .select_for_update(of=("self",)).get(pk=pk)
    )


def _find(number: str, *kinds: OrganisationKind) -> Organisation | None:
    return Organisation.objects.filter(identifier=number.strip(), kind__in=kinds).first()


def _make(
    principal: Organisation, representative: Organisation, kinds: Sequence[str],
    valid_from: date, valid_to: date, representation: str,
) -> Mandate:
    if principal.pk == representative.pk:
        raise Refused(_("An organisation needs no mandate of its own."))
    if principal.kind not in FILING:
        raise Refused(_("Only those who trade give mandates."))
    if not kinds or not set(kinds) <= set(Kind.values):
        raise Refused(_("Choose at least one kind of declaration."))
    if valid_to < valid_from:
        raise Refused(_("The last day is before the first."))
    if (valid_to - valid_from).days > LONGEST_DAYS:
        raise Refused(_("A mandate lasts at most five years."))
    return Mandate(
        principal=principal, representative=representative,
        kinds=[kind for kind in Kind.values if kind in kinds],
        valid_from=valid_from, valid_to=valid_to, representation=representation,
    )


def _record(mandate: Mandate, event: EventKind, actor: Actor) -> None:
    payload: dict[str, Any] = {
        "mandate": str(mandate.pk), "kinds": list(mandate.kinds),
        "trader": mandate.principal.name, "broker": mandate.representative.name,
        "valid_from": mandate.valid_from.isoformat(), "valid_to": mandate.valid_to.isoformat(),
        "representation": mandate.representation,
    }
    # In one order always, so that two such transactions cannot wait for each other.
    for subject in sorted((mandate.principal_id, mandate.representative_id)):
        record(subject, event, actor, payload)
