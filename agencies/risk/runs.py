"""A dry run of a risk profile: the lanes of past declarations by the draft and by what is in force.

Each declaration is judged with what was known of its trader when it was assessed, or, of before
there were profiles, when it was accepted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone

from agencies.facts import Facts, Known
from agencies.mirror import Mirror
from agencies.risk.assessing import ASSESSED, judge_by
from agencies.risk.history import history
from agencies.risk.models import RiskAssessment, RiskProfile, RiskRun
from agencies.risk.profiles import SHELF
from agencies.versions.runs import Runs
from declarations import wco
from declarations.models import Declaration, Version
from portal.journal.kinds import EventKind

SHOWN = 200  # of those that change lane so many are kept
NONE = "none"  # no profile was in force


class RiskRuns(Runs[RiskRun]):
    model, shelf, tried = RiskRun, SHELF, EventKind.RISK_TRIED
    columns = ("moves", "hits", "changes")

    def wake(self, run_id: UUID) -> None:
        from agencies.risk.tasks import risk_dry_run

        risk_dry_run.delay(str(run_id))

    def found(self, run: RiskRun) -> dict[str, Any]:
        return {"changed": changed(run.moves)}

    def step(self, run: RiskRun, versions: Iterable[Version]) -> int:
        moves, hits, changes = Counter(run.moves), Counter(run.hits), list(run.changes)
        read, newest = 0, list(versions)
        kept = {
            one.declaration_id: one for one in RiskAssessment.objects.filter(
                declaration__in=[v.declaration_id for v in newest]).order_by("number", "again")}
        for version in newest:
            declaration = version.declaration
            if declaration.kind not in ASSESSED:
                continue
            try:
                dataset = wco.from_json(version.dataset)
            except wco.MessageError:  # of before the dataset had its present form
                continue
            read += 1
            facts = Facts(
                declaration.kind, dataset, known_of(declaration, kept.get(declaration.pk)))
            before = self._lane(run.base, declaration, facts)
            at = declaration.accepted_at or timezone.now()
            after = judge_by(run.profile, declaration, facts, at)
            codes = [reason.rule.code for reason in after.reasons]
            hits.update(codes)
            moves[f"{before}>{after.lane}"] += 1
            if before not in (after.lane, NONE) and len(changes) < SHOWN:
                changes.append({
                    "declaration": str(declaration.pk), "before": before,
                    "after": str(after.lane), "score": after.score, "codes": codes})
        run.moves, run.hits, run.changes = dict(moves), dict(hits), changes
        return read

    def _lane(self, base: RiskProfile | None, declaration: Declaration, facts: Facts) -> str:
        if base is None:
            return NONE
        at = declaration.accepted_at or timezone.now()
        return str(judge_by(base, declaration, facts, at).lane)


RUNS = RiskRuns()
begin, silent, advance = RUNS.begin, RUNS.silent, RUNS.advance


def known_of(declaration: Declaration, kept: RiskAssessment | None) -> Known:
    """What was known of the trader then."""
    if kept is not None:
        inputs = kept.inputs
        return Known(earlier=inputs["earlier"], refused=inputs["earlier_refused"],
                     found=inputs["earlier_found"],
                     mirror=Mirror.from_data(inputs.get("mirror", {})))
    return history(declaration, declaration.accepted_at or timezone.now())


def changed(moves: dict[str, int]) -> int:
    """How many change lane."""
    return sum(count for move, count in moves.items()
               if len(set(move.split(">"))) == 2 and not move.startswith(NONE))
