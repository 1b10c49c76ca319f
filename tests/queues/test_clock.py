"""Working time: examples that a person can check, and laws that hold for any calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.queues.clock import Calendar, NeverWorks

TBILISI, BERLIN = ZoneInfo("Asia/Tbilisi"), ZoneInfo("Europe/Berlin")
OFFICE = Calendar(TBILISI, frozenset({1, 2, 3, 4, 5}), time(9), time(18),
                  frozenset({date(2026, 5, 26)}))


def tbilisi(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=TBILISI)


@pytest.mark.parametrize(("begin", "hours", "end"), [
    (tbilisi(2026, 5, 18, 10), 4, tbilisi(2026, 5, 18, 14)),
    (tbilisi(2026, 5, 18, 16), 4, tbilisi(2026, 5, 19, 11)),
    (tbilisi(2026, 5, 22, 17), 2, tbilisi(2026, 5, 25, 10)),  # over the weekend
    (tbilisi(2026, 5, 25, 17), 2, tbilisi(2026, 5, 27, 10)),  # over Independence Day
    (tbilisi(2026, 5, 23, 3), 9, tbilisi(2026, 5, 25, 18)),  # a night of Saturday
])
def test_working_hours_end_when_the_office_says(
    begin: datetime, hours: int, end: datetime
) -> None:
    assert OFFICE.add(begin, timedelta(hours=hours)) == end


def test_without_a_calendar_the_clock_never_stops() -> None:
    begin = datetime(2026, 3, 28, 23, tzinfo=BERLIN)
    assert Calendar(BERLIN).add(begin, timedelta(hours=24)) - begin.astimezone(UTC) == timedelta(days=1)


def test_a_day_on_which_the_clocks_change_has_its_real_length() -> None:
    weekends = Calendar(BERLIN, frozenset({6, 7}))
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    for day, hours in ((spring, 23), (autumn, 25)):
        begin = datetime.combine(day, time.min, BERLIN)
        end = datetime.combine(day + timedelta(days=1), time.min, BERLIN)
        assert weekends.between(begin, end) == timedelta(hours=hours)


def test_a_calendar_without_work_says_so() -> None:
    with pytest.raises(NeverWorks):
        Calendar(UTC, frozenset({1}), time(9), time(9)).add(tbilisi(2026, 1, 1), timedelta(hours=1))


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
works = st.timedeltas(timedelta(minutes=1), timedelta(hours=200))
calendars = st.builds(
    Calendar, st.sampled_from([UTC, TBILISI, BERLIN, ZoneInfo("America/New_York")]),
    st.frozensets(st.integers(1, 7)), st.sampled_from([None, time(0), time(8, 30)]),
    st.sampled_from([None, time(12), time(18, 15)]), st.frozensets(days, max_size=20),
)


@settings(max_examples=150, deadline=None)
@given(calendars, moments, works)
def test_what_is_added_is_what_lies_between(
    calendar: Calendar, begin: datetime, work: timedelta
) -> None:
    assert calendar.between(begin, calendar.add(begin, work)) == work
    assert calendar.between(calendar.add(begin, -work), begin) == work


@settings(max_examples=150, deadline=None)
@given(calendars, moments, moments, moments)
def test_time_between_adds_up_and_never_exceeds_the_real_time(
    calendar: Calendar, one: datetime, two: datetime, three: datetime
) -> None:
    assert calendar.between(one, two) + calendar.between(two, three) == calendar.between(one, three)
    assert abs(calendar.between(one, two)) <= abs(two - one)


@settings(max_examples=60, deadline=None)
@given(calendars, moments, works, works)
def test_more_work_is_never_done_earlier(
    calendar: Calendar, begin: datetime, one: timedelta, two: timedelta
) -> None:
    assert (calendar.add(begin, one) <= calendar.add(begin, two)) == (one <= two)
