"""Reading one declaration for a page: who has it, how far it is, what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.conditions_of_approval import ApprovalCondition
from agencies.correspondence import CancellationRequest, InformationRequest
from agencies.models import Review
from agencies.states import CancellationState, ReviewState
from declarations import lifecycle
from declarations.change_request import ChangeRequest
from declarations.models import Declaration
from declarations.states import ChangeState, State
from portal.accounts.actors import SYSTEM, Actor
from portal.accounts.roles import Permission

# The portal itself is at work: it takes seconds.
CHECKING = (State.SUBMITTED, State.ACCEPTED, State.AMENDED)
FINAL = (State.REJECTED, State.RELEASED, State.REFUSED, State.CANCELLED)


@dataclass(frozen=True)
class Holder:
    """Who has the declaration, since when, and until when they should have acted."""

    words: str
    since: datetime | None
    due: datetime | None = None
    detail: str = ""
    reason: str = ""


def holder(
    declaration: Declaration, reviews: list[Review], fault_count: int,
    asked: Iterable[InformationRequest] = (), cancellation: CancellationRequest | None = None,
    amendment: ChangeRequest | None = None,
) -> Holder:
    owner = declaration.organisation.name
    state = declaration.state
    if state == State.DRAFT:
        return Holder(_("%(owner)s is still writing it") % {"owner": owner}, declaration.created_at)
    if state == State.SUBMITTED:
        return Holder(_("The portal is checking it"), declaration.submitted_at)
    if state in (State.ACCEPTED, State.AMENDED):
        return Holder(_("The portal is finding the agencies"), declaration.accepted_at)
    if state == State.REJECTED:
        words = _("Back with %(owner)s to be corrected") % {"owner": owner}
        detail = ngettext("%(count)s fault found", "%(count)s faults found", fault_count)
        return Holder(words, declaration.closed_at or declaration.submitted_at,
                      detail=detail % {"count": fault_count} if fault_count else "")
    if state == State.INFORMATION_REQUIRED:
        waiting = [request for request in asked if request.is_open]
        if not waiting:
            return Holder(_("%(owner)s must give more information") % {"owner": owner},
                          declaration.changed_at)
        agencies = joined(dict.fromkeys(r.review.queue.agency.name for r in waiting))
        return Holder(
            _("%(owner)s must answer %(agencies)s") % {"owner": owner, "agencies": agencies},
            min(request.asked_at for request in waiting),
            due=min(request.due_at for request in waiting),
        )
    if state in FINAL:
        refusals = [r for r in reviews if r.state == ReviewState.REFUSED]
        return Holder(_ended(declaration, refusals), declaration.closed_at,
                      reason=" ".join(map(_why, refusals)))
    working = [r for r in reviews if r.state in (ReviewState.OPEN, ReviewState.CLAIMED)]
    if not working and _is_asked(cancellation):
        assert cancellation is not None
        return Holder(
            _("With %(agencies)s, to decide about the cancellation")
            % {"agencies": cancellation.queue.agency.name}, cancellation.asked_at,
        )
    if not working and amendment is not None and amendment.decider is not None:
        return Holder(
            _("With %(agencies)s, to decide about the amendment")
            % {"agencies": amendment.decider.name}, amendment.asked_at,
        )
    if not working:
        return _held_up(declaration) or Holder(_("With the agencies"), declaration.accepted_at)
    names = list(dict.fromkeys(review.queue.agency.name for review in working))
    return Holder(
        _("With %(agencies)s") % {"agencies": joined(names)},
        min((r.opened_at for r in working if r.opened_at), default=declaration.accepted_at),
        due=min((r.due_at for r in working if r.due_at), default=None),
        detail=_progress_of_reviews(reviews),
    )


def _held_up(declaration: Declaration) -> Holder | None:
    """Every agency has decided, and conditions of theirs must be fulfilled before the release."""
    waiting = ApprovalCondition.objects.about(declaration.pk).holding_up()
    agencies = dict.fromkeys(one.review.queue.agency.name for one in waiting)
    if not agencies:
        return None
    return Holder(
        _("Approved; conditions of %(agencies)s must be fulfilled before the release")
        % {"agencies": joined(agencies)}, declaration.changed_at,
    )


def _ended(declaration: Declaration, refusals: list[Review]) -> str:
    if declaration.state == State.RELEASED:
        return _("Released: the goods may go on")
    if declaration.state == State.REFUSED and refusals:
        names_of_agencies = [review.queue.agency.name for review in refusals]
        return _("Refused by %(agencies)s") % {"agencies": joined(names_of_agencies)}
    return str(declaration.get_state_display())


def _why(refusal: Review) -> str:
    """The coded reason, then the officer's own words to the trader."""
    code = str(refusal.get_reason_code_display()) if refusal.reason_code else ""
    return f"{code}. {refusal.reason}".strip(". ") + "."


def _progress_of_reviews(reviews: list[Review]) -> str:
    done = sum(1 for r in reviews if r.closed_at)
    return _("%(done)s of %(total)s reviews decided") % {"done": done, "total": len(reviews)}


