"""Bringing a use abroad to what its country says: judged, reserved and written off like one at home.

The last word of a country is what counts: every word has a revision, says the whole, and one that
is not newer than the last changes nothing. So words may come late, twice or out of order.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from agencies.permits.abroad import sharing
from agencies.permits.abroad.models import Reason, UseAbroad
from agencies.permits.balance import STEPS, TOLD, exhaust, post
from agencies.permits.drawing import NOTHING, Draw, plan
from agencies.permits.issuing import today
from agencies.permits.models import Permit, PermitLine, PermitMovement
from agencies.permits.register import LIVE
from agencies.permits.states import MovementKind, UseState
from agencies.permits.units import convert
from declarations import wco
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record

_REASONS = {
    "SW-R-PRM-041": Reason.STOPPED, "SW-R-PRM-042": Reason.DAY, "SW-R-PRM-043": Reason.TYPE,
    "SW-R-PRM-044": Reason.HOLDER, "SW-R-PRM-045": Reason.GOODS, "SW-R-PRM-046": Reason.UNIT,
    "SW-R-PRM-047": Reason.QUANTITY, "SW-R-PRM-048": Reason.CURRENCY,
    "SW-R-PRM-049": Reason.VALUE,
}


# Its day may have begun in a country to the east; nothing is filed later than that.
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Goods:
    """What a use takes, as its declaration says. ``day``: of filing. ``value`` None: not told.
    ``parties``: identifier and name of those in the declaration who may be the holder."""

    permit_type: str
    hs: str
    quantity: Decimal
    unit: str
    day: date
    value: Decimal | None = None
    currency: str = ""
    parties: tuple[tuple[str, str], ...] = ()
    # Numbers of the consignment (abroad.consignment.keys_of).
    consignment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """What a country says of a use. ``goods`` None: it takes nothing any more."""

    country: str
    reference: UUID
    revision: int
    number: str
    mrn: str
    item: int
    aim: UseState
    at: datetime
    goods: Goods | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` "": granted. ``line``: the one that it holds, with what is left of it. ``event``:
    that which causes the answer."""

    use: UseAbroad
    reason: str
    line: PermitLine | None
    event: Event


