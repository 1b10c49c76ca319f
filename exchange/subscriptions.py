"""From an event to messages for neighbours, in the transaction of the event itself.

What is released here without its message being queued, or queued without being released, cannot
be: both are one commit. Sending comes later, outside it (exchange.outbox).
"""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from declarations.models import Declaration
from exchange import tasks
from exchange.composition import countries_on_itinerary, write
from exchange.limits import LIFE
from exchange.models import (
    FOLLOWING,
    Addressee,
    OutboxMessage,
    OutboxState,
    Partner,
    Subscription,
    WireKind,
)
from exchange.outbox import record_of
from portal.journal.kinds import EventKind
from portal.journal.models import Event


def on_event(event: Event) -> None:
    """Queue the messages that an event causes: one per partner concerned."""
    if event.kind not in WireKind.values:
        return
    subscriptions = list(Subscription.objects.filter(event_kind=event.kind))
    told = event.kind in FOLLOWING and OutboxMessage.objects.filter(movement=event.subject).exists()
    if not subscriptions and not told:
        return
    declaration = Declaration.objects.select_for_update().filter(pk=event.subject).first()
    if declaration is None:
        return
    for partner in concerned(event, declaration, subscriptions):
        queue(event, declaration, partner)


def concerned(
    event: Event, declaration: Declaration, subscriptions: Iterable[Subscription]
) -> list[Partner]:
    """Whom the subscriptions mean and, of an amendment or a cancellation, who was told before: as
    far as this kind of message was agreed with them."""
    countries = {
        country
        for subscription in subscriptions
        if subscription.declaration_kind == declaration.kind
        for country in addressees(declaration, subscription.addressee)
    } - {settings.PORTAL_COUNTRY}
    meant = Q(country__in=countries)
    if event.kind in FOLLOWING:
        meant |= Exists(OutboxMessage.objects.filter(partner=OuterRef("pk"), movement=declaration.pk))
    return list(
        Partner.objects.filter(meant, message_kinds__contains=[event.kind]).order_by("country")
    )


def addressees(declaration: Declaration, addressee: str) -> list[str]:
    """The countries (ISO 3166-1 alpha-2) that a subscription means for this declaration."""
    match Addressee(addressee):
        case Addressee.EXPORT_COUNTRY:
            return [declaration.export_country]
        case Addressee.DESTINATION_COUNTRY:
            return [declaration.destination_country]
        case Addressee.ITINERARY:
            return countries_on_itinerary(declaration)


def queue(event: Event, declaration: Declaration, partner: Partner) -> OutboxMessage:
    """Write one outbox row, parked with the reason if its message cannot be written validly.

    The declaration's row is locked: that is what numbers the positions.
    """
    now = timezone.now()
    message = OutboxMessage(
        partner=partner,
        declaration=declaration,
        movement=declaration.pk,
        position=next_position(partner, declaration.pk),
        kind=event.kind,
        event=event.pk,
        next_attempt_at=now,
        expires_at=now + LIFE,
    )
    write(message)
    message.save(force_insert=True)
    record_of(message, EventKind.MESSAGE_QUEUED, sha256=message.sha256)
    if message.state == OutboxState.PARKED:
        record_of(message, EventKind.MESSAGE_PARKED, reason=message.last_error[:500])
    else:
        # A broker that is down must not undo what was decided: the sweep finds the row.
        transaction.on_commit(lambda: tasks.start(message.pk), robust=True)
    return message


def next_position(partner: Partner, movement: UUID) -> int:
    """1, 2, 3 … for each partner and movement. The caller holds the movement's lock."""
    last = OutboxMessage.objects.filter(partner=partner, movement=movement).aggregate(
        last=Max("position")
    )["last"]
    return (last or 0) + 1

