"""What a message of a transit or of the use of a permit says, in words, for its page and the list.

A declaration has a page of its own kind. Reads the bytes, which are the record; shows, never judges.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from exchange.documents import NotValid
from exchange.models import PERMIT_USE_KINDS, TRANSIT_KINDS, InboxMessage, OutboxMessage
from exchange.permits import messages as permit_messages
from exchange.permits import wording
from exchange.transit import drawing
from exchange.transit import messages as transit_messages
from exchange.transit.forms import SEALS
from exchange.transit.states import IncidentKind, Result

# More stands in the message below.
_COMMODITIES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a message says. ``look``: how it is written, one of "" (text), "code", "moment",
    "day", "country", "amount" (with a ``unit``), "goods" (commodity codes), "lines"."""

    label: str
    value: Any
    look: str = ""
    unit: str = ""

    @property
    def is_wide(self) -> bool:
        return self.look in ("lines", "goods") or (not self.look and len(str(self.value)) > 40)


def facts_of(message: InboxMessage | OutboxMessage) -> list[Fact]:
    """What the message says; nothing of a declaration, and of what cannot be read."""
    body = bytes(message.body)
    try:
        if message.kind in TRANSIT_KINDS:
            return list(_transit(transit_messages.read(message.kind, body)))
        if message.kind in PERMIT_USE_KINDS:
            said = _permit_use(permit_messages.read(message.kind, body))
            return [*_set_aside(message), *said]
    except NotValid:  # of another version of the form, or parked before it was written
        pass
    return []


def gist_of(message: InboxMessage) -> list[Fact]:
    """The few that a line of the list has room for: from what was kept beside the bytes."""
    if message.kind in TRANSIT_KINDS:
        goods: dict[str, Any] = next(iter(message.summary.get("goods") or ()), {})
        told = {"principal": message.summary.get("exporter"), "goods": goods.get("description"),
                **(message.summary.get("transit") or {})}
        return [
            Fact(label(), _VALUES.get(name, str)(told[name]))
            for name, label in _WORDS.items() if told.get(name)
        ]
    told = message.summary.get("permit_use") or {}
    facts = _set_aside(message)
    facts += [Fact(_("Permit"), told["permit"], "code")] if told.get("permit") else []
    if told.get("reason"):
        facts.append(Fact(_("Answer"), wording.reason(told["reason"])))
    for name, label in (("quantity", _("Quantity")), ("left", _("Left on the permit"))):
        if told.get(name):
            facts.append(Fact(label, told[name], "amount", told.get("unit", "")))
    return facts


def _set_aside(message: InboxMessage | OutboxMessage) -> list[Fact]:
    """Why an answer of a permit's country changes nothing here, if so."""
    told = getattr(message, "summary", {}).get("permit_use") or {}
    why = told.get("set_aside")
    return [Fact(_("Set aside"), wording.set_aside(why))] if why else []


def _transit(told: transit_messages.Message) -> Iterator[Fact]:
    data = told.data
    yield Fact(_("MRN"), told.mrn, "code")
    yield Fact(_("Country of departure"), told.departure_country, "country")
    yield Fact(pgettext("transit", "When it happened"), told.at, "moment")
    for name, label in _WORDS.items():
        if name in data:
            yield Fact(label(), _VALUES.get(name, str)(data[name]))
    if "gross_mass" in data:
        yield Fact(_("Gross mass"), data["gross_mass"], "amount", "KGM")
    for name, label in _CODES.items():
        if name in data:
            value = data[name]
            yield Fact(label(), ", ".join(value) if isinstance(value, list) else value, "code")
    if data.get("hs"):
        yield Fact(_("Commodities"), data["hs"][:_COMMODITIES_SHOWN], "goods")
    for name, label in _MOMENTS.items():
        if name in data:
            yield Fact(label(), datetime.fromisoformat(data[name]), "moment")
    if "itinerary" in data:
        yield Fact(_("Itinerary"), [
            (drawing.office_name(stop["office"]), stop["office"],
             datetime.fromisoformat(stop["expected"]) if "expected" in stop else None)
            for stop in data["itinerary"]
        ], "lines")


def _permit_use(told: permit_messages.Told | permit_messages.Answered) -> Iterator[Fact]:
    yield Fact(_("Permit"), told.permit, "code")
    if isinstance(told, permit_messages.Answered):
        yield Fact(_("Answer"), wording.reason(told.reason) if told.reason else _("Granted"))
        if told.left is not None:
            yield Fact(_("Left on the permit"), told.left, "amount", told.unit)
    else:
        yield Fact(_("MRN"), told.mrn, "code")
        if told.item:
            yield Fact(_("Goods item"), told.item)
        if (goods := told.goods) is not None:
            yield Fact(_("Quantity"), goods.quantity, "amount", goods.unit)
            if goods.value is not None:
                yield Fact(_("Value"), goods.value, "amount", goods.currency)
            yield Fact(_("Commodities"), [goods.hs], "goods")
            yield Fact(_("Day of filing"), goods.day, "day")
            yield Fact(_("Exporter and importer"),
                       [(name or identifier, identifier if name else "", None)
                        for identifier, name in goods.parties], "lines")
    yield Fact(_("Said"), told.at, "moment")
    yield Fact(_("Revision"), told.revision)


def _choice(choices: Iterable[tuple[str, Any]]) -> Callable[[str], str]:
    """The word for a code; the code itself where it is none of them."""
    words = dict(choices)
    return lambda code: str(words.get(code, code))


_WORDS: dict[str, Callable[[], str]] = {
    "principal": lambda: _("Principal"), "goods": lambda: _("Goods"),
    "office": lambda: _("Office"), "incident": lambda: _("Incident"),
    "result": lambda: _("Result of the control"), "seal_state": lambda: _("Seals"),
    "packages": lambda: _("Packages"), "remark": lambda: _("Remark"),
}
_VALUES: dict[str, Callable[[str], str]] = {
    "office": drawing.office_name, "incident": _choice(IncidentKind.choices),
    "result": _choice(Result.choices), "seal_state": _choice(SEALS),
}
_CODES: dict[str, Callable[[], str]] = {
    "vehicle": lambda: _("Vehicle"), "seals": lambda: _("Numbers of the seals"),
}
_MOMENTS: dict[str, Callable[[], str]] = {
    "time_limit": lambda: _("Time limit"), "answer_by": lambda: _("To be answered by"),
}
