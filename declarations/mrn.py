"""Movement reference numbers: 18 characters, without gaps within a day, without a hot row.

Form: two digits of the year, the country, thirteen characters (here the day of the year and the
day's number, ten digits) and a check character, as in Commission Delegated Regulation (EU)
2015/2446, Annex B, "MRN". The day is that of the portal's own time zone.

The numbers of a day lie ready as rows of MrnNumber. Taking one locks and deletes the lowest that
nobody else is taking, so takers never wait for each other; and a transaction that rolls back puts
its number back for the next taker.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

from declarations.models import MrnNumber, MrnSeries

BATCH = 500
KEPT_DAYS = 2  # longer than any transaction that might still hold a number of an earlier day

# ISO 6346, annex A: digits are themselves; letters count from 10, multiples of 11 left out.
_VALUES = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [value for value in range(39) if value == 0 or value % 11],
        strict=True,
    )
)


def take(now: datetime | None = None) -> str:
    """The next MRN of the day. Belongs in the transaction that uses it; rolls back with it."""
    day = (now or timezone.now()).astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE))
    year_day = day.strftime("%y%j")
    number = _take_number(year_day)
    if number is None:
        _fill(day)
        number = _take_number(year_day)
    if number is None:
        raise RuntimeError(f"No number of the series {year_day} is free after it was filled up.")
    body = f"{year_day[:2]}{settings.PORTAL_COUNTRY}{year_day[2:]}{number:010d}"
    return body + check_character(body)


def is_valid(mrn: str) -> bool:
    """Whether ``mrn`` has the form of one and its check character is right."""
    return (
        len(mrn) == 18
        and mrn[:2].isdecimal()
        and set(mrn) <= _VALUES.keys()
        and mrn[2:4].isalpha()
        and check_character(mrn[:-1]) == mrn[-1]
    )


def check_character(body: str) -> str:
    """The check digit of ISO 6346: values times powers of two, modulo 11, where ten counts as 0.

    Raises KeyError for characters other than digits and capital letters.
    """
    total = sum(_VALUES[character] << place for place, character in enumerate(body))
    return str(total % 11 % 10)


def _take_number(year_day: str) -> int | None:
    row = (
        MrnNumber.objects.select_for_update(skip_locked=True)
        .filter(year_day=year_day)
        .order_by("number")
        .first()
    )
    if row is None:
        return None
    row.delete()
    return row.number


def _fill(day: datetime) -> None:
    """Lay the day's next numbers ready, unless another transaction has just done so.

    The lock lasts until the caller's transaction ends: only then are the new rows there for others.
    """
    year_day = day.strftime("%y%j")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('declarations.mrn'))")
    free = MrnNumber.objects.select_for_update(skip_locked=True).filter(year_day=year_day)
    if free[:1]:
        return
    series, _new = MrnSeries.objects.get_or_create(year_day=year_day)
    first, last = series.filled_to + 1, series.filled_to + BATCH
    MrnNumber.objects.bulk_create(
        MrnNumber(year_day=year_day, number=number) for number in range(first, last + 1)
    )
    series.filled_to = last
    series.save(update_fields=["filled_to"])
    past = (day - timedelta(days=KEPT_DAYS)).strftime("%y%j")
    MrnNumber.objects.filter(year_day__lt=past).delete()
