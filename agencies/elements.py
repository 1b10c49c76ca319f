"""Which elements of the dataset an agency asks for, by the routing rules in force.

A rule asks for what its conditions compare: without the commodity code no rule about plants can
tell that plants are coming.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agencies.conditions import Condition, ConditionError, Group, parse
from agencies.models import Rule, RuleSet

_SHIPMENT = "/Declaration/GoodsShipment"
_ITEM = f"{_SHIPMENT}/GovernmentAgencyGoodsItem"
_MEASURE = f"{_ITEM}/Commodity/GoodsMeasure"
_GROSS, _NET = (f"{_MEASURE}/GrossMassMeasure",), (f"{_MEASURE}/NetNetWeightMeasure",)
_PACKAGES = (f"{_ITEM}/Packaging/QuantityQuantity",)
_VALUE = (
    f"{_ITEM}/Commodity/InvoiceLine/ItemChargeAmount",
    f"{_ITEM}/CustomsValueAmount",
    f"{_ITEM}/StatisticalValueAmount",
)

# The elements that ``agencies.facts`` reads for each field; a test holds the two together.
ELEMENTS: dict[str, tuple[str, ...]] = {
    "kind": ("/Declaration/TypeCode",),
    "mode": (
        "/Declaration/BorderTransportMeans/ModeCode",
        f"{_SHIPMENT}/Consignment/ArrivalTransportMeans/ModeCode",
        f"{_SHIPMENT}/Consignment/DepartureTransportMeans/ModeCode",
    ),
    "office": (
        "/Declaration/DeclarationOfficeID",
        "/Declaration/TransitDepartureOffice/ID",
        "/Declaration/TransitDestinationOffice/ID",
        "/Declaration/TransitOffice/ID",
    ),
    "trader": (
        "/Declaration/Declarant/ID",
        f"{_SHIPMENT}/Importer/ID",
        "/Declaration/Exporter/ID",
        "/Declaration/Agent/ID",
        "/Declaration/TransitPrincipal/ID",
        "/Declaration/LPCO/Applicant/ID",
    ),
    "authorisation": ("/Declaration/AuthorisationHolder/CategoryCode",),
    "permit": ("/Declaration/LPCO/TypeCode",),
    "agency": ("/Declaration/LPCO/IssuingAgency/ID",),
    "total_value": ("/Declaration/InvoiceAmount",),
    "total_gross_mass": ("/Declaration/TotalGrossMassMeasure",),
    "hs": (
        f"{_ITEM}/Commodity/Classification/ID",
        f"{_ITEM}/Commodity/Classification/IdentificationTypeCode",
    ),
    "regime": (
        f"{_ITEM}/GovernmentProcedure/CurrentCode",
        f"{_ITEM}/GovernmentProcedure/PreviousCode",
    ),
    "origin": (f"{_ITEM}/Origin/CountryCode",),
    "export_country": (f"{_ITEM}/ExportCountry/ID", f"{_SHIPMENT}/ExportCountry/ID"),
    "destination": (f"{_ITEM}/Destination/CountryCode", f"{_SHIPMENT}/Destination/CountryCode"),
    "value": _VALUE,
    "quantity": (f"{_MEASURE}/TariffQuantity",),
    "gross_mass": _GROSS,
    "net_mass": _NET,
    "document": (
        f"{_ITEM}/AdditionalDocument/TypeCode",
        "/Declaration/AdditionalDocument/TypeCode",
    ),
    "route_country": ("/Declaration/Consignment/Itinerary/RoutingCountryCode",),
    "value_per_kg": (*_VALUE, *_NET, *_GROSS),
    "packages": _PACKAGES,
    "mass_per_package": (*_GROSS, *_PACKAGES),
    "packing_share": (*_GROSS, *_NET),
    # What is declared of it here is compared with what the neighbour told.
    "mirror": (
        "/Declaration/InvoiceAmount", "/Declaration/TotalGrossMassMeasure",
        "/Declaration/TotalPackageQuantity", *_NET, f"{_MEASURE}/TariffQuantity",
        f"{_ITEM}/Commodity/Classification/ID", f"{_SHIPMENT}/Consignment/TransportEquipment/ID",
    ),
    "mirror_value": ("/Declaration/InvoiceAmount",),
    "mirror_mass": ("/Declaration/TotalGrossMassMeasure", *_NET),
    "mirror_quantity": (f"{_MEASURE}/TariffQuantity",),
    "mirror_packages": ("/Declaration/TotalPackageQuantity",),
    # What the portal knows by itself.
    "lane": (), "earlier": (), "earlier_refused": (), "earlier_found": (),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An agency that asks for an element, and the rule by which it does."""

    agency: str
    agency_code: str
    rule: str
    title: str
    legal_basis: str


def asked_for() -> dict[str, list[Asked]]:
    """Who asks for each element, by its path, under the newest rule set in force."""
    found: dict[str, list[Asked]] = {}
    rule_set = RuleSet.objects.in_force().first()
    if rule_set is None:
        return found
    for rule in rule_set.rules.select_related("queue__agency"):
        agency = rule.queue.agency
        asked = Asked(agency.name, agency.code, rule.code, rule.title, rule.legal_basis)
        for path in _paths(rule):
            found.setdefault(path, []).append(asked)
    return found


def _paths(rule: Rule) -> list[str]:
    """Every element that the rule's conditions compare, once."""
    try:
        condition = parse(rule.conditions)
    except ConditionError:  # a rule of before the conditions were checked
        return []
    return list(dict.fromkeys(path for field in _fields(condition) for path in ELEMENTS[field]))


def _fields(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Group):
        for part in condition.parts:
            yield from _fields(part)
    else:
        yield condition.field
