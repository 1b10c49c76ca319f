"""When and where: appointing a visit, moving it, and what the trader says to it.

A site takes so many visits at a time. Whoever appoints locks the site's row first, so that two
officers never book the same last place: the second sees the first's visit and is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import cases
from agencies.calendars import Holiday
from agencies.cases import DecisionError
from agencies.inspections.models import TEXT_LENGTH, Inspection, Site
from agencies.inspections.states import TAKES_PART, InspectionState, Part
from agencies.inspections.visits import about, lock_visit, must_lead
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record

LONGEST = timedelta(hours=10)
FURTHEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of a site's day, and the visits that are in it."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    visits: tuple[Inspection, ...]

    @property
    def taken(self) -> int:
        return len(self.visits)

    @property
    def is_free(self) -> bool:
        return self.taken < self.capacity

    @property
    def is_over(self) -> bool:
        """It has begun: no visit can be put there any more."""
        return self.starts_at <= timezone.now()


def slots(site: Site, day: date, visits: Iterable[Inspection] | None = None) -> list[Slot]:
    """The site's slots of a day of its agency's calendar; ``visits`` where they are read already."""
    spans = list(_spans(site, day))
    if not spans:
        return []
    if visits is None:
        visits = site.inspections.taking_place(spans[0][0], spans[-1][1])
    here = [one for one in visits if one.site_id == site.pk]
    return [
        Slot(start, end, site.capacity, tuple(
            one for one in here
            if one.starts_at and one.ends_at and one.starts_at < end and one.ends_at > start
        ))
        for start, end in spans
    ]


def is_working_day(site: Site, day: date) -> bool:
    """Whether the site's agency works on the day; without stated days, on every one."""
    days = site.agency.working_days
    if days and day.isoweekday() not in days:
        return False
    return not Holiday.objects.filter(agency=site.agency_id, day=day).exists()


def appoint(
    inspection_id: UUID, actor: Actor, site_id: UUID, starts_at: datetime, minutes: int,
    directions: str = "", reason: str = "",
) -> Inspection:
    """Fix place and time, or move them, for which ``reason`` is told to the trader.

    By the lead agency, at a site of any agency that takes part, once the others have answered or
    their time is over. Raises DecisionError where the site has no place left.
    """
    with transaction.atomic():
        case, inspection, part = lock_visit(inspection_id, actor)
        must_lead(inspection, part)
        if inspection.state == InspectionState.STARTED:
            raise DecisionError(_("The visit has begun and cannot be moved."))
        moves = inspection.state == InspectionState.APPOINTED
        if moves and not reason.strip():
            raise DecisionError(_("Write why it is moved. The trader reads this text."), "reason")
        _must_have_answers(inspection)
        site = _lock_site(inspection, site_id)
        ends_at = starts_at + timedelta(minutes=minutes)
        _must_be_open(site, starts_at, ends_at)
        _must_have_room(site, starts_at, ends_at, inspection)
        inspection.site, inspection.directions = site, directions.strip()[:200]
        inspection.starts_at, inspection.ends_at = starts_at, ends_at
        inspection.state = InspectionState.APPOINTED
        inspection.moved += moves
        inspection.confirmed_at = inspection.other_time_at = None
        inspection.other_time = ""
        inspection.save()
        kind = EventKind.INSPECTION_MOVED if moves else EventKind.INSPECTION_APPOINTED
        record(case.declaration.pk, kind, actor, about(part) | {
            "place": place(inspection), "starts_at": starts_at.isoformat(),
            "ends_at": ends_at.isoformat(), "reason": reason.strip()[:TEXT_LENGTH],
        })
        return inspection


def place(inspection: Inspection) -> str:
    """The place in one line, as the trader reads it."""
    site = inspection.site
    if site is None:
        return ""
    return ", ".join(filter(None, (site.name, site.address, inspection.directions)))


def bookable(inspection: Inspection) -> list[Site]:
    """The sites of the agencies that take part, those of the lead first."""
    taking_part = inspection.participants.filter(part__in=TAKES_PART).values("agency")
    found = Site.objects.filter(agency__in=taking_part, closed=False).select_related("agency")
    return sorted(found, key=lambda site: (site.agency_id != inspection.lead_id, site.name))


# --- the trader's side ----------------------------------------------------------------------


def confirm(inspection_id: UUID, actor: Actor) -> Inspection:
    """The trader will be there. Raises Inspection.DoesNotExist for another organisation's."""
    with transaction.atomic():
        inspection = _lock_own(inspection_id, actor)
        if inspection.confirmed_at is None:
            inspection.confirmed_at = timezone.now()
            inspection.other_time_at, inspection.other_time = None, ""
            inspection.save(update_fields=["confirmed_at", "other_time_at", "other_time"])
            record(inspection.declaration_id, EventKind.INSPECTION_CONFIRMED, actor,
                   {"inspection": str(inspection.pk)})
        return inspection


