"""A dry run: past declarations routed by the draft and by the rules in force, side by side.

The declarations are chosen when the run begins. Each step does some of them in one transaction with
the count of how many are done, so that a run which was broken off goes on where it stood and counts
nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Func, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.conditions import Condition
from agencies.facts import Facts
from agencies.matcher import CompiledRule, Match, Matcher
from agencies.models import RuleSet
from agencies.routing import matcher_of, most_thorough
from agencies.routing_editor.models import UNFINISHED, DryRun, DryRunChange, RunState
from agencies.rule_sets import content_of
from declarations import wco
from declarations.models import Declaration, Version
from portal.accounts.actors import SYSTEM, Actor
from portal.identifiers import new_id
from portal.journal.kinds import EventKind
from portal.journal.record import record

STEP = 100
MOST = 20_000
SILENCE = timedelta(minutes=3)  # a run whose worker has not written for so long is begun again


@transaction.atomic
def begin(
    rule_set_id: UUID, actor: Actor, date_from: date, date_to: date, sample: int
) -> DryRun:
    """Order a run of a rule set; a worker is woken once this is committed."""
    from agencies.routing_editor.tasks import dry_run

    rule_set = RuleSet.objects.get(pk=rule_set_id)
    now = timezone.now()
    run = DryRun.objects.create(
        rule_set=rule_set, base=RuleSet.objects.in_force().first(), content=content_of(rule_set),
        date_from=date_from, date_to=date_to, sample=min(sample, MOST), asked_at=now, heard_at=now,
        asked_by_id=actor.user_id,
    )
    transaction.on_commit(lambda: dry_run.delay(str(run.pk)), robust=True)
    return run


def silent() -> list[UUID]:
    """Unfinished runs that nobody seems to work on."""
    old = DryRun.objects.filter(state__in=UNFINISHED, heard_at__lt=timezone.now() - SILENCE)
    return list(old.values_list("pk", flat=True))


def advance(run_id: UUID) -> bool:
    """Do the next step; True if there is more. Safe to call at any time and at once."""
    with transaction.atomic():
        run = (
            DryRun.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("rule_set", "base").filter(pk=run_id, state__in=UNFINISHED).first()
        )
        if run is None:
            return False
        run.heard_at = timezone.now()
        if run.state == RunState.QUEUED:
            run.declarations = _chosen(run)
            run.total, run.state = len(run.declarations), RunState.RUNNING
            run.save()
        if content_of(run.rule_set) != run.content:
            run.state, run.finished_at = RunState.STOPPED, timezone.now()
            run.problem = _("The draft was changed while it was being tried. Begin again.")
        else:
            _step(run)
            if run.position >= run.total:
                run.state, run.finished_at = RunState.DONE, timezone.now()
                record(run.rule_set_id, EventKind.RULES_TRIED, SYSTEM, {
                    "version": run.rule_set.version, "declarations": run.total,
                    "changed": run.changes.count(), "run": str(run.pk)})
        run.save(update_fields=["heard_at", "state", "problem", "finished_at", "position",
                                "skipped", "counts"])
        return run.is_unfinished


def _chosen(run: DryRun) -> list[UUID]:
    """Declarations accepted in those days, spread evenly: always the same for the same days."""
    zone = ZoneInfo(settings.PORTAL_TIME_ZONE)
    begin_ = datetime.combine(run.date_from, time.min, zone)
    end = datetime.combine(run.date_to + timedelta(days=1), time.min, zone)
    spread = Func(Cast(F("pk"), TextField()), function="md5", output_field=TextField())
    accepted = Declaration.objects.filter(accepted_at__gte=begin_, accepted_at__lt=end)
    return list(accepted.order_by(spread).values_list("pk", flat=True)[: run.sample])


def _step(run: DryRun) -> None:
    chunk = run.declarations[run.position : run.position + STEP]
    versions = (
        Version.objects.filter(declaration__in=chunk, dataset__isnull=False)
        .select_related("declaration").order_by("declaration_id", "-number")
        .distinct("declaration_id")
    )
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0], run.counts)
    changes, read = [], 0
    for version in versions:
        try:
            facts = Facts(version.declaration.kind, wco.from_json(version.dataset))
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
    run.skipped += len(chunk) - read
    run.position += len(chunk)


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


def sample_lines(condition: Condition, most: int = 8) -> list[tuple[Declaration, Any]]:
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
            facts = Facts(version.declaration.kind, wco.from_json(version.dataset))
        except wco.MessageError:
            continue
        for match in matcher.matches(facts):
            items = {facts.sequence(n): one for n, one in enumerate(facts.items)}
            found += [(version.declaration, items[n]) for n in match.items[:3]] or [
                (version.declaration, None)]
        if len(found) >= most:
            break
    return found[:most]
