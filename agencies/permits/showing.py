"""A permit as its pages show it: badge, balance, ledger, uses and history."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agencies.cases import is_own
from agencies.permits import changing
from agencies.permits.abroad.models import Reason, UseAbroad
from agencies.permits.issuing import today
from agencies.permits.models import Permit, PermitMovement, PermitUse
from agencies.permits.register import LIVE
from agencies.permits.states import PermitState, Settlement
from agencies.permits.words import type_name
from portal.accounts.actors import Actor
from portal.journal.queries import timeline

SHOWN_MOVEMENTS = 200
SHOWN_USES = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a permit's history."""

    label: str
    actor: str
    at: Any
    text: str


def permit_page(permit: Permit) -> dict[str, Any]:
    """What the agency and the holder both see."""
    state = permit.state_on(today())
    movements = (
        PermitMovement.objects.filter(line__permit=permit)
        .select_related("line", "use__declaration", "abroad").order_by("-id")[:SHOWN_MOVEMENTS]
    )
    uses = (
        PermitUse.objects.filter(line__permit=permit)
        .select_related("line", "declaration").order_by("-id")[:SHOWN_USES]
    )
    together = _together(permit)
    return {
        "permit": permit,
        "state": state,
        "today": today(),
        "lines": list(permit.lines.all()),
        "type_name": type_name(permit.scheme.permit_type),
        "movements": movements,
        "uses": [(use, together.get(use.declaration_id, [])) for use in uses],
        "shortfalls": [use for use in uses if use.short_arrived is not None and use.state in LIVE],
        "abroad": _abroad(permit),
        "history": history(permit),
        "successor": Permit.objects.filter(replaces=permit).first(),
        "usable": state is PermitState.IN_FORCE,
    }


def officer_page(permit: Permit, actor: Actor) -> dict[str, Any]:
    """And which changes the agency is offered; ``changing`` decides."""
    state = permit.state_on(today())
    own = is_own(permit.application, actor)
    return permit_page(permit) | {
        "own": own,
        "closes_abroad": not own,
        "may_sign": state is PermitState.UNSIGNED and permit.issued_by_id != actor.user_id,
        "must_be_signed": state is PermitState.UNSIGNED,
        "may_suspend": state is PermitState.IN_FORCE,
        "may_resume": state is PermitState.SUSPENDED,
        "may_revoke": state in (PermitState.IN_FORCE, PermitState.SUSPENDED,
                                PermitState.UNSIGNED, PermitState.EXPIRED),
        "may_extend": state in (PermitState.IN_FORCE, PermitState.EXPIRED),
        "may_replace": state in changing.ALIVE
        and any(line.left_quantity > 0 for line in permit.lines.all()),
    }


def _together(permit: Permit) -> dict[UUID, list[UseAbroad]]:
    """The uses abroad that are one consignment with a declaration here, by its key."""
    found: dict[UUID, list[UseAbroad]] = {}
    for use in permit.uses_abroad.filter(state__in=LIVE).exclude(home=None)[:SHOWN_USES]:
        assert use.home_id is not None, "Those without one are left out."
        alike = found.setdefault(use.home_id, [])
        if all(use.mrn != one.mrn for one in alike):
            alike.append(use)
    return found


def _abroad(permit: Permit) -> list[tuple[UseAbroad, bool]]:
    """The uses in other countries, the newest first, and whether each is silent."""
    silent = set(permit.uses_abroad.silent(today()).values_list("pk", flat=True))
    found = permit.uses_abroad.select_related("line", "home")[:SHOWN_USES]
    return [(use, use.pk in silent) for use in found]


def history(permit: Permit) -> list[Told]:
    """The permit's own chain of the journal, the newest first."""
    return [
        Told(entry.label, _("The portal") if entry.actor == "system" else entry.actor, entry.at,
             _text(entry.payload))
        for entry in reversed(timeline(permit.pk))
    ]


def _text(payload: dict[str, Any]) -> str:
    lines = [payload[name] for name in ("country", "mrn") if payload.get(name)]
    if reason := payload.get("reason"):
        # Of a use abroad the reason is a code.
        coded = "country" in payload and reason in Reason.values
        lines.append(str(Reason(reason).label) if coded else reason)
    if "arrived" in payload and "left_quantity" in payload:
        lines.append(_("%(arrived)s of %(left)s %(unit)s arrived") % {
            "arrived": payload["arrived"], "left": payload["left_quantity"],
            "unit": payload["unit"]})
    if payload.get("outcome") in Settlement.values:
        lines.append(f"{Settlement(payload['outcome']).label}: "
                     f"{payload['missing']} {payload['unit']}")
    for one in payload.get("movements", []):
        lines.append(_("line %(line)s: %(quantity)s %(unit)s, %(left)s left") % {
            "line": one["line"], "quantity": one["quantity"].rstrip("0").rstrip("."),
            "unit": one["unit"], "left": one["left"].rstrip("0").rstrip("."),
        })
    if payload.get("before"):
        lines.append(f"{payload['before']} → {payload['valid_to']}")
    if payload.get("by"):
        lines.append(_("by permit %(number)s") % {"number": payload["by"]})
    if payload.get("replaces"):
        lines.append(_("instead of permit %(number)s") % {"number": payload["replaces"]})
    return " · ".join(lines)


