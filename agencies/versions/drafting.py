"""Drafts of a version: begun, edited rule by rule, discarded. Each verb is one transaction with
its journal event."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.states import RuleSetStatus
from agencies.versions.kept import Kept, R, V
from agencies.versions.models import RequestState
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.record import record


class EditRefused(Exception):
    """Why the draft cannot be changed, in words."""


class Drafts(Kept[V, R]):
    """Those versions of one kind that are still written."""

    @transaction.atomic
    def begin(
        self, actor: Actor, title: str, rules: list[R] | None = None, source: str = "",
        **columns: Any,
    ) -> V:
        """A new draft with the rules given, or none. ``source``: the file that they come from."""
        draft = self._all.create(version=self.next_version(), title=title, **columns)
        for rule in rules or ():
            setattr(rule, self.link, draft)
        self.rule._default_manager.bulk_create(rules or ())
        record(draft.pk, self.kinds.drafted, actor, {
            "version": draft.version, "title": title, "rules": len(rules or ()), "file": source,
        })
        return draft  # type: ignore[no-any-return]

    @transaction.atomic
    def copy_to_draft(self, version: V, actor: Actor = SYSTEM) -> V:
        """A draft of the next version with the same rules."""
        old: Any = version
        draft = self._all.create(
            version=self.next_version(), title=old.title, **self.copied(version)
        )
        rules = list(old.rules.all())
        for rule in rules:
            rule._state.adding, rule.pk = True, rule._meta.pk.get_default()
            setattr(rule, self.link, draft)
        self.rule._default_manager.bulk_create(rules)
        record(draft.pk, self.kinds.drafted, actor, {
            "version": draft.version, "title": draft.title, "copy_of": old.version,
            "rules": len(rules),
        })
        return draft  # type: ignore[no-any-return]

    def locked_draft(self, version_id: UUID) -> Any:
        """The draft, its row locked. Raises EditRefused if it is none, or waits for approval."""
        version = self._all.select_for_update(of=("self",)).get(pk=version_id)
        if version.status != RuleSetStatus.DRAFT:
            raise EditRefused(
                _("Version %(version)s is published and stays as it is. Begin a new draft.")
                % {"version": version.version})
        if version.publication_requests.filter(state=RequestState.ASKED).exists():
            raise EditRefused(
                _("Its publication is asked for, so it stays as it is. Withdraw the request first."))
        return version

    @transaction.atomic
    def describe(self, version_id: UUID, actor: Actor, **columns: Any) -> None:
        """Change what the version says of itself, such as its title. Raises EditRefused."""
        draft = self.locked_draft(version_id)
        before = {"title": draft.title, **self.about(draft)}
        for name, value in columns.items():
            setattr(draft, name, value)
        draft.save(update_fields=list(columns))
        after = {"title": draft.title, **self.about(draft)}
        if before != after:
            record(draft.pk, self.kinds.edited, actor, {
                "version": draft.version, "action": "described", "before": before, "after": after})

    @transaction.atomic
    def save_rule(
        self, version_id: UUID, actor: Actor, values: dict[str, Any],
        rule_id: UUID | None = None, seen: str = "",
    ) -> R:
        """Add a rule to the draft, or change the one given. ``values`` have been checked.

        ``seen``: the fingerprint of the rule as it was shown. Raises EditRefused if the draft may
        not be changed, or if somebody changed the rule meanwhile.
        """
        draft = self.locked_draft(version_id)
        before = None
        if rule_id is None:
            rule: Any = self.rule(**{self.link: draft})
        else:
            rule = self.rules_of(draft).filter(pk=rule_id).first()
            if rule is None or (seen and self.fingerprint(rule) != seen):
                raise EditRefused(_("Somebody has changed this rule meanwhile. Open it again."))
            before = self.rule_data(rule)
        for name, value in values.items():
            setattr(rule, name, value)
        rule.save()
        after = self.rule_data(rule)
        if before != after:
            record(draft.pk, self.kinds.edited, actor, {
                "version": draft.version, "action": "changed" if before else "added",
                "rule": rule.code, "before": before, "after": after})
        return rule  # type: ignore[no-any-return]

    @transaction.atomic
    def delete_rule(self, version_id: UUID, actor: Actor, rule_id: UUID) -> None:
        """Raises EditRefused; does nothing if it is gone already."""
        draft = self.locked_draft(version_id)
        rule = self.rules_of(draft).filter(pk=rule_id).first()
        if rule is None:
            return
        before = self.rule_data(rule)
        rule.delete()
        record(draft.pk, self.kinds.edited, actor, {
            "version": draft.version, "action": "removed", "rule": before["code"],
            "before": before})

    @transaction.atomic
    def discard(self, version_id: UUID, actor: Actor) -> None:
        """Delete a draft with its rules and dry runs; its journal stays. Raises EditRefused."""
        draft = self.locked_draft(version_id)
        record(draft.pk, self.kinds.discarded, actor, {
            "version": draft.version, "title": draft.title})
        draft.delete()
