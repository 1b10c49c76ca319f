"""A goods item and its documents."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.forms.bound import BoundForm
from declarations.forms.fields import bind
from declarations.forms.layout import Block, helper_for

ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"
DOCUMENT = f"{ITEM}/AdditionalDocument"


def origin() -> forms.Field:
    """Which row of the dataset that the draft was begun from this row was, to keep its rest."""
    return forms.CharField(required=False, widget=forms.HiddenInput)


def item_fields(kind: str) -> dict[str, forms.Field]:
    return {
        "origin": origin(),
        "description": bind(
            "Commodity/Description", ITEM, label=_("Description of the goods")
        ),
        "hs_code": bind(
            "Commodity/Classification/ID", ITEM, label=_("HS code"), codes="hs", required=True,
            help=_("Type a code or a word; 6 to 10 digits."),
        ),
        "origin_country": bind(
            "Origin/CountryCode", ITEM, label=_("Country of origin"), codes="country"
        ),
        "packages": bind("Packaging/QuantityQuantity", ITEM, label=_("Packages")),
        "package_type": bind("Packaging/TypeCode", ITEM, label=_("Package type"), codes="package"),
        "marks": bind("Packaging/MarksNumbersID", ITEM, label=_("Marks and numbers")),
        "gross_mass": bind(
            "Commodity/GoodsMeasure/GrossMassMeasure", ITEM, label=_("Gross mass, kg"), unit="KGM"
        ),
        "net_mass": bind(
            "Commodity/GoodsMeasure/NetNetWeightMeasure", ITEM, label=_("Net mass, kg"), unit="KGM"
        ),
        "quantity": bind(
            "Commodity/GoodsMeasure/TariffQuantity", ITEM, label=_("Supplementary quantity")
        ),
        "quantity_unit": bind(
            "Commodity/GoodsMeasure/TariffQuantity@unitCode", ITEM, label=_("Unit"), codes="unit"
        ),
        "price": bind("Commodity/InvoiceLine/ItemChargeAmount", ITEM, label=_("Price")),
        "currency": bind(
            "Commodity/InvoiceLine/ItemChargeAmount@currencyID", ITEM, label=_("Currency"),
            codes="currency", help=_("Empty: as the invoice."),
        ),
        "procedure": bind(
            "GovernmentProcedure/CurrentCode", ITEM, label=_("Procedure"), codes="procedure"
        ),
        "previous_procedure": bind(
            "GovernmentProcedure/PreviousCode", ITEM, label=_("Previous procedure"),
            codes="procedure",
        ),
    }


def document_fields(kind: str) -> dict[str, forms.Field]:
    return {
        "origin": origin(),
        "type": bind("TypeCode", DOCUMENT, label=_("Document type"), codes="document"),
        "id": bind("ID", DOCUMENT, label=_("Document number")),
    }


ITEM_BLOCKS = [
    Block([
        [("origin", 12)],
        [("description", 12)],
        [("hs_code", 4), ("origin_country", 3), ("price", 3), ("currency", 2)],
        [("packages", 2), ("package_type", 3), ("marks", 7)],
        [("gross_mass", 3), ("net_mass", 3), ("quantity", 3), ("quantity_unit", 3)],
        [("procedure", 6), ("previous_procedure", 6)],
    ])
]
DOCUMENT_BLOCKS = [Block([[("origin", 12)], [("type", 5), ("id", 7)]])]


class DocumentForm(BoundForm):
    declared = staticmethod(document_fields)
    root = DOCUMENT

    def __init__(self, data: Mapping[str, str], kind: str, prefix: str | None = None) -> None:
        super().__init__(data, kind, prefix)
        self.helper = helper_for(self, DOCUMENT_BLOCKS)


class ItemForm(BoundForm):
    declared = staticmethod(item_fields)
    root = ITEM

    def __init__(self, data: Mapping[str, str], kind: str, prefix: str | None = None) -> None:
        super().__init__(data, kind, prefix)
        self.helper = helper_for(self, ITEM_BLOCKS)
        self.documents: list[DocumentForm] = []
