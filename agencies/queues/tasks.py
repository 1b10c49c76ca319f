"""The queues by the clock, in Celery workers."""

from celery import shared_task

from agencies.queues import sweeps


@shared_task
def escalate() -> None:
    sweeps.escalate()


@shared_task
def cover_absences() -> None:
    sweeps.cover_absences()
