"""Why a step on a movement cannot be taken. The text says so to a person."""


class StepRefused(Exception):
    """The step is not possible; nothing was changed."""


class OutOfPlace(StepRefused):
    """It does not fit now, and may fit later: something that comes before it has not come."""


class TooLate(StepRefused):
    """It will never fit again: what happened meanwhile leads to no stage that it belongs to."""


class NotTheirs(StepRefused):
    """It will never fit: who says it has no say in it, or it names what is not there."""
