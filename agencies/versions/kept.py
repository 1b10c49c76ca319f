"""Rules that are kept in versions, as they are read: the same for routing and for risk."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.conditions import ConditionError, parse
from agencies.states import RuleSetStatus
from agencies.versions.models import RunState
from portal.journal.kinds import EventKind
from portal.journal.models import Event

V = TypeVar("V", bound=models.Model)
R = TypeVar("R", bound=models.Model)


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


class Kept(Generic[V, R]):
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
