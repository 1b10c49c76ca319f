"""Finding again what a lost broker dropped: rows with ``attempts`` and ``due_at``, each put off before
it is tried, a little longer every time.
"""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from exchange.advance.models import News, Pending
from portal.retries import BackOff

logger = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=10)
back_off = BackOff(2 * PATIENCE, timedelta(hours=1))
SWEPT_AT_ONCE = 200
ALARM_AFTER = 5


def take(due: QuerySet[News] | QuerySet[Pending]) -> list[UUID]:
    """The keys of those that are due, and that nobody else takes at this moment."""
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True).order_by("due_at")
        found: list[News | Pending] = [*rows[:SWEPT_AT_ONCE]]
        for row in found:
            row.attempts = min(row.attempts + 1, 32_000)
            row.due_at = timezone.now() + back_off(row.attempts)
            row.save(update_fields=["attempts", "due_at"])
            if row.attempts >= ALARM_AFTER:
                logger.error("%s waits after %s attempts", row, row.attempts)
    return [row.pk for row in found]
