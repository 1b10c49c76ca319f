"""A goods item, with its packages and documents."""

from collections.abc import Iterator, Mapping

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.forms.bound import BoundForm
from declarations.forms.fields import bind, bind_list
from declarations.forms.layout import Block, helper_for
from declarations.forms.permit import ITEM_PERMIT_BLOCKS, species_fields, treatment_fields
from declarations.forms.rows import ITEM, Group, RowForm, hidden, item_sorts, package_fields
from declarations.forms.typed import OPEN, ORIGIN, row_prefix
from declarations.states import Kind


def item_fields(kind: str) -> dict[str, forms.Field]:
    fields = {
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
        **package_fields(ITEM, "Packaging/"),
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
        "containers": bind_list(
            "Commodity/TransportEquipment", "ID", ITEM, label=_("In containers"),
            help=_("Numbers with commas between, if not in all of them."),
        ),
    }
    if kind in {Kind.IMPORT, Kind.EXPORT}:
        fields |= {
            "procedure": bind(
                "GovernmentProcedure/CurrentCode", ITEM, label=_("Procedure"), codes="procedure"
            ),
            "previous_procedure": bind(
                "GovernmentProcedure/PreviousCode", ITEM, label=_("Previous procedure"),
                codes="procedure",
            ),
        }
    if kind == Kind.LPCO:
        fields |= species_fields() | treatment_fields()
    return fields


ITEM_BLOCKS = [
    Block([
        [(ORIGIN, 12), (OPEN, 12)],
        [("description", 12)],
        [("hs_code", 4), ("origin_country", 3), ("price", 3), ("currency", 2)],
        [("packages", 2), ("package_type", 3), ("marks", 7)],
        [("gross_mass", 3), ("net_mass", 3), ("quantity", 3), ("quantity_unit", 3)],
        [("procedure", 6), ("previous_procedure", 6)],
        [("containers", 12)],
    ]),
    *ITEM_PERMIT_BLOCKS,
]


class ItemForm(BoundForm):
    """``folded``: shown as one line, its input carried along unseen."""

    declared = staticmethod(item_fields)
    root = ITEM

    def __init__(
        self, data: Mapping[str, str], kind: str, prefix: str | None = None, number: int = 0
    ) -> None:
        super().__init__(data, kind, prefix)
        self.number = number
        self.groups: list[Group] = []
        self.folded = False

    def add_rows(self, counts: Mapping[str, int]) -> None:
        """Make the forms of the rows, so many of each sort."""
        for sort in item_sorts(self.kind):
            prefixes = (
                row_prefix(sort.name, n, self.number) for n in range(counts.get(sort.name, 0))
            )
            rows = [sort(self.data, self.kind, prefix) for prefix in prefixes]
            self.groups.append(Group(sort, self.number, rows))

    def rows(self) -> Iterator[RowForm]:
        for group in self.groups:
            yield from group.forms

    @property
    def helper(self) -> FormHelper:
        return helper_for(self, ITEM_BLOCKS)

    @property
    def faulty(self) -> bool:
        return bool(self.errors) or any(row.errors for row in self.rows())

    @property
    def opened(self) -> bool:
        return bool(self.typed(OPEN))

    @property
    def summary(self) -> dict[str, str]:
        """What tells the item from the others when it is folded, as it was typed."""
        return {name: self.typed(name) for name in ("hs_code", "description", "price", "currency")}

    def carried(self) -> Iterator[tuple[str, str]]:
        """Every control of the item and its rows, to be sent back unseen."""
        for form in (self, *self.rows()):
            for name in form.fields:
                control = form.add_prefix(name)
                if value := form.data.get(control):
                    yield control, value
