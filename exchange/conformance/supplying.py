"""Messages for a partner that listens: our own sender is tried with what it really sends.

They go through the outbox like any other and stay there, with their attempts and receipts.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction

from exchange.conformance import messages
from exchange.models import Partner
from exchange.queueing import queue_document
from portal.accounts.actors import SYSTEM
from portal.identifiers import new_id
from portal.journal.kinds import EventKind
from portal.journal.record import record


def supply(partner: Partner, kinds: Sequence[str], count: int) -> Iterator[UUID]:
    """Queue ``count`` trial declarations in movements of two; the movements, each once it is queued.

    ``kinds``: of the first and of the second message, where two were agreed.
    """
    for begun in range(0, count, 2):
        movement = new_id()
        with transaction.atomic():
            for kind in _pair(kinds)[: count - begun]:
                event = record(movement, EventKind.TRIAL_SENT, SYSTEM, {"partner": partner.country})
                body = messages.declaration(settings.PORTAL_COUNTRY)
                queue_document(partner, movement, kind, body, event)
        yield movement


def _pair(kinds: Sequence[str]) -> tuple[str, str]:
    return kinds[0], kinds[min(1, len(kinds) - 1)]
