"""Reviews whose time is nearly over, in the working hours of their agencies."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from agencies.models import Queue, Review, ReviewQuerySet
from agencies.queues.clock import Calendar, NeverWorks
from agencies.queues.terms import calendar_of
from agencies.states import WORKING

# The last fifth of a service time, in minutes per hour of it.
LAST_PART = timedelta(minutes=12)


def nearly_over(now: datetime) -> ReviewQuerySet:
    """Those at work that have at most the last part of their service time left, overdue ones too.

    So much working time from now ends, for each queue, at one moment: what is due by then.
    """
    calendars: dict[UUID, Calendar] = {}
    due = Q(pk__in=[])
    for queue in Queue.objects.select_related("agency"):
        if queue.agency_id not in calendars:
            calendars[queue.agency_id] = calendar_of(queue.agency)
        part = LAST_PART * queue.service_hours
        try:
            until = calendars[queue.agency_id].add(now, part)
        except NeverWorks:  # as where due dates are reckoned
            until = now + part
        due |= Q(queue=queue, due_at__lte=until)
    return Review.objects.filter(due, state__in=WORKING, paused_at=None).order_by("due_at")