def settle(word: Word, actor: Actor) -> Verdict | None:
    """Do what a word says, or nothing with a reason; None for one that is late or came before.

    The caller is in a transaction. What could not be granted leaves what was held as it was.
    """
    use = _locked(word)
    if use.revision >= word.revision:
        return None
    permit = Permit.objects.filter(number=use.number).locked().first()
    use.permit = permit
    use.revision, use.asked, use.told_at = word.revision, word.aim, word.at
    if word.goods is not None:
        use.asked_quantity, use.asked_unit = word.goods.quantity, word.goods.unit
        use.consignment = list(word.goods.consignment)
    was = use.home
    if permit is not None and word.goods is not None and word.number == use.number:
        use.home = sharing.home_of(use, permit)
    reason, steps = _decide(use, word, permit)
    use.reason = reason
    use.save()
    event = record(use.pk, EventKind.PERMIT_USE_ANSWERED, actor, {
        "country": use.country, "use": str(use.reference), "permit": use.number, "mrn": use.mrn,
        "item": use.item, "revision": use.revision, "asked": str(word.aim), "reason": str(reason),
    })
    for target in steps:
        if target.line is not None and target.state in LIVE:
            sharing.make_way(use.home, target.line, target.quantity, target.value, event, actor)
        _move(use, target, event, actor)
    if permit is not None:
        if was is not None and was != use.home:
            sharing.settle_home(was, permit, event, actor)
        sharing.settle_home(use.home, permit, event, actor)
        if reason and word.aim is UseState.WRITTEN_OFF:
            record(permit.pk, EventKind.PERMIT_USE_UNCOVERED, actor, {
                "country": use.country, "mrn": use.mrn, "reason": str(reason),
            })
        exhaust(Permit.objects.get(pk=permit.pk), actor)
    line = PermitLine.objects.get(pk=use.line_id) if use.line_id else None
    return Verdict(use, str(reason), line, event)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where to bring the use; ``draw`` None: with what it holds."""

    state: UseState
    line: PermitLine | None = None
    quantity: Decimal = NOTHING
    value: Decimal = NOTHING


def _decide(
    use: UseAbroad, word: Word, permit: Permit | None
) -> tuple[Reason | str, list[_Target]]:
    holds = use.state in LIVE
    back = [_Target(UseState.FREED)] if holds else []
    if word.aim is UseState.FREED or word.goods is None:
        return "", back
    if word.number != use.number:
        return Reason.CONFLICT, []
    if permit is None:
        return Reason.UNKNOWN, []
    if (named := _countries(permit)) and use.country not in named:
        return Reason.COUNTRY, []
    if word.goods.day > today() + _AHEAD:
        return Reason.DAY, []
    if holds and (less := _out_of_what_is_held(use, word.goods)) is not None:
        if use.state == word.aim and (less.quantity, less.value) == (use.quantity, use.value):
            return "", []
        target = _Target(word.aim, less.line, less.quantity, less.value)
        written_off = (use.state, word.aim) == (UseState.RESERVED, UseState.WRITTEN_OFF)
        return "", [target] if written_off else [*back, target]
    found = _judge(use, word.goods, permit)
    if isinstance(found, Draw):
        return "", [*back, _Target(word.aim, found.line, found.quantity, found.value)]
    return found, []


def _countries(permit: Permit) -> set[str]:
    """The other countries that a permit names; none where it is good in all."""
    return {permit.export_country, permit.destination_country} - {"", settings.PORTAL_COUNTRY}


def _out_of_what_is_held(use: UseAbroad, goods: Goods) -> _Target | None:
    """Not more than is held of the line, and the same goods: it was granted, whatever has become of
    the permit since. None where it must be judged anew."""
    line = use.line
    assert line is not None, "What is held is held of a line."
    quantity = convert(goods.quantity, goods.unit, line.unit)
    if quantity is None or not NOTHING < quantity <= use.quantity or not goods.hs.startswith(line.hs):
        return None
    value = NOTHING
    if line.value is not None:
        told = goods.value if goods.currency == line.currency else None
        if told is None or told > use.value:
            return None
        value = told
    return _Target(UseState.RESERVED, line, quantity, value)


def _judge(use: UseAbroad, goods: Goods, permit: Permit) -> Draw | Reason:
    """By the very rules of a declaration at home, with what the use holds itself as free."""
    shown = Permit.objects.shown().get(pk=permit.pk)
    own = sharing.on_balance(use.home, permit)
    if use.state in LIVE and use.line_id is not None:
        quantity, value = own.get(use.line_id, (NOTHING, NOTHING))
        own[use.line_id] = quantity + use.quantity, value + use.value
    made = plan(_as_declaration(use.number, goods, shown), {shown.number: shown}, goods.day, own=own)
    if made.draws:
        return made.draws[0]
    return _REASONS[made.problems[0].code]


def _as_declaration(number: str, goods: Goods, permit: Permit) -> wco.Declaration:
    """The part of the declaration abroad that permits are judged by.

    Its parties are known there by numbers of that country: the name of the holder is enough.
    """
    holder = _plain(permit.holder_name)
    is_holder = any(
        (identifier and identifier == permit.holder_identifier) or _plain(name) == holder
        for identifier, name in goods.parties
    )
    write_off: dict[str, Any] = {
        "QuantityQuantity": {"value": f"{goods.quantity:f}", "unitCode": goods.unit}
    }
    if goods.value is not None:
        write_off["AmountAmount"] = {"value": f"{goods.value:f}", "currencyID": goods.currency}
    return wco.from_json({
        "Exporter": {"ID": permit.holder_identifier if is_holder else "-"},
        "GoodsShipment": {"GovernmentAgencyGoodsItem": [{
            "AdditionalDocument": [
                {"ID": number, "TypeCode": goods.permit_type, "WriteOff": write_off}
            ],
            "Commodity": {"Classification": [{"ID": goods.hs}]},
        }]},
    })


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _locked(word: Word) -> UseAbroad:
    """The use, for this transaction alone; a new one, not kept yet, for its first word.

    Also what is not there yet is locked, so that two first words cannot both be first.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                       [f"permit use {word.country} {word.reference}"])
    found = UseAbroad.objects.select_for_update(of=("self",)).select_related("line", "home").filter(
        country=word.country, reference=word.reference
    ).first()
    return found or UseAbroad(
        country=word.country, reference=word.reference, number=word.number, mrn=word.mrn,
        item=word.item, state="",
    )


def _move(use: UseAbroad, target: _Target, event: Event, actor: Actor) -> None:
    """One step of the use, in the ledger and on the permit's own chain."""
    step = STEPS[(use.state or None, target.state)]
    # Of what was reserved, that which was not used in the end.
    rest, rest_value = NOTHING, NOTHING
    if use.state == UseState.RESERVED and target.line is not None:
        rest, rest_value = use.quantity - target.quantity, use.value - target.value
    if target.line is not None:
        use.line, use.quantity, use.value = target.line, target.quantity, target.value
    assert use.line_id is not None
    use.state = target.state
    use.save()
    _tell(use, post(use.line_id, step, use.quantity, use.value, event, abroad=use), actor)
    if rest or rest_value:
        back = STEPS[(UseState.RESERVED, UseState.FREED)]
        _tell(use, post(use.line_id, back, rest, rest_value, event, abroad=use), actor)


def give_back(use: UseAbroad, event: Event, actor: Actor) -> None:
    """Free what a use holds. The caller has locked it and its permit."""
    _move(use, _Target(UseState.FREED), event, actor)
    if use.permit is not None:
        sharing.settle_home(use.home, use.permit, event, actor)


def _tell(use: UseAbroad, movement: PermitMovement, actor: Actor) -> None:
    record(movement.line.permit_id, TOLD[MovementKind(movement.kind)], actor, {
        "country": use.country, "mrn": use.mrn, "movements": [_words(use, movement)],
    })


def _words(use: UseAbroad, movement: PermitMovement) -> dict[str, Any]:
    line = movement.line
    told: dict[str, Any] = {
        "line": line.number, "item": use.item, "quantity": f"{movement.quantity:f}",
        "unit": line.unit, "left": f"{movement.left_quantity:f}",
    }
    if line.value is not None:
        told |= {"value": f"{movement.value:f}", "currency": line.currency,
                 "left_value": f"{movement.left_value:f}"}
    return told
