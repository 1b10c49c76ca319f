"""Working time: adding it to a moment, and measuring it between two. Knows no database.

A calendar says on which days and between which hours of its zone an office works. All moments are
aware; durations are real elapsed time, so a night shift over a change of the clocks is one hour
longer or shorter, as it is for those who work it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

EVERY_DAY = frozenset(range(1, 8))
ZERO = timedelta()
# A calendar without a working day in so many days has none at all.
LONGEST_STANDSTILL = 400


class NeverWorks(ValueError):
    """The calendar has no working time in more than a year."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """``days``: ISO weekdays, none meaning all; without hours, from midnight to midnight."""

    zone: tzinfo = UTC
    days: frozenset[int] = EVERY_DAY
    opens: time | None = None
    closes: time | None = None
    holidays: frozenset[date] = frozenset()

    @property
    def round_the_clock(self) -> bool:
        hours = self.opens is None and self.closes is None
        return hours and not self.holidays and (not self.days or self.days == EVERY_DAY)

    def works_on(self, day: date) -> bool:
        return day not in self.holidays and (not self.days or day.isoweekday() in self.days)

    def shift(self, day: date) -> tuple[datetime, datetime] | None:
        """When work begins and ends on the day, in UTC; nothing on a day off."""
        if not self.works_on(day):
            return None
        begins = datetime.combine(day, self.opens or time.min, self.zone)
        ends = (datetime.combine(day, self.closes, self.zone) if self.closes
                else datetime.combine(day + timedelta(days=1), time.min, self.zone))
        begins, ends = begins.astimezone(UTC), ends.astimezone(UTC)
        return (begins, ends) if begins < ends else None

    def add(self, moment: datetime, work: timedelta) -> datetime:
        """The moment at which ``work`` is done, begun at ``moment``; backward if it is negative.

        Raises NeverWorks.
        """
        if self.round_the_clock:
            return moment.astimezone(UTC) + work
        return self._back(moment, -work) if work < ZERO else self._on(moment, work)

    def between(self, begin: datetime, end: datetime) -> timedelta:
        """The working time from ``begin`` to ``end``; negative if ``end`` is the earlier."""
        # In UTC: between moments of one zone Python reckons by the hands of the clock.
        begin, end = begin.astimezone(UTC), end.astimezone(UTC)
        if end < begin:
            return -self.between(end, begin)
        if self.round_the_clock:
            return end - begin
        done, day = ZERO, self._day(begin)
        last = self._day(end)
        while day <= last:
            if (shift := self.shift(day)) is not None:
                done += max(ZERO, min(end, shift[1]) - max(begin, shift[0]))
            day += timedelta(days=1)
        return done

    def _on(self, moment: datetime, work: timedelta) -> datetime:
        for begins, ends in self._shifts(moment, 1):
            start = max(begins, moment.astimezone(UTC))
            if start < ends and ends - start >= work:
                return start + work
            work -= max(ZERO, ends - start)
        raise NeverWorks

    def _back(self, moment: datetime, work: timedelta) -> datetime:
        for begins, ends in self._shifts(moment, -1):
            end = min(ends, moment.astimezone(UTC))
            if end > begins and end - begins >= work:
                return end - work
            work -= max(ZERO, end - begins)
        raise NeverWorks

    def _shifts(self, moment: datetime, step: int) -> Iterator[tuple[datetime, datetime]]:
        day, idle = self._day(moment), 0
        while idle < LONGEST_STANDSTILL:
            shift = self.shift(day)
            idle = 0 if shift else idle + 1
            if shift:
                yield shift
            day += timedelta(days=step)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()
