"""The spreadsheet to fill in: an Excel workbook, or a zip of CSV files with the same tables."""

import csv
import io
from collections.abc import Iterator
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import get_language_bidi, gettext_noop
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from declarations.forms.codes import entries
from declarations.forms.dataset import TYPE_CODES
from declarations.forms.fields import Bound, DateField, NumberField
from declarations.forms.start import opening
from declarations.forms.typed import MAX_ITEMS
from declarations.sheets import tables
from declarations.sheets.cells import JOINT
from declarations.sheets.tables import CODES, HEADER, ITEMS, NUMBER, Column, Table, Text
from declarations.states import Kind
from portal.accounts.models import Organisation

_ROWS = 200  # of the smaller tables that get drop-down lists
_HEAD = PatternFill("solid", fgColor="1F3A5F")
_GROUP = PatternFill("solid", fgColor="E8EDF3")
_INPUT = PatternFill("solid", fgColor="FFFDF3")
_LINE = Border(bottom=Side("thin", color="C9D1DA"))
_WHITE, _SOFT = Font(bold=True, color="FFFFFF"), Font(italic=True, color="667085", size=9)
_OPEN = Protection(locked=False)
_TEXT, _DATE = "@", "yyyy-mm-dd"
# One row of an item, by the names of the fields; only what the kind has is shown.
_EXAMPLE: dict[str, str | int | float] = {
    "description": gettext_noop("Red grape wine in bottles of 0.75 litres"), "hs_code": "220421",
    "origin_country": "AZ", "packages": 1000, "package_type": "CT", "marks": "GANJA SHARAB",
    "gross_mass": 9800, "net_mass": 9000.5, "quantity": 6000, "quantity_unit": "LTR",
    "price": 18600, "currency": "USD", "procedure": "40", "previous_procedure": "00",
}


