"""What a message says: written from a declaration for a partner, read from a partner for the list."""

from operator import attrgetter
from typing import Any

from django.conf import settings

from declarations import wco
from declarations.models import Declaration
from declarations.profiles import store

# More goods than that are in the message itself; the list only hints at them.
_GOODS_SHOWN = 20


def body_of(declaration: Declaration) -> bytes:
    """The version in force as WCO XML, with the MRN as ID and the moment of acceptance.

    What the trader filed has neither: this portal gave them. Raises ValueError for a declaration
    that was never accepted.
    """
    if declaration.mrn is None or declaration.accepted_at is None:
        raise ValueError(f"{declaration} was never accepted: there is nothing to tell a neighbour")
    message = wco.from_json(declaration.current.dataset)
    message.ID = declaration.mrn
    message.AcceptanceDateTime = wco.DateTime.of(declaration.accepted_at)
    profile = store.pinned(declaration.profile, declaration.profile_version)
    return wco.to_xml(message, profile, country=settings.PORTAL_COUNTRY)


def countries_on_itinerary(declaration: Declaration) -> list[str]:
    """Every country that the goods pass through, in order."""
    message = wco.from_json(declaration.current.dataset)
    return [stop.RoutingCountryCode for stop in _at(message, "Consignment.Itinerary") or []]


def project(message: wco.Declaration) -> dict[str, Any]:
    """The columns of an inbox message: what its list and page show at a glance.

    Amounts and masses are texts, as they were sent.
    """
    items = _at(message, "GoodsShipment.GovernmentAgencyGoodsItem") or []
    summary = {
        "type": message.TypeCode,
        "accepted": _at(message, "AcceptanceDateTime.value"),
        "exporter": _at(message, "Exporter.Name") or _at(message, "GoodsShipment.Seller.Name"),
        "importer": _at(message, "GoodsShipment.Importer.Name")
        or _at(message, "GoodsShipment.Consignee.Name"),
        "declarant": _at(message, "Declarant.Name") or _at(message, "Declarant.ID"),
        "export_country": _at(message, "GoodsShipment.ExportCountry.ID"),
        "destination_country": _at(message, "GoodsShipment.Destination.CountryCode"),
        "item_count": len(items),
        "goods": [_goods(item) for item in items[:_GOODS_SHOWN]],
        "gross_mass_kg": _text(_at(message, "TotalGrossMassMeasure.value")),
        "invoice_amount": _text(_at(message, "InvoiceAmount.value")),
        "invoice_currency": _at(message, "InvoiceAmount.currencyID"),
        "packages": _text(_at(message, "TotalPackageQuantity.value")),
    }
    return {
        "mrn": (message.ID or "")[:18],
        "lrn": message.FunctionalReferenceID or "",
        "summary": summary,
    }


def _goods(item: Any) -> dict[str, Any]:
    classification = _at(item, "Commodity.Classification") or []
    return {
        "number": item.SequenceNumeric,
        "description": _at(item, "Commodity.Description"),
        "hs": classification[0].ID if classification else None,
        "origin": [origin.CountryCode for origin in _at(item, "Origin") or []][:1],
        "net_mass_kg": _text(_at(item, "Commodity.GoodsMeasure.NetNetWeightMeasure.value")),
    }


def _at(group: Any, path: str) -> Any:
    """What stands at a dotted path of WCO names; None where any group on the way is absent."""
    try:
        return attrgetter(path)(group)
    except AttributeError:
        return None


def _text(number: Any) -> str | None:
    return None if number is None else str(number)
