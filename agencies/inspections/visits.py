"""Calling for an inspection, joining it, and calling it off.

An officer at work on a review calls; the other agencies with an open review of the declaration are
asked and answer within a time. Each verb is one transaction with its events. Each raises
``Review.DoesNotExist`` or ``Inspection.DoesNotExist`` for another agency's, DecisionError when it
cannot be done now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import cases
from agencies.cases import Case, DecisionError
from agencies.inspections.models import TEXT_LENGTH, Inspection, Participant, Site
from agencies.inspections.states import TAKES_PART, InspectionState, Look, Part
from agencies.models import Review
from agencies.states import WORKING, ReviewState
from declarations import lifecycle
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

HOURS_TO_ANSWER = 4
MOST_HOURS_TO_ANSWER = 72


@dataclass(frozen=True, slots=True)
class Need:
    """What an agency wants of a visit. ``items``: numbers of goods items; none: all as a whole."""

    reasons: str
    looks: Sequence[str] = (Look.GOODS,)
    items: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller wishes of the appointment. ``prepare`` is what the trader is told."""

    prepare: str = ""
    site: Site | None = None
    at: datetime | None = None
    hours_to_answer: int = HOURS_TO_ANSWER


def call(review_id: UUID, actor: Actor, need: Need, wish: Wish | None = None) -> Inspection:
    """Call for an inspection; where one is called already, take part in it."""
    wish = wish or Wish()
    with transaction.atomic():
        case, review = cases.lock_review(review_id, actor)
        cases.must_not_be_own(case.declaration, actor)
        cases.must_be(review, ReviewState.CLAIMED)
        cases.must_hold(review, actor)
        _must_be_sound(case, need, wish)
        if (found := case.inspection()) is not None:
            _take_part(case, found, review, actor, need)
            return found
        return _begin(case, review, actor, need, wish)


def _begin(case: Case, review: Review, actor: Actor, need: Need, wish: Wish) -> Inspection:
    assert actor.user_id is not None  # an officer is a person
    now = timezone.now()
    site = wish.site
    if site is not None and site.agency_id != review.queue.agency_id:
        raise DecisionError(_("Choose a place of your own agency."), "site")
    inspection = Inspection.objects.create(
        declaration=case.declaration, lead=review.queue.agency, called_by_id=actor.user_id,
        called_at=now, prepare=wish.prepare.strip(), wished_at=wish.at, site=site,
        answer_by=now + timedelta(hours=wish.hours_to_answer),
    )
    _join(Participant(inspection=inspection, agency=review.queue.agency, review=review),
          actor, need)
    asked: list[Participant] = []
    for other in case.reviews:
        agency = other.queue.agency
        if other.state not in WORKING or agency.pk == review.queue.agency_id or any(
            one.agency_id == agency.pk for one in asked
        ):
            continue
        asked.append(Participant.objects.create(
            inspection=inspection, agency=agency, review=other))
    # The reasons stay between the agencies: the trader reads this event, and a Response tells it.
    cases.move(case, lifecycle.Action.ORDER_INSPECTION, actor, cases.about(review) | {
        "inspection": str(inspection.pk), "reason": inspection.prepare,
    })
    for one in asked:
        record(case.declaration.pk, EventKind.INSPECTION_ASKED, actor, about(one) | {
            "review": str(one.review_id), "lead": review.queue.agency.name,
            "due_at": inspection.answer_by.isoformat(),
        })
    return inspection


def join(inspection_id: UUID, actor: Actor, need: Need) -> Inspection:
    """Take part, for one's own agency: also after the time to answer, until the visit begins."""
    with transaction.atomic():
        case, inspection, part = lock_visit(inspection_id, actor)
        _must_be_sound(case, need, None)
        _take_part(case, inspection, case.review(part.review_id), actor, need)
        return inspection


def not_needed(inspection_id: UUID, actor: Actor) -> Inspection:
    """Say that one's own agency needs no look at the goods."""
    with transaction.atomic():
        case, inspection, part = lock_visit(inspection_id, actor)
        if part.part != Part.ASKED:
            raise DecisionError(_("Your agency has answered already: %(answer)s.")
                                % {"answer": part.get_part_display()})
        part.part, part.answered_by_id, part.answered_at = (
            Part.NOT_NEEDED, actor.user_id, timezone.now())
        part.save(update_fields=["part", "answered_by", "answered_at"])
        record(case.declaration.pk, EventKind.INSPECTION_NOT_NEEDED, actor, about(part))
        return inspection


