"""A few dozen messages from one portal to another, through every cut there is, a kill and a crash."""

from collections.abc import Callable

from tests.faults.portals import Neighbours
from tests.faults.proxy import CUTS, Fault
from tests.faults.verdict import judge
from tests.worker import until

MOVEMENTS = 12
# A black hole costs the twenty seconds that a sender waits: the long run has them.
QUICK = tuple(fault for fault in Fault if fault is not Fault.BLACK_HOLE)


def test_through_every_cut_a_kill_and_a_crash_each_arrives_once(
    neighbours: Callable[..., Neighbours],
) -> None:
    both = neighbours("short", share=0.2, faults=QUICK)
    both.meet()
    both.georgia.inside("write", str(MOVEMENTS))
    line = both.azerbaijan.line
    line.script.extend(CUTS)
    line.hold(Fault.CUT_IN_RECEIPT)
    both.azerbaijan.start_web()
    both.georgia.start_worker()
    until(line.held.is_set)
    # The receiver has it and has answered; the sender dies before it hears of that. Then both
    # machines go, the broker forgets everything, and the database recovers from its log.
    both.crash()
    line.release()
    both.azerbaijan.start_web()
    both.georgia.start_worker()
    until(lambda: both.unsent() == 0)
    georgia, azerbaijan = both.prove()
    judge(georgia, azerbaijan, 3 * MOVEMENTS)
    assert set(CUTS) <= set(line.met)
    assert line.asked_before_sent_again()
