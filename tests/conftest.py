"""Fixtures for every room. The servers themselves are started in tests/servers.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation

from tests.worker import Worker

pytest_plugins = ["tests.browser"]


@pytest.fixture(autouse=True)
def _empty_cache_and_queues() -> None:
    """Cache and queues share one numbered database, which is this test process's own."""
    cache.clear()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request in another language leaves it switched on in the thread that asked."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _journal_may_be_emptied(django_db_setup: None, django_db_blocker: Any) -> None:
    """Let transactional tests empty the tables afterwards, the append-only journal included."""
    flush = type(connection.ops).execute_sql_flush

    def without_triggers(self: Any, sql_list: list[str]) -> None:
        flush(self, ["SET session_replication_role = replica", *sql_list,
                     "SET session_replication_role = origin"])

    type(connection.ops).execute_sql_flush = without_triggers  # type: ignore[method-assign, assignment]


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Worker]:
    """A real Celery worker with beat, over this test's database, ready to work."""
    running = Worker(tmp_path)
    running.start()
    yield running
    running.stop()
