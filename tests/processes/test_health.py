"""/healthz and /readyz: what a load balancer and an operator are told."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone

from portal.pipeline import heartbeat

pytestmark = pytest.mark.django_db


def ready(client: Client) -> tuple[int, dict[str, str]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_a_process_that_answers_is_healthy(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_when_every_part_answers(client: Client) -> None:
    heartbeat()
    assert ready(client) == (
        200, {"status": "ok", "database": "ok", "broker": "ok", "worker": "ok"}
    )


def test_a_worker_never_heard_from_is_named(client: Client) -> None:
    status, told = ready(client)
    assert status == 503
    assert told["worker"] == "unavailable: not heard from"
    assert told["database"] == told["broker"] == "ok"


def test_a_silent_worker_is_named_with_its_last_word(client: Client) -> None:
    cache.set("worker-heartbeat", timezone.now() - timedelta(seconds=61), timeout=600)
    status, told = ready(client)
    assert status == 503
    assert told["worker"].startswith("unavailable: last heard at")


@override_settings(CELERY_BROKER_URL="redis://127.0.0.1:1/0")
def test_a_broker_that_is_away_is_named(client: Client) -> None:
    heartbeat()
    status, told = ready(client)
    assert status == 503
    assert told["broker"].startswith("unavailable")
    assert told["worker"] == "ok"
