"""Counts before and after as bars: their lengths in an SVG, which the template draws."""

from __future__ import annotations

from dataclasses import dataclass

from agencies.models import Queue
from agencies.routing_editor.models import DryRun

WIDTH = 480


@dataclass(frozen=True, slots=True)
class Bar:
    queue: Queue
    before: int
    after: int
    before_width: int
    after_width: int

    @property
    def difference(self) -> str:
        return f"{self.after - self.before:+d}" if self.after != self.before else "0"


@dataclass(frozen=True, slots=True)
class Chart:
    bars: list[Bar]
    width: int = WIDTH


def chart_of(run: DryRun) -> Chart:
    """A pair of bars for each queue, by agency."""
    queues = Queue.objects.select_related("agency").in_bulk(list(run.counts))
    most = max((n for pair in run.counts.values() for n in pair), default=0) or 1
    bars = []
    for queue in sorted(queues.values(), key=lambda queue: (queue.agency.name, queue.name)):
        before, after = run.counts[str(queue.pk)]
        bars.append(Bar(queue, before, after, round(WIDTH * before / most),
                        round(WIDTH * after / most)))
    return Chart(bars)
