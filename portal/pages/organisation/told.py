"""What an event of an organisation says beyond its kind, in words."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.administration import told as administration
from declarations.states import Kind
from portal.accounts.mandates import Representation
from portal.accounts.roles import Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event

MANDATES = (EventKind.MANDATE_ASKED, EventKind.MANDATE_GRANTED, EventKind.MANDATE_DECLINED,
            EventKind.MANDATE_REVOKED)


def details(event: Event) -> list[str]:
    payload = event.payload
    if event.kind in MANDATES:
        return _mandate(payload)
    if event.kind == EventKind.ROLE_CHANGED:
        change = {"before": role(payload.get("from")), "after": role(payload.get("to"))}
        return [payload.get("person", ""), _("%(before)s, now %(after)s") % change]
    if lines := administration.details(event.kind, payload):
        return lines
    if event.kind == EventKind.ADMINISTERED:
        return [payload.get("name", ""), *payload.get("changes", ())]
    lines = [payload.get(key) for key in ("person", "email", "program", "address", "city",
                                          "postcode")]
    if "role" in payload:
        lines.append(role(payload["role"]))
    return [line for line in lines if line]


def kinds(codes: list[str]) -> str:
    return ", ".join(str(Kind(code).label) for code in codes if code in Kind.values)


def role(code: Any) -> str:
    return str(Role(code).label) if code in Role.values else ""


def _mandate(payload: dict[str, Any]) -> list[str]:
    days = {
        "first": date_format(date.fromisoformat(payload["valid_from"])),
        "last": date_format(date.fromisoformat(payload["valid_to"])),
    }
    lines = [
        _("%(broker)s for %(trader)s")
        % {"broker": payload["broker"], "trader": payload["trader"]},
        kinds(payload["kinds"]), _("%(first)s to %(last)s") % days,
    ]
    if payload.get("representation"):
        lines.append(str(Representation(payload["representation"]).label))
    return lines
