"""Telling the issuing country what becomes of a use, in the transaction that makes it so."""

from dataclasses import replace
from decimal import Decimal

from django.utils import timezone

from agencies.permits.abroad.settling import Goods
from agencies.permits.states import UseState
from declarations.models import Declaration
from exchange.documents import NotValid
from exchange.models import ForeignUse
from exchange.permits import messages
from exchange.permits.claims import Claim
from exchange.permits.messages import Told
from exchange.permits.states import Answer
from exchange.queueing import queue_document
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

_EVENTS = {
    UseState.RESERVED: EventKind.PERMIT_USE_ASKED,
    UseState.WRITTEN_OFF: EventKind.PERMIT_USED,
    UseState.FREED: EventKind.PERMIT_USE_GIVEN_BACK,
}


def say(
    use: ForeignUse, declaration: Declaration, aim: UseState, claim: Claim | None, actor: Actor
) -> None:
    """The next word about a use: kept, journalled and queued. Both are locked.

    ``claim``: what the declaration takes; None where it takes nothing any more.
    """
    use.revision += 1
    use.said, use.said_at, use.answer = aim, timezone.now(), Answer.WAITING
    use.reason, use.answered_at, use.left_quantity = "", None, None
    use.save()
    goods = _actual(use, claim.goods) if claim is not None and claim.goods is not None else None
    told = Told(use.pk, use.revision, use.said_at, use.number, declaration.mrn or "",
                max(use.item, 1), aim, goods)
    payload = {
        "partner": use.partner.country, "permit": use.number, "item": use.item,
        "revision": use.revision, "quantity": "" if goods is None else f"{goods.quantity:f}",
        "unit": use.unit,
    }
    event = record(use.pk, _EVENTS[aim], actor, payload | {"declaration": str(declaration.pk)})
    record(declaration.pk, _EVENTS[aim], actor, payload)
    body = messages.write(told)
    kind = messages.kind_of(told)
    queue_document(use.partner, use.pk, kind, body, event, _problem(kind, body), declaration)


def _actual(use: ForeignUse, goods: Goods) -> Goods:
    """What was found at the control, where that is less; its value in proportion."""
    found = use.actual_quantity
    if found is None or found >= goods.quantity:
        return goods
    value = goods.value
    if value is not None:
        value = (value * found / goods.quantity).quantize(Decimal("0.001"))
    return replace(goods, quantity=found, value=value)


def _problem(kind: str, body: bytes) -> str:
    try:
        messages.read(kind, body)
    except NotValid as error:
        return str(error)
    return ""
