"""The tables of a declaration's spreadsheet, made from the fields of its form.

One table for the header (a row per field), one for the goods items, one for documents, and one for
each further sort of rows that the kind has. A field is known by its WCO name, whatever the language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from declarations.forms import pasted
from declarations.forms.bound import BoundForm, fields_of
from declarations.forms.fields import Bound
from declarations.forms.header import SECTIONS, HeaderForm
from declarations.forms.items import ItemForm
from declarations.forms.rows import (
    DocumentRow,
    EquipmentRow,
    GuaranteeRow,
    OfficeRow,
    PackRow,
    PreviousRow,
    RowForm,
    header_sorts,
    item_sorts,
)

Text = str | Promise

HEADER, ITEMS, DOCUMENTS, CODES = "declaration", "items", "documents", "codes"
# The column that says which goods item a row is, or belongs to.
NUMBER = "item"
TITLES: dict[str, Text] = {
    HEADER: _("Declaration"), ITEMS: _("Items"), DOCUMENTS: _("Documents"), CODES: _("Codes"),
    EquipmentRow.name: EquipmentRow.title, OfficeRow.name: OfficeRow.title,
    GuaranteeRow.name: GuaranteeRow.title, PreviousRow.name: PreviousRow.title,
    PackRow.name: PackRow.title,
}
# A workbook's sheet may have this many characters in its name, and none of those below.
_LONGEST_TITLE = 31
EXAMPLE = _("Example")
_ITEM = _("Item")


@dataclass(frozen=True, slots=True)
class Column:
    """One field. ``wco``: its name in the message, from the group that the table stands for."""

    name: str
    label: Text
    field: Bound | None = None
    wco: str = ""
    help: Text = ""
    group: Text = ""


@dataclass(frozen=True, slots=True)
class Table:
    code: str
    columns: tuple[Column, ...] = field(default=())

    @property
    def title(self) -> str:
        return title_of(self.code)


def title_of(code: str) -> str:
    """The name of the sheet in the language of the page."""
    return re.sub(r"[\[\]:*?/\\]", " ", str(TITLES[code]))[:_LONGEST_TITLE]


def tables(kind: str) -> list[Table]:
    """Every table of a kind of declaration, in the order of the workbook."""
    found = [
        Table(HEADER, tuple(_header(kind))),
        Table(ITEMS, (number_column(), *_columns(ItemForm, kind))),
        Table(DOCUMENTS, (number_column(), *_columns(DocumentRow, kind))),
    ]
    further = [sort for sort in header_sorts(kind) if sort.name in TITLES]
    found += [Table(sort.name, tuple(_columns(sort, kind))) for sort in further]
    if PackRow in item_sorts(kind):
        found.append(Table(PackRow.name, (number_column(), *_columns(PackRow, kind))))
    return found


def number_column() -> Column:
    return Column(NUMBER, _ITEM, wco="SequenceNumeric")


def of_item(sort: type[RowForm]) -> bool:
    return bool(sort.owner)


def known_titles(kind: str) -> dict[str, str]:
    """The code of a table by its name: in every language of the portal, or by the code itself."""
    codes = [table.code for table in tables(kind)]
    known = {plain(code): code for code in codes}
    for _language in languages():
        known |= {plain(title_of(code)): code for code in codes}
    return known


def known_headings(table: Table, kind: str) -> dict[str, str]:
    """The name of a field by what may stand above its column: any language, or its WCO name."""
    known = dict(pasted.headings(kind)) if table.code == ITEMS else {}
    for _language in languages():
        known |= {plain(str(column.label)): column.name for column in table.columns}
    known |= {plain(column.wco): column.name for column in table.columns if column.wco}
    return known | {plain(column.name): column.name for column in table.columns}


def example_words() -> set[str]:
    return {plain(str(EXAMPLE)) for _language in languages()}


def languages() -> Iterator[str]:
    """Each language of the portal in turn, switched on, the page's own last."""
    own = translation.get_language() or "en"
    for code in (*(code for code, _name in settings.LANGUAGES if code != own), own):
        with translation.override(code):
            yield code


def plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _header(kind: str) -> Iterator[Column]:
    fields = fields_of(HeaderForm, kind)
    for section in SECTIONS:
        for block in section.blocks:
            for name in block.fields:
                bound = fields.get(name)
                if isinstance(bound, Bound):
                    own = bound.label or name
                    label = format_lazy("{}: {}", block.title, own) if block.title else own
                    yield Column(
                        name, label, bound, str(bound.full_path), bound.help_text, section.title
                    )


def _columns(form: type[BoundForm], kind: str) -> Iterator[Column]:
    for name, bound in fields_of(form, kind).items():
        if isinstance(bound, Bound):
            yield Column(name, bound.label or name, bound, str(bound.path), bound.help_text)
