"""The offices of transit: goods pass a border; and what happens to them on the way."""

from uuid import UUID

from django.utils.translation import gettext as _

from exchange.documents import clean
from exchange.transit import acting
from exchange.transit.models import Movement
from exchange.transit.refusals import StepRefused
from exchange.transit.states import IncidentKind, Step
from portal.accounts.actors import Actor


def confirm(
    pk: UUID, actor: Actor, office: str, seal_state: str = "intact", remark: str = ""
) -> Movement:
    """Note that the goods passed one of our offices, and how their seals were. Raises StepRefused."""
    return acting.act(
        pk, Step.PASS, actor,
        {"office": office, "seal_state": seal_state, "remark": clean(remark)},
    )


def report_incident(
    pk: UUID, actor: Actor, office: str, incident: IncidentKind, remark: str,
    vehicle: str = "", seals: tuple[str, ...] = (),
) -> Movement:
    """Tell of an incident at or near one of our offices; new seals and a new vehicle replace those
    announced. Raises StepRefused."""
    if not clean(remark):
        raise StepRefused(_("Say what happened."))
    return acting.act(pk, Step.INCIDENT, actor, {
        "office": office, "incident": str(incident), "vehicle": clean(vehicle, 35),
        "seals": [clean(seal, 35) for seal in seals], "remark": clean(remark),
    })
