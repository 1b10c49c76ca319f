"""What can be done with rules that are kept in versions: the same for routing and for risk.

A ``Shelf`` holds all versions of one kind. Each verb is one transaction with its journal event. A
published version is never edited, only succeeded: the database refuses it too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.conditions import ConditionError, parse
from agencies.states import RuleSetStatus
from agencies.versions.models import PublicationBase, RequestState, RunState
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record

V = TypeVar("V", bound=models.Model)
R = TypeVar("R", bound=models.Model)


class PublishError(Exception):
    """Why a version cannot be published: ``problems``, each in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class EditRefused(Exception):
    """Why the draft cannot be changed, in words."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """The events of a shelf."""

    drafted: EventKind
    edited: EventKind
    discarded: EventKind
    asked: EventKind
    unasked: EventKind
    returned: EventKind
    published: EventKind
    withdrawn: EventKind


class Shelf(Generic[V, R]):
    """All versions of one kind: ``model``, whose ``rules`` are ``rule``."""

    model: type[V]
    rule: type[R]
    link: ClassVar[str]  # the foreign key of rules, requests and runs to the version
    kinds: ClassVar[Kinds]
    lock: ClassVar[int]  # serialises those who take the next version number

    # --- what each kind says ---------------------------------------------------------------

    def rules_of(self, version: Any) -> Any:
        """Its rules as a queryset, with what ``rule_data`` reads."""
        return version.rules.all()

    def rule_data(self, rule: Any) -> dict[str, Any]:
        """A rule as plain data without floats: what a file and the journal say of it."""
        raise NotImplementedError

    def about(self, version: Any) -> dict[str, Any]:
        """What a version says besides its title and rules, as plain data; by the names of its
        columns as far as these can be described."""
        raise NotImplementedError

    def copied(self, version: Any) -> dict[str, Any]:
        """The columns that a copy takes over, besides the title."""
        raise NotImplementedError

    def more_problems(self, version: Any, rules: list[Any]) -> list[str]:
        return []

    # --- reading -----------------------------------------------------------------------------

    def next_version(self) -> int:
        """The next number. Inside a transaction nobody else is given the same one."""
        if connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [self.lock])
        newest: int | None = self._all.aggregate(newest=Max("version"))["newest"]
        return (newest or 0) + 1

    @property
    def _all(self) -> Any:
        return self.model._default_manager

    def in_force(self) -> Any:
        return self._all.in_force().first()

    def content_of(self, version: Any) -> str:
        """SHA-256 over all that a version says; equal for two that do alike by the same rules."""
        rules = self.rules_of(version).order_by("code")
        said = [self.about(version), [self.rule_data(rule) for rule in rules]]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def problems_of(self, version: Any) -> list[str]:
        """Why it cannot be published, in words; empty if it can."""
        if version.status != RuleSetStatus.DRAFT:
            return [_("Version %(version)s is not a draft. Copy it to a new draft version first.")
                    % {"version": version.version}]
        found = []
        rules = list(version.rules.all())
        if not rules:
            found.append(_("It has no rules. Add one before publishing it."))
        end = version.effective_to
        if end is not None and end <= (version.effective_from or timezone.now()):
            found.append(_("It ends before it begins. Correct the dates."))
        for rule in rules:
            try:
                parse(rule.conditions)
            except ConditionError as error:
                found += [f"{rule.code}: {problem}" for problem in error.problems]
        return found + self.more_problems(version, rules)

    def fingerprint(self, rule: Any) -> str:
        """Tells whether a rule is still as somebody saw it."""
        text = json.dumps(self.rule_data(rule), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def editors(self, version_id: UUID) -> set[UUID]:
        """Everyone who had a hand in it, by the journal."""
        events = Event.objects.of(version_id).filter(
            kind__in=(self.kinds.drafted, self.kinds.edited), user__isnull=False)
        return {user for user in events.values_list("user", flat=True) if user is not None}

    def lacks_dry_run(self, version: Any) -> bool:
        """Whether it differs from what is in force and has not been tried as it stands."""
        base = self.in_force()
        content = self.content_of(version)
        if base is None or self.content_of(base) == content:
            return False
        tried = version.dry_runs.filter(content=content, state=RunState.DONE)
        return not tried.exists()

    # --- drafts ------------------------------------------------------------------------------

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

    # --- publication -------------------------------------------------------------------------

    @transaction.atomic
    def publish(self, version_id: UUID, actor: Actor, more: dict[str, Any] | None = None) -> V:
        """Bring a draft into force from its ``effective_from``, or from now where it has none.

        ``more``: what else the journal should say. Raises PublishError if it is no draft or if a
        rule cannot be read. Whoever calls has seen to the four eyes: see ``approve``.
        """
        version = self._all.select_for_update(of=("self",)).get(pk=version_id)
        problems = self.problems_of(version)
        if problems:
            raise PublishError(problems)
        now = timezone.now()
        if version.effective_from is None or version.effective_from < now:
            version.effective_from = now
        version.status = RuleSetStatus.PUBLISHED
        version.save(update_fields=["status", "effective_from"])
        record(version.pk, self.kinds.published, actor, {
            "version": version.version,
            "title": version.title,
            "effective_from": version.effective_from.isoformat(),
            "rules": [self.rule_data(rule) for rule in self.rules_of(version)],
            **(more or {}),
        })
        return version  # type: ignore[no-any-return]

    @transaction.atomic
    def withdraw(self, version_id: UUID, actor: Actor) -> V:
        """Take back a version that was to come into force later; the one in force stays.

        Raises PublishError if it is in force already, or never was to be.
        """
        version = self._all.select_for_update(of=("self",)).get(pk=version_id)
        begins = version.effective_from
        if version.status != RuleSetStatus.PUBLISHED or begins is None or begins <= timezone.now():
            raise PublishError([
                _("Version %(version)s does not wait for its date. To replace rules in force, "
                  "publish another version.") % {"version": version.version}])
        version.status = RuleSetStatus.RETIRED
        version.save(update_fields=["status"])
        record(version.pk, self.kinds.withdrawn, actor, {
            "version": version.version, "title": version.title,
            "effective_from": begins.isoformat(),
        })
        return version  # type: ignore[no-any-return]

    @transaction.atomic
    def ask(
        self, version_id: UUID, actor: Actor, reason: str, effective_from: datetime | None = None
    ) -> Any:
        """Ask that a draft be published. Raises EditRefused or PublishError."""
        draft = self.locked_draft(version_id)
        if actor.user_id is None:
            raise EditRefused(_("Only a person asks for publication."))
        problems = self.problems_of(draft)
        if effective_from is not None and effective_from <= timezone.now():
            problems.append(_("The date is past. Choose a later one, or none: from the approval."))
        if self.lacks_dry_run(draft):
            problems.append(_("Its rules have not been tried as they stand. Make a dry run first."))
        if problems:
            raise PublishError(problems)
        made = draft.publication_requests.create(
            effective_from=effective_from, reason=reason, content=self.content_of(draft),
            asked_by_id=actor.user_id, asked_at=timezone.now(),
        )
        record(draft.pk, self.kinds.asked, actor, {
            "version": draft.version, "title": draft.title, "reason": reason,
            "effective_from": effective_from.isoformat() if effective_from else None,
        })
        return made

    def may_approve(self, request: PublicationBase, actor: Actor) -> bool:
        """Another person than the one who asks and those who edited."""
        return (
            actor.user_id is not None and actor.user_id != request.asked_by_id
            and actor.user_id not in self.editors(getattr(request, f"{self.link}_id"))
        )

    def _decided(self, version_id: UUID) -> tuple[Any, Any]:
        """The draft and what is asked for it, both locked. Raises EditRefused if nothing is."""
        version = self._all.select_for_update(of=("self",)).get(pk=version_id)
        request = version.publication_requests.select_for_update(of=("self",)).filter(
            state=RequestState.ASKED
        ).first()
        if request is None:
            raise EditRefused(_("Nobody asks to publish it any more: it was decided or withdrawn."))
        return version, request

    @transaction.atomic
    def approve(self, version_id: UUID, actor: Actor, words: str = "") -> V:
        """Publish what is asked for, from its date on, or from now if that has passed.

        Raises EditRefused if the actor asked or edited, or if nothing is asked; PublishError.
        """
        version, request = self._decided(version_id)
        if not self.may_approve(request, actor):
            raise EditRefused(_(
                "You edited these rules or asked for their publication. Another person approves."))
        if self.content_of(version) != request.content:
            raise EditRefused(
                _("The rules are not those that were asked for. Return the request."))
        version.effective_from = request.effective_from
        version.save(update_fields=["effective_from"])
        published = self.publish(version.pk, actor, {
            "asked_by": str(request.asked_by), "reason": request.reason, "words": words})
        _close(request, RequestState.APPROVED, actor, words)
        return published

    @transaction.atomic
    def give_back(self, version_id: UUID, actor: Actor, words: str) -> None:
        """Return it to its authors with words. Raises EditRefused if nothing is asked."""
        version, request = self._decided(version_id)
        _close(request, RequestState.RETURNED, actor, words)
        record(version.pk, self.kinds.returned, actor, {
            "version": version.version, "title": version.title, "words": words})

    @transaction.atomic
    def unask(self, version_id: UUID, actor: Actor) -> None:
        """Take the request back, so that the draft can be edited again. Raises EditRefused."""
        version, request = self._decided(version_id)
        _close(request, RequestState.WITHDRAWN, actor, "")
        record(version.pk, self.kinds.unasked, actor, {
            "version": version.version, "title": version.title})


def _close(request: Any, state: RequestState, actor: Actor, words: str) -> None:
    request.state, request.words = state, words
    request.decided_by_id, request.decided_at = actor.user_id, timezone.now()
    request.save(update_fields=["state", "words", "decided_by", "decided_at"])
