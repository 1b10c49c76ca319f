"""Writing a message into the outbox, in the transaction of what it tells of."""

import hashlib
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from declarations.models import Declaration
from exchange.limits import LIFE
from exchange.models import OutboxMessage, OutboxState, Partner
from exchange.outbox import record_of
from portal.journal.kinds import EventKind
from portal.journal.models import Event


def next_message(
    partner: Partner, movement: UUID, kind: str, event: Event,
    declaration: Declaration | None = None,
) -> OutboxMessage:
    """The next message of a movement to a partner, its words still to be written and not kept yet.

    The caller holds a lock of the movement: that is what numbers the positions.
    """
    now = timezone.now()
    return OutboxMessage(
        partner=partner, declaration=declaration, movement=movement,
        position=next_position(partner, movement), kind=kind, event=event.pk,
        next_attempt_at=now, expires_at=now + LIFE,
    )


def enqueue(message: OutboxMessage) -> OutboxMessage:
    """Keep it with its events, and have it sent once this is committed; a parked one waits."""
    # Here, because its tasks reach what is taken in, and what is taken in may cause a message.
    from exchange import tasks

    message.save(force_insert=True)
    record_of(message, EventKind.MESSAGE_QUEUED, sha256=message.sha256)
    if message.state == OutboxState.PARKED:
        record_of(message, EventKind.MESSAGE_PARKED, reason=message.last_error[:500])
    else:
        # A broker that is down must not undo what was done: the sweep finds the row.
        transaction.on_commit(lambda: tasks.start(message.pk), robust=True)
    return message


def queue_document(
    partner: Partner, movement: UUID, kind: str, body: bytes, event: Event, problem: str = "",
    declaration: Declaration | None = None,
) -> OutboxMessage:
    """Queue a document that is no declaration, parked if there is a ``problem`` with its bytes."""
    message = next_message(partner, movement, kind, event, declaration)
    message.body, message.sha256 = body, hashlib.sha256(body).hexdigest()
    if problem:
        message.state, message.last_error = OutboxState.PARKED, problem
    return enqueue(message)


def next_position(partner: Partner, movement: UUID) -> int:
    """1, 2, 3 … for each partner and movement. The caller holds the movement's lock."""
    last = OutboxMessage.objects.filter(partner=partner, movement=movement).aggregate(
        last=Max("position")
    )["last"]
    return (last or 0) + 1
