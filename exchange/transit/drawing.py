"""The itinerary as a map of a railway line: where each office is drawn, and where the goods are.

Only places and words are worked out here; the template draws them, with a table behind.
"""

import textwrap
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import get_language

from declarations import codelists
from exchange.transit.models import Movement, Stop
from exchange.transit.states import ENDED, Part, Stage

_STEP = 168
_MARGIN = 92
_BAND_GAP = 10
# The line swings a little, as a way on a map does.
_HIGH, _LOW = 88, 116
_NAME_WIDTH = 20


@dataclass(frozen=True, slots=True)
class Station:
    """One office: where its circle is, and its name in lines."""

    stop: Stop
    x: int
    y: int
    name: list[str]
    reached: bool
    is_port: bool

    @property
    def lines(self) -> list[tuple[int, str]]:
        return [(self.y + 30 + 15 * number, line) for number, line in enumerate(self.name)]

    @property
    def below(self) -> int:
        return self.y + 30 + 15 * len(self.name)


@dataclass(frozen=True, slots=True)
class Band:
    """The part of the picture that is one country."""

    country: str
    x: int
    width: int
    is_even: bool

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True)
class Leg:
    """The way between two offices."""

    path: str
    travelled: bool
    by_sea: bool
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Map:
    width: int
    stations: list[Station]
    bands: list[Band]
    legs: list[Leg]
    # Where the goods are, as far as is known; None once the movement has ended.
    goods: tuple[int, int] | None = None

    @property
    def drawn_width(self) -> int:
        """How wide it is on the page at most, in pixels: two offices need no more than they say."""
        return self.width * 6 // 5

    @property
    def height(self) -> int:
        return max(station.below for station in self.stations) + 22

    @property
    def band_height(self) -> int:
        return self.height - 8


def draw(movement: Movement) -> Map:
    """The map of a movement, in the language of the page."""
    stations = [_station(stop, number) for number, stop in enumerate(movement.itinerary)]
    last = max((n for n, one in enumerate(stations) if one.reached), default=0)
    legs = [_leg(one, after, n < last)
            for n, (one, after) in enumerate(pairwise(stations))]
    return Map(
        2 * _MARGIN + _STEP * (len(stations) - 1), stations, _bands(stations), legs,
        _goods(movement, stations, last),
    )


def office_name(code: str) -> str:
    """In the language of the page; the code itself if the list does not know it."""
    if codelists.known("office", code) is None:
        return code
    return codelists.name("office", code, (get_language() or "en").split("-")[0])


def _station(stop: Stop, number: int) -> Station:
    known = codelists.known("office", stop.office)
    return Station(
        stop, _MARGIN + _STEP * number, _LOW if number % 2 else _HIGH,
        textwrap.wrap(office_name(stop.office), _NAME_WIDTH)[:3],
        stop.passed_at is not None, known is not None and "1" in known.more.get("modes", ""),
    )


def _leg(one: Station, after: Station, travelled: bool) -> Leg:
    middle = (one.x + after.x) // 2
    path = f"M{one.x} {one.y} C{middle} {one.y} {middle} {after.y} {after.x} {after.y}"
    by_sea = one.is_port and after.is_port and one.stop.country != after.stop.country
    return Leg(path, travelled, by_sea, middle, (one.y + after.y) // 2)


def _bands(stations: list[Station]) -> list[Band]:
    """Neighbouring offices of one country share a band; a country passed twice has two."""
    bands: list[Band] = []
    for station in stations:
        start = station.x - _STEP // 2 + _BAND_GAP // 2
        if bands and bands[-1].country == station.stop.country:
            before = bands.pop()
            bands.append(Band(before.country, before.x, before.width + _STEP, before.is_even))
        else:
            bands.append(Band(station.stop.country, start, _STEP - _BAND_GAP, len(bands) % 2 == 0))
    return bands


def _goods(movement: Movement, stations: list[Station], last: int) -> tuple[int, int] | None:
    if movement.stage in ENDED or movement.stage == Stage.MISSING:
        return None
    here = stations[last]
    if here.stop.part == Part.DESTINATION or last + 1 == len(stations):
        return here.x, here.y
    after = stations[last + 1]
    return (here.x + after.x) // 2, (here.y + after.y) // 2
