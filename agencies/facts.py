"""What a declaration says about the fields that routing rules compare.

Read from the typed dataset, a column per field, and only the columns that somebody asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from agencies.conditions import FIELDS, Number
from agencies.mirror import NO_MIRROR, Mirror
from agencies.ratios import RATIOS
from declarations.wco import Declaration
from declarations.wco.dataset import GoodsShipment, GovernmentAgencyGoodsItem

Value = str | Number
Item = GovernmentAgencyGoodsItem

# UN/ECE Recommendation 20: one of these in kilograms. A mass in another unit is not a mass.
KILOGRAMS = {"KGM": Decimal(1), "TNE": Decimal(1000), "GRM": Decimal("0.001"), None: Decimal(1)}
# Lists that a commodity code may come from and that begin with the six digits of the HS.
HS_LISTS = {None, "", "HS", "CN", "TSP", "TRC", "TARIC"}
HS_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Known:
    """What the portal knows beside the message; None and empty: not known."""

    lane: str = ""
    earlier: int | None = None
    refused: int | None = None
    found: int | None = None
    mirror: Mirror = NO_MIRROR


NOTHING_KNOWN = Known()


class Facts:
    """The facts of one declaration: ``column("hs")[0]`` are the codes of the first item."""

    def __init__(self, kind: str, dataset: Declaration, known: Known = NOTHING_KNOWN) -> None:
        self._kind = kind
        self._known = known
        self._dataset = dataset
        self._shipment = dataset.GoodsShipment or GoodsShipment()
        self.items = self._shipment.GovernmentAgencyGoodsItem or [Item()]
        self._columns: dict[str, list[tuple[Value, ...]]] = {}

    def column(self, field: str) -> list[tuple[Value, ...]]:
        """The values of a field, item by item; for a field of the declaration, one row for all."""
        if field not in self._columns:
            if field in RATIOS:
                sources, ratio = RATIOS[field]
                self._columns[field] = list(map(ratio, *map(self.column, sources)))
            elif FIELDS[field].of_item:
                read = ITEM_READERS[field]
                self._columns[field] = [tuple(read(self, item)) for item in self.items]
            else:
                self._columns[field] = [tuple(HEADER_READERS[field](self))]
        return self._columns[field]

    def sequence(self, position: int) -> int:
        """The number that the declarant gave the item at ``position`` (0 is the first)."""
        return self.items[position].SequenceNumeric or position + 1

    def in_lane(self, lane: str) -> None:
        """The lane has been found: whoever looks from now on sees it."""
        self._known = replace(self._known, lane=lane)
        self._columns.pop("lane", None)

    # --- the declaration -----------------------------------------------------------------

    def kind(self) -> Iterable[str]:
        return (self._kind,)

    def mode(self) -> Iterable[str]:
        consignment = self._shipment.Consignment
        means = (self._dataset.BorderTransportMeans, _at(consignment, "ArrivalTransportMeans"),
                 _at(consignment, "DepartureTransportMeans"))
        return _given(*(_at(one, "ModeCode") for one in means))[:1]

    def office(self) -> Iterable[str]:
        dataset = self._dataset
        return _given(
            dataset.DeclarationOfficeID,
            _at(dataset.TransitDepartureOffice, "ID"),
            _at(dataset.TransitDestinationOffice, "ID"),
            *(office.ID for office in dataset.TransitOffice),
        )

    def trader(self) -> Iterable[str]:
        dataset = self._dataset
        return _given(
            *(_at(party, "ID") for party in (
                dataset.Declarant, self._shipment.Importer, dataset.Exporter, dataset.Agent,
                dataset.TransitPrincipal, _at(dataset.LPCO, "Applicant"),
            ))
        )

    def authorisation(self) -> Iterable[str]:
        return _given(*(holder.CategoryCode for holder in self._dataset.AuthorisationHolder))

    def permit(self) -> Iterable[str]:
        return _given(_at(self._dataset.LPCO, "TypeCode"))

    def agency(self) -> Iterable[str]:
        return _given(_at(_at(self._dataset.LPCO, "IssuingAgency"), "ID"))

    def total_value(self) -> Iterable[Number]:
        return _amount(self._dataset.InvoiceAmount)

    def total_gross_mass(self) -> Iterable[Number]:
        return _mass(self._dataset.TotalGrossMassMeasure)

    def route_country(self) -> Iterable[str]:
        itinerary = _at(self._dataset.Consignment, "Itinerary") or ()
        return _given(*(one.RoutingCountryCode for one in itinerary))

    def lane(self) -> Iterable[str]:
        return _given(self._known.lane)

    def earlier(self) -> Iterable[Number]:
        return _count(self._known.earlier)

    def earlier_refused(self) -> Iterable[Number]:
        return _count(self._known.refused)

    def earlier_found(self) -> Iterable[Number]:
        return _count(self._known.found)

    def mirror(self) -> Iterable[str]:
        return self._known.mirror.found

    def mirror_value(self) -> Iterable[Number]:
        return _percent(self._known.mirror.value)

    def mirror_mass(self) -> Iterable[Number]:
        return _percent(self._known.mirror.mass)

    def mirror_quantity(self) -> Iterable[Number]:
        return _percent(self._known.mirror.quantity)

    def mirror_packages(self) -> Iterable[Number]:
        return _percent(self._known.mirror.packages)

    # --- one item ------------------------------------------------------------------------

    def hs(self, item: Item) -> Iterable[str]:
        if item.Commodity is None:
            return ()
        codes = [
            one.ID.replace(".", "").replace(" ", "") for one in item.Commodity.Classification
            if one.ID and one.IdentificationTypeCode in HS_LISTS
        ]
        # Some profiles declare apart the digits that a list adds: a TRC of 10 is not chapter 10.
        return [code for code in codes if code.isdecimal() and len(code) >= HS_DIGITS]

    def regime(self, item: Item) -> Iterator[str]:
        for procedure in item.GovernmentProcedure:
            if procedure.CurrentCode:
                yield procedure.CurrentCode
                if procedure.PreviousCode:
                    yield procedure.CurrentCode + procedure.PreviousCode

    def origin(self, item: Item) -> Iterable[str]:
        return _given(*(origin.CountryCode for origin in item.Origin))

    def export_country(self, item: Item) -> Iterable[str]:
        return _given(_at(item.ExportCountry or self._shipment.ExportCountry, "ID"))

    def destination(self, item: Item) -> Iterable[str]:
        return _given(_at(item.Destination or self._shipment.Destination, "CountryCode"))

    def value(self, item: Item) -> Iterable[Number]:
        line = item.Commodity.InvoiceLine if item.Commodity else None
        price = line.ItemChargeAmount if line else None
        return _amount(price or item.CustomsValueAmount or item.StatisticalValueAmount)

    def quantity(self, item: Item) -> Iterable[Number]:
        quantity = _at(_measures(item), "TariffQuantity")
        return (Number(quantity.value, quantity.unitCode or ""),) if quantity else ()

    def gross_mass(self, item: Item) -> Iterable[Number]:
        return _mass(_at(_measures(item), "GrossMassMeasure"))

    def net_mass(self, item: Item) -> Iterable[Number]:
        return _mass(_at(_measures(item), "NetNetWeightMeasure"))

    def document(self, item: Item) -> Iterable[str]:
        own = _given(*(document.TypeCode for document in item.AdditionalDocument))
        return (*own, *self._header_documents)

    def packages(self, item: Item) -> Iterable[Number]:
        counts = [one.QuantityQuantity.value for one in item.Packaging if one.QuantityQuantity]
        return (Number(sum(counts, Decimal(0))),) if counts else ()

    @cached_property
    def _header_documents(self) -> tuple[str, ...]:
        return _given(*(document.TypeCode for document in self._dataset.AdditionalDocument))


def _at(group: Any, name: str) -> Any:
    return getattr(group, name) if group is not None else None


def _given(*values: str | None) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def _measures(item: Item) -> Any:
    return item.Commodity.GoodsMeasure if item.Commodity else None


def _amount(amount: Any) -> tuple[Number, ...]:
    return (Number(amount.value, amount.currencyID or ""),) if amount is not None else ()


def _mass(measure: Any) -> tuple[Number, ...]:
    factor = KILOGRAMS.get(measure.unitCode) if measure is not None else None
    return (Number(measure.value * factor, "KGM"),) if factor is not None else ()


def _count(number: int | None) -> tuple[Number, ...]:
    return (Number(Decimal(number)),) if number is not None else ()


def _percent(number: Decimal | None) -> tuple[Number, ...]:
    return (Number(number),) if number is not None else ()


HEADER_READERS: dict[str, Callable[[Facts], Iterable[Value]]] = {
    name: getattr(Facts, name) for name, field in FIELDS.items() if not field.of_item
}
ITEM_READERS: dict[str, Callable[[Facts, Item], Iterable[Value]]] = {
    name: getattr(Facts, name) for name, field in FIELDS.items()
    if field.of_item and name not in RATIOS
}
