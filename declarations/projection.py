"""From the dataset to the columns of a declaration that are searched, sorted and listed.

Also for a message that was rejected: what does not fit its column is left out, never cut into
something that was not declared (texts for reading are shortened).
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any

from declarations import wco
from declarations.models import Declaration

# UN/ECE Recommendation 20, in kilograms. The profile's default unit is the kilogram.
KILOGRAMS = {None: Decimal(1), "KGM": Decimal(1), "TNE": Decimal(1000), "GRM": Decimal("0.001")}


def project(declaration: Declaration, dataset: wco.Declaration) -> None:
    """Set the projected columns; the caller saves. The LRN is set at intake and stays."""
    items = _at(dataset, "GoodsShipment.GovernmentAgencyGoodsItem") or []
    # By number where the profile lets a name be left out because the administration knows it.
    set_text = {
        "declarant_id": _first(dataset, "Declarant.ID"),
        "importer": _first(
            dataset, "GoodsShipment.Importer.Name", "GoodsShipment.Consignee.Name",
            "LPCO.Applicant.Name", "GoodsShipment.Importer.ID", "GoodsShipment.Consignee.ID",
        ),
        "exporter": _first(
            dataset, "Exporter.Name", "GoodsShipment.Seller.Name", "GoodsShipment.Consignor.Name",
            "Exporter.ID", "GoodsShipment.Seller.ID", "GoodsShipment.Consignor.ID",
        ),
        "goods": "; ".join(dict.fromkeys(_descriptions(items))),
    }
    for column, text in set_text.items():
        setattr(declaration, column, _shortened(text, _width(column)))
    set_code = {
        "export_country": _first(dataset, "GoodsShipment.ExportCountry.ID")
        or _of_items(items, "ExportCountry.ID"),
        "destination_country": _first(dataset, "GoodsShipment.Destination.CountryCode")
        or _of_items(items, "Destination.CountryCode"),
        "transport_mode": _first(
            dataset, "BorderTransportMeans.ModeCode",
            "GoodsShipment.Consignment.ArrivalTransportMeans.ModeCode",
            "GoodsShipment.Consignment.DepartureTransportMeans.ModeCode",
        ),
        "office": _first(
            dataset, "DeclarationOfficeID", "TransitDepartureOffice.ID", "PresentationOffice.ID"
        ),
        "invoice_currency": _first(dataset, "InvoiceAmount.currencyID"),
    }
    for column, code in set_code.items():
        setattr(declaration, column, code if len(code) <= _width(column) else "")
    declaration.invoice_amount = _fitting("invoice_amount", _at(dataset, "InvoiceAmount.value"))
    declaration.gross_mass_kg = _fitting("gross_mass_kg", _gross_mass(dataset, items))
    declaration.item_count = len(items)
    declaration.hs_codes = list(dict.fromkeys(_hs_codes(items)))


def _descriptions(items: list[Any]) -> Iterator[str]:
    for item in items:
        description = " ".join((_at(item, "Commodity.Description") or "").split())
        if description:
            yield description


def _hs_codes(items: list[Any]) -> Iterator[str]:
    """The commodity code of each item, digits only: its first classification."""
    for item in items:
        for classification in (_at(item, "Commodity.Classification") or [])[:1]:
            code = (classification.ID or "").replace(".", "").replace(" ", "")
            if code.isdecimal() and 2 <= len(code) <= 12:
                yield code


def _gross_mass(dataset: wco.Declaration, items: list[Any]) -> Decimal | None:
    """Kilograms: the declared total, or where there is none the sum over the items."""
    if dataset.TotalGrossMassMeasure is not None:
        return _kilograms(dataset.TotalGrossMassMeasure)
    masses = [_kilograms(_at(item, "Commodity.GoodsMeasure.GrossMassMeasure")) for item in items]
    known = [mass for mass in masses if mass is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(masses) else None


def _kilograms(measure: wco.Measure | None) -> Decimal | None:
    if measure is None or measure.unitCode not in KILOGRAMS:
        return None
    return measure.value * KILOGRAMS[measure.unitCode]


def _of_items(items: list[Any], path: str) -> str:
    """What all items agree on; empty where they differ or say nothing."""
    values = {_at(item, path) for item in items}
    return (values.pop() or "") if len(values) == 1 else ""


def _first(dataset: wco.Declaration, *paths: str) -> str:
    for path in paths:
        if value := (_at(dataset, path) or "").strip():
            return str(value)
    return ""


def _at(group: Any, path: str) -> Any:
    """What stands at a dotted path of WCO names; None where any group on the way is absent."""
    try:
        return _reader(path)(group)
    except AttributeError:
        return None


@cache
def _reader(path: str) -> Callable[[Any], Any]:
    return attrgetter(path)


@cache
def _width(column: str) -> int:
    width = getattr(Declaration._meta.get_field(column), "max_length", None)
    assert isinstance(width, int)
    return width


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _fitting(column: str, number: Decimal | None) -> Decimal | None:
    """The number at the column's scale, or None when its digits do not fit."""
    limit, places = _limit(column)
    return None if number is None or abs(number) >= limit else round(number, places)


@cache
def _limit(column: str) -> tuple[Decimal, int]:
    """What the column cannot hold any more, and its decimal places."""
    field = Declaration._meta.get_field(column)
    digits, places = field.max_digits, field.decimal_places  # type: ignore[union-attr]
    return Decimal(10) ** (digits - places) - 1, places