def ask_other_time(inspection_id: UUID, actor: Actor, words: str) -> Inspection:
    """The trader cannot come then. The appointment stands until the lead agency moves it."""
    words = words.strip()
    if not words:
        raise DecisionError(
            _("Write when you can present the goods, and why not at the appointed time."))
    if len(words) > TEXT_LENGTH:
        raise DecisionError(_("The text is longer than %(count)s characters. Shorten it.")
                            % {"count": TEXT_LENGTH})
    with transaction.atomic():
        inspection = _lock_own(inspection_id, actor)
        inspection.other_time_at, inspection.other_time = timezone.now(), words
        inspection.confirmed_at = None
        inspection.save(update_fields=["confirmed_at", "other_time_at", "other_time"])
        record(inspection.declaration_id, EventKind.INSPECTION_TIME_ASKED, actor,
               {"inspection": str(inspection.pk), "answer": words})
        return inspection


# --- locks and rules ------------------------------------------------------------------------


def _lock_own(inspection_id: UUID, actor: Actor) -> Inspection:
    if not actor.may(Permission.FILE):
        raise DecisionError(_("Only the trader may do this."))
    found = Inspection.objects.of_trader(actor).get(pk=inspection_id)
    inspection = cases.lock(found.declaration_id).inspection()
    if inspection is None or inspection.pk != inspection_id or (
        inspection.state != InspectionState.APPOINTED
    ):
        raise DecisionError(_("Nothing is appointed that could be confirmed or moved now."))
    return inspection


def _lock_site(inspection: Inspection, site_id: UUID) -> Site:
    allowed = {site.pk for site in bookable(inspection)}
    if site_id not in allowed:
        raise DecisionError(_("Choose a place of an agency that takes part."), "site")
    return Site.objects.select_for_update(of=("self",)).select_related("agency").get(pk=site_id)


def _must_have_answers(inspection: Inspection) -> None:
    """Whoever has not answered in time is passed over, and may still join until the visit begins."""
    waiting = inspection.participants.filter(part=Part.ASKED).select_related("agency")
    if inspection.answer_by > timezone.now() and (first := waiting.first()) is not None:
        raise DecisionError(
            _("%(agency)s has not answered yet whether it takes part. Wait for the answer, or until "
              "its time is over.") % {"agency": first.agency})


def zone_of(site: Site) -> ZoneInfo:
    """Where the site's hours count: its agency's own time zone, or else the portal's."""
    return ZoneInfo(site.agency.time_zone or settings.PORTAL_TIME_ZONE)


def _spans(site: Site, day: date) -> Iterator[tuple[datetime, datetime]]:
    zone = zone_of(site)
    start = datetime.combine(day, site.opens_at, zone)
    closes = datetime.combine(day, site.closes_at, zone)
    while start + site.slot <= closes:
        yield start, start + site.slot
        start += site.slot


def _must_be_open(site: Site, starts_at: datetime, ends_at: datetime) -> None:
    now = timezone.now()
    if starts_at <= now:
        raise DecisionError(_("Choose a time in the future."), "start")
    if starts_at > now + FURTHEST:
        raise DecisionError(_("Choose a day within the next %(count)s days.")
                            % {"count": FURTHEST.days}, "start")
    if not site.slot <= ends_at - starts_at <= LONGEST:
        raise DecisionError(_("Choose a duration of at least %(count)s minutes.")
                            % {"count": site.slot_minutes}, "minutes")
    day = starts_at.astimezone(zone_of(site)).date()
    if not is_working_day(site, day):
        raise DecisionError(_("%(site)s is closed on that day.") % {"site": site}, "start")
    spans = list(_spans(site, day))
    if not any(start == starts_at for start, _end in spans):
        raise DecisionError(_("Choose the beginning of a slot of %(site)s.") % {"site": site},
                            "start")
    if ends_at > spans[-1][1]:
        raise DecisionError(_("%(site)s closes before the visit would end.") % {"site": site},
                            "minutes")


def _must_have_room(
    site: Site, starts_at: datetime, ends_at: datetime, inspection: Inspection
) -> None:
    """Each slot that the visit touches has a place left. The site's row is locked."""
    day = starts_at.astimezone(zone_of(site)).date()
    others = list(site.inspections.taking_place(starts_at, ends_at).exclude(pk=inspection.pk))
    for slot in slots(site, day, others):
        touches = slot.starts_at < ends_at and slot.ends_at > starts_at
        if touches and not slot.is_free:
            raise DecisionError(
                _("%(site)s has no place left at that time. Choose another slot.")
                % {"site": site}, "start")
