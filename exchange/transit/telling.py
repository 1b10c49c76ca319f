"""Telling the other countries of the itinerary what was done here, in the same transaction."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from exchange import documents
from exchange.models import OutboxMessage, Partner
from exchange.queueing import queue_document
from exchange.transit import messages
from exchange.transit.messages import Message
from exchange.transit.models import Movement
from exchange.transit.states import Step
from portal.journal.models import Event

# The country of departure tells these also to whom an amendment left out.
_TOLD_TO_FORMER = frozenset({Step.DISCHARGE, Step.CLAIM, Step.CANCEL})


def tell(
    movement: Movement, step: Step, data: dict[str, Any], at: datetime, event: Event
) -> list[OutboxMessage]:
    """One message to each other country that is a partner and agreed to such messages.

    The movement is locked: that is what numbers the positions.
    """
    others = set(movement.countries)
    if step in _TOLD_TO_FORMER:
        others |= movement.former_countries
    return _queue(_agreed(others, step), movement, step, data, at, event)


def tell_change(
    movement: Movement, data: dict[str, Any], described: dict[str, Any], at: datetime, event: Event
) -> list[OutboxMessage]:
    """The change to whoever knows of the movement; to a country that it newly leads through, all that
    is ``described``, as its announcement."""
    known = Q(Exists(OutboxMessage.objects.filter(
        partner=OuterRef("pk"), movement=movement.pk, kind=Step.ANNOUNCE)))
    every = set(movement.countries) | movement.former_countries
    changes = _agreed(every, Step.CHANGE).filter(known)
    newly = _agreed(set(movement.countries), Step.ANNOUNCE).exclude(known)
    return [
        *_queue(changes, movement, Step.CHANGE, data, at, event),
        *_queue(newly, movement, Step.ANNOUNCE, described, movement.released_at, event),
    ]


def _agreed(countries: set[str], step: Step) -> QuerySet[Partner]:
    others = countries - {settings.PORTAL_COUNTRY}
    return Partner.objects.filter(country__in=others, message_kinds__contains=[str(step)])


def _queue(
    partners: QuerySet[Partner], movement: Movement, step: Step, data: dict[str, Any], at: datetime,
    event: Event,
) -> list[OutboxMessage]:
    body = messages.write(Message(step, movement.departure_country, movement.mrn, at, data))
    try:
        messages.read(str(step), body)
        problem = ""
    except documents.NotValid as error:
        problem = str(error)
    return [
        queue_document(partner, movement.pk, str(step), body, event, problem)
        for partner in partners.order_by("country")
    ]
