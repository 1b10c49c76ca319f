"""The week or the day of an agency's sites, slot by slot, as rows of a plain table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from agencies.inspections.appointing import Slot, is_working_day, slots, zone_of
from agencies.inspections.models import Inspection, Participant, Site
from agencies.inspections.states import InspectionState
from portal.accounts.actors import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """A visit in a cell. ``open``: the actor's agency takes part and may open it."""

    visit: Inspection
    open: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """``slot`` is None where the site is closed."""

    slot: Slot | None
    lines: tuple[Line, ...] = ()

    @property
    def is_full(self) -> bool:
        return self.slot is not None and not self.slot.is_free


@dataclass(frozen=True, slots=True)
class Row:
    starts: time
    cells: tuple[Cell, ...]


def week_of(day: date) -> list[date]:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def week(site: Site, days: list[date], actor: Actor) -> list[Row]:
    """One site, a column for each day."""
    visits = _visits([site], days[0], days[-1], actor)
    return _rows([_column(site, day, visits) for day in days])


def day(sites: list[Site], on: date, actor: Actor) -> list[Row]:
    """One day, a column for each site."""
    visits = _visits(sites, on, on, actor)
    return _rows([_column(site, on, visits) for site in sites])


def _visits(sites: Iterable[Site], first: date, last: date, actor: Actor) -> list[Line]:
    # A day wider on both sides than the portal's days: a site may be in another zone.
    since = datetime.combine(first - timedelta(days=1), time.min, UTC)
    until = datetime.combine(last + timedelta(days=2), time.min, UTC)
    own = set(
        Participant.objects.filter(agency__organisation=actor.organisation_id)
        .filter(inspection__starts_at__lt=until, inspection__ends_at__gt=since)
        .values_list("inspection", flat=True)
    )
    found = (
        Inspection.objects.filter(site__in=list(sites)).taking_place(since, until)
        .exclude(state=InspectionState.CALLED).select_related("declaration", "lead")
        .order_by("starts_at", "id")
    )
    return [Line(visit, visit.pk in own) for visit in found]


def _column(site: Site, on: date, visits: list[Line]) -> dict[time, Cell]:
    if not is_working_day(site, on):
        return {}
    zone = zone_of(site)
    return {
        slot.starts_at.astimezone(zone).time(): Cell(
            slot, tuple(line for line in visits if line.visit in slot.visits))
        for slot in slots(site, on, [line.visit for line in visits])
    }


def _rows(columns: list[dict[time, Cell]]) -> list[Row]:
    starts = sorted({moment for column in columns for moment in column})
    closed = Cell(None)
    return [Row(one, tuple(column.get(one, closed) for column in columns)) for one in starts]