def workbook(kind: str, filer: Organisation) -> bytes:
    """The .xlsx for one kind, with what the portal knows of the filer filled in."""
    book = Workbook()
    lists = _Lists()
    book.remove(book.worksheets[0])
    for table in tables.tables(kind):
        sheet = book.create_sheet(table.title)
        sheet.sheet_view.rightToLeft = get_language_bidi()
        if table.code == HEADER:
            _header(sheet, table, kind, filer, lists)
        else:
            _rows(sheet, table, lists)
        sheet.protection.sheet = True  # without a password: against slips, not against people
        for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows",
                        "sort", "autoFilter"):
            setattr(sheet.protection, allowed, False)  # the format's way to say "not forbidden"
    lists.write(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_files(kind: str, filer: Organisation) -> bytes:
    """A zip of one CSV file for each table, in UTF-8 with a mark, as spreadsheets open them."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for table in tables.tables(kind):
            text = io.StringIO(newline="")
            csv.writer(text).writerows(_csv_lines(table, kind, filer))
            archive.writestr(f"{table.code}.csv", "\ufeff" + text.getvalue())
    return out.getvalue()


def _csv_lines(table: Table, kind: str, filer: Organisation) -> Iterator[list[str]]:
    if table.code != HEADER:
        yield [str(column.label) for column in table.columns]
        yield [column.wco for column in table.columns]
        return
    known = _known(kind, filer)
    yield _header_titles()
    yield [_("Kind of declaration"), TYPE_CODES[kind], str(Kind(kind).label), "TypeCode"]
    for column in table.columns:
        yield [str(column.label), known.get(column.name, ""), str(column.help), column.wco]


def _known(kind: str, filer: Organisation) -> dict[str, str]:
    """What a new form opens with, but for the reference: it is of one declaration only."""
    return {name: text for name, text in opening(kind, filer).header.items() if name != "lrn"}


def _header_titles() -> list[str]:
    return [_("Field"), _("Value"), _("What to fill in"), _("WCO name")]


class _Lists:
    """The code lists that the drop-downs offer, a pair of columns each on the sheet of codes."""

    def __init__(self) -> None:
        self.lists: dict[str, tuple[str, list[tuple[str, str]]]] = {}

    def offer(self, sheet: Worksheet, column: Column, cells: str) -> None:
        """Let cells be chosen from the field's list; anything else may be typed, the check judges."""
        if column.field is None or (name := self._of(column.field, str(column.label))) is None:
            return
        rule = DataValidation(type="list", formula1=f"={name}", allow_blank=True, showErrorMessage=False)
        sheet.add_data_validation(rule)
        rule.add(cells)

    def _of(self, field: Bound, label: str) -> str | None:
        if field.element.codes is not None and not field.code_list:
            pairs = [(code, _(text)) for code, text in field.element.codes.values.items()]
            name = f"codes_{field.element.name}"
        elif field.code_list and field.code_list != "hs":
            pairs, name = list(entries(field.code_list)), f"codes_{field.code_list}"
        else:
            return None
        if not pairs:
            return None
        self.lists.setdefault(name, (label, pairs))
        return name

    def write(self, book: Workbook) -> None:
        sheet = book.create_sheet(tables.title_of(CODES))
        for n, (name, (label, pairs)) in enumerate(self.lists.items(), start=1):
            letter = get_column_letter(n)
            _head(sheet.cell(1, n, label.split(": ")[-1]))
            sheet.column_dimensions[letter].width = 34
            for row, (code, text) in enumerate(pairs, start=2):
                sheet.cell(row, n, f"{code}{JOINT}{text}")
            # Quoted as the format wants it; the apostrophe of a title is doubled.
            title = sheet.title.replace("'", "''")
            place = f"'{title}'!${letter}$2:${letter}${len(pairs) + 1}"
            book.defined_names[name] = DefinedName(name, attr_text=place)
        sheet.freeze_panes = "A2"
        sheet.protection.sheet = True


def _header(
    sheet: Worksheet, table: Table, kind: str, filer: Organisation, lists: _Lists
) -> None:
    known = _known(kind, filer)
    for n, (title, width) in enumerate(zip(_header_titles(), (38, 44, 60, 46), strict=True), start=1):
        _head(sheet.cell(1, n, title))
        sheet.column_dimensions[get_column_letter(n)].width = width
    for n, text in enumerate(
        (_("Kind of declaration"), f"{TYPE_CODES[kind]}{JOINT}{Kind(kind).label}", "", "TypeCode"), 1
    ):
        sheet.cell(2, n, text)
    row, group = 2, ""
    for column in table.columns:
        row += 1
        if str(column.group) != group:
            group = str(column.group)
            sheet.cell(row, 1, group).font = Font(bold=True)
            for n in range(1, 5):
                sheet.cell(row, n).fill = _GROUP
            row += 1
        sheet.cell(row, 1, str(column.label))
        value = sheet.cell(row, 2, known.get(column.name))
        value.protection, value.fill, value.border = _OPEN, _INPUT, _LINE
        value.number_format = _format(column)
        sheet.cell(row, 3, str(column.help)).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(row, 4, column.wco).font = _SOFT
        lists.offer(sheet, column, f"B{row}")
    sheet.freeze_panes = "B2"


def _rows(sheet: Worksheet, table: Table, lists: _Lists) -> None:
    items = table.code == ITEMS
    last = 3 + (MAX_ITEMS if items else _ROWS)
    for n, column in enumerate(table.columns, start=1):
        letter = get_column_letter(n)
        _head(sheet.cell(1, n, str(column.label)))
        under = sheet.cell(2, n, column.wco)
        under.font, under.alignment = _SOFT, Alignment(wrap_text=True, vertical="top")
        dimension = sheet.column_dimensions[letter]
        dimension.width = max(12, min(44, len(str(column.label)) + 4))
        dimension.number_format = _format(column)
        dimension.protection = _OPEN
        lists.offer(sheet, column, f"{letter}{4 if items else 3}:{letter}{last}")
        if items:
            value = tables.EXAMPLE if column.name == NUMBER else _EXAMPLE.get(column.name)
            example = sheet.cell(3, n, None if value is None else _shown(value))
            example.font, example.number_format = _SOFT, _format(column)
    sheet.row_dimensions[2].height = 38
    sheet.freeze_panes = "B4" if items else "B3"


def _shown(value: Text | float) -> str | float:
    return value if isinstance(value, int | float) else _(str(value))


def _format(column: Column) -> str:
    """Codes and numbers of papers are text, so that no zero is lost and no date is made of them."""
    if column.field is None or isinstance(column.field, NumberField):
        return "General"
    return _DATE if isinstance(column.field, DateField) else _TEXT


def _head(cell: object) -> None:
    cell.font, cell.fill = _WHITE, _HEAD  # type: ignore[attr-defined]
    cell.alignment = Alignment(wrap_text=True, vertical="top")  # type: ignore[attr-defined]
