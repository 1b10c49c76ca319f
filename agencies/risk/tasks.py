"""Dry runs of risk profiles in Celery workers, on the queue ``bulk``."""

import time
from uuid import UUID

from celery import shared_task

from agencies.risk import runs

# A task works so long at most, then puts itself behind what else waits.
TURN = 30.0


@shared_task
def risk_dry_run(run_id: str) -> None:
    """Go on with a run, for a turn; nothing if it is done or in other hands."""
    begun = time.monotonic()
    while runs.advance(UUID(run_id)):
        if time.monotonic() - begun > TURN:
            risk_dry_run.delay(run_id)
            return


@shared_task
def sweep_risk_runs() -> None:
    """Wake a worker for the runs that nobody seems to have. Safe to run at any time."""
    for key in runs.silent():
        risk_dry_run.delay(str(key))
