"""Guarantees: held at release within their limit, freed at discharge, claimed after an enquiry.

A guarantee's row is locked while it is drawn on: two releases at once cannot overdraw it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_UP, Decimal
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
    return _summed(found)


def _summed(found: list[Demand]) -> list[Demand]:
    """One for each guarantee, in the order in which they are locked; a part of a cent is a cent."""
    sums: dict[tuple[str, str], Decimal] = {}
    for one in found:
        key = (one.reference, one.currency)
        sums[key] = sums.get(key, Decimal(0)) + one.amount
    return [
        Demand(reference, sums[reference, currency].quantize(Decimal("0.01"), ROUND_UP), currency)
        for reference, currency in sorted(sums)
    ]


def differs(movement: Movement, demanded: list[Demand]) -> bool:
    """Whether something else is held for a movement than is demanded."""
    held = movement.holds.filter(state=HoldState.HELD).values_list(
        "guarantee__reference", "amount", "guarantee__currency")
    return set(held) != {(one.reference, one.amount, one.currency) for one in demanded}


def adjust(movement: Movement, demanded: list[Demand], actor: Actor) -> None:
    """Hold what is demanded, and no more: more of a guarantee, less, another, or none. Raises
    GuaranteeRefused where it is not covered, and changes nothing then.

    Within a transaction. Guarantees are locked in the order of their references.
    """
    needed = {one.reference: one for one in demanded}
    held = set(movement.holds.filter(state=HoldState.HELD).values_list(
        "guarantee__reference", flat=True))
    for reference in sorted(held | needed.keys()):
        if reference in needed:
            _hold(movement, needed[reference], actor)
        else:
            guarantee = Guarantee.objects.select_for_update().get(reference=reference)
            found = Hold.objects.select_for_update().get(guarantee=guarantee, movement=movement)
            found.state, found.settled_at = HoldState.FREED, timezone.now()
            found.save(update_fields=["state", "settled_at"])
            _record(found, EventKind.GUARANTEE_FREED, actor, found.amount)


def hold(movement: Movement, message: wco.Declaration, actor: Actor) -> None:
    """Hold all that the declaration demands, or raise GuaranteeRefused and hold nothing."""
    adjust(movement, demands(message), actor)


def _hold(movement: Movement, demand: Demand, actor: Actor) -> None:
    """Hold so much of a guarantee and no more, whatever is held of it for the movement already."""
    guarantee = Guarantee.objects.select_for_update().filter(reference=demand.reference).first()
    words = {"reference": demand.reference}
    if guarantee is None and _is_of_another_country(demand.reference):
        raise GuaranteeRefused(
            _("Guarantee %(reference)s is registered in another country. A transit that begins here "
              "is covered by a guarantee of an office of guarantee here: ask the trader to amend it.")
            % words
        )
    if guarantee is None:
        raise GuaranteeRefused(
            _("Guarantee %(reference)s is not registered here. Register it under Guarantees, or ask "
              "the trader for another.") % words
        )
    known = Hold.objects.select_for_update().filter(guarantee=guarantee, movement=movement).first()
    before = known.amount if known is not None and known.state == HoldState.HELD else Decimal(0)
    if known is not None and before >= demand.amount:
        _keep_less(known, before - demand.amount, actor)
        return
    today = timezone.now().astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()
    if guarantee.valid_to is not None and guarantee.valid_to < today:
        raise GuaranteeRefused(_("Guarantee %(reference)s has ended.") % words)
    if guarantee.currency != demand.currency:
        raise GuaranteeRefused(
            _("Guarantee %(reference)s is in %(currency)s, the declaration in %(other)s.")
            % {**words, "currency": guarantee.currency, "other": demand.currency}
        )
    free = guarantee.limit - guarantee.taken + before
    if demand.amount > free:
        raise GuaranteeRefused(
            _("Guarantee %(reference)s has %(free)s %(currency)s left; this transit needs %(amount)s.")
            % {**words, "free": free, "currency": guarantee.currency, "amount": demand.amount}
        )
    held = known or Hold(guarantee=guarantee, movement=movement)
    held.amount, held.state, held.settled_at = demand.amount, HoldState.HELD, None
    held.held_at = timezone.now()
    held.save()
    _record(held, EventKind.GUARANTEE_HELD, actor, demand.amount - before)


def _is_of_another_country(reference: str) -> bool:
    """By the form of a GRN: two digits of the year, then the country."""
    year, country = reference[:2], reference[2:4]
    formed = year.isdecimal() and country.isalpha() and country.isupper()
    return formed and country != settings.PORTAL_COUNTRY


def _keep_less(held: Hold, part: Decimal, actor: Actor) -> None:
    if part:
        held.amount -= part
        held.save(update_fields=["amount"])
        _record(held, EventKind.GUARANTEE_FREED, actor, part)


def settle(movement: Movement, state: HoldState, at: datetime) -> None:
    """Free or claim what the movement holds. Elsewhere than at the departure there is nothing."""
    holds = Hold.objects.select_for_update().filter(movement=movement, state=HoldState.HELD)
    for held in holds.order_by("guarantee__reference"):
        held.state, held.settled_at = state, at
        held.save(update_fields=["state", "settled_at"])
        _record(held, _TOLD[state], SYSTEM, held.amount)


def _record(held: Hold, kind: EventKind, actor: Actor, amount: Decimal) -> None:
    """``amount``: how much more is held of it now, or how much less."""
    record(held.guarantee.pk, kind, actor, {
        "reference": held.guarantee.reference, "amount": str(amount),
        "currency": held.guarantee.currency, "movement": str(held.movement_id),
        "mrn": held.movement.mrn,
    })
