"""Telling the other countries of the itinerary what was done here, in the same transaction."""

from datetime import datetime
from typing import Any

from django.conf import settings

from exchange import documents
from exchange.models import OutboxMessage, Partner
from exchange.queueing import queue_document
from exchange.transit import messages
from exchange.transit.messages import Message
from exchange.transit.models import Movement
from exchange.transit.states import Step
from portal.journal.models import Event


def tell(
    movement: Movement, step: Step, data: dict[str, Any], at: datetime, event: Event
) -> list[OutboxMessage]:
    """One message to each other country that is a partner and agreed to such messages.

    The movement is locked: that is what numbers the positions.
    """
    others = set(movement.countries) - {settings.PORTAL_COUNTRY}
    partners = Partner.objects.filter(country__in=others, message_kinds__contains=[str(step)])
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
