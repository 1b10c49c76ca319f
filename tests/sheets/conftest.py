"""A workbook that is filled in as a person would, from the template of its kind."""

import io
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from declarations.forms.typed import Typed
from declarations.sheets import template
from declarations.sheets.tables import HEADER, tables, title_of
from portal.accounts.models import Organisation
from tests.forms.conftest import Trader, sign_up, wine

Change = Callable[[Workbook], None]


@pytest.fixture
def trader(db: None) -> Trader:
    return sign_up()


def filled(kind: str, filer: Organisation, typed: Typed) -> Workbook:
    """The template with everything that was typed written into its cells."""
    book = load_workbook(io.BytesIO(template.workbook(kind, filer)))
    header = book[title_of("declaration")]
    by_code = {table.code: table for table in tables(kind)}
    wco = {column.wco: column.name for column in by_code[HEADER].columns}
    for row in header.iter_rows(min_row=3):
        if (name := wco.get(str(row[3].value))) is not None:
            row[1].value = typed.header.get(name)
    lines: dict[str, list[dict[str, Any]]] = {"items": [], "documents": []}
    for number, item in enumerate(typed.items, start=1):
        lines["items"].append({"item": number, **item.values})
        for sort, code in (("doc", "documents"), ("pack", "pack")):
            lines.setdefault(code, []).extend(
                {"item": number, **row} for row in item.rows.get(sort, ())
            )
    lines["documents"] += typed.rows.get("paper", [])
    lines |= {sort: rows for sort, rows in typed.rows.items() if sort != "paper"}
    for code, rows in lines.items():
        if code not in by_code:
            continue
        sheet = book[title_of(code)]
        names = [column.name for column in by_code[code].columns]
        for at, line in enumerate(rows, start=4 if code == "items" else 3):
            for name, value in line.items():
                if name in names:
                    sheet.cell(at, names.index(name) + 1, value)
    return book


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def many(trader: Trader, count: int, lrn: str = "SHEET-1") -> Typed:
    typed = wine(trader, lrn)
    first = typed.items[0]
    first.values |= {"price": "18600.00"}
    typed.items = [deepcopy(first) for _ in range(count)]
    return typed
