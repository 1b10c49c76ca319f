"""Celery task of transit. It may run twice, at once, or never: the rows are the truth."""

from celery import shared_task

from exchange.transit import enquiries


@shared_task(name="exchange.transit.tasks.enquire_overdue")
def enquire_overdue() -> int:
    """Ask after every movement that is past its time limit and has not arrived."""
    return enquiries.enquire_overdue()
