"""Delivery by real Celery workers that are killed, over a broker that forgets."""

import threading
from collections.abc import Callable
from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone

from exchange.models import OutboxMessage, OutboxState
from tests.exchange.peer import Peer
from tests.worker import Worker, until

Queue = Callable[..., OutboxMessage]


def state(message: OutboxMessage) -> str:
    message.refresh_from_db()
    return message.state


def test_a_worker_delivers_what_an_event_queued(
    queue: Queue, peer: Peer, worker: Worker
) -> None:
    message = queue()
    until(lambda: state(message) == OutboxState.DELIVERED)
    assert peer.arrivals == [str(message.pk)]


def test_a_worker_killed_while_sending_loses_nothing_and_sends_once(
    queue: Queue, peer: Peer, worker: Worker
) -> None:
    peer.hold = threading.Event()
    message = queue()
    until(peer.entered.is_set)
    worker.kill()
    peer.hold.set()
    until(lambda: peer.arrivals)
    assert state(message) == OutboxState.PENDING
    OutboxMessage.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    worker.start()
    until(lambda: state(message) == OutboxState.DELIVERED)
    assert peer.arrivals == [str(message.pk)]
    assert [method for method, _path in peer.requests] == ["POST", "GET"]


def test_a_flushed_broker_loses_nothing(queue: Queue, peer: Peer, worker: Worker) -> None:
    worker.kill()
    message = queue()
    cache.clear()
    worker.start()
    until(lambda: state(message) == OutboxState.DELIVERED)
    assert peer.arrivals == [str(message.pk)]
