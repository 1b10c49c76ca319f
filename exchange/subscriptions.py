"""From an event to messages for neighbours, in the transaction of the event itself.

What is released here without its message being queued, or queued without being released, cannot
be: both are one commit. Sending comes later, outside it (exchange.outbox).
"""

import hashlib
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from declarations.models import Declaration
from exchange import tasks
from exchange.composition import body_of, countries_on_itinerary
from exchange.limits import LIFE
from exchange.models import Addressee, OutboxMessage, Partner, Subscription, WireKind
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record


def on_event(event: Event) -> None:
    """Queue the messages that an event causes: one per subscribed partner."""
    if event.kind not in WireKind.values:
        return
    subscriptions = list(Subscription.objects.filter(event_kind=event.kind))
    if not subscriptions:
        return
    declaration = Declaration.objects.select_for_update().filter(pk=event.subject).first()
    if declaration is None:
        return
    countries = {
        country
        for subscription in subscriptions
        if subscription.declaration_kind == declaration.kind
        for country in addressees(declaration, subscription.addressee)
    } - {settings.PORTAL_COUNTRY}
    partners = list(Partner.objects.filter(country__in=countries).order_by("country"))
    if not partners:
        return
    body = body_of(declaration)
    for partner in partners:
        queue(event, declaration, partner, body)


def addressees(declaration: Declaration, addressee: str) -> list[str]:
    """The countries (ISO 3166-1 alpha-2) that a subscription means for this declaration."""
    match Addressee(addressee):
        case Addressee.EXPORT_COUNTRY:
            return [declaration.export_country]
        case Addressee.DESTINATION_COUNTRY:
            return [declaration.destination_country]
        case Addressee.ITINERARY:
            return countries_on_itinerary(declaration)


def queue(event: Event, declaration: Declaration, partner: Partner, body: bytes) -> OutboxMessage:
    """Write one outbox row. The declaration's row is locked: that is what numbers the positions."""
    now = timezone.now()
    message = OutboxMessage.objects.create(
        partner=partner,
        declaration=declaration,
        movement=declaration.pk,
        position=next_position(partner, declaration.pk),
        kind=event.kind,
        event=event.pk,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
        next_attempt_at=now,
        expires_at=now + LIFE,
    )
    record(
        declaration.pk,
        EventKind.MESSAGE_QUEUED,
        SYSTEM,
        {
            "message": str(message.pk),
            "partner": partner.country,
            "kind": message.kind,
            "position": message.position,
            "sha256": message.sha256,
        },
    )
    # A broker that is down must not undo what was decided: the sweep finds the row.
    transaction.on_commit(lambda: tasks.start(message.pk), robust=True)
    return message


def next_position(partner: Partner, movement: UUID) -> int:
    """1, 2, 3 … for each partner and movement. The caller holds the movement's lock."""
    last = OutboxMessage.objects.filter(partner=partner, movement=movement).aggregate(
        last=Max("position")
    )["last"]
    return (last or 0) + 1

