"""Lists of holidays as files: CSV, or iCalendar (RFC 5545). Text in, days and faults by line out."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

MOST_BYTES = 256 * 1024
MOST_DAYS = 400
MOST_FAULTS = 50
NAME_LENGTH = 140
_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d")
_HEADINGS = frozenset({"date", "day", "дата", "день"})


@dataclass
class Read:
    """What stands in a file. With a fault nothing of it is taken."""

    days: dict[date, str] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)
    # Of a calendar: events of other years.
    passed_over: int = 0

    def fault(self, line: int, message: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((line, message))

    def take(self, line: int, day: date, name: str) -> None:
        name = " ".join(name.split())
        if not name:
            self.fault(line, _("The name is missing."))
        elif len(name) > NAME_LENGTH:
            self.fault(line, _("The name is longer than %(count)s characters.")
                       % {"count": NAME_LENGTH})
        elif self.days.setdefault(day, name) != name:
            self.fault(line, _("%(day)s stands in the file twice.") % {"day": day.isoformat()})
        if len(self.days) > MOST_DAYS:
            self.fault(line, _("More than %(count)s days.") % {"count": MOST_DAYS})


def read(content: bytes, year: int) -> Read:
    """The holidays of a year. ``content`` in UTF-8, with or without its mark."""
    found = Read()
    if len(content) > MOST_BYTES:
        found.fault(1, _("The file is larger than 256 KB."))
        return found
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found.fault(line, _("This is no text in UTF-8. Save the file in that encoding."))
        return found
    if "\0" in text:
        found.fault(1, _("This is no text."))
    elif text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        _calendar(text, year, found)
    else:
        _table(text, year, found)
    if not found.days and not found.faults:
        found.fault(1, _("No day of %(year)s stands in the file.") % {"year": year})
    return found


# --- CSV ------------------------------------------------------------------------------------


def _table(text: str, year: int, found: Read) -> None:
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(text.splitlines(), delimiter=delimiter)
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if any(cells) and not (rows.line_num == 1 and cells[0].casefold() in _HEADINGS):
                _row(cells, rows.line_num, year, found)
    except csv.Error:
        found.fault(rows.line_num, _("This line cannot be read as CSV."))


def _row(cells: list[str], line: int, year: int, found: Read) -> None:
    day = _day(cells[0])
    if day is None:
        found.fault(line, _("“%(text)s” is no date. Write it as %(year)s-12-31.")
                    % {"text": cells[0][:40], "year": year})
    elif day.year != year:
        found.fault(line, _("%(day)s is not in %(year)s.") % {"day": day.isoformat(), "year": year})
    else:
        found.take(line, day, cells[1] if len(cells) > 1 else "")


def _day(text: str) -> date | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


# --- iCalendar ------------------------------------------------------------------------------


def _calendar(text: str, year: int, found: Read) -> None:
    """Events with all their days; those that come back every year on their day in this one."""
    event: dict[str, str] | None = None
    began = 0
    for line, content in _unfolded(text):
        name, _colon, value = content.partition(":")
        name = name.split(";", 1)[0].strip().upper()
        if name == "BEGIN" and value.strip().upper() == "VEVENT":
            event, began = {}, line
        elif name == "END" and value.strip().upper() == "VEVENT" and event is not None:
            _event(event, began, year, found)
            event = None
        elif event is not None:
            event.setdefault(name, value.strip())
    if event is not None:
        found.fault(began, _("The event that begins here does not end."))


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; one that begins with a space goes on from the one before."""
    kept, number = "", 0
    for at, line in enumerate(text.splitlines(), 1):
        if line[:1] in (" ", "\t") and kept:
            kept += line[1:]
            continue
        if kept:
            yield number, kept
        kept, number = line, at
    if kept:
        yield number, kept


def _event(event: dict[str, str], line: int, year: int, found: Read) -> None:
    first = _day(event.get("DTSTART", "")[:8])
    if first is None or first.year == date.max.year:  # no day comes after that year's last
        found.fault(line, _("The event has no day (DTSTART)."))
        return
    # DTEND is the day after the last, and may be missing.
    end = _day(event.get("DTEND", "")[:8]) or first + timedelta(days=1)
    length = max(1, min((end - first).days, MOST_DAYS))
    rule = event.get("RRULE", "").upper()
    if rule and not re.search(r"FREQ=YEARLY\b", rule):
        found.fault(line, _("Only what comes back every year is understood, not: %(rule)s")
                    % {"rule": rule[:60]})
        return
    if rule and re.search(r"BY|INTERVAL|COUNT|UNTIL", rule):
        found.fault(line, _("Only what comes back every year is understood, not: %(rule)s")
                    % {"rule": rule[:60]})
        return
    if rule and first.year < year:
        try:
            first = first.replace(year=year)
        except ValueError:  # the 29th of February
            return
    days = [day for n in range(length) if (day := first + timedelta(days=n)).year == year]
    if not days:
        found.passed_over += 1
    for day in days:
        found.take(line, day, _plain(event.get("SUMMARY", "")))


def _plain(text: str) -> str:
    """RFC 5545, 3.3.11: escapes of text."""
    return re.sub(r"\\(.)", lambda m: " " if m[1] in "nN" else m[1], text)
