"""From an event to messages for neighbours, in the transaction of the event itself.

What is released here without its message being queued, or queued without being released, cannot
be: both are one commit. Sending comes later, outside it (exchange.outbox).
"""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from agencies.permits.states import PermitState
from declarations.models import Declaration
from exchange.composition import countries_on_itinerary, write
from exchange.models import (
    FOLLOWING,
    PERMIT_USE_KINDS,
    Addressee,
    OutboxMessage,
    Partner,
    Subscription,
    WireKind,
)
from exchange.queueing import enqueue, next_message
from portal.journal.kinds import EventKind
from portal.journal.models import Event


def on_event(event: Event) -> None:
    """Queue the messages that an event causes: one per partner concerned."""
    subject, kind = event.subject, _told(event)
    if kind is None:
        return
    subscriptions = list(Subscription.objects.filter(event_kind=kind))
    told = kind in FOLLOWING and OutboxMessage.objects.filter(movement=subject).exists()
    if not subscriptions and not told:
        return
    declaration = Declaration.objects.select_for_update().filter(pk=subject).first()
    if declaration is None:
        return
    for partner in concerned(kind, declaration, subscriptions):
        queue(event, kind, declaration, partner)


def concerned(
    kind: WireKind, declaration: Declaration, subscriptions: Iterable[Subscription]
) -> list[Partner]:
    """Whom the subscriptions mean and, of an amendment or a cancellation, who was told before: as
    far as this kind of message was agreed with them."""
    meant = Q(pk__in=[])
    for subscription in subscriptions:
        if subscription.means(declaration):
            countries = addressees(declaration, subscription.addressee)
            one = Q(country__in=set(countries) - {settings.PORTAL_COUNTRY})
            if subscription.partner_id is not None:
                one &= Q(pk=subscription.partner_id)
            meant |= one
    if kind in FOLLOWING:
        told = OutboxMessage.objects.filter(partner=OuterRef("pk"), movement=declaration.pk)
        meant |= Q(Exists(told))
    return list(Partner.objects.filter(meant, message_kinds__contains=[kind]).order_by("country"))


def _told(event: Event) -> WireKind | None:
    """What partners are told. Of a permit, which its application's journal has too, they are told
    once it is in force."""
    if event.kind == EventKind.PERMIT_SIGNED:
        return WireKind.PERMIT_ISSUED
    unsigned = event.payload.get("state") == PermitState.UNSIGNED
    if event.kind in PERMIT_USE_KINDS:  # told by exchange.permits
        return None
    if event.kind not in WireKind.values or (event.kind == EventKind.PERMIT_ISSUED and unsigned):
        return None
    return WireKind(event.kind)


def addressees(declaration: Declaration, addressee: str) -> list[str]:
    """The countries (ISO 3166-1 alpha-2) that a subscription means for this declaration."""
    match Addressee(addressee):
        case Addressee.EXPORT_COUNTRY:
            return [declaration.export_country]
        case Addressee.DESTINATION_COUNTRY:
            return [declaration.destination_country]
        case Addressee.ITINERARY:
            return countries_on_itinerary(declaration)


def queue(
    event: Event, kind: WireKind, declaration: Declaration, partner: Partner
) -> OutboxMessage:
    """Write one outbox row, parked with the reason if its message cannot be written validly.

    The declaration's row is locked: that is what numbers the positions.
    """
    message = next_message(partner, declaration.pk, kind, event, declaration)
    write(message)
    return enqueue(message)

