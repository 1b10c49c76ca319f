"""Publishing with four eyes: one asks, another, who had no hand in the draft, approves."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import rule_sets
from agencies.models import RuleSet
from agencies.routing_editor.edits import EditRefused, editors, locked_draft
from agencies.routing_editor.models import DryRun, PublicationRequest, RequestState, RunState
from agencies.rule_sets import PublishError, content_of, problems_of
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record


def lacks_dry_run(rule_set: RuleSet) -> bool:
    """Whether its rules differ from those in force and have not been tried as they stand."""
    base = RuleSet.objects.in_force().first()
    content = content_of(rule_set)
    if base is None or content_of(base) == content:
        return False
    return not DryRun.objects.filter(
        rule_set=rule_set, content=content, state=RunState.DONE
    ).exists()


@transaction.atomic
def ask(
    rule_set_id: UUID, actor: Actor, reason: str, effective_from: datetime | None = None
) -> PublicationRequest:
    """Ask that a draft be published. Raises EditRefused or PublishError."""
    draft = locked_draft(rule_set_id)
    if actor.user_id is None:
        raise EditRefused(_("Only a person asks for publication."))
    problems = problems_of(draft)
    if effective_from is not None and effective_from <= timezone.now():
        problems.append(_("The date is past. Choose a later one, or none: from the approval."))
    if lacks_dry_run(draft):
        problems.append(_("Its rules have not been tried as they stand. Make a dry run first."))
    if problems:
        raise PublishError(problems)
    made = PublicationRequest.objects.create(
        rule_set=draft, effective_from=effective_from, reason=reason, content=content_of(draft),
        asked_by_id=actor.user_id, asked_at=timezone.now(),
    )
    record(draft.pk, EventKind.RULES_ASKED, actor, {
        "version": draft.version, "title": draft.title, "reason": reason,
        "effective_from": effective_from.isoformat() if effective_from else None,
    })
    return made


def may_approve(request: PublicationRequest, actor: Actor) -> bool:
    """Another person than the one who asks and those who edited."""
    return (
        actor.user_id is not None and actor.user_id != request.asked_by_id
        and actor.user_id not in editors(request.rule_set_id)
    )


def _decided(rule_set_id: UUID) -> tuple[RuleSet, PublicationRequest]:
    """The draft and what is asked for it, both locked. Raises EditRefused if nothing is."""
    rule_set = RuleSet.objects.select_for_update(of=("self",)).get(pk=rule_set_id)
    request = PublicationRequest.objects.select_for_update(of=("self",)).filter(
        rule_set=rule_set, state=RequestState.ASKED
    ).first()
    if request is None:
        raise EditRefused(_("Nobody asks to publish it any more: it was decided or withdrawn."))
    return rule_set, request


@transaction.atomic
def approve(rule_set_id: UUID, actor: Actor, words: str = "") -> RuleSet:
    """Publish what is asked for, from its date on, or from now if that has passed.

    Raises EditRefused if the actor asked or edited, or if nothing is asked; PublishError.
    """
    rule_set, request = _decided(rule_set_id)
    if not may_approve(request, actor):
        raise EditRefused(
            _("You edited these rules or asked for their publication. Another person approves."))
    if content_of(rule_set) != request.content:
        raise EditRefused(_("The rules are not those that were asked for. Return the request."))
    rule_set.effective_from = request.effective_from
    rule_set.save(update_fields=["effective_from"])
    published = rule_sets.publish(rule_set.pk, actor, {
        "asked_by": str(request.asked_by), "reason": request.reason, "words": words})
    _close(request, RequestState.APPROVED, actor, words)
    return published


@transaction.atomic
def give_back(rule_set_id: UUID, actor: Actor, words: str) -> None:
    """Return it to its authors with words. Raises EditRefused if nothing is asked."""
    rule_set, request = _decided(rule_set_id)
    _close(request, RequestState.RETURNED, actor, words)
    record(rule_set.pk, EventKind.RULES_RETURNED, actor, {
        "version": rule_set.version, "title": rule_set.title, "words": words})


@transaction.atomic
def unask(rule_set_id: UUID, actor: Actor) -> None:
    """Take the request back, so that the draft can be edited again. Raises EditRefused."""
    rule_set, request = _decided(rule_set_id)
    _close(request, RequestState.WITHDRAWN, actor, "")
    record(rule_set.pk, EventKind.RULES_UNASKED, actor, {
        "version": rule_set.version, "title": rule_set.title})


def _close(request: PublicationRequest, state: RequestState, actor: Actor, words: str) -> None:
    request.state, request.words = state, words
    request.decided_by_id, request.decided_at = actor.user_id, timezone.now()
    request.save(update_fields=["state", "words", "decided_by", "decided_at"])


__all__ = ["EditRefused", "PublishError", "approve", "ask", "give_back", "lacks_dry_run",
           "may_approve", "unask"]
