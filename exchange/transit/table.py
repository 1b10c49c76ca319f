"""The one table of transit: in which stage which step may be taken, by whom, and where it leads.

Stages never change by any other road than ``perform``, whether the step is taken here or told by a
neighbour.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from exchange.transit import effects
from exchange.transit.models import Movement
from exchange.transit.refusals import NotTheirs, OutOfPlace, TooLate
from exchange.transit.states import Aspect, Part, Stage, Step
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a step leads: ``to`` None leaves the stage as it is; ``or_to``: by what is said of it.
    ``who``: the parts in a movement that entitle a country to take it. ``event``: what the journal
    keeps."""

    to: Stage | None
    who: frozenset[Part]
    event: EventKind
    or_to: frozenset[Stage] = frozenset()


_DEPARTURE = frozenset({Part.DEPARTURE})
_DESTINATION = frozenset({Part.DESTINATION})
_ON_THE_WAY = frozenset({Part.TRANSIT})
_ANYBODY = frozenset(Part)

_PASS = Transition(Stage.UNDER_WAY, _ON_THE_WAY, EventKind.TRANSIT_PASSED)
# Told late: the line to one neighbour was down while the goods, and the others' words, went on.
_PASSED_LATE = Transition(None, _ON_THE_WAY, EventKind.TRANSIT_PASSED)
_INCIDENT = Transition(None, _ANYBODY, EventKind.TRANSIT_INCIDENT)
_ARRIVE = Transition(Stage.ARRIVED, _DESTINATION, EventKind.TRANSIT_ARRIVED)
_CONTROL = Transition(
    Stage.CONTROLLED, _DESTINATION, EventKind.TRANSIT_CONTROLLED, frozenset({Stage.DISPUTED})
)
_DISCHARGE = Transition(Stage.DISCHARGED, _DEPARTURE, EventKind.TRANSIT_DISCHARGED)
_ENQUIRE = Transition(Stage.ENQUIRED, _DEPARTURE, EventKind.TRANSIT_ENQUIRED)
_ANSWER = Transition(Stage.MISSING, _DESTINATION, EventKind.TRANSIT_ANSWERED)
_CLAIM = Transition(Stage.RECOVERED, _DEPARTURE, EventKind.TRANSIT_RECOVERED)
_CHANGE = Transition(None, _DEPARTURE, EventKind.TRANSIT_CHANGED)
_LED_AWAY = Transition(
    None, _DEPARTURE, EventKind.TRANSIT_CHANGED, frozenset({Stage.LEFT_OUT})
)
_LED_BACK = Transition(
    None, _DEPARTURE, EventKind.TRANSIT_CHANGED, frozenset({Stage.RELEASED, Stage.UNDER_WAY})
)
_CANCEL = Transition(Stage.CANCELLED, _DEPARTURE, EventKind.TRANSIT_CANCELLED)

# The beginning, ANNOUNCE, makes the movement and is not here. Discharged, recovered and cancelled are
# ends.
TRANSITIONS: dict[tuple[Stage, Step], Transition] = {
    (Stage.RELEASED, Step.PASS): _PASS,
    (Stage.RELEASED, Step.INCIDENT): _INCIDENT,
    (Stage.RELEASED, Step.ARRIVE): _ARRIVE,
    (Stage.RELEASED, Step.ENQUIRE): _ENQUIRE,
    (Stage.UNDER_WAY, Step.PASS): _PASS,
    (Stage.UNDER_WAY, Step.INCIDENT): _INCIDENT,
    (Stage.UNDER_WAY, Step.ARRIVE): _ARRIVE,
    (Stage.UNDER_WAY, Step.ENQUIRE): _ENQUIRE,
    (Stage.ARRIVED, Step.CONTROL): _CONTROL,
    (Stage.ARRIVED, Step.PASS): _PASSED_LATE,
    (Stage.ARRIVED, Step.INCIDENT): _INCIDENT,
    # The claim and the arrival crossed: the country whose guarantee it is has ended the movement.
    (Stage.ARRIVED, Step.CLAIM): _CLAIM,
    (Stage.CONTROLLED, Step.CLAIM): _CLAIM,
    (Stage.CONTROLLED, Step.DISCHARGE): _DISCHARGE,
    (Stage.CONTROLLED, Step.PASS): _PASSED_LATE,
    (Stage.CONTROLLED, Step.INCIDENT): _INCIDENT,
    # The destination looks again and finds it settled, or the country of departure claims.
    (Stage.DISPUTED, Step.CONTROL): _CONTROL,
    (Stage.DISPUTED, Step.CLAIM): _CLAIM,
    (Stage.DISPUTED, Step.PASS): _PASSED_LATE,
    (Stage.DISPUTED, Step.INCIDENT): _INCIDENT,
    # While an enquiry is open the goods may still move, and turn up.
    (Stage.ENQUIRED, Step.PASS): _PASSED_LATE,
    (Stage.ENQUIRED, Step.INCIDENT): _INCIDENT,
    (Stage.ENQUIRED, Step.ARRIVE): _ARRIVE,
    (Stage.ENQUIRED, Step.ANSWER): _ANSWER,
    (Stage.ENQUIRED, Step.CLAIM): _CLAIM,
    (Stage.MISSING, Step.PASS): _PASSED_LATE,
    (Stage.MISSING, Step.INCIDENT): _INCIDENT,
    (Stage.MISSING, Step.ARRIVE): _ARRIVE,
    (Stage.MISSING, Step.CLAIM): _CLAIM,
    (Stage.DISCHARGED, Step.PASS): _PASSED_LATE,
    (Stage.RECOVERED, Step.PASS): _PASSED_LATE,
    # Amended by the country of departure: what then may change is in CHANGEABLE.
    (Stage.RELEASED, Step.CHANGE): _LED_AWAY,
    (Stage.UNDER_WAY, Step.CHANGE): _LED_AWAY,
    (Stage.ARRIVED, Step.CHANGE): _CHANGE,
    (Stage.CONTROLLED, Step.CHANGE): _CHANGE,
    (Stage.DISPUTED, Step.CHANGE): _CHANGE,
    (Stage.ENQUIRED, Step.CHANGE): _CHANGE,
    (Stage.MISSING, Step.CHANGE): _CHANGE,
    (Stage.RELEASED, Step.CANCEL): _CANCEL,
    # Told when the goods had begun to move, which the country of departure could not know.
    (Stage.UNDER_WAY, Step.CANCEL): _CANCEL,
    (Stage.CANCELLED, Step.PASS): _PASSED_LATE,
    # A country that the goods do not come to any more hears how it ended, or that they come after all.
    (Stage.LEFT_OUT, Step.CHANGE): _LED_BACK,
    (Stage.LEFT_OUT, Step.CANCEL): _CANCEL,
    (Stage.LEFT_OUT, Step.PASS): _PASSED_LATE,
    (Stage.LEFT_OUT, Step.INCIDENT): _INCIDENT,
    (Stage.LEFT_OUT, Step.DISCHARGE): _DISCHARGE,
    (Stage.LEFT_OUT, Step.CLAIM): _CLAIM,
}

