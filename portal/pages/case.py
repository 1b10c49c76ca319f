"""Reading one declaration for a page: who has it, how far it is, what happened, what to do next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.conditions import FIELDS
from agencies.correspondence import CancellationRequest, InformationRequest
from agencies.inspections.states import Verdict
from agencies.models import Review
from agencies.states import CancellationState, RefusalReason, ReviewState
from declarations import lifecycle
from declarations.change_request import ChangeRequest
from declarations.models import Declaration
from declarations.states import ChangeState, Channel, State
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.pages import names

# The portal itself is at work: it takes seconds.
CHECKING = (State.SUBMITTED, State.ACCEPTED, State.AMENDED)
SHOWN_ITEMS = 20
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
        return Holder(_("With the agencies"), declaration.accepted_at)
    names = list(dict.fromkeys(review.queue.agency.name for review in working))
    return Holder(
        _("With %(agencies)s") % {"agencies": joined(names)},
        min((r.opened_at for r in working if r.opened_at), default=declaration.accepted_at),
        due=min((r.due_at for r in working if r.due_at), default=None),
        detail=_progress_of_reviews(reviews),
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
    cancels = (State(declaration.state), lifecycle.Action.CANCEL) in lifecycle.TRANSITIONS
    return cancels and actor.may(Permission.FILE) and not _is_asked(cancellation)


def _is_asked(cancellation: CancellationRequest | None) -> bool:
    return cancellation is not None and cancellation.state == CancellationState.ASKED


# --- the timeline ---------------------------------------------------------------------------

# kind -> (icon, tone)
EVENT_FACES: dict[str, tuple[str, str]] = {
    EventKind.DRAFTED: ("pencil-line", "mute"),
    EventKind.DRAFT_DELETED: ("trash-2", "mute"),
    EventKind.SUBMITTED: ("send", "info"),
    EventKind.REJECTED: ("circle-x", "bad"),
    EventKind.ACCEPTED: ("circle-check", "info"),
    EventKind.ROUTED: ("route", "info"),
    EventKind.REVIEW_OPENED: ("inbox", "wait"),
    EventKind.REVIEW_CLAIMED: ("user-round-check", "info"),
    EventKind.REVIEW_ASSIGNED: ("user-round-plus", "info"),
    EventKind.REVIEW_ESCALATED: ("alarm-clock", "bad"),
    EventKind.REVIEW_HANDED_BACK: ("undo-2", "mute"),
    EventKind.REVIEW_APPROVED: ("check", "good"),
    EventKind.REVIEW_REFUSED: ("ban", "bad"),
    EventKind.CONDITIONS_SET: ("list-checks", "wait"),
    EventKind.CONDITION_FULFILLED: ("circle-check", "good"),
    EventKind.DECISION_PROPOSED: ("signature", "wait"),
    EventKind.DECISION_RETURNED: ("undo-2", "mute"),
    EventKind.REVIEW_REOPENED: ("rotate-ccw", "wait"),
    EventKind.REVIEW_LAPSED: ("circle-minus", "mute"),
    EventKind.RELEASED: ("badge-check", "good"),
    EventKind.REFUSED: ("ban", "bad"),
    EventKind.CANCELLED: ("circle-slash", "mute"),
    EventKind.AMENDED: ("file-pen-line", "info"),
    EventKind.AMENDMENT_REQUESTED: ("file-pen-line", "wait"),
    EventKind.AMENDMENT_REJECTED: ("circle-x", "bad"),
    EventKind.AMENDMENT_DENIED: ("ban", "bad"),
    EventKind.AMENDMENT_WITHDRAWN: ("undo-2", "mute"),
    EventKind.AMENDMENT_LAPSED: ("circle-minus", "mute"),
    EventKind.CHECK_DELAYED: ("hourglass", "wait"),
    EventKind.INFORMATION_REQUESTED: ("message-circle-question-mark", "wait"),
    EventKind.INFORMATION_GIVEN: ("message-circle-reply", "info"),
    EventKind.REQUEST_WITHDRAWN: ("undo-2", "mute"),
    EventKind.ANSWER_DUE_SOON: ("clock-alert", "wait"),
    EventKind.ANSWER_OVERDUE: ("clock-alert", "bad"),
    EventKind.SERVICE_TIME_LOW: ("clock-alert", "wait"),
    EventKind.FILE_ATTACHED: ("paperclip", "mute"),
    EventKind.FILE_REMOVED: ("trash-2", "mute"),
    EventKind.CANCELLATION_REQUESTED: ("circle-slash", "wait"),
    EventKind.CANCELLATION_DENIED: ("ban", "bad"),
    EventKind.CANCELLATION_RECEIVED: ("mail", "info"),
    EventKind.CANCELLATION_REJECTED: ("circle-x", "bad"),
    EventKind.CANCELLATION_WITHDRAWN: ("undo-2", "mute"),
    EventKind.CANCELLATION_LAPSED: ("circle-minus", "mute"),
    EventKind.INSPECTION_ORDERED: ("scan-search", "wait"),
    EventKind.INSPECTION_JOINED: ("user-plus", "info"),
    EventKind.INSPECTION_NOT_NEEDED: ("circle-minus", "mute"),
    EventKind.INSPECTION_APPOINTED: ("calendar-check", "wait"),
    EventKind.INSPECTION_MOVED: ("calendar-clock", "wait"),
    EventKind.INSPECTION_CONFIRMED: ("check", "good"),
    EventKind.INSPECTION_TIME_ASKED: ("calendar-clock", "wait"),
    EventKind.INSPECTION_STARTED: ("scan-search", "info"),
    EventKind.INSPECTION_NOTED: ("notebook-pen", "mute"),
    EventKind.INSPECTION_SIGNED: ("signature", "info"),
    EventKind.INSPECTION_CALLED_OFF: ("circle-slash", "mute"),
    EventKind.INSPECTION_CLOSED: ("scan-search", "info"),
    EventKind.VIEWED: ("eye", "mute"),
    EventKind.PERMIT_ISSUED: ("award", "good"),
    EventKind.PERMIT_SIGNED: ("signature", "good"),
    EventKind.PERMIT_SUSPENDED: ("circle-pause", "wait"),
    EventKind.PERMIT_RESUMED: ("circle-play", "good"),
    EventKind.PERMIT_REVOKED: ("ban", "bad"),
    EventKind.PERMIT_EXTENDED: ("calendar-plus", "info"),
    EventKind.PERMIT_REPLACED: ("replace", "info"),
    EventKind.PERMIT_EXPIRES_SOON: ("clock-alert", "wait"),
    EventKind.PERMIT_EXPIRED: ("calendar-x", "mute"),
    EventKind.PERMIT_USED_UP: ("battery", "mute"),
    EventKind.PERMIT_RESERVED: ("bookmark", "info"),
    EventKind.PERMIT_WRITTEN_OFF: ("badge-check", "good"),
    EventKind.PERMIT_GIVEN_BACK: ("undo-2", "mute"),
    EventKind.MESSAGE_QUEUED: ("mail", "info"),
    EventKind.MESSAGE_DELIVERED: ("check-check", "good"),
    EventKind.MESSAGE_PARKED: ("triangle-alert", "bad"),
    EventKind.MESSAGE_RESENT: ("refresh-cw", "info"),
    EventKind.MESSAGE_RECEIVED: ("mail", "info"),
    EventKind.RULES_DRAFTED: ("copy-plus", "mute"),
    EventKind.RULES_EDITED: ("file-pen-line", "mute"),
    EventKind.RULES_DISCARDED: ("trash-2", "mute"),
    EventKind.RULES_TRIED: ("flask-conical", "info"),
    EventKind.RULES_ASKED: ("send", "wait"),
    EventKind.RULES_UNASKED: ("undo-2", "mute"),
    EventKind.RULES_RETURNED: ("undo-2", "bad"),
    EventKind.RULES_PUBLISHED: ("badge-check", "good"),
    EventKind.RULES_WITHDRAWN: ("circle-slash", "bad"),
    EventKind.MEMBER_INVITED: ("user-plus", "info"),
    EventKind.INVITATION_RESENT: ("send", "info"),
    EventKind.INVITATION_REVOKED: ("circle-slash", "mute"),
    EventKind.MEMBER_JOINED: ("user-check", "good"),
    EventKind.ROLE_CHANGED: ("user-cog", "info"),
    EventKind.MEMBER_REMOVED: ("user-minus", "bad"),
    EventKind.ADDRESS_CHANGED: ("map-pin", "mute"),
    EventKind.MANDATE_ASKED: ("hourglass", "wait"),
    EventKind.MANDATE_GRANTED: ("handshake", "good"),
    EventKind.MANDATE_DECLINED: ("ban", "bad"),
    EventKind.MANDATE_REVOKED: ("circle-slash", "bad"),
    EventKind.PROGRAM_ADDED: ("bot", "info"),
    EventKind.PROGRAM_RENEWED: ("refresh-cw", "info"),
    EventKind.PROGRAM_REVOKED: ("circle-slash", "mute"),
    EventKind.ADMINISTERED: ("shield-check", "wait"),
}


@dataclass(frozen=True)
class Moment:
    """One line of the timeline."""

    event: Event
    words: str
    icon: str
    tone: str
    who: str
    details: list[str] = field(default_factory=list)


def timeline(events: Iterable[Event], organisations: dict[Any, str]) -> list[Moment]:
    """Every event, the newest first. ``organisations``: names by key, for who acted for whom."""
    lines = []
    for event in events:
        icon, tone = EVENT_FACES.get(event.kind, ("circle", "mute"))
        try:
            words = str(EventKind(event.kind).label)
        except ValueError:  # a kind that a later version of the portal wrote
            words = event.kind
        actor = _("The portal") if event.actor == "system" else event.actor
        organisation = organisations.get(event.organisation, "")
        who = f"{actor}, {organisation}" if organisation else actor
        details = [line for line in _details(event.payload) if line != organisation]
        lines.append(Moment(event, words, icon, tone, who, details))
    return lines[::-1]


def _details(payload: dict[str, Any]) -> list[str]:
    """What a payload tells beyond its kind, in words; keys without words are left to the record."""
    lines = []
    for key, words in DETAILS.items():
        value = payload.get(key)
        if isinstance(value, str) and value and (told := words(value)):
            lines.append(told)
    lines += payload.get("documents") or []
    lines += [one["file"] for one in payload.get("files") or []]
    for review in payload.get("reviews") or []:
        lines.append(f"{review['agency']} · {review['queue']}")
    if faults := payload.get("faults"):
        text = ngettext("%(count)s fault found", "%(count)s faults found", len(faults))
        lines.append(text % {"count": len(faults)})
    return lines


def _when(value: str) -> str:
    """A moment of a payload as the pages write it; nothing if it is none."""
    moment = parse_datetime(value)
    # Translators: date and time of day, in the notation of Django's date filter
    return date_format(localtime(moment), _("j M Y, H:i")) if moment else ""


def _label(choices: type[TextChoices], value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


# What is told of a payload, key by key, in this order.
DETAILS: dict[str, Callable[[str], str]] = {
    "mrn": lambda value: _("MRN %(mrn)s") % {"mrn": value},
    "channel": lambda value: _("Through: %(channel)s") % {"channel": _label(Channel, value)},
    "agency": str,
    "queue": str,
    "partner": lambda value: _("To %(country)s") % {"country": names.country(value)},
    "kind": lambda value: _("About: %(event)s") % {"event": _label(EventKind, value)},
    "reason_code": lambda value: _label(RefusalReason, value),
    "reason": str,
    "answer": str,
    "place": str,
    "starts_at": lambda value: _when(value),
    "result": lambda value: _label(Verdict, value),
    "file": str,
    "permit": lambda value: _("Permit %(number)s") % {"number": value},
}


# --- why a review was opened ----------------------------------------------------------------


@dataclass(frozen=True)
class Reason:
    """The rule that sent a case to an agency, and the values that it matched, as they were then."""

    title: str
    code: str = ""
    legal_basis: str = ""
    matched: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Opinion:
    """One agency's review, with the rules behind it for those who may know them."""

    review: Review
    rule_set: str = ""
    reasons: list[Reason] = field(default_factory=list)


