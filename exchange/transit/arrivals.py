"""The office of destination: the goods arrive, and what the control found."""

from uuid import UUID

from exchange.documents import clean
from exchange.transit import acting
from exchange.transit.models import Movement
from exchange.transit.states import Result, Step
from portal.accounts.actors import Actor


def advise(pk: UUID, actor: Actor, office: str, remark: str = "") -> Movement:
    """Tell that the goods were presented at the destination. Raises StepRefused."""
    return acting.act(pk, Step.ARRIVE, actor, {"office": office, "remark": clean(remark)})


def give_result(
    pk: UUID, actor: Actor, result: Result, seal_state: str = "intact", remark: str = ""
) -> Movement:
    """Tell what the control found. After discrepancies it may be given again. Raises StepRefused."""
    return acting.act(
        pk, Step.CONTROL, actor,
        {"result": str(result), "seal_state": seal_state, "remark": clean(remark)},
    )
