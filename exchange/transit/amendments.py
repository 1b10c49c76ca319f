"""What follows for a movement when its released declaration is amended or cancelled.

In the transaction of the amendment (exchange.transit.departures): the movement, its guarantee and the
messages to the other countries change with it, or the amendment is refused with the reason.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations import wco
from exchange.transit import effects, guarantees, incoming, itineraries, movements, table, telling
from exchange.transit.models import Movement, TransitNotice, moment_of
from exchange.transit.refusals import StepRefused
from exchange.transit.states import Aspect, Part, Stage, Step
from portal.accounts.actors import SYSTEM


def amend(
    movement: Movement, was: dict[str, Any], now: dict[str, Any], message: wco.Declaration,
    at: datetime,
) -> None:
    """Change a movement of ours from what its declaration ``was`` to what it is ``now``, both as
    announcements, and what is held for it. The caller holds its lock. Raises StepRefused.

    What differs between the two versions changes, and nothing else: new seals that a neighbour told of
    stay where the amendment says nothing of seals. A movement that has ended is left as it ended.
    """
    if movement.is_ended:
        return
    data = {name: value for name, value in now.items() if value != was.get(name)}
    demands = guarantees.demands(message)
    if guarantees.differs(movement, demands):
        data[Aspect.GUARANTEE.value] = True
    if not data:
        return
    _check(movement, data)
    event = table.perform(movement, Step.CHANGE, settings.PORTAL_COUNTRY, data, SYSTEM, at)
    guarantees.adjust(movement, demands, SYSTEM)
    if data.keys() - {Aspect.GUARANTEE.value}:
        telling.tell_change(movement, data, movements.described(movement), at, event)
    incoming.settle(movement.departure_country, movement.mrn, movement)


def cancel(movement: Movement, at: datetime) -> None:
    """End a movement of ours that has not begun. The caller holds its lock. Raises StepRefused."""
    moved = any(stop.passed_at for stop in movement.itinerary if stop.part != Part.DEPARTURE)
    if movement.stage != Stage.RELEASED or moved:
        raise StepRefused(
            _("The transit is “%(stage)s”: the goods have left, and it can no longer be cancelled.")
            % {"stage": movement.current_stage.label}
        )
    _must_have_heard_all(movement)
    event = table.perform(movement, Step.CANCEL, settings.PORTAL_COUNTRY, {}, SYSTEM, at)
    telling.tell(movement, Step.CANCEL, {}, at, event)


def _must_have_heard_all(movement: Movement) -> None:
    if TransitNotice.objects.of(movement.departure_country, movement.mrn).waiting().exists():
        raise StepRefused(
            _("A neighbour told something of this transit that waits to be applied. Look at its page "
              "first: the goods may have moved.")
        )


def _check(movement: Movement, data: dict[str, Any]) -> None:
    """What a neighbour may not judge: whether the amendment fits what has happened. What this stage
    does not allow at all is refused by the table."""
    changed = table.CHANGEABLE[movement.current_stage] & set(effects.changed(movement, data))
    if Aspect.ITINERARY in changed:
        _check_itinerary(movement, data["itinerary"])
    if Aspect.TIME_LIMIT in changed and moment_of(data["time_limit"]) <= timezone.now():
        raise StepRefused(_("The new time limit of the transit is over already."))


def _check_itinerary(movement: Movement, stops: list[dict[str, str]]) -> None:
    if len({stop["country"] for stop in stops}) < 2:
        raise StepRefused(
            _("The transit was announced to other countries and must still lead abroad. Cancel it "
              "instead.")
        )
    own = movement.itinerary
    last = max((n for n, stop in enumerate(own) if stop.passed_at is not None), default=0)
    behind = [(stop.office, stop.part) for stop in own[:last + 1]]
    if itineraries.places(stops)[:last + 1] != behind:
        raise StepRefused(
            _("The goods have passed %(office)s: the itinerary up to there must stay as it is.")
            % {"office": own[last].office}
        )
