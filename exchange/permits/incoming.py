"""Messages about uses of permits, applied in the transaction that takes them in (exchange.inbox).

A word of the country of use is judged on our balance and answered; an answer of the issuing country
is kept. Each has its revision: one that is late, or comes twice, changes nothing.
"""

import logging
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from agencies.permits.abroad.models import UseAbroad
from agencies.permits.abroad.settling import Verdict, Word, settle
from agencies.permits.states import UseState
from declarations.models import Declaration
from exchange.models import ForeignUse, Partner
from exchange.permits import messages
from exchange.permits.messages import Answered, Told
from exchange.permits.states import Answer, SetAside
from exchange.queueing import queue_document
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record

if TYPE_CHECKING:
    from exchange.models import InboxMessage

logger = logging.getLogger(__name__)


def columns(content: Told | Answered) -> dict[str, Any]:
    """The columns of an inbox message: what its list and page show at a glance."""
    told: dict[str, Any] = {"permit": content.permit, "revision": content.revision}
    if isinstance(content, Answered):
        told |= {"reason": content.reason}
        if content.left is not None:
            told |= {"left": f"{content.left.normalize():f}", "unit": content.unit}
    elif content.goods is not None:
        told |= {"item": content.item, "unit": content.goods.unit,
                 "quantity": f"{content.goods.quantity.normalize():f}"}
    mrn = "" if isinstance(content, Answered) else content.mrn
    return {"mrn": mrn, "lrn": "", "summary": {"goods": [], "item_count": 0, "permit_use": told}}


def take(message: "InboxMessage", content: Told | Answered) -> None:
    """Apply what a partner says; the caller is in the transaction that keeps the message."""
    actor = Actor(label=message.partner.name)
    if isinstance(content, Answered):
        if why := _answered(message.partner, content, actor):
            message.summary["permit_use"]["set_aside"] = str(why)
            message.save(update_fields=["summary"])
        return
    verdict = settle(
        Word(message.partner.country, content.use, content.revision, content.permit, content.mrn,
             content.item, content.aim, content.at, content.goods),
        actor,
    )
    if verdict is not None:
        _answer(message.partner, verdict)


def on_event(event: Event) -> None:
    """Journal subscriber: a silent reservation that an officer gives back is told to its country."""
    if event.kind != EventKind.PERMIT_USE_RETURNED:
        return
    use = UseAbroad.objects.get(pk=event.subject)
    partner = Partner.objects.filter(
        country=use.country, message_kinds__contains=[messages.ANSWER]
    ).first()
    if partner is not None:
        _queue(partner, use, Answered(
            use.reference, use.revision, event.at, use.number, reason="returned"
        ), event)


def _answer(partner: Partner, verdict: Verdict) -> None:
    if messages.ANSWER not in partner.message_kinds:
        return
    use, line = verdict.use, verdict.line
    _queue(partner, use, Answered(
        use.reference, use.revision, verdict.event.at, use.number, reason=verdict.reason,
        left=line.left_quantity if line else None, unit=line.unit if line else "",
    ), verdict.event)


def _queue(partner: Partner, use: UseAbroad, content: Answered, event: Event) -> None:
    # By our own id of the use: the partner's must not name a movement of our journal.
    queue_document(partner, use.pk, messages.ANSWER, messages.write(content), event)


def _answered(partner: Partner, content: Answered, actor: Actor) -> SetAside | None:
    """Keep the answer to the last word. One to an earlier word is late and means nothing now, and
    one that nobody asked for never does: the operator reads why on its page."""
    known = ForeignUse.objects.filter(pk=content.use, partner=partner).first()
    if known is None:
        logger.warning("%s answers for a use that it was not asked for: %s", partner, content.use)
        return SetAside.NOT_ASKED
    if content.permit != known.number:
        return SetAside.OTHER_PERMIT
    declaration = Declaration.objects.select_for_update().get(pk=known.declaration_id)
    use = ForeignUse.objects.locked().get(pk=known.pk)
    returned = content.reason == "returned" and use.answer == Answer.GRANTED
    fits = use.answer == Answer.WAITING or (returned and use.said == UseState.RESERVED)
    if content.revision != use.revision:
        return SetAside.LATE if content.revision < use.revision else SetAside.NOT_ASKED
    if not fits:
        return SetAside.ANSWERED
    use.answer = Answer.REFUSED if content.reason else Answer.GRANTED
    use.reason, use.answered_at = content.reason, timezone.now()
    use.left_quantity, use.left_unit = content.left, content.unit
    use.save()
    if use.said == UseState.FREED:
        return None
    kind = EventKind.PERMIT_USE_REFUSED if content.reason else EventKind.PERMIT_USE_GRANTED
    record(declaration.pk, kind, actor, {
        "partner": partner.country, "permit": use.number, "item": use.item,
        "reason": content.reason,
        "left": "" if content.left is None else f"{content.left.normalize():f}",
        "unit": content.unit,
    })
    return None
