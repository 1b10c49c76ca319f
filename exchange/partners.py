"""What is agreed with neighbours, as the operator sets it. Each change leaves an event."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from exchange import keys
from exchange.models import (
    PERMIT_USE_KINDS,
    TRANSIT_KINDS,
    Partner,
    PartnerKey,
    Subscription,
    WireKind,
)
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

# What the events of subscriptions that mean every partner are about.
EVERY_PARTNER = uuid5(NAMESPACE_URL, "exchange/every-partner")

# What belongs together: half of a family is of little use.
FAMILIES = {
    "declaration": frozenset(WireKind.values) - TRANSIT_KINDS - PERMIT_USE_KINDS,
    "transit": TRANSIT_KINDS,
    "permit": PERMIT_USE_KINDS,
}


class Refused(ValueError):
    """What cannot be agreed; the message is for the operator."""


def add(values: Mapping[str, Any], actor: Actor) -> Partner:
    """A new partner, without a key yet. Raises Refused if the country has one."""
    try:
        with transaction.atomic():
            partner = Partner.objects.create(**values)
            record(partner.pk, EventKind.PARTNER_ADDED, actor,
                   {"partner": partner.country, **_plain(values)})
    except IntegrityError as error:
        raise Refused(_("This country has a partner already.")) from error
    return partner


def change(partner_id: UUID, values: Mapping[str, Any], actor: Actor) -> Partner:
    """Change what is agreed. The event holds each value before and after."""
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=partner_id)
        changed = {
            name: [getattr(partner, name), value]
            for name, value in values.items() if getattr(partner, name) != value
        }
        if changed:
            for name, (_before, after) in changed.items():
                setattr(partner, name, after)
            partner.save(update_fields=list(changed))
            record(partner.pk, EventKind.PARTNER_CHANGED, actor,
                   {"partner": partner.country, "changed": _plain(changed)})
    return partner


def missing_kinds(partner: Partner) -> list[tuple[str, list[WireKind], bool]]:
    """What is not exchanged with it, by family: "declaration", "transit" or "permit"; the kinds, and
    whether others of the family are exchanged, which then lack these."""
    found = []
    for family, kinds in FAMILIES.items():
        missing = [kind for kind in WireKind if kind in kinds and kind not in partner.message_kinds]
        if missing:
            found.append((family, missing, len(missing) < len(kinds)))
    return found


def agree_family(partner_id: UUID, family: str, actor: Actor) -> Partner:
    """Exchange every kind of this family. Raises KeyError for none of them."""
    wanted = FAMILIES[family]
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=partner_id)
        kinds = [one for one in WireKind.values if one in wanted or one in partner.message_kinds]
        return change(partner_id, {"message_kinds": kinds}, actor)


def add_key(
    partner_id: UUID, pem: str, starts: datetime, ends: datetime | None, overlap: timedelta | None,
    actor: Actor,
) -> PartnerKey:
    """A key that the partner gave. With ``overlap`` it takes over: those that have no end, or a
    later one, end so long after it begins. Raises KeyProblem."""
    key_id = keys.checked_key(pem)
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=partner_id)
        if PartnerKey.objects.filter(key_id=key_id).exists():
            raise keys.KeyProblem(_("This key is here already."))
        if overlap is not None:
            for former in partner.keys.filter(revoked_at=None):
                if former.valid_to is None or former.valid_to > starts + overlap:
                    _end(former, max(starts + overlap, former.valid_from), actor)
        key = PartnerKey.objects.create(
            partner=partner, key_id=key_id, public_key=pem, valid_from=starts, valid_to=ends
        )
        keys.note(key, EventKind.KEY_ADDED, actor)
    return key


def end_key(key_pk: int, ends: datetime | None, actor: Actor) -> PartnerKey:
    """Set when a key ends; None for no end."""
    with transaction.atomic():
        key = PartnerKey.objects.select_for_update().get(pk=key_pk)
        if key.revoked_at is None and key.valid_to != ends:
            _end(key, ends, actor)
    return key


def _end(key: PartnerKey, ends: datetime | None, actor: Actor) -> None:
    key.valid_to = ends
    key.save(update_fields=["valid_to"])
    record(key.partner_id, EventKind.KEY_CHANGED, actor,
           {"key_id": key.key_id, "valid_to": ends.isoformat() if ends else ""})


# --- subscriptions --------------------------------------------------------------------------
def subscribe(values: Mapping[str, Any], actor: Actor) -> Subscription:
    """Raises Refused if there is the same one."""
    try:
        with transaction.atomic():
            subscription = Subscription.objects.create(**values)
            _note(subscription, EventKind.SUBSCRIPTION_ADDED, actor)
    except IntegrityError as error:
        raise Refused(_("There is such a subscription already.")) from error
    return subscription


def unsubscribe(subscription_pk: int, actor: Actor) -> None:
    """What was sent is followed by amendments and cancellations all the same."""
    with transaction.atomic():
        subscription = Subscription.objects.select_for_update().get(pk=subscription_pk)
        _note(subscription, EventKind.SUBSCRIPTION_REMOVED, actor)
        subscription.delete()


def _note(subscription: Subscription, kind: EventKind, actor: Actor) -> None:
    record(subscription.partner_id or EVERY_PARTNER, kind, actor, {
        "event": subscription.event_kind, "declaration": subscription.declaration_kind,
        "addressee": subscription.addressee, "from": subscription.export_country,
        "to": subscription.destination_country,
        "partner": subscription.partner.country if subscription.partner else "",
    })


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "country"}
