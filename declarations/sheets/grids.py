"""The cells of an uploaded file as rows of values, whichever format it has.

Workbooks are read as a stream and no formula is computed: the result that the file holds counts.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any
from zipfile import ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from declarations.forms import pasted
from declarations.sheets import archive
from declarations.sheets.archive import SheetRefused
from declarations.sheets.cells import Uncomputed

MOST_COLUMNS = 100
MOST_SHEETS = 20
# A sheet with more rows than this that are not empty is none of a declaration's.
MOST_ROWS = 3000
# The rows above one that is not empty are counted too: so far down there is nothing of one.
LAST_ROW = 20_000


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: its rows that are not empty, each with its number from 1."""

    name: str
    rows: list[tuple[int, tuple[Any, ...]]]

    def place(self, row: int, column: int) -> str:
        """As spreadsheets write it; ``column`` counts from 0."""
        return f"{self.name}!{get_column_letter(column + 1)}{row}"


def read(name: str, content: bytes) -> list[Grid]:
    """Every sheet of an .xlsx, every CSV file of a .zip, or one CSV file. Raises SheetRefused."""
    if len(content) > archive.MAX_BYTES:
        raise SheetRefused(_("The file is larger than %(limit)s MB.") % {
            "limit": archive.MAX_BYTES // 1_000_000})
    if not content.strip():
        raise SheetRefused(_("The file is empty."))
    if name.lower().endswith((".csv", ".tsv", ".txt")):
        return [_csv(PurePosixPath(name).name, content)]
    with archive.opened(content) as opened:
        if archive.is_workbook(opened):
            return _workbook(content, archive.has_formulas(opened))
        return _csv_files(opened)


def _workbook(content: bytes, formulas: bool) -> list[Grid]:
    try:
        uncomputed = _formulas(content) if formulas else {}
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        if len(book.worksheets) > MOST_SHEETS:
            raise SheetRefused(_("The workbook has more than %(count)s sheets.") % {
                "count": MOST_SHEETS})
        return [
            Grid(sheet.title, list(_rows(
                sheet.title, sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True),
                uncomputed.get(sheet.title, set()),
            )))
            for sheet in book.worksheets
        ]
    except SheetRefused:
        raise
    except Exception:  # openpyxl raises whatever its parsing stumbles over
        raise archive.damaged() from None


def _formulas(content: bytes) -> dict[str, set[tuple[int, int]]]:
    """Where each sheet has formulas; those with a result are then read as their result."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    return {
        sheet.title: {
            (cell.row, cell.column - 1)
            for row in islice(sheet.iter_rows(max_col=MOST_COLUMNS), LAST_ROW)
            for cell in row
            if cell.value is not None and cell.data_type == "f"
        }
        for sheet in book.worksheets
    }


def _rows(
    name: str, rows: Iterator[tuple[Any, ...]], formulas: set[tuple[int, int]]
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    said = 0
    by_row: dict[int, set[int]] = {}
    for at, column in formulas:
        by_row.setdefault(at, set()).add(column)
    for number, values in enumerate(rows, start=1):
        if number > LAST_ROW:
            raise SheetRefused(_(
                "Sheet %(name)s goes on below row %(last)s. Delete the rows below the last one "
                "that you need, and save it."
            ) % {"name": name, "last": LAST_ROW})
        if number in by_row:
            values = tuple(
                Uncomputed() if value is None and n in by_row[number] else value
                for n, value in enumerate(values)
            )
        if all(value is None or value == "" for value in values):
            continue
        said += 1
        if said > MOST_ROWS:
            raise SheetRefused(_("Sheet %(name)s has more than %(count)s rows.") % {
                "name": name, "count": MOST_ROWS})
        yield number, values


def _csv_files(opened: ZipFile) -> list[Grid]:
    parts = [p for p in opened.infolist() if p.filename.lower().endswith(".csv")]
    if not parts:
        raise SheetRefused(_(
            "The zip holds no CSV files. Take the template, fill it in and zip its files again."
        ))
    if len(parts) > MOST_SHEETS:
        raise SheetRefused(_("The zip holds more than %(count)s files.") % {"count": MOST_SHEETS})
    return [
        _csv(PurePosixPath(part.filename).name, archive.content_of(opened, part)) for part in parts
    ]


def _csv(name: str, content: bytes) -> Grid:
    text = pasted.decoded(content).replace("\0", "").lstrip("\ufeff")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    between = max("\t;,", key=first.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=between)
        rows = (tuple(line[:MOST_COLUMNS]) for line in lines)
        return Grid(name, list(_rows(name, rows, set())))
    except csv.Error:
        raise SheetRefused(_("%(name)s is not a CSV file.") % {"name": name}) from None
