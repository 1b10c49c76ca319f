"""What people and programs are told: one entry per kind of event, in one table.

An entry says who is concerned, how urgent it is, in which group of e-mails it comes, and in which
words. A kind that is not here is told to nobody: a new kind stays silent until it gets its entry.

The words are made when they are read, in the language of the reader, from what the notice keeps of
the event (``keeps``). The title is a state in a few words and the only one that is sent by e-mail:
``text`` may name agencies and partners, and stays in the portal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.journal.kinds import EventKind
from portal.notices import audiences
from portal.notices.audiences import Audience
from portal.notices.kinds import Group, Urgency

INFO, ACTION, ALARM = Urgency.INFO, Urgency.ACTION, Urgency.ALARM


@dataclass(frozen=True, slots=True)
class Entry:
    """How one kind of event is told.

    ``keeps``: names of the event's payload that the text uses. ``programs``: whether notification
    queue and webhooks have it. ``people``: whether persons are told at all.
    """

    to: Audience
    group: Group
    title: Promise
    text: Promise
    icon: str
    urgency: Urgency = INFO
    keeps: tuple[str, ...] = ()
    # Name of the page that it leads to, and what of the notice that takes.
    opens: tuple[str, str] = ("declaration", "subject")
    programs: bool = True
    people: bool = True


def kept(entry: Entry, payload: Mapping[str, Any]) -> dict[str, str]:
    """What a notice keeps of an event's payload: short plain text."""
    return {name: str(payload.get(name) or "")[:200] for name in entry.keeps}


_FILER, _HOLDER = audiences.filer, audiences.holder
_PERMIT = ("our_permit", "subject")
_MANDATES = ("mandates", "")
_ANNOUNCED = ("announcement", "subject")
# Of a transit: the page of its declaration.
_TRANSIT = ("declaration", "declaration")