# Nobody takes these by themselves: they follow what becomes of the declaration.
FOLLOWING = frozenset({Step.CHANGE, Step.CANCEL})

_RECORD = frozenset({Aspect.GOODS, Aspect.MEANS, Aspect.GUARANTEE})
_EVERYTHING = frozenset(Aspect)
# What may change in which stage. Where the goods have arrived, a time limit is only told late.
CHANGEABLE: dict[Stage, frozenset[Aspect]] = {
    Stage.RELEASED: _EVERYTHING,
    Stage.UNDER_WAY: _EVERYTHING,
    Stage.LEFT_OUT: _EVERYTHING,
    Stage.ARRIVED: _RECORD | {Aspect.TIME_LIMIT},
    Stage.CONTROLLED: _RECORD | {Aspect.TIME_LIMIT},
    Stage.DISPUTED: _RECORD | {Aspect.TIME_LIMIT},
    Stage.ENQUIRED: _RECORD,
    Stage.MISSING: _RECORD,
}


def parts_of(movement: Movement, country: str) -> frozenset[Part]:
    """The parts that a country has in a movement by its offices, also by those that an amendment left
    out: it may tell what happened before it heard."""
    return frozenset(Part(stop.part) for stop in movement.stops.all() if stop.country == country)


def may_come(stage: Stage, step: Step) -> bool:
    """Whether a step may fit in this stage or in any that it can lead to."""
    reached, found = {stage}, [stage]
    while found:
        here = found.pop()
        leads = {to for (at, _step), one in TRANSITIONS.items() if at == here
                 for to in (one.to, *one.or_to) if to is not None}
        found += leads - reached
        reached |= leads
    return any((one, step) in TRANSITIONS for one in reached)


def steps_for(movement: Movement, country: str) -> list[Step]:
    """What a country may do to the movement now: for offering, never for deciding."""
    parts = {stop.part for stop in movement.itinerary if stop.country == country}
    return [
        step for (stage, step), transition in TRANSITIONS.items()
        if stage == movement.stage and transition.who & parts and step not in FOLLOWING
        and effects.obstacle(movement, step, country) is None
    ]


def perform(
    movement: Movement, step: Step, country: str, data: dict[str, Any], actor: Actor, at: datetime
) -> Event:
    """Take a step of ``country`` that happened ``at`` a moment: stage, effect and event at once.

    The caller is in a transaction and has locked the movement. Raises NotTheirs for what this
    country may never say, OutOfPlace for what does not fit the stage, and TooLate where it never
    will; changes nothing then.
    """
    transition = TRANSITIONS.get((Stage(movement.stage), step))
    entitled = {one.who for (_stage, taken), one in TRANSITIONS.items() if taken == step}
    if not any(who & parts_of(movement, country) for who in entitled):
        raise NotTheirs(
            _("%(country)s has no part in this movement that would let it do this.")
            % {"country": country}
        )
    if transition is None:
        why = OutOfPlace if may_come(Stage(movement.stage), step) else TooLate
        raise why(
            _("The movement is “%(stage)s”: this cannot be done to it now.")
            % {"stage": Stage(movement.stage).label}
        )
    changed = effects.changed(movement, data) if step == Step.CHANGE else []
    if barred := set(changed) - CHANGEABLE.get(Stage(movement.stage), frozenset()):
        raise NotTheirs(
            _("The movement is “%(stage)s”: this can no longer be changed: %(what)s.") % {
                "stage": Stage(movement.stage).label,
                "what": ", ".join(str(one.label) for one in Aspect if one in barred),
            }
        )
    stage = effects.apply(movement, step, country, data, at) or transition.to
    if stage is not None:
        movement.stage = stage
    movement.save()
    told = {"country": country, "stage": str(movement.stage), **data}
    if step == Step.CHANGE:
        told["changed"] = [str(aspect) for aspect in changed]
    if movement.declaration_id is not None:
        told["declaration"] = str(movement.declaration_id)
    return record(movement.pk, transition.event, actor, told)
