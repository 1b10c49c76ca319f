"""Guarantees: held at release within their limit, freed at discharge, claimed after an enquiry.

A guarantee's row is locked while it is drawn on: two releases at once cannot overdraw it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations import wco
from exchange.transit.models import Guarantee, Hold, Movement
from exchange.transit.refusals import StepRefused
from exchange.transit.states import HoldState
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

# Types of guarantee of which nothing is held here: waived, not required, and that of a TIR carnet,
# which the guaranteeing association answers for.
NOT_HELD = frozenset({"0", "8", "B"})
_TOLD = {
    HoldState.FREED: EventKind.GUARANTEE_FREED,
    HoldState.CLAIMED: EventKind.GUARANTEE_CLAIMED,
}


class GuaranteeRefused(StepRefused):
    """The guarantee does not cover this movement."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a declaration asks a guarantee to cover."""

    reference: str
    amount: Decimal
    currency: str


def register(
    actor: Actor, *, reference: str, holder: str, office: str, limit: Decimal, currency: str,
    valid_to: date | None = None,
) -> Guarantee:
    """Enter a guarantee. Its event is in its own chain of the journal."""
    with transaction.atomic():
        made = Guarantee.objects.create(
            reference=reference, holder=holder, office=office, limit=limit, currency=currency,
            valid_to=valid_to,
        )
        record(made.pk, EventKind.GUARANTEE_REGISTERED, actor, {
            "reference": reference, "holder": holder, "limit": str(limit), "currency": currency,
            "valid_to": valid_to.isoformat() if valid_to else "",
        })
    return made


def demands(message: wco.Declaration) -> list[Demand]:
    """What must be held for a transit declaration. Raises GuaranteeRefused where it does not say."""
    found = []
    for one in message.ObligationGuarantee:
        if one.SecurityDetailsCode in NOT_HELD:
            continue
        reference, amount = one.ReferenceID or one.ID or "", one.AmountAmount
        if amount is None or amount.value <= 0 or not amount.currencyID:
            raise GuaranteeRefused(
                _("The declaration does not say how much guarantee %(reference)s covers of this "
                  "transit. Ask the trader to amend it.") % {"reference": reference}
            )
        found.append(Demand(reference, amount.value, amount.currencyID))
    return sorted(found, key=lambda demand: demand.reference)


def hold(movement: Movement, message: wco.Declaration, actor: Actor) -> list[Hold]:
    """Hold all that the declaration demands, or raise GuaranteeRefused and hold nothing.

    Within a transaction. Guarantees are locked in the order of their references.
    """
    return [_hold(movement, demand, actor) for demand in demands(message)]


def _hold(movement: Movement, demand: Demand, actor: Actor) -> Hold:
    guarantee = Guarantee.objects.select_for_update().filter(reference=demand.reference).first()
    words = {"reference": demand.reference}
    if guarantee is None:
        raise GuaranteeRefused(
            _("Guarantee %(reference)s is not registered here. Register it under Guarantees, or ask "
              "the trader for another.") % words
        )
    today = timezone.now().astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()
    if guarantee.valid_to is not None and guarantee.valid_to < today:
        raise GuaranteeRefused(_("Guarantee %(reference)s has ended.") % words)
    if guarantee.currency != demand.currency:
        raise GuaranteeRefused(
            _("Guarantee %(reference)s is in %(currency)s, the declaration in %(other)s.")
            % {**words, "currency": guarantee.currency, "other": demand.currency}
        )
    free = guarantee.limit - guarantee.taken
    if demand.amount > free:
        raise GuaranteeRefused(
            _("Guarantee %(reference)s has %(free)s %(currency)s left; this transit needs %(amount)s.")
            % {**words, "free": free, "currency": guarantee.currency, "amount": demand.amount}
        )
    held = Hold.objects.create(
        guarantee=guarantee, movement=movement, amount=demand.amount, held_at=timezone.now()
    )
    _record(held, EventKind.GUARANTEE_HELD, actor)
    return held


def settle(movement: Movement, state: HoldState, at: datetime) -> None:
    """Free or claim what the movement holds. Elsewhere than at the departure there is nothing."""
    holds = Hold.objects.select_for_update().filter(movement=movement, state=HoldState.HELD)
    for held in holds.order_by("guarantee__reference"):
        held.state, held.settled_at = state, at
        held.save(update_fields=["state", "settled_at"])
        _record(held, _TOLD[state], SYSTEM)


def _record(held: Hold, kind: EventKind, actor: Actor) -> None:
    record(held.guarantee.pk, kind, actor, {
        "reference": held.guarantee.reference, "amount": str(held.amount),
        "currency": held.guarantee.currency, "movement": str(held.movement_id),
        "mrn": held.movement.mrn,
    })
