"""Telling the other countries of the itinerary what was done here, in the same transaction."""

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from exchange import tasks
from exchange.limits import LIFE
from exchange.models import OutboxMessage, OutboxState, Partner
from exchange.outbox import record_of
from exchange.subscriptions import next_position
from exchange.transit import messages
from exchange.transit.messages import Message
from exchange.transit.models import Movement
from exchange.transit.states import Step
from portal.journal.kinds import EventKind
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
    except messages.NotValid as error:
        problem = str(error)
    return [
        _queue(movement, step, body, partner, event, problem)
        for partner in partners.order_by("country")
    ]


def _queue(
    movement: Movement, step: Step, body: bytes, partner: Partner, event: Event, problem: str
) -> OutboxMessage:
    now = timezone.now()
    message = OutboxMessage.objects.create(
        partner=partner, movement=movement.pk, position=next_position(partner, movement.pk),
        kind=str(step), event=event.pk, body=body, sha256=hashlib.sha256(body).hexdigest(),
        state=OutboxState.PARKED if problem else OutboxState.PENDING, last_error=problem,
        next_attempt_at=now, expires_at=now + LIFE,
    )
    record_of(message, EventKind.MESSAGE_QUEUED, sha256=message.sha256)
    if problem:
        record_of(message, EventKind.MESSAGE_PARKED, reason=problem[:500])
    else:
        # A broker that is down must not undo what was done: the sweep finds the row.
        transaction.on_commit(lambda: tasks.start(message.pk), robust=True)
    return message
