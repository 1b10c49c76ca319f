"""Steps told by neighbours: each applied once, in order, and never beyond its sender's part.

Called in the transaction that takes a message in (exchange.inbox), so that the exactly-once of the
inbox is that of the step. What does not fit is kept: it waits where something before it has not
come, and is set aside, with the reason, where it can never fit.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from exchange.limits import MAX_CLOCK_SKEW
from exchange.transit import movements, table
from exchange.transit.messages import Message
from exchange.transit.models import Movement, TransitNotice
from exchange.transit.refusals import NotTheirs, OutOfPlace, TooLate
from exchange.transit.states import NoticeState, Step
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

if TYPE_CHECKING:
    from exchange.models import InboxMessage

_SKEW = MAX_CLOCK_SKEW + timedelta(seconds=1)  # moments are told to the second


def columns(content: Message) -> dict[str, Any]:
    """The columns of an inbox message: what its list and page show at a glance."""
    data = content.data
    goods = [{"description": data["goods"]}] if "goods" in data else []
    return {"mrn": content.mrn, "lrn": "", "summary": {
        "exporter": data.get("principal"), "goods": goods, "item_count": len(goods),
        "packages": data.get("packages"), "gross_mass_kg": data.get("gross_mass"),
        "transit": {name: data[name] for name in
                    ("office", "seal_state", "result", "incident", "remark") if name in data},
    }}


def take(message: "InboxMessage", content: Message) -> None:
    """Keep what a neighbour says, and apply it and whatever waited for it, as far as it fits."""
    movement = movements.lock(content.departure_country, content.mrn)
    TransitNotice.objects.create(
        message=message,
        movement=movement,
        departure_country=content.departure_country,
        mrn=content.mrn,
        country=message.partner.country,
        position=message.position,
        step=content.step,
        at=content.at,
        data=content.data,
        state=NoticeState.WAITING,
        received_at=message.received_at,
    )
    settle(content.departure_country, content.mrn, movement)


def settle(departure_country: str, mrn: str, movement: Movement | None) -> None:
    """Apply every notice that can be applied now. The caller holds the movement's lock."""
    moved = True
    while moved:
        moved = False
        waiting = TransitNotice.objects.of(departure_country, mrn).waiting()
        for notice in waiting.select_related("message"):
            try:
                _check_order(notice)
                movement = _apply(notice, movement)
            except OutOfPlace as why:
                _keep(notice, movement, NoticeState.WAITING, str(why))
            except (NotTheirs, TooLate) as why:
                _keep(notice, movement, NoticeState.SET_ASIDE, str(why))
                moved = True
            else:
                _keep(notice, movement, NoticeState.APPLIED, "")
                moved = True


def _check_order(notice: TransitNotice) -> None:
    """Raises OutOfPlace while an earlier message of the same sender has not come, or waits; unless
    an officer decided not to wait for it."""
    if notice.out_of_order:
        return
    message = notice.message
    same = type(message).objects.filter(
        partner_id=message.partner_id, movement=message.movement, position__lt=message.position
    )
    if same.count() < message.position - 1:
        raise OutOfPlace(_("An earlier message of this country has not come yet."))
    if same.filter(transit_notice__state=NoticeState.WAITING).exists():
        raise OutOfPlace(_("An earlier message of this country still waits."))


def _apply(notice: TransitNotice, movement: Movement | None) -> Movement:
    if notice.at > notice.received_at + _SKEW:
        raise NotTheirs(_("It tells of a moment that was still to come."))
    actor = Actor(label=notice.message.partner.name)
    if notice.step == Step.ANNOUNCE:
        return _announced(notice, movement, actor)
    if movement is None:
        raise OutOfPlace(_("This movement has not been announced to us."))
    if notice.at < movement.released_at - _SKEW:
        raise NotTheirs(_("It tells of a moment before the release."))
    table.perform(movement, Step(notice.step), notice.country, _told(notice), actor, notice.at)
    return movement


def _announced(notice: TransitNotice, movement: Movement | None, actor: Actor) -> Movement:
    """Only the country of departure announces, and only to the countries of its itinerary."""
    stops = notice.data["itinerary"]
    if notice.country != notice.departure_country or stops[0]["country"] != notice.country:
        raise NotTheirs(_("Only the country of departure may announce a movement."))
    if notice.mrn[2:4] != notice.departure_country:
        raise NotTheirs(_("The MRN is not one of the country of departure."))
    if settings.PORTAL_COUNTRY not in {stop["country"] for stop in stops}:
        raise NotTheirs(_("This country is not on the itinerary."))
    if any(not stop["office"].startswith(stop["country"]) for stop in stops):
        raise NotTheirs(_("An office of the itinerary is not in the country that it is said to be in."))
    if movement is not None:
        raise NotTheirs(_("This movement was announced before."))
    made = movements.begin(notice.departure_country, notice.mrn, notice.data, notice.at)
    record(made.pk, EventKind.TRANSIT_ANNOUNCED, actor, {
        "country": notice.country, "mrn": made.mrn, "stage": str(made.stage),
        "message": str(notice.message.message_id),
        "itinerary": [stop["office"] for stop in stops],
    })
    return made


def _told(notice: TransitNotice) -> dict[str, Any]:
    return {**notice.data, "at": notice.at.isoformat(), "message": str(notice.message.message_id)}


def _keep(notice: TransitNotice, movement: Movement | None, state: NoticeState, reason: str) -> None:
    if (notice.state, notice.reason, notice.movement_id) == (
        state, reason[:250], movement.pk if movement else None
    ):
        return
    was = notice.state
    notice.state, notice.reason, notice.movement = state, reason[:250], movement
    notice.save(update_fields=["state", "reason", "movement"])
    if state == NoticeState.SET_ASIDE and was != state and movement is not None:
        record(movement.pk, EventKind.TRANSIT_SET_ASIDE, Actor(label=notice.message.partner.name), {
            "country": notice.country, "step": notice.step, "reason": notice.reason,
            "message": str(notice.message.message_id),
        })
