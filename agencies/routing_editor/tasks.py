"""Dry runs in Celery workers, on the queue ``bulk``."""

import time
from uuid import UUID

from celery import shared_task

from agencies.routing_editor import dry_runs

# A task works so long at most, then puts itself behind what else waits.
TURN = 30.0


@shared_task
def dry_run(run_id: str) -> None:
    """Go on with a run, for a turn; nothing if it is done or in other hands."""
    begun = time.monotonic()
    while dry_runs.advance(UUID(run_id)):
        if time.monotonic() - begun > TURN:
            dry_run.delay(run_id)
            return


@shared_task
def sweep_dry_runs() -> None:
    """Wake a worker for the runs that nobody seems to have. Safe to run at any time."""
    for key in dry_runs.silent():
        dry_run.delay(str(key))
