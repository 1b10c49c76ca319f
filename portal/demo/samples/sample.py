"""A sample: a declaration, who files it, and what its officers do with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from agencies.outcomes import Wanted
from agencies.states import RefusalReason
from declarations.states import Channel, State
from declarations.wco import Declaration


@dataclass(frozen=True, slots=True)
class Step:
    """What the demo officer ``user`` does: ``claim``, ``approve`` or ``refuse``."""

    user: str
    verb: str
    reason_code: str = ""
    reason: str = ""
    conditions: tuple[Wanted, ...] = ()


def claim(user: str) -> Step:
    return Step(user, "claim")


def approve(user: str, note: str = "", *conditions: Wanted) -> Step:
    return Step(user, "approve", reason=note, conditions=conditions)


def refuse(user: str, code: RefusalReason, reason: str) -> Step:
    return Step(user, "refuse", code, reason)


@dataclass(frozen=True, slots=True)
class Sample:
    """``make`` builds the dataset for the day of filing; ``ends`` is the state it is left in."""

    title: str
    filed_by: str
    make: Callable[[date], Declaration]
    steps: tuple[Step, ...] = ()
    ends: State = State.UNDER_REVIEW
    channel: Channel = Channel.FORM
