"""Queueing a document that is not a declaration: about a transit, or about the use of a permit."""

import hashlib
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from declarations.models import Declaration
from exchange import tasks
from exchange.limits import LIFE
from exchange.models import OutboxMessage, OutboxState, Partner
from exchange.outbox import record_of
from exchange.subscriptions import next_position
from portal.journal.kinds import EventKind
from portal.journal.models import Event


def queue_document(
    partner: Partner, movement: UUID, kind: str, body: bytes, event: Event, problem: str = "",
    declaration: Declaration | None = None,
) -> OutboxMessage:
    """One outbox row, parked if there is a ``problem`` with its bytes.

    The caller holds a lock of the movement: that is what numbers the positions.
    """
    now = timezone.now()
    message = OutboxMessage.objects.create(
        partner=partner, declaration=declaration, movement=movement,
        position=next_position(partner, movement), kind=kind, event=event.pk, body=body,
        sha256=hashlib.sha256(body).hexdigest(),
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
