"""An assessment as a reader may see it: an officer all of it, a trader what is disclosable.

From an officer whose agency has no mandate to see some elements, what a rule matched there is kept
back too; the rule itself is told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.emphasis import hides
from agencies.explanation import told_values
from agencies.risk.models import RiskAssessment
from agencies.states import Lane
from agencies.visibility import withheld_from
from declarations.models import Declaration
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission

# Icon and tone of each lane; the word is beside them.
FACES = {
    Lane.GREEN: ("circle-check", "good"), Lane.YELLOW: ("file-search", "wait"),
    Lane.BLUE: ("clipboard-check", "info"), Lane.RED: ("scan-search", "bad"),
}
SHOWN_ITEMS = 20


@dataclass(frozen=True, slots=True)
class LaneFace:
    """A lane by icon, word and colour."""

    lane: str
    label: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A rule that counted. ``matched`` and ``effect`` are empty for a trader."""

    title: str
    code: str = ""
    legal_basis: str = ""
    effect: str = ""
    random: bool = False
    disclosable: bool = True
    matched: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ShownRisk:
    face: LaneFace
    full: bool
    reasons: list[ShownReason]
    kept: RiskAssessment
    history: list[str] = field(default_factory=list)
    held: str = ""


def face_of(lane: str) -> LaneFace | None:
    """None where no lane was found."""
    if lane not in Lane.values:
        return None
    known = Lane(lane)
    icon, tone = FACES[known]
    return LaneFace(lane, str(known.label), icon, tone)


def shown_to(actor: Actor, declaration: Declaration) -> ShownRisk | None:
    """The newest assessment; the caller has seen to it that the actor may open the declaration."""
    kept = declaration.risk_assessments.select_related("profile").order_by("-number", "-again").first()
    face = face_of(kept.lane) if kept else None
    if kept is None or face is None:
        return None
    if not actor.may(Permission.VIEW_CASES):
        told = [ShownReason(one["title"], legal_basis=one["legal_basis"])
                for one in kept.reasons if one["disclosable"]]
        return ShownRisk(face, False, told, kept)
    withheld = withheld_from(actor)
    held = kept.inputs.get("lane_of_before", "")
    return ShownRisk(
        face, True, [_reason(one, withheld) for one in kept.reasons], kept,
        history=_history(kept.inputs), held=str(Lane(held).label) if held else "",
    )


def told_to_programs(declaration: Declaration) -> dict[str, Any] | None:
    """The lane and the disclosable reasons for the programs of whoever filed it; None without one.
    As the trader's page, whatever else the program's owner may see."""
    kept = declaration.risk_assessments.order_by("-number", "-again").first()
    if kept is None or kept.lane not in Lane.values:
        return None
    return {"lane": kept.lane, "reasons": [
        {"title": one["title"], "legal_basis": one["legal_basis"]}
        for one in kept.reasons if one["disclosable"]
    ]}


def _reason(one: dict[str, Any], withheld: Collection[str]) -> ShownReason:
    matched = [told_values(match["field"], match["values"]) for match in one["matched"]
               if not hides(match["field"], withheld)]
    if items := one["items"]:
        numbers = ", ".join(str(number) for number in items[:SHOWN_ITEMS])
        more = " …" if one["item_count"] > len(items[:SHOWN_ITEMS]) else ""
        text = ngettext("On item %(numbers)s", "On items %(numbers)s", len(items))
        matched.append(text % {"numbers": numbers + more})
    return ShownReason(
        one["title"], one["code"], one["legal_basis"], effect_of(one["score"], one["floor"]),
        one["random"], one["disclosable"], matched,
    )


def effect_of(score: int, floor: str) -> str:
    """“+25, at least yellow: documents”."""
    parts = [f"{score:+d}".replace("-", "\u2212")] if score else []
    if floor:
        parts.append(_("at least %(lane)s") % {"lane": str(Lane(floor).label).lower()})
    return ", ".join(parts)


def _history(inputs: dict[str, Any]) -> list[str]:
    earlier, refused, found = (
        inputs.get(name) or 0 for name in ("earlier", "earlier_refused", "earlier_found"))
    if not earlier:
        return [_("No earlier declaration of this trader")]
    return [
        ngettext("%(count)s earlier declaration", "%(count)s earlier declarations", earlier)
        % {"count": earlier},
        ngettext("%(count)s refused", "%(count)s refused", refused) % {"count": refused},
        ngettext("a discrepancy found on %(count)s", "a discrepancy found on %(count)s", found)
        % {"count": found},
    ]
