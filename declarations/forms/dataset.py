"""Form data ⇄ dataset JSON."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from declarations.forms import paths
from declarations.forms.codes import meaning
from declarations.forms.header import HeaderForm
from declarations.forms.items import ItemForm
from declarations.forms.paths import prune
from declarations.forms.rows import Group, RowForm, header_sorts, item_sorts
from declarations.forms.totals import Totals, totals_of
from declarations.forms.typed import ORIGIN, Rows, Typed, TypedItem

if TYPE_CHECKING:
    from declarations.forms.declaration import DeclarationForms

Dataset = dict[str, Any]

TYPE_CODES = {"import": "IMA", "export": "EXA", "transit": "TRA", "lpco": "LP"}
HS = "HS"


def from_dataset(kind: str, dataset: Dataset) -> Typed:
    """What the form shows for a dataset: every value that has a field, as it would be typed."""
    typed = Typed(
        HeaderForm.read(dataset, kind), rows=_read_rows(header_sorts(kind), dataset, kind)
    )
    if _is_sum(dataset):
        del typed.header["invoice_amount"]  # it follows the items again when they are corrected
    for n, item in enumerate(items_of(dataset)):
        values = ItemForm.read(item, kind) | {ORIGIN: str(n)}
        typed.items.append(TypedItem(values, _read_rows(item_sorts(kind), item, kind)))
    return typed


def _read_rows(sorts: list[type[RowForm]], data: Dataset, kind: str) -> Rows:
    rows = {
        sort.name: [
            sort.read(row, kind) | {ORIGIN: str(n)}
            for n, row in enumerate(paths.listed(data, sort.path())[sort.skip:])
        ]
        for sort in sorts
    }
    return {name: found for name, found in rows.items() if found}


def _is_sum(dataset: Dataset) -> bool:
    """True if the invoice total is what the form would compute from the items."""
    invoice = dataset.get("InvoiceAmount") or {}
    if not invoice.get("value"):
        return False
    return totals_of(items_of(dataset)).prices == {
        invoice.get("currencyID") or "": Decimal(invoice["value"])
    }


def items_of(dataset: Dataset) -> list[Dataset]:
    return (dataset.get("GoodsShipment") or {}).get("GovernmentAgencyGoodsItem") or []


def row_of(rows: list[Dataset], origin: str) -> Dataset:
    """A copy of the row that a form row was begun from; an empty one if it is new."""
    if origin.isdecimal() and int(origin) < len(rows):
        return deepcopy(rows[int(origin)])
    return {}


def to_dataset(forms: DeclarationForms, now: datetime) -> Dataset:
    """The dataset JSON of everything valid in the form, completed with what the form computes.

    Sequence numbers, counts and masses of the header are never typed: they follow from the items.
    """
    data = deepcopy(forms.base)
    shipment = data.setdefault("GoodsShipment", {})
    base_items = shipment.pop("GovernmentAgencyGoodsItem", None) or []
    forms.header.write(data)
    _write_rows(forms.groups, data)
    data.setdefault("TypeCode", TYPE_CODES[forms.kind])
    data["FunctionCode"] = "9"  # an original: corrections of accepted declarations are amendments
    data["IssueDateTime"] = {"value": now.strftime("%Y%m%d%H%M%SZ"), "formatCode": "304"}
    invoice_currency = (data.get("InvoiceAmount") or {}).get("currencyID")
    invoice_currency = invoice_currency or forms.header.cleaned_data.get("invoice_currency")
    shipment["GovernmentAgencyGoodsItem"] = [
        _item(form, n, base_items, invoice_currency)
        for n, form in enumerate(forms.items, start=1)
    ]
    _complete(data, totals_of(shipment["GovernmentAgencyGoodsItem"]))
    return prune(data)


def _item(form: ItemForm, number: int, base: list[Dataset], currency: str | None) -> Dataset:
    item = row_of(base, form.cleaned_data.get("origin", ""))
    form.write(item)
    item["SequenceNumeric"] = number
    for classification in (item.get("Commodity") or {}).get("Classification") or []:
        classification.setdefault("IdentificationTypeCode", HS)
    price = ((item.get("Commodity") or {}).get("InvoiceLine") or {}).get("ItemChargeAmount")
    if price and not form.cleaned_data.get("currency") and currency:
        price["currencyID"] = currency
    _write_rows(form.groups, item)
    return item


def _write_rows(groups: list[Group], data: Dataset) -> None:
    """Write the rows of each sort in place of those that were there, and number them."""
    for group in groups:
        sort = group.sort
        before = paths.listed(data, sort.path())
        rows = deepcopy(before[: sort.skip]) or [{} for _ in range(sort.skip if group.forms else 0)]
        for form in group.forms:
            row = row_of(before[sort.skip:], form.cleaned_data.get(ORIGIN, ""))
            form.write(row)
            rows.append(row)
        if sort.numbered:
            for number, row in enumerate(rows, start=1):
                row["SequenceNumeric"] = number
        if rows:
            paths.put(data, sort.path(), rows, sort.owner)
        else:
            paths.drop(data, sort.path())


def _complete(data: Dataset, totals: Totals) -> None:
    data["GoodsItemQuantity"] = {"value": str(totals.items)}
    if totals.packages:
        data["TotalPackageQuantity"] = {"value": format(totals.packages, "f")}
    if totals.gross_mass:
        data["TotalGrossMassMeasure"] = {
            "value": format(totals.gross_mass, "f"), "unitCode": "KGM"
        }
    if (agency := (data.get("LPCO") or {}).get("IssuingAgency")) and agency.get("ID"):
        agency["Name"] = meaning("agency", agency["ID"]) or agency.get("Name")
    if not (data.get("InvoiceAmount") or {}).get("value") and len(totals.prices) == 1:
        ((currency, total),) = totals.prices.items()
        data["InvoiceAmount"] = {"value": format(total, "f"), "currencyID": currency}
