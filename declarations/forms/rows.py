"""Rows that a declaration or a goods item has any number of: containers, guarantees, documents ...

Each sort is a form for one row, bound to one repeatable group of the message. ``name`` is how its
controls are called (``office-0-id``), as in ``declarations.forms.typed``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from declarations.forms.bound import BoundForm, known
from declarations.forms.fields import bind, bind_list
from declarations.forms.layout import Block, Cell, helper_for
from declarations.forms.paths import Path
from declarations.forms.typed import ORIGIN
from declarations.states import Kind

ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"
Text = str | Promise


def hidden() -> forms.Field:
    """A control about the form: which row of the first dataset this was, or if it is open."""
    return forms.CharField(required=False, widget=forms.HiddenInput)


class RowForm(BoundForm):
    """``skip``: so many groups at the path are not rows, because other fields hold them."""

    name: ClassVar[str]
    title: ClassVar[Text]
    label: ClassVar[Text]
    """Of one row, with its ``number``."""
    add: ClassVar[Text]
    hint: ClassVar[Text] = ""
    owner: ClassVar[str] = ""
    kinds: ClassVar[frozenset[Kind]] = frozenset(Kind)
    cells: ClassVar[Sequence[Sequence[Cell]]]
    numbered: ClassVar[bool] = True
    skip: ClassVar[int] = 0
    do_not_call_in_templates: ClassVar[bool] = True  # a template asks the class for its words

    @classmethod
    def path(cls) -> Path:
        """Where the groups stand, from what owns them."""
        full, above = Path.parse(cls.root), Path.parse(cls.owner)
        return Path(full.steps[len(above.steps):])

    @property
    def helper(self) -> FormHelper:
        return helper_for(self, [Block([[(ORIGIN, 12)], *self.cells])])


@dataclass(slots=True)
class Group:
    """The rows of one sort, of the declaration or of one item."""

    sort: type[RowForm]
    item: int | None = None
    forms: list[RowForm] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"rows-{self.sort.name}" if self.item is None else f"item-{self.item}-{self.sort.name}s"

    @property
    def number(self) -> str:
        """What stands in the name of a button after the sort."""
        return "" if self.item is None else f"-{self.item}"

    @property
    def next_prefix(self) -> str:
        return ("" if self.item is None else f"item-{self.item}-") + (
            f"{self.sort.name}-{len(self.forms)}"
        )

    def label_of(self, form: RowForm) -> str:
        return str(self.sort.label) % {"number": self.forms.index(form) + 1 + self.sort.skip}


class EquipmentRow(RowForm):
    name = "equipment"
    title = _("Containers and seals")
    label = _("Container %(number)s")
    add = _("Add a container")
    hint = _(
        "Each container (such as CMAU3145907), wagon or sealed trailer; commas between its seals."
    )
    root = "GoodsShipment/Consignment/TransportEquipment"
    cells = ([("id", 4), ("seals", 8)],)

    @staticmethod
    def declared(kind: str) -> dict[str, forms.Field]:
        root = EquipmentRow.root
        return {
            ORIGIN: hidden(),
            "id": bind("ID", root, label=_("Container number")),
            "seals": bind_list("Seal", "ID", root, label=_("Seals")),
        }


class OfficeRow(RowForm):
    name = "office"
    title = _("Offices on the way")
    label = _("Office %(number)s")
    add = _("Add an office")
    hint = _("Where the goods enter each further country, in the order of the trip.")
    root = "TransitOffice"
    kinds = frozenset({Kind.TRANSIT})
    cells = ([("id", 8), ("arrival", 4)],)

    @staticmethod
    def declared(kind: str) -> dict[str, forms.Field]:
        return {
            ORIGIN: hidden(),
            "id": bind("ID", OfficeRow.root, label=_("Office of transit"), codes="any_office"),
            "arrival": bind("ArrivalDateTime", OfficeRow.root, label=_("Expected arrival")),
        }


class GuaranteeRow(RowForm):
    name = "guarantee"
    title = _("Guarantees")
    label = _("Guarantee %(number)s")
    add = _("Add a guarantee")
    root = "ObligationGuarantee"
    kinds = frozenset({Kind.TRANSIT})
    numbered = False
    cells = (
        [("type", 5), ("reference", 4), ("access_code", 3)],
        [("amount", 3), ("currency", 2), ("office", 7)],
    )

    @staticmethod
    def declared(kind: str) -> dict[str, forms.Field]:
        root = GuaranteeRow.root
        return {
            ORIGIN: hidden(),
            "type": bind("SecurityDetailsCode", root, codes="guarantee"),
            "reference": bind(
                "ReferenceID", root, label=_("Reference (GRN)"),
                help=_("As the office of guarantee gave it; under TIR the carnet's number."),
            ),
            "access_code": bind("AccessCode", root, label=_("Access code")),
            "amount": bind("AmountAmount", root, label=_("Amount covered")),
            "currency": bind(
                "AmountAmount@currencyID", root, label=_("Currency"), codes="currency"
            ),
            "office": bind(
                "GuaranteeOffice/ID", root, label=_("Office of guarantee"), codes="any_office"
            ),
        }


class PaperRow(RowForm):
    name = "paper"
    title = _("Transport and other documents")
    label = _("Document %(number)s")
    add = _("Add a document")
    hint = _("For the whole consignment: road note (730), bill of lading (705), TIR carnet (952).")
    root = "AdditionalDocument"
    numbered = False
    cells = ([("type", 5), ("id", 7)],)

    @staticmethod
    def declared(kind: str) -> dict[str, forms.Field]:
        root = PaperRow.root
        return {
            ORIGIN: hidden(),
            "type": bind("TypeCode", root, label=_("Document type"), codes="document"),
            "id": bind("ID", root, label=_("Document number")),
        }


class PreviousRow(RowForm):
    name = "previous"
    title = _("Previous documents")
    label = _("Previous document %(number)s")
    add = _("Add a previous document")
    hint = _("What the goods were under before: a transit declaration, a manifest.")
    root = "GoodsShipment/PreviousDocument"
    kinds = frozenset({Kind.IMPORT, Kind.EXPORT, Kind.TRANSIT})
    numbered = False
    cells = ([("type", 4), ("id", 5), ("line", 3)],)

    @staticmethod
    def declared(kind: str) -> dict[str, forms.Field]:
        root = PreviousRow.root
        return {
            ORIGIN: hidden(),
            "type": bind("TypeCode", root, label=_("Document type"), codes="document"),
            "id": bind("ID", root, label=_("Document number")),
            "line": bind("LineNumeric", root, label=_("Item in it")),
        }


class DocumentRow(RowForm):
    name = "doc"
    title = _("Documents")
    label = _("document %(number)s")
    add = _("Add a document")
    root = f"{ITEM}/AdditionalDocument"
    owner = ITEM
    numbered = False
    cells = ([("type", 3), ("id", 3), ("issuer", 3), ("valid_from", 3)],)

    @staticmethod
    def declared(kind: str) -> dict[str, forms.Field]:
        root = DocumentRow.root
        return {
            ORIGIN: hidden(),
            "type": bind("TypeCode", root, label=_("Document type"), codes="document"),
            "id": bind("ID", root, label=_("Document number")),
            "issuer": bind("Submitter/Name", root, label=_("Issued by")),
            "valid_from": bind("EffectiveDateTime", root, label=_("Valid from")),
        }


class PackRow(RowForm):
    name = "pack"
    title = _("Further packages")
    label = _("packages %(number)s")
    add = _("Add other packages")
    root = f"{ITEM}/Packaging"
    owner = ITEM
    skip = 1
    cells = ([("packages", 2), ("package_type", 3), ("marks", 7)],)

    @staticmethod
    def declared(kind: str) -> dict[str, forms.Field]:
        return {ORIGIN: hidden(), **package_fields(PackRow.root, "")}


def package_fields(root: str, place: str) -> dict[str, forms.Field]:
    return {
        "packages": bind(f"{place}QuantityQuantity", root, label=_("Packages")),
        "package_type": bind(
            f"{place}TypeCode", root, label=_("Package type"), codes="package"
        ),
        "marks": bind(f"{place}MarksNumbersID", root, label=_("Marks and numbers")),
    }


_OF_HEADER: tuple[type[RowForm], ...] = (
    OfficeRow, EquipmentRow, GuaranteeRow, PaperRow, PreviousRow,
)
_OF_ITEM: tuple[type[RowForm], ...] = (PackRow, DocumentRow)


def header_sorts(kind: str) -> list[type[RowForm]]:
    """The sorts of rows of a whole declaration of this kind."""
    return [sort for sort in _OF_HEADER if _offered(sort, kind)]


def item_sorts(kind: str) -> list[type[RowForm]]:
    return [sort for sort in _OF_ITEM if _offered(sort, kind)]


def _offered(sort: type[RowForm], kind: str) -> bool:
    return kind in sort.kinds and known(Path.parse(sort.root), kind)