def opinion(review: Review, sees_rules: bool) -> Opinion:
    """The review as ``agencies.routing`` explained it in its snapshot."""
    if not sees_rules:
        return Opinion(review)
    rule_set = review.snapshot.get("rule_set") or {}
    reasons = [_reason(rule) for rule in review.snapshot.get("rules", [])]
    if review.snapshot.get("default"):
        reasons = [Reason(_("No rule matched, so it went to the queue that takes the rest"))]
    title = _("%(title)s, version %(version)s") % rule_set if rule_set else ""
    return Opinion(review, title, reasons)


def _reason(rule: dict[str, Any]) -> Reason:
    found = rule.get("matched") or []
    if isinstance(found, dict):  # as they were kept at first
        found = [{"field": name, "values": values} for name, values in found.items()]
    matched = [
        f"{FIELDS[one['field']].label if one['field'] in FIELDS else one['field']}: "
        f"{', '.join(one['values'])}" for one in found
    ]
    if items := rule.get("items"):
        numbers = ", ".join(str(number) for number in items[:SHOWN_ITEMS])
        more = len(items) - SHOWN_ITEMS
        text = ngettext("On item %(numbers)s", "On items %(numbers)s", len(items))
        matched.append(text % {"numbers": f"{numbers} …" if more > 0 else numbers})
    return Reason(rule.get("title", ""), rule.get("code", ""), rule.get("legal_basis", ""), matched)
