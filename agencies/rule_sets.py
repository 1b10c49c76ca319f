"""Versions of the routing rules: copied to a draft, changed, published, never edited again."""

from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.conditions import ConditionError, parse
from agencies.models import Rule, RuleSet
from agencies.states import RuleSetStatus
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

_VERSIONS_LOCK = 0x52554C45  # "RULE": serialises those who take the next version number


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
def copy_to_draft(rule_set: RuleSet) -> RuleSet:
    """A draft of the next version with the same rules."""
    draft = RuleSet.objects.create(
        version=next_version(), title=rule_set.title, default_queue=rule_set.default_queue
    )
    Rule.objects.bulk_create(
        Rule(
            rule_set=draft, code=rule.code, title=rule.title, conditions=rule.conditions,
            queue_id=rule.queue_id, tier=rule.tier, review_kind=rule.review_kind,
            legal_basis=rule.legal_basis,
        )
        for rule in rule_set.rules.all()
    )
    return draft


@transaction.atomic
def publish(rule_set_id: UUID, actor: Actor) -> RuleSet:
    """Bring a draft into force from its ``effective_from``, or from now where it has none.

    Raises PublishError if it is no draft or if a rule cannot be read.
    """
    rule_set = RuleSet.objects.select_for_update().get(pk=rule_set_id)
    problems = _problems(rule_set)
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
        "rules": [
            {"code": rule.code, "conditions": rule.conditions, "queue": rule.queue.code,
             "tier": rule.tier, "review_kind": rule.review_kind}
            for rule in rule_set.rules.select_related("queue")
        ],
    })
    return rule_set


def _problems(rule_set: RuleSet) -> list[str]:
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
