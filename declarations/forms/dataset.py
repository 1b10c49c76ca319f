"""Form data ⇄ dataset JSON."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from declarations.forms.header import HeaderForm
from declarations.forms.items import DocumentForm, ItemForm
from declarations.forms.paths import prune
from declarations.forms.totals import Totals, totals_of
from declarations.forms.typed import Typed, TypedItem

if TYPE_CHECKING:
    from declarations.forms.declaration import DeclarationForms

Dataset = dict[str, Any]

TYPE_CODES = {"import": "IMA", "export": "EXA"}
HS = "HS"


def from_dataset(kind: str, dataset: Dataset) -> Typed:
    """What the form shows for a dataset: every value that has a field, as it would be typed."""
    typed = Typed(HeaderForm.read(dataset, kind))
    if _is_sum(dataset):
        del typed.header["invoice_amount"]  # it follows the items again when they are corrected
    for n, item in enumerate(items_of(dataset)):
        values = ItemForm.read(item, kind) | {"origin": str(n)}
        documents = [
            DocumentForm.read(document, kind) | {"origin": str(m)}
            for m, document in enumerate(item.get("AdditionalDocument") or [])
        ]
        typed.items.append(TypedItem(values, documents))
    return typed


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
    base_documents = item.pop("AdditionalDocument", None) or []
    form.write(item)
    item["SequenceNumeric"] = number
    for classification in (item.get("Commodity") or {}).get("Classification") or []:
        classification.setdefault("IdentificationTypeCode", HS)
    for position, packaging in enumerate(item.get("Packaging") or [], start=1):
        packaging["SequenceNumeric"] = position
    price = ((item.get("Commodity") or {}).get("InvoiceLine") or {}).get("ItemChargeAmount")
    if price and not form.cleaned_data.get("currency") and currency:
        price["currencyID"] = currency
    documents = []
    for document in form.documents:
        row = row_of(base_documents, document.cleaned_data.get("origin", ""))
        document.write(row)
        documents.append(row)
    item["AdditionalDocument"] = documents
    return item


def _complete(data: Dataset, totals: Totals) -> None:
    data["GoodsItemQuantity"] = {"value": str(totals.items)}
    if totals.packages:
        data["TotalPackageQuantity"] = {"value": format(totals.packages, "f")}
    if totals.gross_mass:
        data["TotalGrossMassMeasure"] = {
            "value": format(totals.gross_mass, "f"), "unitCode": "KGM"
        }
    if not (data.get("InvoiceAmount") or {}).get("value") and len(totals.prices) == 1:
        ((currency, total),) = totals.prices.items()
        data["InvoiceAmount"] = {"value": format(total, "f"), "currencyID": currency}
