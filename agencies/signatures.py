"""Decisions that take two officers: one proposes, another of the same agency signs or returns it.

The second is never the first, and never one of the people of the organisation that filed. Raised
by every verb: ``Proposal.DoesNotExist`` for another agency's, DecisionError in words.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import cases, outcomes
from agencies.cases import Case, DecisionError, about
from agencies.conditions_of_approval import Proposal, ProposalState, Verb
from agencies.correspondence import TEXT_LENGTH
from agencies.models import Review
from agencies.outcomes import Wanted
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record


def propose(
    case: Case, review: Review, actor: Actor, verb: Verb, *, reason_code: str = "",
    reason: str = "", conditions: list[Wanted] | None = None,
) -> Proposal:
    """Keep what the officer wants to decide, until a colleague has signed it. The review stays
    with the officer; in the caller's transaction, with the case locked."""
    if waiting(review) is not None:
        raise DecisionError(_(
            "Your decision waits for a second signature. Take it back first to decide otherwise."
        ))
    review.proposals.filter(state=ProposalState.ASKED).update(state=ProposalState.LAPSED)
    assert actor.user_id is not None  # an officer is a person
    made = Proposal.objects.create(
        review=review, verb=verb, reason_code=reason_code, reason=reason.strip(),
        conditions=[one._asdict() for one in conditions or ()],
        version=_version(case), proposed_by_id=actor.user_id, proposed_at=timezone.now(),
    )
    record(case.declaration.pk, EventKind.DECISION_PROPOSED, actor, _about(made))
    return made


def waiting(review: Review) -> Proposal | None:
    """The proposal that a colleague of its officer can sign now."""
    return Proposal.objects.waiting().filter(review=review).select_related("proposed_by").first()


def confirm(proposal_id: UUID, actor: Actor) -> Review:
    """Sign it as the second officer: the decision takes effect."""
    with transaction.atomic():
        case, review, proposal = _for_second(proposal_id, actor)
        if proposal.version != _version(case):
            raise DecisionError(_(
                "The declaration was amended after the decision was proposed. Return the proposal, "
                "so that your colleague looks at the new version."
            ))
        signed = {"proposed_by": str(proposal.proposed_by), "proposal": str(proposal.pk)}
        _answer(proposal, ProposalState.CONFIRMED, actor)
        if proposal.verb == Verb.REFUSE:
            outcomes.refused(case, review, actor, proposal.proposed_by_id, proposal.reason_code,
                             proposal.reason, signed)
        else:
            outcomes.must_have_answers(case, review)
            outcomes.approved(case, review, actor, proposal.proposed_by_id, proposal.reason,
                              [Wanted(**one) for one in proposal.conditions], signed)
        return review


def send_back(proposal_id: UUID, actor: Actor, words: str) -> Review:
    """Return it to the officer who proposed it, and say why."""
    words = words.strip()
    if not words:
        raise DecisionError(_("Write why you return it. Your colleague reads this text."), "words")
    if len(words) > TEXT_LENGTH:
        raise DecisionError(
            _("Write at most %(count)s characters.") % {"count": TEXT_LENGTH}, "words")
    with transaction.atomic():
        case, review, proposal = _for_second(proposal_id, actor)
        _answer(proposal, ProposalState.RETURNED, actor, words)
        record(case.declaration.pk, EventKind.DECISION_RETURNED, actor,
               _about(proposal) | {"words": words})
        return review


def take_back(proposal_id: UUID, actor: Actor) -> Review:
    """The officer who proposed it decides anew."""
    with transaction.atomic():
        case, review, proposal = _locked(proposal_id, actor)
        if proposal.proposed_by_id != actor.user_id:
            raise DecisionError(_("Only the officer who proposed it can take it back."))
        proposal.state = ProposalState.LAPSED
        proposal.save(update_fields=["state"])
        record(case.declaration.pk, EventKind.DECISION_RETURNED, actor,
               _about(proposal) | {"words": "", "taken_back": True})
        return review


# --- locks and rules ------------------------------------------------------------------------


def _locked(proposal_id: UUID, actor: Actor) -> tuple[Case, Review, Proposal]:
    cases.must_review(actor)
    found = Proposal.objects.of_agency(actor).get(pk=proposal_id)
    case, review = cases.lock_review(found.review_id, actor)
    proposal = Proposal.objects.waiting().select_related("proposed_by").filter(pk=proposal_id)
    still = proposal.first()
    if still is None:
        raise DecisionError(_("This proposal no longer waits for a signature."))
    still.review = review
    return case, review, still


def _for_second(proposal_id: UUID, actor: Actor) -> tuple[Case, Review, Proposal]:
    case, review, proposal = _locked(proposal_id, actor)
    if proposal.proposed_by_id == actor.user_id:
        raise DecisionError(_("You proposed this decision yourself. A colleague must sign it."))
    cases.must_not_be_own(case.declaration, actor)
    return case, review, proposal


def _answer(proposal: Proposal, state: ProposalState, actor: Actor, words: str = "") -> None:
    proposal.state, proposal.answered_by_id = state, actor.user_id
    proposal.answered_at, proposal.words = timezone.now(), words
    proposal.save(update_fields=["state", "answered_by", "answered_at", "words"])


def _version(case: Case) -> int:
    newest = case.declaration.versions.order_by("-number").values_list("number", flat=True)
    return newest.first() or 0


def _about(proposal: Proposal) -> dict[str, Any]:
    return about(proposal.review) | {
        "proposal": str(proposal.pk), "verb": proposal.verb, "reason_code": proposal.reason_code,
        "conditions": proposal.conditions,
    }
