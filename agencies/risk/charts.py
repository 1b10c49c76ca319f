"""Lane shares and hit rates as bars: their lengths in an SVG, which the template draws."""

from __future__ import annotations

from dataclasses import dataclass

from agencies.risk.hit_rates import RuleRate
from agencies.risk.models import RiskRun
from agencies.risk.runs import NONE
from agencies.risk.showing import LaneFace, face_of
from agencies.states import Lane

WIDTH = 480
ORDER = (Lane.RED, Lane.YELLOW, Lane.BLUE, Lane.GREEN)


@dataclass(frozen=True, slots=True)
class LaneBar:
    """How many declarations of a run are in a lane, before and after."""

    face: LaneFace
    before: int
    after: int
    total: int
    had_before: bool

    @property
    def before_width(self) -> int:
        return _width(self.before, self.total)

    @property
    def after_width(self) -> int:
        return _width(self.after, self.total)

    @property
    def before_percent(self) -> float:
        return _percent(self.before, self.total)

    @property
    def after_percent(self) -> float:
        return _percent(self.after, self.total)

    @property
    def difference(self) -> str:
        change = self.after - self.before
        return f"{change:+d}".replace("-", "\u2212") if change else "0"


def lane_bars(run: RiskRun) -> list[LaneBar]:
    """The share of each lane, the heaviest first."""
    total = sum(run.moves.values())
    pairs = [(move.split(">"), count) for move, count in run.moves.items()]
    had_before = run.base_id is not None
    bars = []
    for lane in ORDER:
        face = face_of(lane)
        assert face is not None
        before = sum(count for (old, _new), count in pairs if old == lane)
        after = sum(count for (_old, new), count in pairs if new == lane)
        bars.append(LaneBar(face, before, after, total, had_before))
    return bars


@dataclass(frozen=True, slots=True)
class Move:
    before: LaneFace | None
    after: LaneFace | None
    count: int


def moves(run: RiskRun) -> list[Move]:
    """Which lanes the declarations leave for which, the most frequent first."""
    found = []
    for move, count in run.moves.items():
        before, after = move.split(">")
        if before not in (after, NONE):
            found.append(Move(face_of(before), face_of(after), count))
    return sorted(found, key=lambda one: -one.count)


@dataclass(frozen=True, slots=True)
class RateBar:
    """Of one rule: how wide its hits, inspections and finds are drawn."""

    line: RuleRate
    hits: int
    inspected: int
    found: int


def rate_bars(lines: list[RuleRate]) -> list[RateBar]:
    """Against the rule that matched most."""
    most = max((one.rate.hits for one in lines), default=0)
    return [
        RateBar(one, *(_width(n, most) for n in (one.rate.hits, one.rate.inspected, one.rate.found)))
        for one in lines
    ]


def _width(part: int, whole: int) -> int:
    return round(WIDTH * part / whole) if whole else 0


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
