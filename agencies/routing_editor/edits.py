"""Changing a draft: each change is an event, so that the journal says who edited what."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies import rule_sets
from agencies.models import Queue, Rule, RuleSet
from agencies.routing_editor.models import PublicationRequest, RequestState
from agencies.rule_sets import as_data
from agencies.states import RuleSetStatus
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record

# Who did one of these had a hand in what the draft says.
EDITING = (EventKind.RULES_DRAFTED, EventKind.RULES_EDITED)


class EditRefused(Exception):
    """Why the draft cannot be changed, in words."""


def editors(rule_set_id: UUID) -> set[UUID]:
    """Everyone who had a hand in it, by the journal."""
    events = Event.objects.of(rule_set_id).filter(kind__in=EDITING, user__isnull=False)
    return {user for user in events.values_list("user", flat=True) if user is not None}


def locked_draft(rule_set_id: UUID) -> RuleSet:
    """The draft, its row locked. Raises EditRefused if it is none, or waits for approval."""
    rule_set = RuleSet.objects.select_for_update(of=("self",)).get(pk=rule_set_id)
    if rule_set.status != RuleSetStatus.DRAFT:
        raise EditRefused(
            _("Version %(version)s is published and stays as it is. Begin a new draft.")
            % {"version": rule_set.version})
    if PublicationRequest.objects.filter(rule_set=rule_set, state=RequestState.ASKED).exists():
        raise EditRefused(
            _("Its publication is asked for, so it stays as it is. Withdraw the request first."))
    return rule_set


@transaction.atomic
def begin(title: str, default_queue: Queue, actor: Actor, rules: list[Rule] | None = None,
          source: str = "") -> RuleSet:
    """A new draft with the rules given, or none. ``source``: the file that they come from."""
    draft = RuleSet.objects.create(
        version=rule_sets.next_version(), title=title, default_queue=default_queue
    )
    for rule in rules or ():
        rule.rule_set = draft
    Rule.objects.bulk_create(rules or ())
    record(draft.pk, EventKind.RULES_DRAFTED, actor, {
        "version": draft.version, "title": title, "rules": len(rules or ()), "file": source,
    })
    return draft


@transaction.atomic
def describe(rule_set_id: UUID, actor: Actor, title: str, default_queue: Queue) -> None:
    """Change the title and where goes what no rule matches. Raises EditRefused."""
    draft = locked_draft(rule_set_id)
    before = {"title": draft.title, "default_queue": draft.default_queue.code}
    draft.title, draft.default_queue = title, default_queue
    draft.save(update_fields=["title", "default_queue"])
    after = {"title": title, "default_queue": default_queue.code}
    if before != after:
        record(draft.pk, EventKind.RULES_EDITED, actor, {
            "version": draft.version, "action": "described", "before": before, "after": after})


def fingerprint(rule: Rule) -> str:
    """Tells whether a rule is still as somebody saw it."""
    text = json.dumps(as_data(rule), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def save_rule(
    rule_set_id: UUID, actor: Actor, values: dict[str, Any], rule_id: UUID | None = None,
    seen: str = "",
) -> Rule:
    """Add a rule to the draft, or change the one given. ``values`` have been checked.

    ``seen``: the fingerprint of the rule as it was shown. Raises EditRefused if the draft may not
    be changed, or if somebody changed the rule meanwhile.
    """
    draft = locked_draft(rule_set_id)
    rules = draft.rules.select_related("queue")
    before = None
    if rule_id is None:
        rule = Rule(rule_set=draft)
    else:
        found = rules.filter(pk=rule_id).first()
        if found is None or (seen and fingerprint(found) != seen):
            raise EditRefused(_("Somebody has changed this rule meanwhile. Open it again."))
        rule, before = found, as_data(found)
    for name, value in values.items():
        setattr(rule, name, value)
    rule.save()
    after = as_data(rule)
    if before != after:
        record(draft.pk, EventKind.RULES_EDITED, actor, {
            "version": draft.version, "action": "changed" if before else "added",
            "rule": rule.code, "before": before, "after": after})
    return rule


@transaction.atomic
def delete_rule(rule_set_id: UUID, actor: Actor, rule_id: UUID) -> None:
    """Raises EditRefused; does nothing if it is gone already."""
    draft = locked_draft(rule_set_id)
    rule = draft.rules.select_related("queue").filter(pk=rule_id).first()
    if rule is None:
        return
    before = as_data(rule)
    rule.delete()
    record(draft.pk, EventKind.RULES_EDITED, actor, {
        "version": draft.version, "action": "removed", "rule": before["code"], "before": before})


@transaction.atomic
def discard(rule_set_id: UUID, actor: Actor) -> None:
    """Delete a draft with its rules and dry runs; its journal stays. Raises EditRefused."""
    draft = locked_draft(rule_set_id)
    record(draft.pk, EventKind.RULES_DISCARDED, actor, {
        "version": draft.version, "title": draft.title})
    draft.delete()
