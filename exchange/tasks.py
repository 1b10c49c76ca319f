"""Celery tasks of the exchange. All may run twice, at once, or never: the rows are the truth."""

import logging
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from exchange import outbox, refusals, trials, watching
from exchange.models import OutboxMessage

logger = logging.getLogger(__name__)

# While a message waits in the broker the sweep need not hand it out again. The note lives in the
# same server as the broker, so that a flush forgets both.
_HANDED_OUT_SECONDS = 60


def start(message_id: UUID) -> None:
    """Hand a message to the workers, unless it waits for one already."""
    if cache.add(_note(message_id), 1, timeout=_HANDED_OUT_SECONDS):
        deliver.delay(str(message_id))


@shared_task(name="exchange.tasks.deliver")
def deliver(message_id: str) -> None:
    """Send one message, then whatever of its movement waited for it."""
    cache.delete(_note(UUID(message_id)))
    outbox.deliver(UUID(message_id))


@shared_task(name="exchange.tasks.sweep")
def sweep() -> int:
    """Hand out every message that is due: new, tried before, or left by a worker that died."""
    due = OutboxMessage.objects.due(timezone.now()).order_by("next_attempt_at")
    ids = list(due.values_list("pk", flat=True)[:settings.EXCHANGE_SWEEP_SIZE])
    # Of a long queue most were handed out by the sweep before: that is one question for all of them.
    handed_out = cache.get_many(_note(message_id) for message_id in ids)
    for message_id in ids:
        if _note(message_id) not in handed_out:
            start(message_id)
    return len(ids)


@shared_task(name="exchange.tasks.watch")
def watch() -> None:
    """Raise and end alarms, ask for receipts that are missing, find trials that nobody has, forget old
    refusals."""
    watching.raise_alarms()
    for message_id in watching.to_chase():
        chase.delay(str(message_id))
    for run_id in trials.waiting():
        send_trial.delay(str(run_id))
    refusals.prune()


@shared_task(name="exchange.tasks.chase")
def chase(message_id: str) -> None:
    """Ask for one missing receipt."""
    following = outbox.chase(UUID(message_id))
    if following is not None:
        start(following)


@shared_task(name="exchange.tasks.send_trial")
def send_trial(run_id: str) -> None:
    """Send one trial that was asked for."""
    trials.send(UUID(run_id))


def _note(message_id: UUID) -> str:
    return f"exchange-handed-out:{message_id}"
