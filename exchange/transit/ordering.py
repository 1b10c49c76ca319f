"""A message that waits for one that will not come: an officer decides not to wait for it.

A sender may skip a message, or lose what it wrote. The steps themselves are judged as always: only
the order of the sender's messages is given up.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from exchange.documents import clean
from exchange.transit import incoming, movements
from exchange.transit.models import Movement, TransitNotice, is_customs
from exchange.transit.refusals import StepRefused
from exchange.transit.states import NoticeState
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record


def take_out_of_order(movement_pk: UUID, notice_pk: UUID, actor: Actor, why: str) -> TransitNotice:
    """Apply a waiting message of a movement without those that its sender wrote before it, as far as
    it fits. Raises StepRefused, PermissionDenied, or DoesNotExist, and changes nothing then."""
    if not is_customs(actor):
        raise PermissionDenied
    if not clean(why):
        raise StepRefused(_("Say why it is not waited for."))
    with transaction.atomic():
        movement: Movement = movements.lock_by_key(movement_pk)
        notice = TransitNotice.objects.get(pk=notice_pk, movement=movement)
        if notice.state != NoticeState.WAITING or notice.out_of_order:
            raise StepRefused(_("This message does not wait for an earlier one."))
        notice.out_of_order = True
        notice.save(update_fields=["out_of_order"])
        record(movement.pk, EventKind.TRANSIT_OUT_OF_ORDER, actor, {
            "country": notice.country, "step": notice.step, "position": notice.position,
            "reason": clean(why),
        })
        incoming.settle(movement.departure_country, movement.mrn, movement)
        notice.refresh_from_db()
    return notice
