"""What an import says too of what its export said. Pure: JSON of datasets.

Left out is what belongs to the declaration there: declarant, offices, procedures, permits, values
for statistics, and the digits that its country adds to the commodity code.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from declarations.consignments import TRANSPORT_DOCUMENTS, compact
from exchange.advance.references import HS_DIGITS

Json = dict[str, Any]

# UNTDID 1001: goods declaration for exportation.
EXPORT_DECLARATION = "830"
_HEADER = ("Exporter", "BorderTransportMeans", "InvoiceAmount")
_SHIPMENT = ("ExportCountry", "Destination", "Invoice", "TradeTerms", "TransactionNatureCode", "UCR")
_ITEM = ("Origin", "Packaging", "UCR")
_COMMODITY = ("Description", "GoodsMeasure", "InvoiceLine", "TransportEquipment")


def import_of(export: Json, mrn: str, importer: Json) -> Json:
    """The dataset of an import of all the goods, naming the export by its MRN."""
    shipment = export.get("GoodsShipment") or {}
    found = _taken(export, _HEADER)
    found["AdditionalDocument"] = _transport(export)
    goods = _taken(shipment, _SHIPMENT)
    goods["Importer"] = importer
    goods["Consignment"] = _taken(
        shipment.get("Consignment") or {}, ("ContainerCode", "TransportEquipment"))
    goods["PreviousDocument"] = [{"TypeCode": EXPORT_DECLARATION, "ID": mrn}]
    goods["GovernmentAgencyGoodsItem"] = [
        _item(item) for item in shipment.get("GovernmentAgencyGoodsItem") or []
    ]
    found["GoodsShipment"] = _said(goods)
    return deepcopy(_said(found))


def _item(item: Json) -> Json:
    commodity = item.get("Commodity") or {}
    found = _taken(item, _ITEM)
    found["AdditionalDocument"] = _transport(item)
    found["Commodity"] = _taken(commodity, _COMMODITY) | {
        "Classification": [
            one | {"ID": compact(one.get("ID"))[:HS_DIGITS]}
            for one in (commodity.get("Classification") or [])[:1]
        ]
    }
    return _said(found)


def _transport(group: Json) -> list[Json]:
    papers = group.get("AdditionalDocument") or []
    return [paper for paper in papers if paper.get("TypeCode") in TRANSPORT_DOCUMENTS]


def _taken(group: Json, names: tuple[str, ...]) -> Json:
    return {name: group[name] for name in names if group.get(name)}


def _said(group: Json) -> Json:
    return {name: value for name, value in group.items() if value}
