"""What can be done with rules that are kept in versions: the same for routing and for risk.

A ``Shelf`` holds all versions of one kind. Each verb is one transaction with its journal event. A
published version is never edited, only succeeded: the database refuses it too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.states import RuleSetStatus
from agencies.versions.drafting import Drafts, EditRefused
from agencies.versions.kept import Kinds, R, V
from agencies.versions.models import PublicationBase, RequestState
from portal.accounts.actors import Actor
from portal.journal.record import record

__all__ = ["EditRefused", "Kinds", "PublishError", "Shelf"]


class PublishError(Exception):
    """Why a version cannot be published: ``problems``, each in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class Shelf(Drafts[V, R]):
    """All versions of one kind: written, asked for, published, withdrawn."""

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
