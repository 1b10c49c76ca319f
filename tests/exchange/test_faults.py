"""Many messages, several workers, a neighbour that fails in every way it knows."""

import random
import threading
from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from exchange import outbox, proof
from exchange.models import OutboxMessage, OutboxState, Partner
from portal.journal.kinds import EventKind
from tests.exchange.conftest import make_declaration
from tests.exchange.peer import Peer
from tests.worker import until

Queue = Callable[..., OutboxMessage]

MOVEMENTS = 25
# None of these is a refusal: what is refused waits for a person.
FAULTS = ["", "", "cut", "receipt-lost", "wrong-receipt", "endless", "429", "500", "502", "503"]


def test_under_faults_each_arrives_once_in_order_with_proof(queue: Queue, peer: Peer) -> None:
    chance = random.Random(4)
    for _n in range(MOVEMENTS):
        declaration = make_declaration()
        queue(EventKind.ACCEPTED, of=declaration)
        queue(EventKind.RELEASED, of=declaration)
    peer.faults.extend(chance.choice(FAULTS) for _n in range(8 * MOVEMENTS))
    done = threading.Event()
    workers = [threading.Thread(target=_work, args=(done, seed)) for seed in range(3)]
    for worker in workers:
        worker.start()
    try:
        until(lambda: _hurry() == 0)
    finally:
        done.set()
        for worker in workers:
            worker.join(20)
    assert len(peer.arrivals) == len(set(peer.arrivals)) == 2 * MOVEMENTS
    places: dict[str, list[int]] = {}
    for arrived in peer.arrivals:
        headers = peer.taken[arrived].headers
        places.setdefault(headers["movement"], []).append(int(headers["position"]))
    assert list(places.values()) == [[1, 2]] * MOVEMENTS
    for message in OutboxMessage.objects.select_related("partner"):
        assert [step.holds for step in proof.of_outgoing(message)] == [True] * 3


def _hurry() -> int:
    """End every back-off at once; how many messages have not arrived."""
    waiting = OutboxMessage.objects.filter(state=OutboxState.PENDING)
    waiting.update(next_attempt_at=timezone.now())
    Partner.objects.update(silent_until=None)
    assert not OutboxMessage.objects.filter(state=OutboxState.PARKED).exists()
    return waiting.count()


def _work(done: threading.Event, seed: int) -> None:
    order = random.Random(seed)
    try:
        while not done.is_set():
            due = list(OutboxMessage.objects.due(timezone.now()).values_list("pk", flat=True))
            order.shuffle(due)
            for pk in due:
                outbox.deliver(pk)
    finally:
        connection.close()
