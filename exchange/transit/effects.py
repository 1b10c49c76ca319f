"""What each step changes in a movement, beside its stage."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.transit import guarantees
from exchange.transit.models import Movement, Stop, moment_of
from exchange.transit.refusals import NotTheirs
from exchange.transit.states import HoldState, Part, Result, Stage, Step


def apply(
    movement: Movement, step: Step, country: str, data: dict[str, Any], at: datetime
) -> Stage | None:
    """Change the movement; the stage where it depends on what was said. Raises StepRefused first."""
    match step:
        case Step.PASS:
            stop = _stop(movement, country, data["office"], Part.TRANSIT)
            if stop.passed_at is not None:
                raise NotTheirs(_("The passage at this office was told before."))
            _reach(stop, at)
        case Step.ARRIVE:
            _reach(_stop(movement, country, data["office"], Part.DESTINATION), at)
            movement.arrived_at = at
        case Step.CONTROL:
            movement.result = data["result"]
            return Stage.DISPUTED if data["result"] == Result.DISCREPANCIES else None
        case Step.INCIDENT:
            if data["office"] not in {s.office for s in movement.itinerary if s.country == country}:
                raise NotTheirs(_("This office is not theirs on this itinerary."))
            movement.seals = data.get("seals") or movement.seals
            movement.vehicle = data.get("vehicle") or movement.vehicle
        case Step.ENQUIRE:
            movement.answer_by = moment_of(data["answer_by"])
        case Step.DISCHARGE:
            movement.ended_at = at
            guarantees.settle(movement, HoldState.FREED, at)
        case Step.CLAIM:
            movement.ended_at = at
            guarantees.settle(movement, HoldState.CLAIMED, at)
    return None


def obstacle(movement: Movement, step: Step, country: str) -> str | None:
    """What stands in the way of a step that the stage would allow."""
    if step == Step.PASS and next_stop(movement, country) is None:
        return _("Every passage of this country has been told.")
    if step == Step.CLAIM and movement.stage in (Stage.ARRIVED, Stage.CONTROLLED):
        return _("The goods have arrived: there is a claim only after discrepancies.")
    waits = movement.stage == Stage.ENQUIRED and movement.answer_by is not None
    if step == Step.CLAIM and waits and movement.answer_by > timezone.now():  # type: ignore[operator]
        return _("The country of destination still has time to answer the enquiry.")
    return None


def next_stop(movement: Movement, country: str) -> Stop | None:
    """The first office of transit of a country that the goods have not passed."""
    for stop in movement.itinerary:
        if stop.country == country and stop.part == Part.TRANSIT and stop.passed_at is None:
            return stop
    return None


def _stop(movement: Movement, country: str, office: str, part: Part) -> Stop:
    for stop in movement.itinerary:
        if (stop.country, stop.office, stop.part) == (country, office, part):
            return stop
    raise NotTheirs(
        _("%(office)s is no such office of %(country)s on this itinerary.")
        % {"office": office, "country": country}
    )


def _reach(stop: Stop, at: datetime) -> None:
    stop.passed_at = at
    stop.save(update_fields=["passed_at"])
