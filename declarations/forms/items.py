"""A goods item and its documents."""

from collections.abc import Iterator, Mapping

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.forms.bound import BoundForm
from declarations.forms.fields import bind
from declarations.forms.layout import Block, helper_for
from declarations.forms.typed import OPEN, ORIGIN

ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"
DOCUMENT = f"{ITEM}/AdditionalDocument"


def hidden() -> forms.Field:
    """A control about the form: which row of the first dataset this was, or if it is open."""
    return forms.CharField(required=False, widget=forms.HiddenInput)


def item_fields(kind: str) -> dict[str, forms.Field]:
    return {
        ORIGIN: hidden(),
        OPEN: hidden(),
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
        ORIGIN: hidden(),
        "type": bind("TypeCode", DOCUMENT, label=_("Document type"), codes="document"),
        "id": bind("ID", DOCUMENT, label=_("Document number")),
    }


ITEM_BLOCKS = [
    Block([
        [(ORIGIN, 12), (OPEN, 12)],
        [("description", 12)],
        [("hs_code", 4), ("origin_country", 3), ("price", 3), ("currency", 2)],
        [("packages", 2), ("package_type", 3), ("marks", 7)],
        [("gross_mass", 3), ("net_mass", 3), ("quantity", 3), ("quantity_unit", 3)],
        [("procedure", 6), ("previous_procedure", 6)],
    ])
]
DOCUMENT_BLOCKS = [Block([[(ORIGIN, 12)], [("type", 5), ("id", 7)]])]


class DocumentForm(BoundForm):
    declared = staticmethod(document_fields)
    root = DOCUMENT

    @property
    def helper(self) -> FormHelper:
        return helper_for(self, DOCUMENT_BLOCKS)


class ItemForm(BoundForm):
    """``folded``: shown as one line, its input carried along unseen."""

    declared = staticmethod(item_fields)
    root = ITEM

    def __init__(self, data: Mapping[str, str], kind: str, prefix: str | None = None) -> None:
        super().__init__(data, kind, prefix)
        self.documents: list[DocumentForm] = []
        self.folded = False

    @property
    def helper(self) -> FormHelper:
        return helper_for(self, ITEM_BLOCKS)

    @property
    def faulty(self) -> bool:
        return bool(self.errors) or any(document.errors for document in self.documents)

    @property
    def opened(self) -> bool:
        return bool(self.typed(OPEN))

    @property
    def summary(self) -> dict[str, str]:
        """What tells the item from the others when it is folded, as it was typed."""
        return {name: self.typed(name) for name in ("hs_code", "description", "price", "currency")}

    def carried(self) -> Iterator[tuple[str, str]]:
        """Every control of the item and its documents, to be sent back unseen."""
        for form in (self, *self.documents):
            for name in form.fields:
                control = form.add_prefix(name)
                if value := form.data.get(control):
                    yield control, value

    def typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), ""))