def joined(names: Iterable[str]) -> str:
    """“A”, “A and B”, “A, B and C” in the language of the page."""
    *first, last = list(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


# --- steps ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    label: str | Promise
    status: str  # done, now, failed or ahead
    at: datetime | None = None
    note: str = ""

    @property
    def icon(self) -> str:
        return {"done": "circle-check", "now": "loader", "failed": "circle-x"}.get(
            self.status, "circle-dashed"
        )

    @property
    def status_words(self) -> str:
        return {"done": _("done"), "now": _("under way"), "failed": _("stopped here")}.get(
            self.status, _("to come")
        )


def steps(declaration: Declaration, reviews: list[Review]) -> list[Step]:
    """Filed, checked, routed, decided: where the declaration stands on its way."""
    state = declaration.state
    opened = min((r.created_at for r in reviews), default=None)
    filed = Step(gettext_lazy("Filed"), "done", declaration.submitted_at)
    checked = gettext_lazy("Checked")
    routed = gettext_lazy("Routed to agencies")
    decided = gettext_lazy("Decided")
    if state == State.SUBMITTED:
        return [filed, Step(checked, "now"), Step(routed, "ahead"), Step(decided, "ahead")]
    if state == State.REJECTED:
        return [filed, Step(checked, "failed", declaration.closed_at), Step(routed, "ahead"),
                Step(decided, "ahead")]
    accepted = Step(checked, "done", declaration.accepted_at)
    if state in (State.ACCEPTED, State.AMENDED):
        return [filed, accepted, Step(routed, "now"), Step(decided, "ahead")]
    sent = Step(routed, "done", opened)
    if state == State.REFUSED:
        return [filed, accepted, sent, Step(decided, "failed", declaration.closed_at)]
    if state in FINAL:
        return [filed, accepted, sent, Step(decided, "done", declaration.closed_at)]
    note = _progress_of_reviews(reviews) if reviews else ""
    return [filed, accepted, sent, Step(decided, "now", note=note)]


# --- the next action ------------------------------------------------------------------------


@dataclass(frozen=True)
class Action:
    label: str
    icon: str
    url: str
    post: bool = False


def next_action(
    declaration: Declaration, reviews: list[Review], actor: Actor,
    asked: Iterable[InformationRequest] = (), cancellation: CancellationRequest | None = None,
    amendment: ChangeRequest | None = None,
) -> Action | None:
    """The one thing that this actor would do next; nothing when it is for others to act."""
    if actor.may(Permission.FILE) and declaration.organisation_id == actor.organisation_id:
        edit = reverse("declaration_edit", args=[declaration.pk])
        if declaration.state == State.DRAFT:
            return Action(_("Continue the draft"), "pencil-line", edit)
        if declaration.state == State.REJECTED:
            return Action(_("Correct and file again"), "file-pen-line", edit)
        waiting = [request for request in asked if request.is_open]
        if waiting:
            first = min(waiting, key=lambda request: request.due_at)
            page = reverse("declaration", args=[declaration.pk])
            return Action(_("Answer the request"), "message-circle-reply",
                          f"{page}?tab=requests#request-{first.pk}")
    if actor.may(Permission.REVIEW):
        if (
            cancellation is not None and _is_asked(cancellation)
            and cancellation.queue.agency.organisation_id == actor.organisation_id
        ):
            return Action(_("Decide about the cancellation"), "circle-slash",
                          reverse("cancellation", args=[cancellation.pk]))
        if amendment is not None and amendment.state == ChangeState.ASKED and (
            amendment.decider_id == actor.organisation_id
        ):
            return Action(_("Decide about the amendment"), "file-pen-line",
                          reverse("amendment", args=[amendment.pk]))
        own = [r for r in reviews if r.queue.agency.organisation_id == actor.organisation_id]
        for review in own:
            if review.state == ReviewState.CLAIMED and review.claimed_by_id == actor.user_id:
                address = reverse("review", args=[review.pk])
                if review.waits_for_trader:
                    return Action(_("Open the review"), "eye", address)
                return Action(_("Decide"), "stamp", address)
        for review in own:
            if review.state == ReviewState.OPEN:
                return Action(_("Take up the review"), "user-round-check",
                              reverse("review_claim", args=[review.pk]), post=True)
        for review in own:
            if review.state == ReviewState.CLAIMED:
                return Action(_("Open the review"), "eye", reverse("review", args=[review.pk]))
    return None


def may_ask_to_cancel(
    declaration: Declaration, actor: Actor, cancellation: CancellationRequest | None
) -> bool:
    """Whether to offer it; ``agencies.cancellations`` decides."""
    cancels = lifecycle.may(declaration, lifecycle.Action.CANCEL, SYSTEM)
    return cancels and actor.may(Permission.FILE) and not _is_asked(cancellation)


def _is_asked(cancellation: CancellationRequest | None) -> bool:
    return cancellation is not None and cancellation.state == CancellationState.ASKED
