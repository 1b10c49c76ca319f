"""The office of departure: a released transit declaration becomes a movement, its amendment changes
the movement, its cancellation ends it; and the discharge.

A journal subscriber, so in the transaction of the release: the guarantee is held, the movement
begins and its announcement is queued, or none of it and no release. Likewise for what comes later.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from declarations import wco
from declarations.lifecycle import IllegalTransition
from declarations.models import Declaration
from declarations.rules.transit import office_country
from declarations.states import Kind
from exchange.documents import clean, moment
from exchange.transit import acting, amendments, guarantees, movements, telling
from exchange.transit.limits import GOODS_SHOWN, GRACE, MAX_STOPS, USUAL_TIME
from exchange.transit.models import Movement
from exchange.transit.refusals import StepRefused
from exchange.transit.states import Part, Step
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record


def on_event(event: Event) -> None:
    """Journal subscriber. Raises IllegalTransition, which undoes the release, the amendment or the
    cancellation, where the guarantee does not cover the movement or too much of it has happened."""
    if (follow := _FOLLOWING.get(event.kind)) is None:
        return
    declaration = Declaration.objects.filter(pk=event.subject, kind=Kind.TRANSIT).first()
    if declaration is None or declaration.mrn is None:
        return
    try:
        follow(declaration, declaration.mrn, event)
    except StepRefused as refused:
        raise IllegalTransition(str(refused)) from refused


def _released(declaration: Declaration, mrn: str, event: Event) -> None:
    message = wco.from_json(declaration.current.dataset)
    data = announcement(message, event.at)
    if departs_here(data):
        _depart(declaration, mrn, message, data, event.at)


def _amended(declaration: Declaration, mrn: str, event: Event) -> None:
    """After the release: the movement follows, or begins if the transit now leads abroad."""
    if not event.payload.get("after_release"):
        return
    movement = movements.lock(settings.PORTAL_COUNTRY, mrn)
    if movement is None:
        _released(declaration, mrn, event)
        return
    before = declaration.versions.get(number=event.payload["version"] - 1)
    message = wco.from_json(declaration.current.dataset)
    amendments.amend(
        movement, announcement(wco.from_json(before.dataset), movement.released_at),
        announcement(message, movement.released_at), message, event.at,
    )


def _cancelled(declaration: Declaration, mrn: str, event: Event) -> None:
    movement = movements.lock(settings.PORTAL_COUNTRY, mrn)
    if movement is not None:
        amendments.cancel(movement, event.at)
    elif Event.objects.of(declaration.pk).filter(kind=EventKind.RELEASED).exists():
        raise StepRefused(
            _("The goods are released and no movement of them is watched here: it can no longer be "
              "cancelled.")
        )


_FOLLOWING: dict[str, Callable[[Declaration, str, Event], None]] = {
    EventKind.RELEASED: _released,
    EventKind.AMENDED: _amended,
    EventKind.CANCELLED: _cancelled,
}


def departs_here(data: dict[str, Any]) -> bool:
    """Whether the transit begins here and leads abroad; one within the country is not told."""
    countries = [stop["country"] for stop in data["itinerary"]]
    return countries[:1] == [settings.PORTAL_COUNTRY] and len(set(countries)) > 1


def _depart(
    declaration: Declaration, mrn: str, message: wco.Declaration, data: dict[str, Any], at: datetime
) -> None:
    if len(data["itinerary"]) > MAX_STOPS:
        raise StepRefused(_("The itinerary has more offices than neighbours can be told of."))
    own = settings.PORTAL_COUNTRY
    if movements.lock(own, mrn) is not None:
        return
    movement = movements.begin(own, mrn, data, at, declaration)
    guarantees.hold(movement, message, SYSTEM)
    event = record(movement.pk, EventKind.TRANSIT_ANNOUNCED, SYSTEM, {
        "country": own, "mrn": mrn, "stage": str(movement.stage),
        "itinerary": [stop["office"] for stop in data["itinerary"]],
    }, at=at)
    telling.tell(movement, Step.ANNOUNCE, data, at, event)


def announcement(message: wco.Declaration, released_at: datetime) -> dict[str, Any]:
    """What the countries on the way are told of a declaration: enough to expect the goods, and
    neither prices nor the codes of the guarantee."""
    shipment = message.GoodsShipment
    items = shipment.GovernmentAgencyGoodsItem if shipment else []
    equipment = shipment.Consignment.TransportEquipment if shipment and shipment.Consignment else []
    goods = [one.Commodity for one in items if one.Commodity is not None]
    codes = [one.Classification[0].ID or "" for one in goods if one.Classification]
    stops = _stops(message)
    principal, means = message.TransitPrincipal, message.BorderTransportMeans
    mass, packages = message.TotalGrossMassMeasure, message.TotalPackageQuantity
    data = {
        "principal": clean((principal and (principal.Name or principal.ID)) or "—", 140),
        "goods": clean("; ".join(one.Description or "" for one in goods), GOODS_SHOWN) or "—",
        "hs": list(dict.fromkeys(code for code in codes if code.isdecimal() and len(code) > 1)),
        "gross_mass": f"{mass.value:f}" if mass and (mass.unitCode or "KGM") == "KGM" else "",
        "packages": str(int(packages.value)) if packages and packages.value >= 1 else "",
        "vehicle": clean((means and (means.ID or means.Name)) or "", 35),
        "seals": [clean(seal.ID, 35) for box in equipment for seal in box.Seal if seal.ID][:99],
        "time_limit": moment(_time_limit(message, released_at)),
        "itinerary": stops,
    }
    return {name: value for name, value in data.items() if value or name == "itinerary"}


def _stops(message: wco.Declaration) -> list[dict[str, str]]:
    """The offices in the order of the trip."""
    first, last = message.TransitDepartureOffice, message.TransitDestinationOffice
    if first is None or last is None or not first.ID or not last.ID:
        return []
    between = [
        (office.ID, Part.TRANSIT, office.ArrivalDateTime)
        for office in sorted(message.TransitOffice, key=lambda one: one.SequenceNumeric or 0)
        if office.ID
    ]
    made = []
    for office, part, expected in (
        (first.ID, Part.DEPARTURE, None), *between, (last.ID, Part.DESTINATION, None)
    ):
        stop = {"office": office, "country": office_country(office), "part": str(part)}
        if expected is not None:
            stop["expected"] = moment(expected.as_datetime())
        made.append(stop)
    return made


def _time_limit(message: wco.Declaration, released_at: datetime) -> datetime:
    """By when the goods must be presented at the destination."""
    expected = [
        one.ArrivalDateTime.as_datetime() for one in message.TransitOffice if one.ArrivalDateTime
    ]
    return max([released_at + (USUAL_TIME - GRACE), *expected]) + GRACE


def discharge(pk: UUID, actor: Actor, remark: str = "") -> Movement:
    """Write the movement off: its guarantee is free again. Raises StepRefused."""
    return acting.act(pk, Step.DISCHARGE, actor, {"remark": clean(remark)})
