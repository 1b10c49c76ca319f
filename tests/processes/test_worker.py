"""The worker is killed, the broker forgets: no filing is lost, and none is answered twice."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg2
import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from agencies.models import Queue, Review, RuleSet
from agencies.states import ReviewState, RuleSetStatus
from declarations import intake
from declarations.models import Declaration
from declarations.states import Channel, State
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.verify import verify
from tests.factories import make_agency, make_member, make_organisation, wine_import
from tests.worker import Worker, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queue() -> Queue:
    """The customs queue, to which everything is routed."""
    queue = Queue.objects.get(agency=make_agency("customs"))
    RuleSet.objects.create(
        version=1, title="All to customs", status=RuleSetStatus.PUBLISHED,
        effective_from=timezone.now(), default_queue=queue,
    )
    return queue


def file() -> Declaration:
    organisation = make_organisation()
    _user, actor = make_member(organisation)
    return intake.submit(actor, wine_import(organisation), channel=Channel.REST)


def routed(declaration: Declaration) -> bool:
    declaration.refresh_from_db()
    return declaration.state == State.UNDER_REVIEW


def assert_answered_once(declaration: Declaration) -> None:
    kinds = list(Event.objects.of(declaration.pk).values_list("kind", flat=True))
    assert kinds.count(EventKind.ACCEPTED) == 1, kinds
    assert kinds.count(EventKind.ROUTED) == 1, kinds
    assert declaration.responses.count() == 1
    assert Review.objects.filter(declaration=declaration, state=ReviewState.OPEN).count() == 1
    report = verify()
    assert report.sound, report.faults


@contextmanager
def journal_held(subject: UUID) -> Iterator[None]:
    """Hold the head of a declaration's chain, so that whoever works on it stops half-way."""
    found = connection.settings_dict
    other = psycopg2.connect(
        host=found["HOST"], port=found["PORT"] or None, user=found["USER"],
        password=found["PASSWORD"] or None, dbname=found["NAME"],
    )
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM journal_chainhead WHERE subject = %s FOR UPDATE", [str(subject)]
            )
            yield
    finally:
        other.rollback()
        other.close()


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def test_a_worker_killed_in_the_middle_of_a_task_loses_nothing(
    queue: Queue, worker: Worker
) -> None:
    worker.stop()
    declaration = file()
    with journal_held(declaration.pk):
        worker.start()
        until(somebody_waits_for_a_lock)
        worker.kill()
    # All of it or nothing: the half that was done is gone.
    declaration.refresh_from_db()
    assert declaration.state == State.SUBMITTED
    assert declaration.mrn is None
    assert list(Event.objects.of(declaration.pk).values_list("kind", flat=True)) == ["submitted"]

    worker.start()
    until(lambda: routed(declaration))
    assert_answered_once(declaration)


def test_a_flushed_broker_loses_nothing(queue: Queue, worker: Worker) -> None:
    worker.stop()
    declarations = [file() for _ in range(3)]
    redis.from_url(settings.REDIS_URL).flushdb()

    worker.start()
    for declaration in declarations:
        until(lambda declaration=declaration: routed(declaration))  # type: ignore[misc]
        assert_answered_once(declaration)


def test_a_declaration_is_in_its_queue_within_a_second(queue: Queue, worker: Worker) -> None:
    warm = file()
    until(lambda: routed(warm))
    took = []
    for _ in range(5):
        begun = time.monotonic()
        declaration = file()
        until(lambda declaration=declaration: routed(declaration))  # type: ignore[misc]
        took.append(time.monotonic() - begun)
    assert sorted(took)[2] < 1, took


def test_the_workers_log_has_no_error(queue: Queue, worker: Worker) -> None:
    declaration = file()
    until(lambda: routed(declaration))
    worker.stop()
    assert "Traceback" not in worker.log.read_text()
