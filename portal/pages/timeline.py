"""The timeline of a case: every event of the journal in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.inspections.states import Verdict
from agencies.states import Lane, RefusalReason
from declarations.states import Channel
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.pages import names
from portal.pages.event_icons import EVENT_FACES


@dataclass(frozen=True)
class Moment:
    """One line of the timeline."""

    event: Event
    words: str
    icon: str
    tone: str
    who: str
    details: list[str] = field(default_factory=list)


def timeline(events: Iterable[Event], organisations: dict[Any, str]) -> list[Moment]:
    """Every event, the newest first. ``organisations``: names by key, for who acted for whom."""
    lines = []
    for event in events:
        icon, tone = EVENT_FACES.get(event.kind, ("circle", "mute"))
        try:
            words = str(EventKind(event.kind).label)
        except ValueError:  # a kind that a later version of the portal wrote
            words = event.kind
        actor = _("The portal") if event.actor == "system" else event.actor
        organisation = organisations.get(event.organisation, "")
        who = f"{actor}, {organisation}" if organisation else actor
        details = [line for line in _details(event.payload) if line != organisation]
        lines.append(Moment(event, words, icon, tone, who, details))
    return lines[::-1]


def _details(payload: dict[str, Any]) -> list[str]:
    """What a payload tells beyond its kind, in words; keys without words are left to the record."""
    lines = []
    for key, words in DETAILS.items():
        value = payload.get(key)
        if isinstance(value, str) and value and (told := words(value)):
            lines.append(told)
    lines += payload.get("documents") or []
    lines += payload.get("grounds") or []
    lines += [one["file"] for one in payload.get("files") or []]
    for review in payload.get("reviews") or []:
        lines.append(f"{review['agency']} · {review['queue']}")
    if faults := payload.get("faults"):
        text = ngettext("%(count)s fault found", "%(count)s faults found", len(faults))
        lines.append(text % {"count": len(faults)})
    return lines


def _when(value: str) -> str:
    """A moment of a payload as the pages write it; nothing if it is none."""
    moment = parse_datetime(value)
    # Translators: date and time of day, in the notation of Django's date filter
    return date_format(localtime(moment), _("j M Y, H:i")) if moment else ""


def _label(choices: type[TextChoices], value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


# What is told of a payload, key by key, in this order.
DETAILS: dict[str, Callable[[str], str]] = {
    "mrn": lambda value: _("MRN %(mrn)s") % {"mrn": value},
    "channel": lambda value: _("Through: %(channel)s") % {"channel": _label(Channel, value)},
    "agency": str,
    "queue": str,
    "partner": lambda value: _("To %(country)s") % {"country": names.country(value)},
    "kind": lambda value: _("About: %(event)s") % {"event": _label(EventKind, value)},
    "lane": lambda value: _label(Lane, value),
    "reason_code": lambda value: _label(RefusalReason, value),
    "reason": str,
    "answer": str,
    "place": str,
    "starts_at": lambda value: _when(value),
    "result": lambda value: _label(Verdict, value),
    "file": str,
    "permit": lambda value: _("Permit %(number)s") % {"number": value},
}
