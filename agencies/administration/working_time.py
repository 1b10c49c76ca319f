"""When an agency works: its days, hours and zone, and its holidays, with what that does to the
due dates of the cases that are at work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agencies.administration.keeping import ADDED, REMOVED, keep, locked, must_manage, tell
from agencies.administration.time_forms import HoursForm
from agencies.calendars import Holiday
from agencies.models import Agency, Review
from agencies.queues.clock import Calendar, NeverWorks
from agencies.queues.terms import calendar_of
from agencies.states import WORKING
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind

MOST_HOLIDAYS = 400
AT_ONCE = 1000

Day = tuple[date, str]


def set_hours(actor: Actor, form_of: Callable[[Agency], HoursForm]) -> tuple[HoursForm, int]:
    """Save days, hours and zone from a form, if it is valid; and how many due dates moved."""
    must_manage(actor)
    with transaction.atomic():
        agency = locked(actor)
        before = calendar_of(agency)
        form = form_of(agency)
        if not form.is_valid():
            return form, 0
        # The form has set the agency's fields already; they are saved below, with the event.
        moved = move_due_dates(agency, before, calendar_of(agency))
        keep(form, agency, actor, EventKind.WORKING_TIME_CHANGED, reviews_moved=moved)
        return form, moved


def add_holidays(actor: Actor, days: Iterable[Day]) -> tuple[list[Day], int]:
    """Add those that the agency does not have yet. Returns them, and how many due dates moved."""
    must_manage(actor)
    with transaction.atomic():
        agency = locked(actor)
        had = set(Holiday.objects.filter(agency=agency).values_list("day", flat=True))
        new = [(day, name) for day, name in dict(days).items() if day not in had]
        if not new:
            return [], 0
        before = calendar_of(agency)
        Holiday.objects.bulk_create(Holiday(agency=agency, day=day, name=name) for day, name in new)
        moved = move_due_dates(agency, before, calendar_of(agency))
        lines = [f"{day:%Y-%m-%d} {name}" for day, name in sorted(new)]
        tell(agency, actor, EventKind.HOLIDAYS_CHANGED, ADDED,
             lines[0] if len(lines) == 1 else f"{lines[0][:10]} – {lines[-1][:10]}",
             **({"days": lines} if len(lines) > 1 else {}), reviews_moved=moved)
        return new, moved


def remove_holiday(actor: Actor, pk: UUID) -> tuple[Holiday, int]:
    """Raises Holiday.DoesNotExist for another agency's."""
    must_manage(actor)
    with transaction.atomic():
        agency = locked(actor)
        holiday = Holiday.objects.get(agency=agency, pk=pk)
        before = calendar_of(agency)
        Holiday.objects.filter(pk=pk).delete()
        moved = move_due_dates(agency, before, calendar_of(agency))
        tell(agency, actor, EventKind.HOLIDAYS_CHANGED, REMOVED, holiday, reviews_moved=moved)
        return holiday, moved


def move_due_dates(agency: Agency, before: Calendar, after: Calendar) -> int:
    """Give every case at work as much working time as it had left. What is overdue stays so.

    Rows that somebody is at work on in this moment are passed over and keep their due date: whoever
    waited for them here could wait in a circle with a decision on the same case.
    """
    now = timezone.now()
    found = Review.objects.filter(
        queue__agency=agency, state__in=WORKING, due_at__gt=now,
    ).select_for_update(skip_locked=True, no_key=True, of=("self",)).only("due_at", "paused_at")
    changed = []
    for review in found:
        assert review.due_at is not None
        due = _moved(review.paused_at or now, review.due_at, before, after)
        if due != review.due_at:
            review.due_at = due
            changed.append(review)
    Review.objects.bulk_update(changed, ["due_at"], batch_size=AT_ONCE)
    return len(changed)


def _moved(since: datetime, due: datetime, before: Calendar, after: Calendar) -> datetime:
    try:
        return after.add(since, before.between(since, due))
    except NeverWorks:  # as in ``terms``: such a calendar must not stop a case
        return due
