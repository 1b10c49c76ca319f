"""A step taken here: stage, effect, event and the messages to the other countries at once."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from exchange.transit import effects, incoming, movements, table, telling
from exchange.transit.models import Movement, is_customs
from exchange.transit.refusals import OutOfPlace
from exchange.transit.states import Step
from portal.accounts.actors import SYSTEM, Actor


def act(pk: UUID, step: Step, actor: Actor, data: dict[str, Any]) -> Movement:
    """Take a step for this country now. ``data`` is as the messages have it; empty values are left
    out. Raises StepRefused, PermissionDenied or Movement.DoesNotExist, and changes nothing then.
    """
    if actor is not SYSTEM and not is_customs(actor):
        raise PermissionDenied
    here = settings.PORTAL_COUNTRY
    told = {name: value for name, value in data.items() if value}
    with transaction.atomic():
        movement = movements.lock_by_key(pk)
        now = timezone.now()
        if step == Step.CLAIM and (words := effects.obstacle(movement, step, here)) is not None:
            raise OutOfPlace(words)
        event = table.perform(movement, step, here, told, actor, now)
        telling.tell(movement, step, told, now, event)
        # What a neighbour said too early may fit now.
        incoming.settle(movement.departure_country, movement.mrn, movement)
    return movement
