"""What each step changes in a movement, beside its stage.

A fact that several may say (seals, vehicle, time limit …) is that of whoever said it last, by the
moment of the step: so all countries come to the same, in whatever order they hear.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.documents import moment
from exchange.transit import guarantees, itineraries
from exchange.transit.models import Movement, Stop, moment_of
from exchange.transit.refusals import NotTheirs, OutOfPlace
from exchange.transit.states import Aspect, HoldState, Part, Result, Stage, Step


def apply(
    movement: Movement, step: Step, country: str, data: dict[str, Any], at: datetime
) -> Stage | None:
    """Change the movement; the stage where it depends on what was said. Raises StepRefused first."""
    match step:
        case Step.PASS:
            stop = _stop(movement, country, data["office"], Part.TRANSIT)
            if stop.passed_at is not None:
                raise NotTheirs(_("The passage at this office was told before."))
            if stop.dropped:
                itineraries.bring_back(movement, stop, at)
            else:
                _reach(stop, at)
        case Step.ARRIVE:
            stop = _stop(movement, country, data["office"], Part.DESTINATION)
            if stop.dropped:
                raise OutOfPlace(
                    _("%(office)s is no longer the destination: the declaration was amended. If the "
                      "goods are there, the country of departure must amend it again.")
                    % {"office": stop.office}
                )
            _reach(stop, at)
            movement.arrived_at = at
        case Step.CONTROL:
            movement.result = data["result"]
            return Stage.DISPUTED if data["result"] == Result.DISCREPANCIES else None
        case Step.INCIDENT:
            theirs = {stop.office for stop in movement.stops.all() if stop.country == country}
            if data["office"] not in theirs:
                raise NotTheirs(_("This office is not theirs on this itinerary."))
            _say(movement, {name: data.get(name) for name in ("seals", "vehicle")}, country, at)
        case Step.CHANGE:
            return _change(movement, country, data, at)
        case Step.CANCEL:
            movement.ended_at = at
            guarantees.settle(movement, HoldState.FREED, at)
        case Step.ENQUIRE:
            movement.answer_by = moment_of(data["answer_by"])
        case Step.DISCHARGE:
            movement.ended_at = at
            guarantees.settle(movement, HoldState.FREED, at)
        case Step.CLAIM:
            movement.ended_at = at
            guarantees.settle(movement, HoldState.CLAIMED, at)
    return None


# What of a movement a fact of a message belongs to.
ASPECTS: dict[str, Aspect] = {
    "principal": Aspect.GOODS, "goods": Aspect.GOODS, "hs": Aspect.GOODS, "gross_mass": Aspect.GOODS,
    "packages": Aspect.GOODS, "vehicle": Aspect.MEANS, "seals": Aspect.MEANS,
    "time_limit": Aspect.TIME_LIMIT, "itinerary": Aspect.ITINERARY, "guarantee": Aspect.GUARANTEE,
}


def changed(movement: Movement, data: dict[str, Any]) -> list[Aspect]:
    """What a change would change; other times of the same offices are none."""
    own = [(stop.office, stop.part) for stop in movement.itinerary]
    found = {
        ASPECTS[name] for name, value in data.items()
        if name in ASPECTS and value
        and not (name == "itinerary" and itineraries.places(value) == own)
    }
    return [aspect for aspect in Aspect if aspect in found]


def _change(
    movement: Movement, country: str, data: dict[str, Any], at: datetime
) -> Stage | None:
    """What the country of departure amended; the stage where it concerns whether the goods still
    come here."""
    stops = data.get("itinerary")
    if stops and stops[0]["office"] != movement.itinerary[0].office:
        raise NotTheirs(_("The office of departure cannot be changed any more."))
    if any(not stop["office"].startswith(stop["country"]) for stop in stops or ()):
        raise NotTheirs(_("An office of the itinerary is not in the country that it is said to be in."))
    _say(movement, {name: data.get(name) for name in ASPECTS if name != "guarantee"}, country, at)
    if settings.PORTAL_COUNTRY not in movement.countries:
        return Stage.LEFT_OUT
    if movement.stage != Stage.LEFT_OUT:
        return None
    passed = any(one.passed_at for one in movement.itinerary if one.part == Part.TRANSIT)
    return Stage.UNDER_WAY if passed else Stage.RELEASED


def _say(movement: Movement, facts: dict[str, Any], country: str, at: datetime) -> None:
    """Each fact that is not older than what is known of it; moments are told to the second."""
    said = [moment(at), country]
    for name, value in facts.items():
        if not value or movement.said.get(name, ["", ""]) > said:
            continue
        movement.said[name] = said
        match name:
            case "itinerary":
                itineraries.replace(movement, value)
            case "time_limit":
                movement.time_limit = moment_of(value)
            case "gross_mass":
                movement.gross_mass_kg = Decimal(value)
            case "packages":
                movement.packages = int(value)
            case "hs":
                movement.hs_codes = value
            case _:
                setattr(movement, name, value)


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
    """Also one that an amendment left out, if there is none in force."""
    for stop in sorted(movement.stops.all(), key=lambda one: one.dropped):
        if (stop.country, stop.office, stop.part) == (country, office, part):
            return stop
    raise NotTheirs(
        _("%(office)s is no such office of %(country)s on this itinerary.")
        % {"office": office, "country": country}
    )


def _reach(stop: Stop, at: datetime) -> None:
    stop.passed_at = at
    stop.save(update_fields=["passed_at"])
