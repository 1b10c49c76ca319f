"""Assessing a declaration by the profile in force, and keeping what it concluded.

In the transaction that routes or amends the declaration. Three queries: the profile, its trader's
history, and what was concluded before; rules of a published profile are compiled once a process.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from agencies.conditions import parse
from agencies.facts import Facts, Known
from agencies.matcher import RuleIndex
from agencies.mirror import mirror_of
from agencies.risk.engine import (
    STRENGTH,
    CompiledRisk,
    Conclusion,
    RiskTerms,
    judge,
    strongest,
)
from agencies.risk.history import history
from agencies.risk.models import RiskAssessment, RiskProfile, RiskRule
from agencies.states import Lane, RuleSetStatus
from declarations import wco
from declarations.models import Declaration
from declarations.states import Kind
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

# An application for a permit carries no goods.
ASSESSED = (Kind.IMPORT, Kind.EXPORT, Kind.TRANSIT)


def rules_of(profile: RiskProfile) -> RuleIndex[CompiledRisk]:
    """The compiled rules; of a published version once per process. Raises ConditionError."""
    if profile.status == RuleSetStatus.DRAFT:
        return _compile(profile.pk)
    return _compiled_once(profile.pk, profile.version)


@lru_cache(maxsize=8)
def _compiled_once(pk: UUID, version: int) -> RuleIndex[CompiledRisk]:
    return _compile(pk)


def _compile(pk: UUID) -> RuleIndex[CompiledRisk]:
    return RuleIndex(map(compiled, RiskRule.objects.filter(profile=pk).order_by("code")))


def compiled(rule: RiskRule) -> CompiledRisk:
    """One rule as the engine takes it. Raises ConditionError."""
    return CompiledRisk(
        code=rule.code, title=rule.title, condition=parse(rule.conditions), score=rule.score,
        floor=rule.floor, share=None if rule.share is None else int(rule.share * 100),
        disclosable=rule.disclosable, legal_basis=rule.legal_basis, valid_from=rule.valid_from,
        valid_to=rule.valid_to,
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A conclusion that is not kept yet. ``held``: the lane of before an amendment, where that is
    heavier and so stays."""

    profile: RiskProfile
    conclusion: Conclusion
    known: Known
    at: datetime
    held: str = ""

    @property
    def lane(self) -> Lane:
        return strongest([self.conclusion.lane, self.held])


def facts_of(declaration: Declaration, dataset: wco.Declaration, at: datetime) -> Facts:
    """With the history of the trader as it was at ``at``."""
    return Facts(declaration.kind, dataset, history(declaration, at))


def judge_by(
    profile: RiskProfile, declaration: Declaration, facts: Facts, at: datetime
) -> Conclusion:
    day = at.astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()
    terms = RiskTerms(profile.yellow_from, profile.red_from)
    return judge(rules_of(profile), terms, profile.secret, declaration.pk, facts, day)


def judged(declaration: Declaration, dataset: wco.Declaration) -> tuple[Facts, Judged | None]:
    """What is concluded now; nothing is kept. The facts know the lane; None: no profile in force.

    A declaration that was assessed before keeps its profile, so that nothing but the amendment
    moves it, and its lane does not become lighter: who is told that the goods will be looked at
    may not write them away.
    """
    if declaration.kind not in ASSESSED:
        return Facts(declaration.kind, dataset), None
    before = latest(declaration)
    profile = before.profile if before else RiskProfile.objects.in_force().first()
    mirror = mirror_of(declaration, dataset)
    if profile is None:
        return Facts(declaration.kind, dataset, Known(mirror=mirror)), None
    at = timezone.now()
    known = replace(history(declaration, at), mirror=mirror)
    facts = Facts(declaration.kind, dataset, known)
    conclusion = judge_by(profile, declaration, facts, at)
    held = ""
    if before and STRENGTH.index(Lane(before.lane)) > STRENGTH.index(conclusion.lane):
        held = before.lane
    made = Judged(profile, conclusion, known, at, held)
    facts.in_lane(made.lane)
    return facts, made


def latest(declaration: Declaration) -> RiskAssessment | None:
    return declaration.risk_assessments.select_related("profile").order_by("-number", "-again").first()


def keep(
    declaration: Declaration, made: Judged, number: int, actor: Actor = SYSTEM, because: str = ""
) -> RiskAssessment:
    """Store the conclusion about version ``number`` with its event, in the caller's transaction.
    ``because``: why that version is assessed once more.

    The trader reads the journal of its declaration, so the event says only what is disclosable;
    the digest proves the rest.
    """
    conclusion = made.conclusion
    again = declaration.risk_assessments.filter(number=number).count() if because else 0
    kept = RiskAssessment(
        declaration=declaration, number=number, again=again, profile=made.profile, lane=made.lane,
        score=conclusion.score, codes=[reason.rule.code for reason in conclusion.reasons],
        reasons=[reason.as_data() for reason in conclusion.reasons], assessed_at=made.at,
        inputs={
            "earlier": made.known.earlier, "earlier_refused": made.known.refused,
            "earlier_found": made.known.found, "lane_of_before": made.held,
            "mirror": made.known.mirror.as_data(),
            "draws": conclusion.draws, "seed": made.profile.secret if conclusion.draws else "",
        } | ({"because": because} if because else {}),
    )
    kept.save(force_insert=True)
    record(declaration.pk, EventKind.RISK_ASSESSED, actor, {
        "assessment": str(kept.pk), "declaration_version": number, "lane": str(kept.lane),
        "profile": {"id": str(made.profile.pk), "version": made.profile.version},
        "grounds": [reason.rule.title for reason in conclusion.reasons if reason.rule.disclosable],
        "sha256": digest(kept),
    } | ({"because": because} if because else {}))
    return kept


def digest(kept: RiskAssessment) -> str:
    """SHA-256 over all that an assessment says."""
    content: dict[str, Any] = {
        "id": str(kept.pk), "declaration": str(kept.declaration_id), "number": kept.number,
        "profile": str(kept.profile_id), "lane": str(kept.lane), "score": kept.score,
        "codes": kept.codes, "reasons": kept.reasons, "inputs": kept.inputs,
    }
    if kept.again:
        content["again"] = kept.again
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
