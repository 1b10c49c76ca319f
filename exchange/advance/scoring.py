"""How surely an export that a neighbour told of is the import declared here. Pure.

One number of the consignment must be the same on both sides: the export's own MRN named by the
import, the UCR, the transport document, or the container. The receiver and the commodity code only
strengthen that or speak against it: alone they say nothing, for a trader buys the same goods again.
A container is lent to many, and a transport document may cover the goods of several receivers, so
with another receiver these two are not enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from exchange.advance.references import References

STRONG = {"mrn": 100, "ucr": 90, "doc": 70, "box": 50}
SAME_RECEIVER, OTHER_RECEIVER, SAME_GOODS = 20, -40, 10
ENOUGH, CERTAIN = 60, 100


@dataclass(frozen=True, slots=True)
class Ground:
    """What speaks for a match or against it. ``by``: mrn, ucr, doc, box, receiver,
    other_receiver or hs."""

    by: str
    value: str
    points: int

    def as_data(self) -> dict[str, Any]:
        return {"by": self.by, "value": self.value, "points": self.points}


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100, with its grounds, the strongest first."""

    points: int
    grounds: tuple[Ground, ...] = ()

    @property
    def is_enough(self) -> bool:
        return self.points >= ENOUGH


NOTHING = Score(0)


def score(told: References, declared: References) -> Score:
    """Of the same numbers only the strongest kind counts: the others do not make it surer than
    sure."""
    strong = sorted(_strong(told, declared), key=lambda ground: (-ground.points, ground.value))
    if not strong:
        return NOTHING
    weak = tuple(_weak(told, declared))
    points = strong[0].points + sum(ground.points for ground in weak)
    return Score(max(0, min(CERTAIN, points)), (*strong, *weak))


def _strong(told: References, declared: References) -> Iterator[Ground]:
    for key in set(told.keys) & set(declared.keys):
        kind, _colon, number = key.partition(":")
        yield Ground(kind, number, STRONG[kind])


def _weak(told: References, declared: References) -> Iterator[Ground]:
    if same := told.receivers & declared.receivers:
        yield Ground("receiver", ", ".join(sorted(same)), SAME_RECEIVER)
    elif told.receivers and declared.receivers:
        yield Ground("other_receiver", ", ".join(sorted(told.receivers)), OTHER_RECEIVER)
    if same := told.hs & declared.hs:
        yield Ground("hs", ", ".join(sorted(same)[:10]), SAME_GOODS)
