"""Thousands of messages in both directions while everything that can break breaks; ``make faults``.

``FAULTS_MESSAGES`` and ``FAULTS_SEED`` say how many and which order of faults; progress is printed.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.portals import Neighbours, Portal
from tests.faults.proxy import CUTS, Fault
from tests.faults.verdict import judge
from tests.worker import until

pytestmark = pytest.mark.faults

MESSAGES = int(os.environ.get("FAULTS_MESSAGES", "5000"))
SEED = os.environ.get("FAULTS_SEED", "1")
SHARE = 0.3
# A black hole costs the twenty seconds that a sender waits: a few are enough.
FAULTS = 8 * tuple(fault for fault in Fault if fault not in (Fault.NONE, Fault.BLACK_HOLE)) + (
    Fault.BLACK_HOLE,
)
BATCHES = 10
PAUSE = 6.0, 14.0
"""Seconds of nothing but a bad line between two disasters."""
PATIENCE = 4 * 3600.0
REPORT = 15.0

Make = Callable[..., Neighbours]


class Run:
    """One run: what happens when is drawn from the seed."""

    def __init__(self, both: Neighbours) -> None:
        self.both, self.chance = both, random.Random(SEED)
        self.begun = self.told = time.monotonic()
        self.happened: Counter[str] = Counter()
        self.disasters = [
            self.worker_killed_before_sending, self.worker_killed_while_sending,
            self.worker_killed_after_sending, self.web_killed, self.broker_flushed,
            self.database_crashed, self.partner_down, self.everything_restarted,
        ]
        self.coming: list[Callable[[], None]] = []

    def anybody(self) -> Portal:
        return self.chance.choice(self.both.both)

    def disaster(self) -> None:
        """Each kind once, in an order by chance, before any comes again."""
        if not self.coming:
            self.coming = self.chance.sample(self.disasters, len(self.disasters))
        happens = self.coming.pop()
        self.happened[happens.__name__] += 1
        self.tell(happens.__name__.replace("_", " "))
        happens()

    def let_pass(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        until(lambda: self.left() == 0 or time.monotonic() > end, seconds + 60)

    def left(self) -> int:
        left = self.both.unsent()
        if time.monotonic() > self.told + REPORT:
            self.tell(f"{left} to go" if left >= 0 else "no database")
        return left

    def tell(self, words: str) -> None:
        self.told = time.monotonic()
        calls = sum(len(line.calls) for line in self.both.lines)
        print(f"{self.told - self.begun:7.0f} s  {calls:6} calls  {words}", flush=True)

    # --- what happens --------------------------------------------------------------------
    def worker_killed_before_sending(self) -> None:
        self._kill_worker(Fault.CUT_BEFORE_HEAD)

    def worker_killed_while_sending(self) -> None:
        self._kill_worker(Fault.CUT_IN_BODY)

    def worker_killed_after_sending(self) -> None:
        self._kill_worker(Fault.CUT_IN_RECEIPT)

    def _kill_worker(self, at: Fault) -> None:
        sender, receiver = self.chance.sample(self.both.both, 2)
        receiver.line.hold(at)
        end = time.monotonic() + 20
        until(lambda: receiver.line.held.is_set() or self.left() == 0 or time.monotonic() > end)
        sender.kill_worker()
        receiver.line.release()
        sender.start_worker()

    def web_killed(self) -> None:
        portal = self.anybody()
        portal.kill_web()
        portal.start_web()

    def broker_flushed(self) -> None:
        self.both.flush_broker()

    def database_crashed(self) -> None:
        self.both.crash_database()
        self.let_pass(self.chance.uniform(0.5, 3))
        self.both.start_database()

    def partner_down(self) -> None:
        line = self.anybody().line
        line.down()
        self.let_pass(self.chance.uniform(10, 20))
        line.up()

    def everything_restarted(self) -> None:
        self.both.crash()
        self.both.start()


@pytest.fixture
def run(neighbours: Make) -> Run:
    both = neighbours(SEED, share=SHARE, faults=FAULTS, processes=2)
    both.meet()
    both.start()
    return Run(both)


def test_thousands_arrive_once_each_in_order_with_proof(run: Run) -> None:
    both, movements = run.both, -(-MESSAGES // 6)
    for batch in range(BATCHES):
        both.write(movements // BATCHES + (batch < movements % BATCHES))
        run.let_pass(run.chance.uniform(*PAUSE))
        run.disaster()
    until(lambda: _goes_on(run), PATIENCE)
    run.tell("all delivered; every receipt and signature is verified again")
    proven = both.prove()
    for sender, receiver in (proven, proven[::-1]):
        judge(sender, receiver, 3 * movements)
    assert all(line.asked_before_sent_again() for line in both.lines)
    met = sum((line.met for line in both.lines), Counter())
    assert set(CUTS) <= set(met)
    assert set(run.happened) == {happens.__name__ for happens in run.disasters}
    run.tell(f"{6 * movements} messages arrived once each, in order, with proof")
    print(f"  of the line: {_counted(met)}\n  of the machines: {_counted(run.happened)}", flush=True)


def _goes_on(run: Run) -> bool:
    """Whether everything has arrived; a disaster more if not."""
    run.let_pass(run.chance.uniform(*PAUSE))
    if run.left() != 0:
        run.disaster()
    return run.left() == 0


def _counted(what: Counter) -> str:
    return ", ".join(f"{name} {count}" for name, count in what.most_common())


def test_nobody_needs_to_help(neighbours: Make) -> None:
    """Nothing is hurried: leases, back-off and sweeps by the clock alone bring everything there."""
    both = neighbours(f"{SEED} alone")
    both.meet()
    both.georgia.inside("write", "30")
    line = both.azerbaijan.line
    line.hold(Fault.CUT_IN_BODY)
    both.azerbaijan.start_web()
    both.georgia.start_worker()
    until(line.held.is_set)
    both.georgia.kill_worker()
    line.down()
    line.release()
    both.flush_broker()
    both.georgia.start_worker()
    begun = time.monotonic()
    until(lambda: time.monotonic() > begun + 75, 90)
    assert both.georgia.unsent() == 90
    line.up()
    until(lambda: both.georgia.unsent() == 0, 300)
    georgia, azerbaijan = both.prove()
    judge(georgia, azerbaijan, 90)
    assert line.asked_before_sent_again()
