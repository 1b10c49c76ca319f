"""Versions of the routing rules: copied to a draft, changed, published, never edited again.

Editing has its own room, ``agencies.routing_editor``; the verbs here are those of whole versions.
"""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.conditions import ConditionError, parse
from agencies.models import Rule, RuleSet
from agencies.states import RuleSetStatus
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

_VERSIONS_LOCK = 0x52554C45  # "RULE": serialises those who take the next version number
# What a rule says, besides its code, conditions and queue.
PLAIN = ("title", "tier", "review_kind", "legal_basis", "needs_second_signature")


class PublishError(Exception):
    """Why a rule set cannot be published: ``problems``, each in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def next_version() -> int:
    """The number of the next version. Inside a transaction nobody else is given the same one."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_VERSIONS_LOCK])
    newest: int | None = RuleSet.objects.aggregate(newest=Max("version"))["newest"]
    return (newest or 0) + 1


@transaction.atomic
def copy_to_draft(rule_set: RuleSet, actor: Actor = SYSTEM) -> RuleSet:
    """A draft of the next version with the same rules."""
    draft = RuleSet.objects.create(
        version=next_version(), title=rule_set.title, default_queue=rule_set.default_queue
    )
    rules = Rule.objects.bulk_create(
        Rule(
            rule_set=draft, code=rule.code, conditions=rule.conditions, queue_id=rule.queue_id,
            **{name: getattr(rule, name) for name in PLAIN},
        )
        for rule in rule_set.rules.all()
    )
    record(draft.pk, EventKind.RULES_DRAFTED, actor, {
        "version": draft.version, "title": draft.title, "copy_of": rule_set.version,
        "rules": len(rules),
    })
    return draft


def as_data(rule: Rule) -> dict[str, Any]:
    """A rule as plain data: what an exported file and the journal say of it."""
    return {
        "code": rule.code, "title": rule.title, "queue": rule.queue.code, "tier": rule.tier,
        "review_kind": rule.review_kind, "legal_basis": rule.legal_basis,
        "needs_second_signature": rule.needs_second_signature, "conditions": rule.conditions,
    }


def content_of(rule_set: RuleSet) -> str:
    """SHA-256 over all that a rule set says; equal for two that route alike by the same rules."""
    rules = rule_set.rules.select_related("queue").order_by("code")
    said = [rule_set.default_queue.code, [as_data(rule) for rule in rules]]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def publish(rule_set_id: UUID, actor: Actor, more: dict[str, Any] | None = None) -> RuleSet:
    """Bring a draft into force from its ``effective_from``, or from now where it has none.

    ``more``: what else the journal should say. Raises PublishError if it is no draft or if a rule
    cannot be read. Whoever calls has seen to the four eyes: see ``routing_editor.publication``.
    """
    rule_set = RuleSet.objects.select_for_update().get(pk=rule_set_id)
    problems = problems_of(rule_set)
    if problems:
        raise PublishError(problems)
    now = timezone.now()
    if rule_set.effective_from is None or rule_set.effective_from < now:
        rule_set.effective_from = now
    rule_set.status = RuleSetStatus.PUBLISHED
    rule_set.save(update_fields=["status", "effective_from"])
    record(rule_set.pk, EventKind.RULES_PUBLISHED, actor, {
        "version": rule_set.version,
        "title": rule_set.title,
        "effective_from": rule_set.effective_from.isoformat(),
        "rules": [as_data(rule) for rule in rule_set.rules.select_related("queue")],
        **(more or {}),
    })
    return rule_set


@transaction.atomic
def withdraw(rule_set_id: UUID, actor: Actor) -> RuleSet:
    """Take back a version that was to come into force later; the one in force stays.

    Raises PublishError if it is in force already, or never was to be.
    """
    rule_set = RuleSet.objects.select_for_update().get(pk=rule_set_id)
    begins = rule_set.effective_from
    if rule_set.status != RuleSetStatus.PUBLISHED or begins is None or begins <= timezone.now():
        raise PublishError([
            _("Version %(version)s does not wait for its date. To replace rules in force, publish "
              "another version.") % {"version": rule_set.version}])
    rule_set.status = RuleSetStatus.RETIRED
    rule_set.save(update_fields=["status"])
    record(rule_set.pk, EventKind.RULES_WITHDRAWN, actor, {
        "version": rule_set.version, "title": rule_set.title,
        "effective_from": begins.isoformat(),
    })
    return rule_set


def problems_of(rule_set: RuleSet) -> list[str]:
    """Why it cannot be published, in words; empty if it can."""
    if rule_set.status != RuleSetStatus.DRAFT:
        return [_("Version %(version)s is not a draft. Copy it to a new draft version first.")
                % {"version": rule_set.version}]
    found = []
    rules = list(rule_set.rules.all())
    if not rules:
        found.append(_("The rule set has no rules. Add one before publishing it."))
    end = rule_set.effective_to
    if end is not None and end <= (rule_set.effective_from or timezone.now()):
        found.append(_("It ends before it begins. Correct the dates."))
    for rule in rules:
        try:
            parse(rule.conditions)
        except ConditionError as error:
            found += [f"{rule.code}: {problem}" for problem in error.problems]
    return found
