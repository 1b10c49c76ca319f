"""Drafts begun from what is there already: a former declaration, or a permit that one lacks."""

from copy import deepcopy
from typing import Any

from declarations.forms.dataset import from_dataset, items_of
from declarations.forms.paths import Path, get
from declarations.forms.start import opening, suggested_lrn
from declarations.forms.typed import ORIGIN, Typed
from declarations.states import Kind
from portal.accounts.models import Organisation

Dataset = dict[str, Any]

# Of one filing only: numbers that customs gave, signatures, and what was changed afterwards.
_ONCE = ("ID", "AcceptanceDateTime", "Authentication", "Amendment", "IssueDateTime")
# Of one consignment only, in the form's header.
_OF_CONSIGNMENT = ("ucr",)
_NET = Path.parse("Commodity/GoodsMeasure/NetNetWeightMeasure")


def copied(kind: str, typed: Typed, base: Dataset) -> tuple[Typed, Dataset]:
    """The same declaration once more, with a reference of its own and no seals."""
    typed = deepcopy(typed)
    typed.header["lrn"] = suggested_lrn()
    for name in _OF_CONSIGNMENT:
        typed.header.pop(name, None)
    for row in typed.rows.get("equipment", ()):
        row.pop("seals", None)
    base = {name: value for name, value in deepcopy(base).items() if name not in _ONCE}
    (base.get("GoodsShipment") or {}).pop("UCR", None)
    return typed, base


def application(permit: str, dataset: Dataset, items: set[int], filer: Organisation) -> Typed:
    """An application for a permit that goods items of a declaration need (numbers from 1)."""
    shipment = dataset.get("GoodsShipment") or {}
    goods = [item for n, item in enumerate(items_of(dataset), start=1) if n in items]
    told: Dataset = {
        name: dataset[name] for name in ("Exporter", "BorderTransportMeans") if name in dataset
    }
    told["GoodsShipment"] = {
        name: shipment[name] for name in ("ExportCountry", "Destination", "Importer")
        if name in shipment
    } | {"GovernmentAgencyGoodsItem": [
        {name: value for name, value in item.items() if name not in {"AdditionalDocument"}}
        for item in goods
    ]}
    typed = from_dataset(Kind.LPCO, told)
    typed.header = typed.header | opening(Kind.LPCO, filer).header | {"permit_type": permit}
    if typed.header.get("receiver_id") == typed.header.get("applicant_id"):
        typed.header = {n: v for n, v in typed.header.items() if not n.startswith("receiver_")}
    for item in typed.items:
        item.values.pop(ORIGIN, None)
        for row in (row for rows in item.rows.values() for row in rows):
            row.pop(ORIGIN, None)
    if len(goods) == 1 and (net := get(goods[0], _NET)):
        typed.header |= {"asked_quantity": net["value"], "asked_unit": net.get("unitCode") or "KGM"}
    return typed


def prefilled(typed: Typed, question: dict[str, str]) -> Typed:
    """An application with what was asked on the page "what will be asked" filled in."""
    places = {"dispatch": "export_country", "destination": "destination_country",
              "mode": "border_mode", "permit": "permit_type"}
    for asked, name in places.items():
        if value := question.get(asked, "").strip():
            typed.header[name] = value
    goods = {"hs_code": question.get("hs", "").split(",")[0], "price": question.get("value", ""),
             "origin_country": question.get("origin", ""), "currency": question.get("currency", "")}
    typed.items[0].values |= {name: value.strip() for name, value in goods.items() if value.strip()}
    return typed
