"""A dry run of routing rules: what each agency would get; how it is done is in ``versions.runs``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from agencies.conditions import Condition
from agencies.facts import NOTHING_KNOWN, Facts, Known
from agencies.matcher import CompiledRule, Match, Matcher
from agencies.models import RuleSet
from agencies.risk.models import RiskAssessment
from agencies.routing import matcher_of, most_thorough
from agencies.routing_editor.models import DryRun, DryRunChange
from agencies.rule_sets import SHELF
from agencies.versions import runs
from declarations import wco
from declarations.models import Declaration, Version
from portal.identifiers import new_id
from portal.journal.kinds import EventKind

MOST = runs.MOST


class RoutingRuns(runs.Runs[DryRun]):
    model, shelf, tried = DryRun, SHELF, EventKind.RULES_TRIED
    columns = ("counts",)

    def wake(self, run_id: UUID) -> None:
        from agencies.routing_editor.tasks import dry_run

        dry_run.delay(str(run_id))

    def found(self, run: DryRun) -> dict[str, Any]:
        return {"changed": run.changes.count()}

    def step(self, run: DryRun, versions: Iterable[Version]) -> int:
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0], run.counts)
        changes, read, newest = [], 0, list(versions)
        lanes = dict(
            RiskAssessment.objects.filter(declaration__in=[v.declaration_id for v in newest])
            .order_by("declaration_id", "number", "again").values_list("declaration_id", "lane"))
        for version in newest:
            known = Known(lane=lanes.get(version.declaration_id, ""))
            try:
                facts = Facts(version.declaration.kind, wco.from_json(version.dataset), known)
            except wco.MessageError:  # of before the dataset had its present form
                continue
            read += 1
            before = reviews_by(run.base, facts) if run.base else []
            after = reviews_by(run.rule_set, facts)
            for side, reviews in enumerate((before, after)):
                for review in reviews:
                    counts[review["queue"]][side] += 1
            if _places(before) != _places(after):
                changes.append(DryRunChange(
                    run=run, declaration=version.declaration, before=before, after=after))
        DryRunChange.objects.bulk_create(changes)
        run.counts = dict(counts)
        return read


RUNS = RoutingRuns()
begin, silent, advance = RUNS.begin, RUNS.silent, RUNS.advance


def reviews_by(rule_set: RuleSet, facts: Facts) -> list[dict[str, Any]]:
    """The reviews that a rule set asks for, plainly: queue, tier, kind, and the rules behind."""
    by_queue: dict[UUID, list[Match[CompiledRule]]] = defaultdict(list)
    for match in matcher_of(rule_set).matches(facts):
        by_queue[match.rule.queue_id].append(match)
    if not by_queue:
        return [{"queue": str(rule_set.default_queue_id), "tier": 1, "kind": "documentary",
                 "rules": []}]
    made = [
        {
            "queue": str(queue), "tier": matches[0].rule.tier, "kind": most_thorough(matches),
            "rules": [
                {"code": m.rule.code, "title": m.rule.title, "items": list(m.items),
                 "matched": [{"field": f, "values": v} for f, v in m.values.items()]}
                for m in matches
            ],
        }
        for queue, matches in by_queue.items()
    ]
    return sorted(made, key=lambda one: (one["tier"], one["queue"]))


def _places(reviews: Iterable[dict[str, Any]]) -> set[tuple[str, int, str]]:
    return {(one["queue"], one["tier"], one["kind"]) for one in reviews}


def sample_lines(
    condition: Condition, known: Callable[[Declaration], Known] = lambda declaration: NOTHING_KNOWN,
    most: int = 8,
) -> list[tuple[Declaration, Any]]:
    """Goods items of the newest accepted declarations that a condition holds for.

    Gives (declaration, item or None where the condition is about the whole declaration).
    """
    probe = CompiledRule(
        id=new_id(), code="probe", title="", legal_basis="", agency_id=new_id(), queue_id=new_id(),
        tier=1, review_kind="documentary", condition=condition,
    )
    matcher = Matcher([probe])
    newest = Declaration.objects.filter(accepted_at__isnull=False).order_by("-accepted_at")[:200]
    keys = list(newest.values_list("pk", flat=True))
    versions = {
        version.declaration_id: version
        for version in Version.objects.filter(declaration__in=keys, dataset__isnull=False)
        .select_related("declaration").order_by("declaration_id", "-number")
        .distinct("declaration_id")
    }
    found: list[tuple[Declaration, Any]] = []
    for version in (versions[key] for key in keys if key in versions):
        try:
            data = wco.from_json(version.dataset)
            facts = Facts(version.declaration.kind, data, known(version.declaration))
        except wco.MessageError:
            continue
        for match in matcher.matches(facts):
            items = {facts.sequence(n): one for n, one in enumerate(facts.items)}
            found += [(version.declaration, items[n]) for n in match.items[:3]] or [
                (version.declaration, None)]
        if len(found) >= most:
            break
    return found[:most]
