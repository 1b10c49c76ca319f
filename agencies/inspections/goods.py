"""The goods items of a declaration as the inspector holds them against what is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from agencies.dossier import Line, dossier
from agencies.inspections.models import Finding, Participant
from agencies.inspections.states import FindingKind
from declarations.models import Declaration
from portal.accounts.actors import Actor

# Without wanted items so many are offered; the whole consignment always is.
MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class CheckLine:
    """An item with the own agency's last check of it. ``asked``: the own agency must check it."""

    line: Line
    asked: bool
    last: Finding | None

    @property
    def number(self) -> int:
        return self.line.sequence


def lines(
    declaration: Declaration, actor: Actor, wanted: Iterable[int], findings: Iterable[Finding],
    part: Participant,
) -> list[CheckLine]:
    """The items that any agency wants to see; where none names one, the first of all."""
    chosen = set(wanted)
    last: dict[tuple[UUID, int | None], Finding] = {}
    for one in findings:
        if one.kind == FindingKind.CHECK:
            last[one.agency_id, one.item] = one
    found = [
        line for line in dossier(declaration, frozenset()).lines
        if not chosen or line.sequence in chosen
    ]
    return [
        CheckLine(line, line.sequence in part.items, last.get((part.agency_id, line.sequence)))
        for line in found[:MOST_LINES if not chosen else None]
    ]
