"""A notice in the words of whoever reads it, at the moment of reading."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portal.journal.kinds import EventKind
from portal.notices.catalogue import CATALOGUE
from portal.notices.models import Notice

# For kinds whose entry is gone: a notice outlives the table.
_PLAIN_ICON = "bell"


def title(notice: Notice) -> str:
    """The state in a few words."""
    if entry := CATALOGUE.get(notice.kind):
        return str(entry.title)
    return str(EventKind(notice.kind).label) if notice.kind in EventKind else notice.kind


def text(notice: Notice) -> str:
    """What there is to know or to do; may be empty."""
    entry = CATALOGUE.get(notice.kind)
    if entry is None:
        return ""
    shown = dict.fromkeys(entry.keeps, "—") | {
        name: _shown(name, value) for name, value in notice.params.items() if value
    }
    return str(entry.text) % shown if shown else str(entry.text)


def icon(notice: Notice) -> str:
    entry = CATALOGUE.get(notice.kind)
    return entry.icon if entry else _PLAIN_ICON


def due_at(notice: Notice) -> datetime | None:
    """Until when something has to be done, where the event says so."""
    return _moment(notice.params.get("due_at", ""))


def address(notice: Notice) -> str:
    """The page that the notice is about."""
    entry = CATALOGUE.get(notice.kind)
    if entry is None:
        return reverse("notices")
    name, takes = entry.opens
    if not takes:
        return reverse(name)
    argument: Any = notice.subject if takes == "subject" else notice.params.get(takes)
    return reverse(name, args=[argument]) if argument else reverse("notices")


def moment_in_words(moment: datetime) -> str:
    """As the pages write it, in the time zone that is active."""
    # Translators: date and time of day, in the notation of Django's date filter
    return date_format(localtime(moment), _("j M Y, H:i"))


def _shown(name: str, value: str) -> str:
    if name.endswith("_at"):
        moment = _moment(value)
        if moment is None:
            return value
        return moment_in_words(moment)
    if name.startswith("valid_"):
        day = parse_date(value)
        return date_format(day, _("j M Y")) if day else value
    if name == "agency":
        return _(value)  # names of agencies are in the catalogue where a deployment put them there
    return value


def _moment(value: str) -> datetime | None:
    return parse_datetime(value) if value else None
