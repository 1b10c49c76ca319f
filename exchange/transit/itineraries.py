"""The offices of a movement: written down at its beginning, and replaced by an amendment.

What happened stays: an office that the goods have passed is kept where an amendment leaves it out, and
one that was left out comes back when its country tells that the goods had passed it.
"""

from datetime import datetime
from typing import Any

from exchange.documents import moment
from exchange.transit.models import Movement, Stop, moment_of
from exchange.transit.states import Part

Place = tuple[str, str]  # office and part


def write(movement: Movement, stops: list[dict[str, str]], released_at: datetime) -> None:
    """The itinerary of a new movement."""
    Stop.objects.bulk_create(
        _stop(movement, number, stop, released_at if number == 1 else _moment(stop, "passed"))
        for number, stop in enumerate(stops, start=1)
    )


def told(stop: Stop) -> dict[str, str]:
    """An office as the announcement has it."""
    data = {"office": stop.office, "country": stop.country, "part": str(stop.part)}
    if stop.expected_at is not None:
        data["expected"] = moment(stop.expected_at)
    if stop.passed_at is not None and stop.part == Part.TRANSIT:
        data["passed"] = moment(stop.passed_at)
    return data


def places(stops: list[dict[str, str]]) -> list[Place]:
    return [(stop["office"], stop["part"]) for stop in stops]


def replace(movement: Movement, stops: list[dict[str, str]]) -> None:
    """Another itinerary; what was passed stays in it. The caller holds the movement's lock."""
    known = {(stop.office, stop.part): stop for stop in movement.stops.all()}
    wanted = [
        _stop(movement, 0, stop, known[place].passed_at if place in known else None)
        for place, stop in zip(places(stops), stops, strict=True)
    ]
    left = [stop for place, stop in known.items() if place not in set(places(stops))]
    for stop in left:
        stop.dropped = stop.passed_at is None
    for stop in sorted((one for one in left if not one.dropped), key=_passed):
        wanted.insert(_place_for(stop, wanted), stop)
    movement.stops.all().delete()
    every = [*wanted, *(stop for stop in left if stop.dropped)]
    for number, stop in enumerate(every, start=1):
        stop.pk, stop.number = None, number
    Stop.objects.bulk_create(every)


def bring_back(movement: Movement, stop: Stop, at: datetime) -> None:
    """The goods had passed an office before its country heard that it was left out."""
    stop.passed_at = at
    stop.save(update_fields=["passed_at"])
    replace(movement, [told(one) for one in movement.itinerary])


def _place_for(passed: Stop, stops: list[Stop]) -> int:
    """After the last office that the goods passed before it; never after the destination."""
    before = [n for n, stop in enumerate(stops[:-1])
              if stop.passed_at is not None and stop.passed_at <= _passed(passed)]
    return max(before, default=0) + 1


def _passed(stop: Stop) -> datetime:
    assert stop.passed_at is not None
    return stop.passed_at


def _stop(
    movement: Movement, number: int, stop: dict[str, Any], passed_at: datetime | None
) -> Stop:
    return Stop(
        movement=movement, number=number, office=stop["office"], country=stop["country"],
        part=stop["part"], expected_at=_moment(stop, "expected"), passed_at=passed_at,
    )


def _moment(stop: dict[str, Any], name: str) -> datetime | None:
    return moment_of(stop[name]) if stop.get(name) else None