def call_off(inspection_id: UUID, actor: Actor, reason: str) -> Inspection:
    """The lead agency needs it no more, before anything was found: the reviews go on without."""
    reason = reason.strip()[:TEXT_LENGTH]
    if not reason:
        raise DecisionError(_("Write why it is called off. The trader reads this text."), "reason")
    with transaction.atomic():
        case, inspection, part = lock_visit(inspection_id, actor)
        must_lead(inspection, part)
        if inspection.state == InspectionState.STARTED:
            raise DecisionError(_("The visit has begun. Sign its result instead."))
        inspection.state, inspection.closed_at = InspectionState.CALLED_OFF, timezone.now()
        inspection.save(update_fields=["state", "closed_at"])
        go_back(case, lifecycle.Action.CALL_OFF_INSPECTION, actor,
                about(part) | {"reason": reason})
        return inspection


# --- for the other verbs of the room --------------------------------------------------------


def lock_visit(inspection_id: UUID, actor: Actor) -> tuple[Case, Inspection, Participant]:
    """Lock the case and the visit, with the part of the actor's agency in it."""
    cases.must_review(actor)
    found = Inspection.objects.of_agency(actor).get(pk=inspection_id)
    case = cases.lock(found.declaration_id)
    cases.must_not_be_own(case.declaration, actor)
    inspection = case.inspection()
    if inspection is None or inspection.pk != inspection_id:
        found.refresh_from_db()
        raise DecisionError(_("This inspection is over: %(state)s.")
                            % {"state": found.get_state_display()})
    part = inspection.participants.select_for_update(of=("self",)).select_related("agency").get(
        agency__organisation=actor.organisation_id)
    return case, inspection, part


def go_back(
    case: Case, action: lifecycle.Action, actor: Actor, payload: dict[str, Any]
) -> None:
    """Return the declaration to the agencies: to the open question if there is one, and released
    if all have agreed meanwhile."""
    cases.move(case, action, actor, payload)
    if case.open_requests():
        lifecycle.move(case.declaration, lifecycle.Action.REQUEST_INFORMATION, actor)
        return
    cases.release_if_agreed(case, actor)


def must_lead(inspection: Inspection, part: Participant) -> None:
    if part.agency_id != inspection.lead_id:
        raise DecisionError(_("%(agency)s leads this inspection and decides that.")
                            % {"agency": inspection.lead})


def about(part: Participant) -> dict[str, Any]:
    """What an event says of an agency's part in a visit."""
    return {"inspection": str(part.inspection_id), "agency": part.agency.name}


def _take_part(
    case: Case, inspection: Inspection, review: Review, actor: Actor, need: Need
) -> None:
    if inspection.state == InspectionState.STARTED:
        raise DecisionError(_("The visit has begun. Call for another one when it is over."))
    agency = review.queue.agency
    part = inspection.participants.select_for_update(of=("self",)).filter(agency=agency).first()
    if part is not None and part.part in TAKES_PART:
        raise DecisionError(_("Your agency takes part already."))
    part = part or Participant(inspection=inspection, agency=agency)
    part.review = review
    _join(part, actor, need)
    record(case.declaration.pk, EventKind.INSPECTION_JOINED, actor, about(part))


def _join(part: Participant, actor: Actor, need: Need) -> None:
    part.part, part.answered_by_id = Part.JOINED, actor.user_id
    part.answered_at = timezone.now()
    part.reasons, part.looks = need.reasons.strip(), list(need.looks)
    part.items = sorted(set(need.items))
    part.save()


def _must_be_sound(case: Case, need: Need, wish: Wish | None) -> None:
    if not need.reasons.strip():
        raise DecisionError(_("Write why your agency needs to see the goods."), "reasons")
    if len(need.reasons) > TEXT_LENGTH or (wish and len(wish.prepare) > TEXT_LENGTH):
        raise DecisionError(_("The text is longer than %(count)s characters. Shorten it.")
                            % {"count": TEXT_LENGTH}, "reasons")
    if not need.looks or not set(need.looks) <= set(Look.values):
        raise DecisionError(_("Choose what to look at."), "looks")
    wrong = [number for number in need.items if not 1 <= number <= case.declaration.item_count]
    if wrong:
        raise DecisionError(
            _("There is no goods item %(number)s: the declaration has %(count)s.")
            % {"number": wrong[0], "count": case.declaration.item_count}, "items")
    if wish is None:
        return
    if not 1 <= wish.hours_to_answer <= MOST_HOURS_TO_ANSWER:
        raise DecisionError(_("Give the others between 1 and %(count)s hours.")
                            % {"count": MOST_HOURS_TO_ANSWER}, "hours")
    if wish.at is not None and wish.at <= timezone.now():
        raise DecisionError(_("Wish for a time in the future."), "wished_at")
