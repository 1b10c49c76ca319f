"""Goods items from a spreadsheet: rows of text under a heading, judged cell by cell.

What is pasted from a spreadsheet comes separated by tabs, a CSV file by commas or semicolons. The
first row names the columns, in the words of the form (in the language of the page or English), by
the names of its fields, or by a few other usual words. Cells are kept as they were typed.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from declarations.forms.bound import fields_of
from declarations.forms.codes import meaning
from declarations.forms.fields import Bound
from declarations.forms.items import ItemForm
from declarations.forms.rows import DocumentRow
from declarations.forms.typed import MAX_ITEMS, TypedItem

MOST_CHARACTERS = 2_000_000
_DOCUMENT = "doc_"

# Other words that people write over their columns.
_USUAL = {
    "hs": "hs_code", "hscode": "hs_code", "tariffcode": "hs_code", "commoditycode": "hs_code",
    "тнвэд": "hs_code", "кодтнвэд": "hs_code",
    "description": "description", "goods": "description", "товар": "description",
    "origin": "origin_country", "countryoforigin": "origin_country",
    "gross": "gross_mass", "grossmass": "gross_mass", "grossweight": "gross_mass",
    "net": "net_mass", "netmass": "net_mass", "netweight": "net_mass",
    "amount": "price", "value": "price", "invoicevalue": "price",
    "quantity": "quantity", "qty": "quantity", "pieces": "packages", "colli": "packages",
    "packagetype": "package_type", "packaging": "package_type", "marks": "marks",
    "document": "doc_id", "permit": "doc_id",
}


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is that of a field, empty where the heading means nothing to the form."""

    heading: str
    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class PastedRow:
    """``number`` is that of the line in the spreadsheet, counted from 1 with the heading."""

    number: int
    cells: list[Cell]

    @property
    def faulty(self) -> bool:
        return any(cell.error for cell in self.cells)


@dataclass(slots=True)
class Pasted:
    columns: list[Column] = field(default_factory=list)
    rows: list[PastedRow] = field(default_factory=list)
    problem: str = ""

    @property
    def unknown(self) -> list[str]:
        return [column.heading for column in self.columns if column.heading and not column.name]

    @property
    def faulty(self) -> list[PastedRow]:
        return [row for row in self.rows if row.faulty]

    def items(self) -> list[TypedItem]:
        """The rows as they would have been typed into the form."""
        return [_item(self.columns, row) for row in self.rows]


def read(text: str, kind: str) -> Pasted:
    """Read pasted text or a CSV file. ``problem`` says why nothing could be read."""
    if len(text) > MOST_CHARACTERS:
        return Pasted(problem=_("This is too much at once. Paste at most 999 rows."))
    lines = [(n, row) for n, row in enumerate(_split(text), start=1) if any(c.strip() for c in row)]
    if not lines:
        return Pasted(problem=_("Paste the rows of your spreadsheet, with the heading above them."))
    known = headings(kind)
    columns = [Column(cell.strip(), known.get(_plain(cell), "")) for cell in lines[0][1]]
    names = [column.name for column in columns if column.name]
    if not names:
        return Pasted(problem=_(
            "The first row names no column that the form knows. Copy the heading of the template "
            "above your rows, such as HS code, Description of the goods, Price."
        ))
    if double := next((column for column in columns if names.count(column.name) > 1), None):
        return Pasted(problem=_("Two columns mean the same: %(heading)s. Keep one of them.") % {
            "heading": double.heading})
    if len(lines) - 1 > MAX_ITEMS:
        return Pasted(problem=_("There are %(count)s rows. A declaration has at most 999 items.") % {
            "count": len(lines) - 1})
    if len(lines) == 1:
        return Pasted(columns, problem=_("There is a heading, but no row below it."))
    judges = _fields(kind)
    rows = [
        PastedRow(number, [
            _cell(row[n] if n < len(row) else "", judges.get(column.name))
            for n, column in enumerate(columns)
        ])
        for number, row in lines[1:]
    ]
    return Pasted(columns, rows)


def decoded(content: bytes) -> str:
    """The text of a CSV file as spreadsheets write it: UTF-8, UTF-16, or Windows Cyrillic."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")


def template(kind: str) -> list[str]:
    """The heading of an empty spreadsheet, in the language of the page."""
    return [str(each.label) for each in _fields(kind).values()]


def headings(kind: str) -> dict[str, str]:
    """Every heading that is understood, by its letters and digits alone, and the field it means."""
    fields = _fields(kind)
    known = {word: name for word, name in _USUAL.items() if name in fields}
    for language in ("en", translation.get_language() or "en"):
        with translation.override(language):
            known |= {_plain(str(each.label)): name for name, each in fields.items()}
    return known | {_plain(name): name for name in fields}


def _fields(kind: str) -> dict[str, Bound]:
    """The fields that a column may fill: of the item, and of one document with it."""
    own = dict(_bound(fields_of(ItemForm, kind)))
    papers = {f"{_DOCUMENT}{name}": each for name, each in _bound(fields_of(DocumentRow, kind))}
    return own | papers


def _bound(fields: dict[str, forms.Field]) -> Iterator[tuple[str, Bound]]:
    return ((name, each) for name, each in fields.items() if isinstance(each, Bound))


def _split(text: str) -> list[list[str]]:
    text = text.replace("\0", "").lstrip("\ufeff")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    between = max("\t;,", key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=between))


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading.casefold())


def _cell(text: str, judge: Bound | None) -> Cell:
    text = text.strip()
    if judge is None:
        return Cell(text)
    try:
        value = judge.clean(text) if text or judge.required else None
    except ValidationError as error:
        return Cell(text, " ".join(error.messages))
    if judge.code_list and value:
        for code in value if isinstance(value, list) else [value]:
            if not meaning(judge.code_list, code):
                return Cell(text, _("“%(code)s” is not in the list.") % {"code": code})
    return Cell(text)


def _item(columns: list[Column], row: PastedRow) -> TypedItem:
    values = {
        column.name: cell.text
        for column, cell in zip(columns, row.cells, strict=True) if column.name and cell.text
    }
    paper = {name.removeprefix(_DOCUMENT): text for name, text in values.items()
             if name.startswith(_DOCUMENT)}
    own = {name: text for name, text in values.items() if not name.startswith(_DOCUMENT)}
    return TypedItem(own, {DocumentRow.name: [paper]} if paper else {})
