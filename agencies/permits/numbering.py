"""The form of permit numbers: how an agency writes them, and how to know one again.

A format names ``{country}``, ``{prefix}``, ``{year}`` and ``{number}``; the last must stand in it, with
leading zeros as in ``{number:06d}`` where the agency wants them.
"""

import re
from string import Formatter

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DEFAULT_FORMAT = "{country}-{prefix}-{year}-{number:06d}"
LONGEST = 35
_SPECIFICATION = re.compile(r"(0[1-9]d?)?")
_FIELDS = frozenset({"country", "prefix", "year", "number"})


def check_format(text: str) -> None:
    """Raise ValidationError for a format that cannot make numbers."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        parts = []
    named = [name for _literal, name, _spec, _conversion in parts if name is not None]
    sound = (
        named.count("number") == 1 and named.count("year") == 1 and _FIELDS.issuperset(named)
        and all(
            not conversion and _SPECIFICATION.fullmatch(spec or "")
            and not (spec and name != "number")
            for _literal, name, spec, conversion in parts
        )
    )
    if not sound:
        raise ValidationError(
            _("Write the format with {country}, {prefix}, {year} and {number}, such as %(example)s."),
            params={"example": DEFAULT_FORMAT},
        )


def write(number_format: str, prefix: str, year: int, number: int) -> str:
    return number_format.format(
        country=settings.PORTAL_COUNTRY, prefix=prefix, year=year, number=number
    )


def pattern(number_format: str, prefix: str) -> re.Pattern[str]:
    """What every number of a series looks like, of whatever year."""
    made = ""
    for literal, name, spec, _conversion in Formatter().parse(number_format):
        made += re.escape(literal)
        match name:
            case "country":
                made += re.escape(settings.PORTAL_COUNTRY)
            case "prefix":
                made += re.escape(prefix)
            case "year":
                made += r"\d{4}"
            case "number":
                made += rf"\d{{{int((spec or '').strip('d') or 1)},}}"
    return re.compile(made)
