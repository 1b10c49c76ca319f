"""The permits that one check of one declaration asks about (``settings.PERMIT_REGISTER``).

Inside a transaction the permits are locked until its end: what the check found to be left is still
left when the acceptance that follows reserves it, whoever else files at the same moment.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from re import Pattern
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Q

from agencies.permits.abroad import sharing
from agencies.permits.drawing import Plan, citations, plan
from agencies.permits.models import Permit, PermitScheme, PermitUse
from agencies.permits.numbering import pattern
from agencies.permits.states import UseState
from declarations import wco
from declarations.models import Declaration
from declarations.rules.base import PermitProblem

LIVE = (UseState.RESERVED, UseState.WRITTEN_OFF)


class Register:
    """Looked at once for a dataset, however many rules ask."""

    def __init__(self, declaration: Declaration | None, day: date) -> None:
        """``declaration``: what is checked, with what it holds already; None if not kept yet."""
        self._kept = declaration
        self._declaration = declaration.pk if declaration else None
        # Of an amendment too, the day on which the declaration was filed decides.
        self._day = (declaration and filing_day(declaration)) or day
        self._seen: tuple[wco.Declaration, Plan] | None = None

    def problems(self, declaration: wco.Declaration) -> Sequence[PermitProblem]:
        if self._seen is None or self._seen[0] is not declaration:
            permits = cited_by(declaration, self._declaration, lock=connection.in_atomic_block)
            own = dict(held(self._declaration))
            abroad = sharing.foreseen(self._kept, declaration, permits)
            for line, (quantity, value) in abroad.items():
                more, more_value = own.get(line, (Decimal(0), Decimal(0)))
                own[line] = quantity + more, value + more_value
            made = plan(declaration, permits, self._day, series=series(), own=own)
            self._seen = declaration, made
        return self._seen[1].problems


def filing_day(declaration: Declaration) -> date | None:
    """The day on which permits must be in force: in the portal's time zone."""
    filed = declaration.submitted_at
    return filed.astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date() if filed else None


def cited_by(
    dataset: wco.Declaration, declaration_id: UUID | None, *, lock: bool
) -> dict[str, Permit]:
    """The permits that a declaration names or already draws on, by number, with their lines.

    ``lock``: in order of key, all at once, so that nobody waits for another in a circle.
    """
    numbers = {citation.number for citation in citations(dataset)}
    holding = PermitUse.objects.filter(declaration=declaration_id, state__in=LIVE)
    found = Permit.objects.filter(
        Q(number__in=numbers) | Q(pk__in=holding.values("line__permit"))
    )
    if lock:
        list(found.locked())
    return {permit.number: permit for permit in found.shown()}


def series() -> Iterable[Pattern[str]]:
    """What the numbers of every series of this portal look like."""
    return [
        pattern(number_format, prefix)
        for number_format, prefix in PermitScheme.objects.values_list("number_format", "prefix")
    ]


def held(declaration_id: UUID | None) -> Mapping[UUID, tuple[Decimal, Decimal]]:
    """What a declaration holds already, by line."""
    found: dict[UUID, tuple[Decimal, Decimal]] = {}
    for use in PermitUse.objects.filter(declaration=declaration_id, state__in=LIVE):
        quantity, value = found.get(use.line_id, (Decimal(0), Decimal(0)))
        found[use.line_id] = quantity + use.held_quantity, value + use.held_value
    return found
