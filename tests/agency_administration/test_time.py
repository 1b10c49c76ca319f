"""Working time, holidays and absences: what they do to the cases, and what a file may hold."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies import decisions
from agencies.administration import holiday_files
from agencies.calendars import Absence, Holiday
from agencies.forms import today
from agencies.models import Agency, Review
from agencies.queues import sweeps
from portal.journal.models import Event
from portal.notices.models import Notice
from tests.agencies.conftest import World
from tests.agency_administration.conftest import Desk, desk
from tests.factories import make_officer

DAY = timedelta(days=1)


def events(agency: Agency) -> list[Event]:
    return list(Event.objects.of(agency.organisation_id).order_by("sequence"))


def due(review: Review) -> Any:
    review.refresh_from_db()
    return review.due_at


def post_holiday(boss: Desk, day: date, name: str = "Feast") -> str:
    answer = boss.client.post(reverse("holiday_add"), {"day": day.isoformat(), "name": name},
                              follow=True)
    return str(answer.content.decode())


# --- holidays -------------------------------------------------------------------------------


def test_a_holiday_moves_the_due_dates_of_its_agency(world: World, boss: Desk) -> None:
    declaration = world.route()
    review, other = world.review(declaration, world.phyto), world.review(declaration, world.vet)
    before, others = due(review), due(other)
    assert "The due date of 1 case at work moves by it." in post_holiday(boss, today() + DAY)
    moved = due(review)
    # Service time is 24 hours: it ends tomorrow, and tomorrow is no working day now.
    assert moved - before == DAY and due(other) == others
    later = world.review(world.route(), world.phyto)
    assert abs(due(later) - moved) < timedelta(minutes=5)
    boss.client.post(reverse("holiday_remove", args=[Holiday.objects.get().pk]))
    assert due(review) == before
    added, removed = events(world.phyto)
    assert (added.payload["did"], added.payload["reviews_moved"]) == ("added", 1)
    assert (removed.payload["did"], removed.payload["reviews_moved"]) == ("removed", 2)
    told = boss.client.get(reverse("organisation_journal")).content.decode()
    assert "Due date of 1 review moved" in told


def test_what_is_late_or_closed_keeps_its_date(world: World, boss: Desk) -> None:
    review = world.review(world.route(), world.phyto)
    past = timezone.now() - timedelta(hours=1)
    Review.objects.filter(pk=review.pk).update(due_at=past)
    assert "No due date of a case at work moves by it." in post_holiday(boss, today() + DAY)
    assert due(review) == past


def test_a_case_that_waits_for_its_trader_keeps_what_was_left(world: World, boss: Desk) -> None:
    review = world.review(world.route(), world.phyto)
    before, paused = due(review), timezone.now()
    Review.objects.filter(pk=review.pk).update(paused_at=paused)
    post_holiday(boss, today() + DAY)
    assert due(review) - before == DAY


def test_a_holiday_is_there_once(world: World, boss: Desk) -> None:
    post_holiday(boss, today())
    assert "is a holiday of your agency already" in post_holiday(boss, today(), "Other")
    assert Holiday.objects.count() == 1 and len(events(world.phyto)) == 1
    for wrong in ("", "1066-10-14", "nonsense"):
        answer = boss.client.post(reverse("holiday_add"), {"day": wrong, "name": "x"})
        assert answer.status_code == 422


def test_another_agencys_holiday_is_not_there(world: World, boss: Desk) -> None:
    holiday = Holiday.objects.create(agency=world.phyto, day=today(), name="Feast")
    address = reverse("holiday_remove", args=[holiday.pk])
    assert desk(world.vet).client.post(address).status_code == 404
    assert Holiday.objects.exists()


# --- days, hours, zone ----------------------------------------------------------------------


def test_working_hours_and_zone_move_what_is_at_work(world: World, boss: Desk) -> None:
    review = world.review(world.route(), world.phyto)
    before = due(review)
    answer = boss.client.post(reverse("agency_hours"), {
        "working_days": ["1", "2", "3", "4", "5", "6", "7"], "opens_at": "09:00",
        "closes_at": "17:00", "time_zone": "Asia/Tokyo"}, follow=True)
    assert "The due date of 1 case at work moves by it." in answer.content.decode()
    world.phyto.refresh_from_db()
    assert (world.phyto.opens_at, world.phyto.time_zone) == (time(9), "Asia/Tokyo")
    # 24 hours of work at eight a day: the third day's end at the earliest, in Tokyo's hours.
    assert due(review) - before >= timedelta(days=1, hours=7)
    assert 0 <= due(review).hour <= 8
    (event,) = events(world.phyto)
    assert event.payload["changes"]["closes_at"] == ["", "17:00"]


@pytest.mark.parametrize("wrong", [
    {"opens_at": "17:00", "closes_at": "09:00"}, {"time_zone": "Mars/Olympus"},
    {"working_days": ["8"]}, {"opens_at": "noon"},
])
def test_what_working_time_cannot_be(world: World, boss: Desk, wrong: dict[str, Any]) -> None:
    assert boss.client.post(reverse("agency_hours"), wrong).status_code == 422
    world.phyto.refresh_from_db()
    assert world.phyto.opens_at is None and events(world.phyto) == []


# --- files ----------------------------------------------------------------------------------

CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20270101\r
DTEND;VALUE=DATE:20270103\r
SUMMARY:New Year\\, both\r
 days\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20200526\r
RRULE:FREQ=YEARLY\r
SUMMARY:Independence\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20260303\r
SUMMARY:Of another year\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_a_calendar_gives_its_days_of_the_year() -> None:
    found = holiday_files.read(CALENDAR.encode(), 2027)
    assert found.faults == [] and found.passed_over == 1
    assert found.days == {
        date(2027, 1, 1): "New Year, bothdays", date(2027, 1, 2): "New Year, bothdays",
        date(2027, 5, 26): "Independence"}


@pytest.mark.parametrize("text", [
    "date,name\n2027-01-01,New Year\n", "2027-01-01;New Year\n", "\ufeff01.01.2027\tNew Year",
    '01/01/2027,"New Year"\n\n',
])
def test_a_table_in_the_ways_people_write_it(text: str) -> None:
    assert holiday_files.read(text.encode(), 2027).days == {date(2027, 1, 1): "New Year"}


@pytest.mark.parametrize(("content", "line", "said"), [
    (b"2027-01-01,A\n2027-13-01,B", 2, "is no date"),
    (b"2027-01-01,A\n2026-01-01,B", 2, "is not in 2027"),
    (b"2027-01-01,A\n2027-01-01,B", 2, "twice"),
    (b"2027-01-01", 1, "name is missing"),
    (b"2027-01-01," + b"x" * 141, 1, "longer than"),
    (b"2027-01-01,A\n\xff\xfe", 2, "UTF-8"),
    (b"", 1, "No day of 2027"),
    (b"x" * (holiday_files.MOST_BYTES + 1), 1, "larger than"),
    (b"a\0b", 1, "no text"),
    (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT", 2, "no day"),
    (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101\nRRULE:FREQ=WEEKLY\nEND:VEVENT", 2,
     "every year"),
    (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101", 2, "does not end"),
    (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:99991231\nSUMMARY:x\nEND:VEVENT", 2, "no day"),
])
def test_what_is_wrong_is_told_by_line(content: bytes, line: int, said: str) -> None:
    found = holiday_files.read(content, 2027)
    assert [at for at, message in found.faults if said in message] == [line], found.faults


def test_a_file_is_taken_whole_or_not_at_all(world: World, boss: Desk) -> None:
    def send(text: str) -> Any:
        return boss.client.post(reverse("holiday_import"), {
            "year": "2027", "file": SimpleUploadedFile("list.csv", text.encode())}, follow=True)

    answer = send("2027-01-01,New Year\n2027-02-30,Never\n")
    assert answer.status_code == 422 and "2027-02-30" in answer.content.decode()
    assert not Holiday.objects.exists() and events(world.phyto) == []
    Holiday.objects.create(agency=world.phyto, day=date(2027, 1, 1), name="New Year")
    answer = send("2027-01-01,New Year\n2027-01-07,Christmas\n2027-01-19,Epiphany\n")
    assert "2 holidays are added. 1 was there already." in answer.content.decode()
    (event,) = events(world.phyto)
    assert event.payload["days"] == ["2027-01-07 Christmas", "2027-01-19 Epiphany"]


# --- absences -------------------------------------------------------------------------------


def test_a_supervisor_enters_anyones_leave_and_the_deputy_gets_the_case(
    world: World, boss: Desk, officer: Desk
) -> None:
    review = decisions.claim(world.review(world.route(), world.phyto).pk, officer.actor)
    Review.objects.filter(pk=review.pk).update(claimed_at=timezone.now() - timedelta(hours=1))
    answer = boss.client.post(reverse("absence_new"), {
        "officer": str(officer.user.pk), "first_day": str(today()),
        "last_day": str(today() + DAY), "deputy": str(boss.user.pk)})
    assert answer.status_code == 302
    assert sweeps.cover_absences() == 1
    review.refresh_from_db()
    assert review.claimed_by == boss.user
    (event,) = events(world.phyto)
    assert (event.kind, event.payload["changes"]["deputy"]) == (
        "absences_changed", ["", str(boss.user)])


def test_the_deputy_is_told(world: World, boss: Desk, officer: Desk) -> None:
    given = {"first_day": str(today() + DAY), "last_day": str(today() + 3 * DAY)}
    officer.client.post(reverse("absence_new"), given | {"deputy": ""})
    assert not Notice.objects.filter(kind="absences_changed").exists()
    own = Absence.objects.get()
    officer.client.post(reverse("absence", args=[own.pk]), given | {"deputy": str(boss.user.pk)})
    notice = Notice.objects.get(kind="absences_changed")
    assert notice.user == boss.user
    page = boss.client.get(reverse("notices")).content.decode()
    assert "You stand in for a colleague" in page and str(officer.user) in page
    officer.client.post(reverse("absence_remove", args=[own.pk]))
    assert Notice.objects.filter(kind="absences_changed").count() == 1


def test_an_officer_enters_only_the_own_leave(world: World, boss: Desk, officer: Desk) -> None:
    given = {"officer": str(boss.user.pk), "first_day": str(today() + DAY),
             "last_day": str(today() + 3 * DAY), "deputy": ""}
    assert officer.client.post(reverse("absence_new"), given).status_code == 302
    own = Absence.objects.get()
    assert own.officer == officer.user
    other = Absence.objects.create(agency=world.phyto, officer=boss.user,
                                   first_day=today() + 9 * DAY, last_day=today() + 9 * DAY)
    for name in ("absence", "absence_remove"):
        assert officer.client.get(reverse(name, args=[other.pk])).status_code == 404
        assert officer.client.post(reverse(name, args=[other.pk]), given).status_code == 404
        stranger = desk(world.vet)
        assert stranger.client.post(reverse(name, args=[own.pk]), given).status_code == 404
    assert str(boss.user) in officer.client.get(reverse("absences")).content.decode()
    officer.client.post(reverse("absence_remove", args=[own.pk]))
    boss.client.post(reverse("absence_remove", args=[other.pk]))
    assert not Absence.objects.exists() and len(events(world.phyto)) == 3


def test_what_an_absence_cannot_be(world: World, boss: Desk, officer: Desk) -> None:
    colleague, _actor = make_officer(world.phyto)
    stranger, _actor = make_officer(world.vet)
    Absence.objects.create(agency=world.phyto, officer=colleague, first_day=today(),
                           last_day=today() + 2 * DAY)
    given = {"officer": str(officer.user.pk), "first_day": str(today()),
             "last_day": str(today() + DAY), "deputy": ""}
    for wrong in (
        {"last_day": str(today() - DAY)}, {"first_day": str(today() - 3 * DAY),
                                           "last_day": str(today() - DAY)},
        {"officer": str(colleague.pk)}, {"deputy": str(colleague.pk)},
        {"deputy": str(officer.user.pk)}, {"deputy": str(stranger.pk)},
        {"officer": str(stranger.pk)}, {"last_day": str(today() + 400 * DAY)},
    ):
        answer = boss.client.post(reverse("absence_new"), given | wrong)
        assert answer.status_code == 422, wrong
    assert Absence.objects.count() == 1 and events(world.phyto) == []


def test_an_absence_that_is_over_stays_as_it_was(world: World, boss: Desk) -> None:
    over = Absence.objects.create(agency=world.phyto, officer=boss.user,
                                  first_day=today() - 2 * DAY, last_day=today() - DAY)
    assert boss.client.get(reverse("absence", args=[over.pk])).status_code == 404
    assert boss.client.get(reverse("absences")).status_code == 200
