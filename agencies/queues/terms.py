"""When a review is due, by its agency's calendar, and at which office it is done."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies.calendars import Holiday, Office
from agencies.queues.clock import Calendar, NeverWorks

if TYPE_CHECKING:
    from agencies.models import Agency, Review


def calendar_of(agency: "Agency") -> Calendar:
    """The agency's working time, in its own zone or else the portal's."""
    holidays = Holiday.objects.filter(agency=agency).values_list("day", flat=True)
    return Calendar(
        ZoneInfo(agency.time_zone or settings.PORTAL_TIME_ZONE), frozenset(agency.working_days),
        agency.opens_at, agency.closes_at, frozenset(holidays),
    )


def due_after(review: "Review", begin: datetime) -> datetime:
    """Until when a review that begins at ``begin`` is to be decided."""
    return _add(review, begin, timedelta(hours=review.queue.service_hours))


def due_again(review: "Review", now: datetime) -> datetime | None:
    """The due date once the clock, which stands since ``paused_at``, runs again at ``now``: what
    was left then is left now."""
    if review.due_at is None or review.paused_at is None:
        return review.due_at
    left = calendar_of(review.queue.agency).between(review.paused_at, review.due_at)
    return _add(review, now, left)


def _add(review: "Review", moment: datetime, work: timedelta) -> datetime:
    try:
        return calendar_of(review.queue.agency).add(moment, work)
    except NeverWorks:  # a calendar of holidays only must not stop a case
        return moment + work


def office_of(review: "Review") -> Office | None:
    """The queue's office; else the agency's for the customs office of the declaration."""
    if review.queue.office_id is not None:
        return review.queue.office
    code = review.declaration.office
    if not code:
        return None
    return Office.objects.filter(
        agency=review.queue.agency_id, closed=False, customs_offices__contains=[code]
    ).order_by("code").first()
