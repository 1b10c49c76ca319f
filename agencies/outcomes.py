"""What a decision about a review does, once everybody who must sign it has.

In the caller's transaction, which has locked the case and found the decision allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import cases
from agencies.cases import Case, DecisionError, about
from agencies.conditions_of_approval import (
    CODE_LENGTH,
    CONDITION_LENGTH,
    MAX_CONDITIONS,
    ApprovalCondition,
    ConditionState,
    ConditionTemplate,
    ConditionTime,
)
from agencies.models import Review
from agencies.routing import open_next_tier
from agencies.states import RefusalReason, ReviewState
from declarations import lifecycle
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

FREE_CODE = "other"


class Wanted(NamedTuple):
    """A condition that an officer sets; ``code`` is of the agency's templates, or ``other``."""

    code: str
    text: str
    when: str = ConditionTime.BEFORE


def checked(conditions: Iterable[Wanted]) -> list[Wanted]:
    """The conditions as they are kept. Raises DecisionError, which names what is wrong."""
    kept = []
    for one in conditions:
        text = " ".join(one.text.split())
        if not text:
            raise DecisionError(_("Write what the trader must do."), "conditions")
        if len(text) > CONDITION_LENGTH:
            raise DecisionError(
                _("Write each condition in at most %(count)s characters.")
                % {"count": CONDITION_LENGTH}, "conditions")
        if one.when not in ConditionTime.values:
            raise DecisionError(
                _("Choose whether the condition is for before or after release."), "conditions")
        kept.append(Wanted((one.code or FREE_CODE)[:CODE_LENGTH], text, str(one.when)))
    if len(kept) > MAX_CONDITIONS:
        raise DecisionError(
            _("Set at most %(count)s conditions.") % {"count": MAX_CONDITIONS}, "conditions")
    return kept


def must_have_reason(reason_code: str, reason: str) -> None:
    if reason_code not in RefusalReason.values:
        raise DecisionError(_("Choose the reason for the refusal."), "reason_code")
    if not reason.strip():
        raise DecisionError(
            _("Write what is wrong and what the trader can do. The trader reads this text."),
            "reason",
        )


def must_have_answers(case: Case, review: Review) -> None:
    if any(request.review_id == review.pk for request in case.open_requests()):
        raise DecisionError(_(
            "You have asked the trader a question that is not answered yet. Wait for the "
            "answer, or withdraw the question, and approve then."
        ))


def approved(
    case: Case, review: Review, actor: Actor, decider: UUID | None, note: str,
    conditions: list[Wanted], signed: dict[str, Any] | None = None,
) -> None:
    """Close the review and keep its conditions. The last approval of a tier opens the next, the
    last of all releases. ``signed``: whose proposal it was, where it took a second signature."""
    cases.pass_inspection_by(case, review, actor)
    _close(review, ReviewState.APPROVED, decider, reason=note.strip())
    review.conditions.filter(state=ConditionState.OPEN).update(state=ConditionState.LAPSED)
    kept = [
        ApprovalCondition.objects.create(review=review, text_ru=russian, **one._asdict())
        for one, russian in zip(conditions, _in_russian(review, conditions), strict=True)
    ]
    record(case.declaration.pk, EventKind.REVIEW_APPROVED, actor, about(review) | (signed or {}))
    if kept:
        record(case.declaration.pk, EventKind.CONDITIONS_SET, actor,
               about(review) | {"conditions": [one.told for one in kept]})
    if not cases.release_if_agreed(case, actor):
        open_next_tier(case.reviews, actor)


def _in_russian(review: Review, conditions: list[Wanted]) -> list[str]:
    """The Russian text of each that is set in the words of the agency's usual one; else none."""
    usual = {
        (one.code, one.text): one.text_ru
        for one in ConditionTemplate.objects.filter(agency=review.queue.agency_id)
    } if conditions else {}
    return [usual.get((one.code, one.text), "") for one in conditions]


def refused(
    case: Case, review: Review, actor: Actor, decider: UUID | None, reason_code: str, reason: str,
    signed: dict[str, Any] | None = None,
) -> None:
    """Close the review and end the case for all agencies."""
    why = {"reason_code": reason_code, "reason": reason.strip()}
    _close(review, ReviewState.REFUSED, decider, **why)
    record(case.declaration.pk, EventKind.REVIEW_REFUSED, actor,
           about(review) | why | (signed or {}))
    cases.end(case, lifecycle.Action.REFUSE, actor, about(review) | why)


def _close(
    review: Review, state: ReviewState, decider: UUID | None, reason_code: str = "",
    reason: str = "",
) -> None:
    review.state, review.closed_at = state, timezone.now()
    review.decided_by_id = decider
    review.reason_code, review.reason = reason_code, reason
    review.save(update_fields=["state", "closed_at", "decided_by", "reason_code", "reason"])
