"""Values that carry a unit: amounts, measures, quantities and moments.

Money and weight are ``Decimal``: binary floats cannot hold 0.1. A moment keeps the characters
that were sent, because the bytes of a message are the record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

_MOMENT = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})(Z|[+-]\d{2}(?:\d{2})?)?)?", re.ASCII
)

DATE = "102"
"""UN/EDIFACT 2379 code 102: CCYYMMDD."""
DATE_TIME = "304"
"""UN/EDIFACT 2379 code 304: CCYYMMDDHHMMSS and the zone."""


@dataclass(slots=True, frozen=True)
class Amount:
    """Money: ``value`` in the currency ``currencyID`` (ISO 4217)."""

    value: Decimal
    currencyID: str | None = None


@dataclass(slots=True, frozen=True)
class Measure:
    """A measured size: ``value`` in ``unitCode`` (UN/ECE Recommendation 20, KGM = kilogram)."""

    value: Decimal
    unitCode: str | None = None


@dataclass(slots=True, frozen=True)
class Quantity:
    """A count or quantity: ``value``, in ``unitCode`` (Recommendation 20) where one applies."""

    value: Decimal
    unitCode: str | None = None


@dataclass(slots=True, frozen=True)
class DateTime:
    """A moment as sent, e.g. ``20250115103000Z`` with ``formatCode`` 304."""

    value: str
    formatCode: str = DATE_TIME

    @classmethod
    def of(cls, moment: datetime) -> DateTime:
        """The moment in UTC, to the second. Raises ValueError for a moment without a zone."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return cls(moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ"))

    def as_datetime(self) -> datetime:
        """The moment with its zone; UTC where none is given, midnight for a date alone.

        Raises ValueError where the calendar has no such moment (30 February, hour 25).
        """
        match = _MOMENT.fullmatch(self.value)
        if match is None:
            raise ValueError(f"not a date or time: {self.value!r}")
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(match.group(7)))


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:5] or 0))
    return timezone(-offset if text[0] == "-" else offset)
