"""The journal grows by whole events only, and never changes."""

import threading
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from portal.accounts.actors import SYSTEM, Actor
from portal.identifiers import new_id
from portal.journal import record as recording
from portal.journal.kinds import EventKind
from portal.journal.models import ChainHead, Event
from portal.journal.queries import timeline
from portal.journal.record import digest, record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_listens() -> object:
    with override_settings(JOURNAL_SUBSCRIBERS=[]):
        recording.subscribers.cache_clear()
        yield
    recording.subscribers.cache_clear()


def write(subject: UUID, *kinds: EventKind) -> list[Event]:
    with transaction.atomic():
        return [record(subject, kind, SYSTEM, {"n": number}) for number, kind in enumerate(kinds)]


def test_each_event_follows_from_the_one_before() -> None:
    first, second = write(new_id(), EventKind.SUBMITTED, EventKind.ACCEPTED)
    assert (first.sequence, first.previous_hash) == (1, "")
    assert (second.sequence, second.previous_hash) == (2, first.hash)
    head = ChainHead.objects.get(pk=first.subject)
    assert (head.sequence, head.hash) == (2, second.hash)


def test_the_hash_is_the_same_when_read_back() -> None:
    official = Actor(label="Нино · ქართული", user_id=new_id(), organisation_id=new_id())
    at = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=4)))
    payload = {"reason": "Ünicode “ქართული”", "list": [1, None, True, {"a": "b"}], "big": 10**15}
    with transaction.atomic():
        written = record(new_id(), EventKind.REFUSED, official, payload, at=at)
    assert digest(Event.objects.get(pk=written.pk)) == written.hash


@pytest.mark.parametrize("payload", [{"mass": 1.5}, {"a": [{"b": 0.1}]}, {1: "x"}, {"id": new_id()}])
def test_what_has_no_canonical_text_is_refused(payload: dict[str, object]) -> None:
    with pytest.raises(TypeError), transaction.atomic():
        record(new_id(), EventKind.SUBMITTED, SYSTEM, payload)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(new_id(), EventKind.SUBMITTED, SYSTEM)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_its_transaction() -> None:
    subject = new_id()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(subject, EventKind.SUBMITTED, SYSTEM)
        raise ZeroDivisionError
    assert not Event.objects.exists()
    assert not ChainHead.objects.exists()


@pytest.mark.parametrize("statement", [
    "UPDATE journal_event SET actor = 'somebody else'",
    "DELETE FROM journal_event",
    "TRUNCATE journal_event",
])
def test_the_database_refuses_change_and_removal(statement: str) -> None:
    (event,) = write(new_id(), EventKind.SUBMITTED)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Event.objects.get(pk=event.pk).actor == "system"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain() -> None:
    subject, other = new_id(), new_id()
    threads, each = 6, 15
    start = threading.Barrier(threads)
    errors: list[Exception] = []

    def work(number: int) -> None:
        try:
            start.wait()
            for turn in range(each):
                with transaction.atomic():
                    record(subject, EventKind.VIEWED, SYSTEM, {"by": number, "turn": turn})
                    if number % 2:
                        record(other, EventKind.VIEWED, SYSTEM)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not errors
    events = list(Event.objects.of(subject))
    assert [event.sequence for event in events] == list(range(1, threads * each + 1))
    assert all(b.previous_hash == a.hash for a, b in pairwise(events))


def test_the_timeline_reads_in_words() -> None:
    subject = new_id()
    write(subject, EventKind.SUBMITTED, EventKind.RELEASED)
    assert [(line.label, line.actor) for line in timeline(subject)] == [
        ("Filed", "system"), ("Released", "system")
    ]