CATALOGUE: dict[str, Entry] = {
    # --- told to the trader -----------------------------------------------------------------
    EventKind.REJECTED: Entry(
        _FILER, Group.DECISIONS, _("Rejected: faults found"),
        _("Correct what the checks found, and file again."), "circle-x", ACTION,
    ),
    EventKind.ACCEPTED: Entry(
        _FILER, Group.PROGRESS, _("Accepted"),
        _("It has an MRN and goes to the agencies."), "circle-check",
    ),
    EventKind.INFORMATION_REQUESTED: Entry(
        _FILER, Group.QUESTIONS, _("Information asked for"),
        _("%(agency)s asks. Answer by %(due_at)s."), "message-circle-question-mark", ACTION,
        keeps=("agency", "due_at"),
    ),
    EventKind.ANSWER_DUE_SOON: Entry(
        _FILER, Group.QUESTIONS, _("Your answer is due soon"),
        _("%(agency)s waits for it until %(due_at)s."), "clock-alert", ACTION,
        keeps=("agency", "due_at"),
    ),
    EventKind.ANSWER_OVERDUE: Entry(
        _FILER, Group.QUESTIONS, _("Your answer is overdue"),
        _("%(agency)s waited for it until %(due_at)s. The case stands still until you answer."),
        "clock-alert", ALARM, keeps=("agency", "due_at"),
    ),
    EventKind.REQUEST_WITHDRAWN: Entry(
        _FILER, Group.PROGRESS, _("Request for information withdrawn"),
        _("%(agency)s needs no answer any more."), "undo-2", keeps=("agency",),
    ),
    EventKind.INSPECTION_ORDERED: Entry(
        _FILER, Group.QUESTIONS, _("Inspection ordered"),
        _("The goods are to be inspected."), "scan-search", ACTION,
    ),
    EventKind.INSPECTION_APPOINTED: Entry(
        _FILER, Group.QUESTIONS, _("Inspection appointed"),
        _("%(starts_at)s, %(place)s. Confirm it, or ask for another time."), "calendar-check",
        ACTION, keeps=("starts_at", "place"),
    ),
    EventKind.INSPECTION_MOVED: Entry(
        _FILER, Group.QUESTIONS, _("Inspection moved"),
        _("It is now on %(starts_at)s, %(place)s. Confirm it, or ask for another time."),
        "calendar-clock", ACTION, keeps=("starts_at", "place"),
    ),
    EventKind.INSPECTION_CALLED_OFF: Entry(
        _FILER, Group.PROGRESS, _("Inspection called off"),
        _("The goods need not be presented."), "circle-slash",
    ),
    EventKind.INSPECTION_CLOSED: Entry(
        _FILER, Group.PROGRESS, _("Inspection closed"),
        _("The inspection is over; the agencies go on."), "scan-search",
    ),
    EventKind.CONDITIONS_SET: Entry(
        _FILER, Group.DECISIONS, _("Approved with conditions"),
        _("%(agency)s agrees, and says what you must do. The conditions are in the declaration."),
        "list-checks", ACTION, keeps=("agency",),
    ),
    EventKind.CONDITION_FULFILLED: Entry(
        _FILER, Group.PROGRESS, _("A condition is fulfilled"),
        _("%(agency)s found it fulfilled."), "circle-check", keeps=("agency",),
    ),
    EventKind.RELEASED: Entry(
        _FILER, Group.DECISIONS, _("Released"),
        _("Every agency has agreed: the goods may move."), "badge-check",
    ),
    EventKind.TRANSIT_ARRIVED: Entry(
        audiences.transit_filer, Group.PROGRESS, _("Transit arrived at its destination"),
        _("The goods were presented; the office of destination controls them."), "map-pin-check",
        keeps=("declaration",), opens=_TRANSIT, programs=False,
    ),
    EventKind.TRANSIT_DISCHARGED: Entry(
        audiences.transit_filer, Group.DECISIONS, _("Transit discharged"),
        _("The movement has ended and its guarantee is free again."), "badge-check",
        keeps=("declaration",), opens=_TRANSIT, programs=False,
    ),
    EventKind.TRANSIT_INCIDENT: Entry(
        audiences.transit_filer, Group.PROGRESS, _("Incident on the way"),
        _("%(remark)s"), "triangle-alert", ACTION, keeps=("declaration", "remark"),
        opens=_TRANSIT, programs=False,
    ),
    EventKind.TRANSIT_ENQUIRED: Entry(
        audiences.transit_filer, Group.DECISIONS, _("Goods under transit have not arrived"),
        _("Their time is over and the destination was asked. Show customs proof of where they are."),
        "search", ALARM, keeps=("declaration",), opens=_TRANSIT, programs=False,
    ),
    EventKind.TRANSIT_RECOVERED: Entry(
        audiences.transit_filer, Group.DECISIONS, _("Guarantee of a transit claimed"),
        _("%(remark)s"), "banknote", ALARM, keeps=("declaration", "remark"), opens=_TRANSIT,
        programs=False,
    ),
    EventKind.ADVANCE_TOLD: Entry(
        audiences.consignee, Group.PROGRESS, _("A neighbour told of goods for you"),
        _("Say whether the consignment is yours, and begin its import from what was declared there."),
        "package-search", opens=_ANNOUNCED, programs=False,
    ),
    EventKind.ADVANCE_VOIDED: Entry(
        audiences.consignee, Group.PROGRESS, _("An export to you was withdrawn"),
        _("The neighbour’s customs has withdrawn the declaration. Do not import by it."),
        "package-x", opens=_ANNOUNCED, programs=False,
    ),
    EventKind.PERMIT_USE_REFUSED: Entry(
        _FILER, Group.DECISIONS, _("Another country refuses a permit"),
        _("Permit %(permit)s at item %(item)s. The declaration says why, and what to do."), "ban",
        ACTION, keeps=("permit", "item"),
    ),
    EventKind.REFUSED: Entry(
        _FILER, Group.DECISIONS, _("Refused"),
        _("%(agency)s refused. The reason is in the declaration."), "ban", ALARM,
        keeps=("agency",),
    ),
    EventKind.AMENDED: Entry(
        _FILER, Group.PROGRESS, _("Amended"),
        _("The amended version is in force."), "file-pen-line",
    ),
    EventKind.CANCELLATION_DENIED: Entry(
        _FILER, Group.DECISIONS, _("Cancellation denied"),
        _("The declaration stays in force. The reason is in it."), "ban", ACTION,
    ),
    EventKind.CANCELLED: Entry(
        _FILER, Group.DECISIONS, _("Cancelled"),
        _("The declaration is cancelled, as was asked."), "circle-slash",
    ),
    EventKind.AMENDMENT_DENIED: Entry(
        _FILER, Group.DECISIONS, _("Amendment denied"),
        _("The declaration stays as it was. The reason is in it."), "ban", ACTION,
    ),
    EventKind.AMENDMENT_REJECTED: Entry(
        _FILER, Group.DECISIONS, _("Amendment not taken: faults found"),
        _("Correct what the checks found, and ask again."), "circle-x", ACTION,
    ),
    EventKind.CANCELLATION_REJECTED: Entry(
        _FILER, Group.DECISIONS, _("Cancellation message not taken"),
        _("What stood in the way is in the declaration."), "circle-x", ACTION,
    ),
    # --- told to the holder of a permit -----------------------------------------------------
    EventKind.PERMIT_ISSUED: Entry(
        audiences.permit_holder, Group.PERMITS, _("Permit issued"),
        _("%(agency)s issued it; valid until %(valid_to)s."), "award",
        keeps=("agency", "valid_to"), opens=_PERMIT,
    ),
    EventKind.PERMIT_SUSPENDED: Entry(
        audiences.permit_holder, Group.PERMITS, _("Permit suspended"),
        _("%(agency)s suspended it: nothing can be drawn from it for now."), "pause", ALARM,
        keeps=("agency",), opens=_PERMIT,
    ),
    EventKind.PERMIT_RESUMED: Entry(
        audiences.permit_holder, Group.PERMITS, _("Permit in force again"),
        _("%(agency)s lets it be used again."), "play", keeps=("agency",), opens=_PERMIT,
    ),
    EventKind.PERMIT_REVOKED: Entry(
        audiences.permit_holder, Group.PERMITS, _("Permit revoked"),
        _("%(agency)s revoked it for good."), "ban", ALARM, keeps=("agency",), opens=_PERMIT,
    ),
    EventKind.PERMIT_EXTENDED: Entry(
        audiences.permit_holder, Group.PERMITS, _("Permit extended"),
        _("%(agency)s extended it."), "calendar-plus", keeps=("agency",), opens=_PERMIT,
    ),
    EventKind.PERMIT_REPLACED: Entry(
        audiences.permit_holder, Group.PERMITS, _("Permit replaced"),
        _("Another one stands in its place."), "refresh-cw", opens=_PERMIT,
    ),
    EventKind.PERMIT_EXPIRES_SOON: Entry(
        audiences.permit_holder, Group.PERMITS, _("Permit expires soon"),
        _("It is valid until %(valid_to)s. Apply for another one in time."), "clock-alert", ACTION,
        keeps=("valid_to",), opens=_PERMIT,
    ),
    EventKind.PERMIT_EXPIRED: Entry(
        audiences.permit_holder, Group.PERMITS, _("Permit expired"),
        _("Its last day is over."), "calendar-x", opens=_PERMIT,
    ),
    EventKind.PERMIT_USED_UP: Entry(
        audiences.permit_holder, Group.PERMITS, _("Permit used up"),
        _("Everything that it allows is drawn."), "circle-check", opens=_PERMIT,
    ),
    # --- told to officers -------------------------------------------------------------------
    EventKind.PERMIT_SHORTFALL: Entry(
        audiences.permit_agency, Group.WORK, _("Less arrived than left"),
        _("%(arrived)s of %(left_quantity)s %(unit)s of %(mrn)s arrived. The rest stays held until "
          "you say what becomes of it."), "scale", ACTION,
        keeps=("arrived", "left_quantity", "unit", "mrn"), opens=("permit", "subject"),
        programs=False,
    ),
    EventKind.ADVANCE_MATCHED: Entry(
        audiences.at_work, Group.WORK, _("A neighbour’s export of this case is known"),
        _("See what left beside what is declared, before you decide."), "package-search",
        keeps=("declaration",), opens=("declaration", "declaration"), programs=False,
    ),
    EventKind.ADVANCE_ASSESSED: Entry(
        audiences.at_work, Group.WORK, _("New information from a neighbour"),
        _("%(neighbour)s told of the goods after the import was filed. It was assessed again: see "
          "what left beside what is declared."), "gauge", ACTION,
        keeps=("declaration", "neighbour"), opens=("declaration", "declaration"), programs=False,
    ),
    EventKind.REVIEW_OPENED: Entry(
        _HOLDER, Group.WORK, _("New case"), _("A case has come to the queue %(queue)s."), "inbox",
        keeps=("queue",), people=False,
    ),
    EventKind.REVIEW_REOPENED: Entry(
        _HOLDER, Group.WORK, _("A review is open again"),
        _("Queue %(queue)s: what you decided on has changed."), "inbox",
        keeps=("queue",), people=False,
    ),
    EventKind.REVIEW_LAPSED: Entry(
        _HOLDER, Group.WORK, _("A review is no longer needed"),
        _("Queue %(queue)s: there is nothing left to decide."), "circle-slash",
        keeps=("queue",), people=False,
    ),
    EventKind.INFORMATION_GIVEN: Entry(
        _HOLDER, Group.WORK, _("An answer has come"),
        _("The trader has answered. Your review can go on."), "message-circle-reply", ACTION,
    ),
    EventKind.SERVICE_TIME_LOW: Entry(
        _HOLDER, Group.WORK, _("The time for a review is nearly over"),
        _("Queue %(queue)s: to be decided by %(due_at)s."), "clock-alert", ACTION,
        keeps=("queue", "due_at"), programs=False,
    ),
    EventKind.REVIEW_ASSIGNED: Entry(
        _HOLDER, Group.WORK, _("A case is given to you"),
        _("Queue %(queue)s: you have it now."), "user-round-plus", ACTION,
        keeps=("queue",), programs=False,
    ),
    EventKind.DECISION_RETURNED: Entry(
        _HOLDER, Group.WORK, _("Your proposed decision is returned"),
        _("Queue %(queue)s: a colleague did not sign it. Decide anew."), "undo-2", ACTION,
        keeps=("queue",), programs=False,
    ),
    EventKind.REVIEW_ESCALATED: Entry(
        audiences.supervisors, Group.WORK, _("A review is past its time"),
        _("Queue %(queue)s: it was to be decided by %(due_at)s."), "alarm-clock", ALARM,
        keeps=("queue", "due_at"), programs=False,
    ),
    EventKind.INSPECTION_ASKED: Entry(
        _HOLDER, Group.WORK, _("Another agency calls for an inspection"),
        _("%(lead)s looks at the goods. Say by %(due_at)s whether your agency takes part."),
        "users", ACTION, keeps=("lead", "due_at", "inspection"), programs=False,
        opens=("inspection", "inspection"),
    ),
    EventKind.INSPECTION_TIME_ASKED: Entry(
        audiences.reviewers, Group.WORK, _("Another time for an inspection asked for"),
        _("The trader cannot come at the appointed time. Move the inspection, or let it stand."),
        "calendar-clock", ACTION,
    ),
    EventKind.CANCELLATION_REQUESTED: Entry(
        audiences.cancellers, Group.WORK, _("Cancellation asked for"),
        _("The trader asks to cancel. Grant or deny it."), "circle-slash", ACTION,
    ),
    EventKind.AMENDMENT_REQUESTED: Entry(
        audiences.reviewers, Group.WORK, _("Amendment asked for"),
        _("The trader asks to amend. Grant or deny it."), "file-pen-line", ACTION,
    ),
    # --- told to the portal's operators -----------------------------------------------------
    EventKind.CHECK_DELAYED: Entry(
        audiences.operators, Group.OPERATION, _("Checking takes longer than usual"),
        _("The cause is in the portal, not in the message. Look into the log of the workers."),
        "hourglass", ALARM, opens=("home", ""), programs=False,
    ),
    EventKind.MESSAGE_PARKED: Entry(
        audiences.operators, Group.OPERATION, _("A message to a neighbour is parked"),
        _("The message to %(partner)s waits until somebody looks at it."), "triangle-alert", ALARM,
        keeps=("partner", "message"), opens=("outbox_message", "message"), programs=False,
    ),
    EventKind.PARTNER_LATE: Entry(
        audiences.operators, Group.OPERATION, _("Messages to a neighbour wait too long"),
        _("The oldest message to %(partner)s has waited longer than half an hour."), "clock-alert",
        ALARM, keeps=("partner",), opens=("exchange", ""), programs=False,
    ),
    EventKind.PARTNER_PAUSED: Entry(
        audiences.operators, Group.OPERATION, _("Exchange with a partner paused"),
        _("Nothing is sent to %(partner)s or taken from it."), "pause", ALARM, keeps=("partner",),
        opens=("exchange", ""), programs=False,
    ),
    EventKind.PARTNER_RESUMED: Entry(
        audiences.operators, Group.OPERATION, _("Exchange with a partner resumed"),
        _("Messages to and from %(partner)s flow again."), "play", keeps=("partner",),
        opens=("exchange", ""), programs=False,
    ),
    EventKind.RULES_ASKED: Entry(
        audiences.operators, Group.OPERATION, _("Publication of a rule set asked for"),
        _("Somebody else than its author has to look at it and sign."), "route", ACTION,
        opens=("routing", ""), programs=False,
    ),
    # --- told to an organisation's managers -------------------------------------------------
    EventKind.WEBHOOK_BLOCKED: Entry(
        audiences.managers, Group.ORGANISATION, _("A webhook is blocked"),
        _("%(host)s did not take what was sent. Nothing is lost: mend it and resume."),
        "unplug", ALARM, keeps=("host",), opens=("webhook", "subject"), programs=False,
    ),
    EventKind.MANDATE_ASKED: Entry(
        audiences.managers, Group.ORGANISATION, _("A mandate is asked for"),
        _("%(broker)s asks to file for %(trader)s. The trader grants or declines it."),
        "hourglass", ACTION, keeps=("broker", "trader"), opens=_MANDATES, programs=False,
    ),
    EventKind.ABSENCES_CHANGED: Entry(
        audiences.deputy, Group.ORGANISATION, _("You stand in for a colleague"),
        _("%(name)s. The cases of that time come to you."), "calendar-x", keeps=("name",),
        opens=("absences", ""), programs=False,
    ),
    EventKind.MANDATE_GRANTED: Entry(
        audiences.managers, Group.ORGANISATION, _("Mandate granted"),
        _("%(broker)s may file for %(trader)s from %(valid_from)s until %(valid_to)s."),
        "handshake", keeps=("broker", "trader", "valid_from", "valid_to"), opens=_MANDATES,
        programs=False,
    ),
    EventKind.MANDATE_DECLINED: Entry(
        audiences.managers, Group.ORGANISATION, _("Mandate declined"),
        _("%(trader)s does not let %(broker)s file for it."), "ban", keeps=("broker", "trader"),
        opens=_MANDATES, programs=False,
    ),
    EventKind.MANDATE_REVOKED: Entry(
        audiences.managers, Group.ORGANISATION, _("Mandate revoked"),
        _("%(broker)s may no longer file for %(trader)s."), "circle-slash", ALARM,
        keeps=("broker", "trader"), opens=_MANDATES, programs=False,
    ),
    EventKind.MEMBER_JOINED: Entry(
        audiences.managers, Group.ORGANISATION, _("A person has joined"),
        _("%(person)s followed the invitation."), "user-check", keeps=("person",),
        opens=("organisation", ""), programs=False,
    ),
}


def program_kinds() -> dict[str, Promise]:
    """The kinds that programs of those who file can be told of, with their titles."""
    return {str(kind): entry.title for kind, entry in CATALOGUE.items()
            if entry.programs and entry.group != Group.WORK}


def agency_kinds() -> dict[str, Promise]:
    """The kinds that an agency's own systems can be told of."""
    return {str(kind): entry.title for kind, entry in CATALOGUE.items()
            if entry.programs and entry.group == Group.WORK}
