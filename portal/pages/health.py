"""Health for machines: is the process alive, and can it do its work?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection

from exchange.watching import late_countries
from portal.accounts.permissions import public

# Written by ``portal.pipeline.heartbeat``: the time at which a worker last did anything.
HEARTBEAT = "worker-heartbeat"
SILENCE = timedelta(minutes=1)


@public
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all; touches nothing else."""
    return JsonResponse({"status": "ok"})


@public
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when every part answers, 503 with the state of each part otherwise."""
    parts = {name: _state(check) for name, check in CHECKS.items()}
    ready = all(state == "ok" for state in parts.values())
    if ready:  # a concern is told of, and turns nobody away
        concerns = {name: _state(check) for name, check in CONCERNS.items()}
        parts |= {name: state for name, state in concerns.items() if state != "ok"}
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", **parts}, status=200 if ready else 503
    )


def _state(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # the answer must name the part that fails, whatever it raises
        return f"unavailable: {type(error).__name__}"


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def broker() -> str:
    """The real connection of the queues, not only that of the cache."""
    with Connection(
        settings.CELERY_BROKER_URL, transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS
    ) as queues:
        queues.ensure_connection(max_retries=1, timeout=3)
    return "ok"


def worker() -> str:
    heard = heard_at()
    if heard is None:
        return "unavailable: not heard from"
    if timezone.now() - heard > SILENCE:
        return f"unavailable: last heard at {heard.isoformat(timespec='seconds')}"
    return "ok"


def exchange() -> str:
    """Whether messages to a neighbour wait too long."""
    late = late_countries()
    return f"late: {', '.join(late)}" if late else "ok"


def heard_at() -> datetime | None:
    """When a worker was last heard from. Accepts what the heartbeat stores: a time or a text."""
    value = cache.get(HEARTBEAT)
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, int | float):
        value = datetime.fromtimestamp(value, UTC)
    return value


CHECKS: dict[str, Callable[[], str]] = {"database": database, "broker": broker, "worker": worker}
CONCERNS: dict[str, Callable[[], str]] = {"exchange": exchange}
