"""Counts before and after as bars: their places in an SVG, which the template draws."""

from __future__ import annotations

from dataclasses import dataclass

from agencies.models import Queue
from agencies.routing_editor.models import DryRun

WIDTH, ROW, LABEL = 480, 44, 0


@dataclass(frozen=True, slots=True)
class Bar:
    queue: Queue
    before: int
    after: int
    y: int
    before_width: int
    after_width: int

    @property
    def difference(self) -> str:
        return f"{self.after - self.before:+d}" if self.after != self.before else "0"

    @property
    def text_y(self) -> int:
        return self.y + 12

    @property
    def before_y(self) -> int:
        return self.y + 18

    @property
    def after_y(self) -> int:
        return self.y + 29


@dataclass(frozen=True, slots=True)
class Chart:
    bars: list[Bar]
    width: int
    height: int


def chart_of(run: DryRun) -> Chart:
    """A pair of bars for each queue, by agency."""
    queues = Queue.objects.select_related("agency").in_bulk(list(run.counts))
    most = max((n for pair in run.counts.values() for n in pair), default=0) or 1
    bars = []
    ordered = sorted(queues.values(), key=lambda queue: (queue.agency.name, queue.name))
    for number, queue in enumerate(ordered):
        before, after = run.counts[str(queue.pk)]
        bars.append(Bar(queue, before, after, number * ROW,
                        round(WIDTH * before / most), round(WIDTH * after / most)))
    return Chart(bars, WIDTH, len(bars) * ROW)
