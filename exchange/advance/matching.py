"""Bringing exports told of and imports declared here together, whichever came first.

Each side makes itself findable, commits, and only then looks for the other. Of two that come at the
same moment the later commit therefore sees the earlier, and a pair is found twice at most, which the
one row of a pair makes harmless.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from declarations import wco
from declarations.models import Declaration
from declarations.states import Kind
from exchange.advance import news
from exchange.advance.models import Advance, ImportTrace, Match
from exchange.advance.references import references_of
from exchange.advance.scoring import Score, score
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.record import record

# A container, or a short number, comes again in time.
WINDOW = timedelta(days=settings.ADVANCE_WINDOW_DAYS)
# An export that more imports share is more likely a number that everybody writes.
MOST = 50


def trace_import(declaration_id: UUID) -> ImportTrace | None:
    """Make an accepted import findable by the version in force; None for anything else."""
    declaration = Declaration.objects.filter(
        pk=declaration_id, kind=Kind.IMPORT, accepted_at__isnull=False).first()
    version = declaration.versions.latest("number") if declaration else None
    if declaration is None or version is None or not version.dataset:
        return None
    found = ImportTrace.objects.filter(pk=declaration_id).first()
    trace = found or ImportTrace(declaration=declaration)
    trace.accepted_at = declaration.accepted_at  # type: ignore[assignment]
    trace.trace(references_of(wco.from_json(version.dataset)))
    trace.save()
    return trace


def match_import(trace: ImportTrace) -> None:
    """Find the exports that an import is, and forget those that it is no longer."""
    since, until = trace.accepted_at - WINDOW, trace.accepted_at + WINDOW
    found = Advance.objects.sharing(trace.references, since, until).order_by("-changed_at")[:MOST]
    pairs = [(advance, trace, score(advance.references, trace.references)) for advance in found]
    for advance in _keep(pairs, Q(declaration=trace.pk) & ~Q(advance__progress="void")):
        news.note(advance, advance.message_id, [trace.pk])


def match_export(advance: Advance, message: UUID) -> None:
    """Find the imports that an export is, and note for each what this message may mean for it. A
    withdrawn one keeps those that it was."""
    was = set(advance.matches.values_list("declaration_id", flat=True))
    if not advance.is_void:
        _match_export(advance)
    now = set(advance.matches.values_list("declaration_id", flat=True))
    news.note(advance, message, sorted(was | now))


def _match_export(advance: Advance) -> None:
    since, until = advance.accepted_at - WINDOW, advance.accepted_at + WINDOW
    found = ImportTrace.objects.filter(
        keys__overlap=advance.keys, accepted_at__range=(since, until)
    ).order_by("-accepted_at")[:MOST]
    pairs = [(advance, trace, score(advance.references, trace.references)) for trace in found]
    _keep(pairs, Q(advance=advance))


def _keep(pairs: Iterable[tuple[Advance, ImportTrace, Score]], known: Q) -> list[Advance]:
    """Keep the pairs that are sure enough, each new one with its event; drop the other known ones.
    The exports of those that are new or gone."""
    changed: list[Advance] = []
    enough = {(a.pk, t.pk): (a, t, s) for a, t, s in pairs if s.is_enough}
    matches = Match.objects.filter(known).select_related("advance")
    there = {(m.advance_id, m.declaration_id): m for m in matches}
    for pair, match in there.items():
        if pair not in enough:
            changed.append(match.advance)
            match.delete()
            _record(match, EventKind.ADVANCE_UNMATCHED)
    for advance, trace, points in enough.values():
        now = {"score": points.points, "grounds": [one.as_data() for one in points.grounds]}
        match, made = Match.objects.update_or_create(
            advance=advance, declaration_id=trace.pk,
            defaults=now, create_defaults={**now, "at": timezone.now()},
        )
        if made:
            _record(match, EventKind.ADVANCE_MATCHED)
            changed.append(advance)
    return changed


def _record(match: Match, kind: EventKind) -> None:
    """In the journal of the export: the trader reads that of its declaration."""
    record(match.advance_id, kind, SYSTEM, {
        "declaration": str(match.declaration_id), "score": match.score,
        "by": [ground["by"] for ground in match.grounds],
    })
