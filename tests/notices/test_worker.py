"""The real worker: a decision is mailed and posted, also after kill -9 and a flushed broker."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone

from portal.journal.kinds import EventKind
from portal.notices import webhooks
from portal.notices.models import Delivery, DeliveryState, Mail, MailState
from tests.notices.conftest import Tell, make_case
from tests.notices.receiver import Receiver, is_signed
from tests.worker import Worker, until


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the worker's mails go: set before it starts."""
    folder = tmp_path / "mail"
    folder.mkdir()
    monkeypatch.setenv("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
    monkeypatch.setenv("EMAIL_FILE_PATH", str(folder))
    return folder


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.stop()


def test_told_once_though_the_worker_is_killed_and_the_broker_forgets(
    mails: Path, receiver: Receiver, worker: Worker, tell: Tell
) -> None:
    case = make_case()
    _webhook, secret = webhooks.add(case.actor, receiver.url, [])
    tell(case.declaration.pk, EventKind.RELEASED)
    until(lambda: receiver.arrivals and Mail.objects.filter(state=MailState.SENT).exists())
    assert is_signed(receiver.arrivals[0], secret)
    until(lambda: Delivery.objects.get().state == DeliveryState.DELIVERED)

    receiver.hold = threading.Event()
    tell(case.declaration.pk, EventKind.REFUSED)
    until(lambda: len(receiver.arrivals) == 2)
    worker.kill()  # in the middle of the call
    receiver.hold.set()
    cache.clear()  # notes and queues are gone
    tell(case.declaration.pk, EventKind.CANCELLED)
    cache.clear()
    Delivery.objects.update(leased_until=None)
    Mail.objects.filter(state=MailState.PENDING).update(leased_until=None)
    worker.start()
    until(lambda: not Delivery.objects.exclude(state=DeliveryState.DELIVERED).exists())
    until(lambda: not Mail.objects.exclude(state=MailState.SENT).exists())
    assert len({arrival.id for arrival in receiver.arrivals}) == 3
    # The one that was under way came again, under its id: the receiver can tell.
    assert len(receiver.arrivals) == 4
    written = "".join(path.read_text() for path in mails.iterdir())
    assert written.count("Message-ID:") == Mail.objects.count() == 3
    assert timezone.now() - Mail.objects.latest("sent_at").sent_at < timedelta(minutes=1)
