"""Goods that did not arrive: the enquiry to the destination, its answer, and the claim."""

from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.documents import clean, moment
from exchange.transit import acting
from exchange.transit.limits import ANSWER_TIME
from exchange.transit.models import Movement
from exchange.transit.refusals import StepRefused
from exchange.transit.states import Step
from portal.accounts.actors import SYSTEM, Actor


def enquire(pk: UUID, actor: Actor, remark: str = "") -> Movement:
    """Ask the destination what became of the goods. Raises StepRefused."""
    answer_by = moment(timezone.now() + ANSWER_TIME)
    return acting.act(
        pk, Step.ENQUIRE, actor, {"answer_by": answer_by, "remark": clean(remark)}
    )


def answer(pk: UUID, actor: Actor, remark: str) -> Movement:
    """Tell that the goods did not arrive here. If they did, that is told as an arrival instead.
    Raises StepRefused."""
    if not clean(remark):
        raise StepRefused(_("Say what was found out."))
    return acting.act(pk, Step.ANSWER, actor, {"remark": clean(remark)})


def claim(pk: UUID, actor: Actor, remark: str) -> Movement:
    """End the movement by claiming its guarantee. Raises StepRefused."""
    if not clean(remark):
        raise StepRefused(_("Say why the guarantee is claimed."))
    return acting.act(pk, Step.CLAIM, actor, {"remark": clean(remark)})


def enquire_overdue(limit: int = 200) -> int:
    """Open an enquiry for each of our movements that is past its time limit; how many were opened.

    Once each: the enquiry takes the movement out of those that are overdue.
    """
    found = Movement.objects.overdue().filter(departure_country=settings.PORTAL_COUNTRY)
    opened = 0
    for pk in list(found.order_by("time_limit").values_list("pk", flat=True)[:limit]):
        try:
            enquire(pk, SYSTEM, "Time limit passed without arrival.")
        except StepRefused:  # it arrived meanwhile
            continue
        opened += 1
    return opened
