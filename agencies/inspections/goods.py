"""What the inspector holds against what is there: the goods items, and the vehicle with its seals.

Read from what the agency's mandate covers: a page on a phone tells no more than one at a desk.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agencies.dossier import named
from agencies.inspections.models import Finding, Participant
from agencies.inspections.states import FindingKind
from agencies.visibility import covered_for
from declarations import wco
from declarations.models import Declaration
from portal.accounts.actors import Actor

# Without wanted items so many are offered; the whole consignment always is.
MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A goods item with the own agency's last check of it. ``asked``: it must check it."""

    number: int
    hs: str
    description: str
    origin: str
    packages: str
    marks: str
    gross_mass: Decimal | None
    net_mass: Decimal | None
    mass_unit: str
    asked: bool
    last: Finding | None


@dataclass(frozen=True, slots=True)
class Carried:
    """How the goods came, as far as the agency may see it."""

    vehicle: str
    containers: list[str]
    seals: list[str]

    def __bool__(self) -> bool:
        return bool(self.vehicle or self.containers or self.seals)


def seen(declaration: Declaration, actor: Actor) -> wco.Declaration:
    """The version in force, without what is withheld from the actor's agency."""
    version = declaration.versions.order_by("-number").only("dataset", "number").first()
    return wco.from_json(covered_for(actor, version.dataset if version else None) or {}, lenient=True)


def lines(
    dataset: wco.Declaration, wanted: Iterable[int], findings: Iterable[Finding],
    part: Participant,
) -> list[CheckLine]:
    """The items that any agency wants to see; where none names one, the first of all."""
    chosen = set(wanted)
    last: dict[tuple[UUID, int | None], Finding] = {}
    for one in findings:
        if one.kind == FindingKind.CHECK:
            last[one.agency_id, one.item] = one
    shipment = dataset.GoodsShipment
    numbered = [
        (item.SequenceNumeric or place, item)
        for place, item in enumerate(shipment.GovernmentAgencyGoodsItem if shipment else [], 1)
    ]
    found = [(number, item) for number, item in numbered if not chosen or number in chosen]
    return [
        _line(number, item, number in part.items, last.get((part.agency_id, number)))
        for number, item in found[:MOST_LINES if not chosen else None]
    ]


def carried(dataset: wco.Declaration) -> Carried:
    means, shipment = dataset.BorderTransportMeans, dataset.GoodsShipment
    consignment = shipment.Consignment if shipment else None
    equipment = consignment.TransportEquipment if consignment else []
    vehicle = (means.ID, means.RegistrationNationalityCode) if means else ()
    return Carried(
        " ".join(filter(None, vehicle)),
        [one.ID for one in equipment if one.ID],
        [seal.ID for one in equipment for seal in one.Seal if seal.ID],
    )


def _line(number: int, item: Any, asked: bool, last: Finding | None) -> CheckLine:
    commodity = item.Commodity
    measure = commodity.GoodsMeasure if commodity else None
    gross = measure.GrossMassMeasure if measure else None
    net = measure.NetNetWeightMeasure if measure else None
    unit = next((one.unitCode for one in (gross, net) if one is not None), None)
    classification = commodity.Classification if commodity else []
    packages = (
        " ".join(filter(None, (
            f"{pack.QuantityQuantity.value:f}" if pack.QuantityQuantity else "",
            named("package", pack.TypeCode))))
        for pack in item.Packaging
    )
    return CheckLine(
        number=number,
        hs=classification[0].ID or "" if classification else "",
        description=(commodity.Description if commodity else None) or "",
        origin=next((one.CountryCode for one in item.Origin if one.CountryCode), ""),
        packages=", ".join(filter(None, packages)),
        marks=", ".join(pack.MarksNumbersID for pack in item.Packaging if pack.MarksNumbersID),
        gross_mass=gross.value if gross else None,
        net_mass=net.value if net else None,
        mass_unit=_("kg") if unit in (None, "KGM") else unit,
        asked=asked, last=last,
    )
