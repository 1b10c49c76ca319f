"""From the tables of a spreadsheet to what would have been typed, and where each value stands.

Every fault names its cell. Values are kept as they are: whether they are right is judged by the
form, in ``declarations.sheets.judging``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from declarations.forms.dataset import TYPE_CODES
from declarations.forms.rows import DocumentRow, PackRow, PaperRow
from declarations.forms.typed import MAX_ITEMS, MAX_ROWS, Typed, TypedItem, item_prefix, row_prefix
from declarations.sheets import cells, tables
from declarations.sheets.archive import SheetRefused
from declarations.sheets.cells import Cell
from declarations.sheets.grids import Grid
from declarations.sheets.tables import CODES, DOCUMENTS, HEADER, ITEMS, NUMBER, Table, plain

_TYPE = "TypeCode"
_KINDS = {plain(code): kind for kind, code in TYPE_CODES.items()} | {k: k for k in TYPE_CODES}
# Which row of each sort a document or package is.
_OF_ITEM = {DOCUMENTS: DocumentRow.name, PackRow.name: PackRow.name}


@dataclass(frozen=True, slots=True)
class Told:
    """Something to say about a cell; ``place`` is empty for the file as a whole."""

    place: str
    message: str


@dataclass(slots=True)
class Filled:
    """What a spreadsheet says. ``places``: the cell of each control of the form."""

    kind: str
    typed: Typed = field(default_factory=Typed)
    places: dict[str, str] = field(default_factory=dict)
    faults: list[Told] = field(default_factory=list)
    doubts: list[Told] = field(default_factory=list)
    has_header: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """A row by the names of its fields: the cell's text, and its place."""

    number: int
    cells: dict[str, tuple[Cell, str]]

    @property
    def values(self) -> dict[str, str]:
        return {n: cell.text for n, (cell, _place) in self.cells.items() if cell.text and n != NUMBER}

    @property
    def said(self) -> bool:
        return any(
            cell.text or cell.fault for name, (cell, _place) in self.cells.items() if name != NUMBER
        )

    def text(self, name: str) -> str:
        found = self.cells.get(name)
        return found[0].text if found else ""

    def place(self, name: str) -> str:
        """The cell of a field; of a column that is missing, the first cell of the row."""
        places = [place for _cell, place in self.cells.values()]
        return self.cells[name][1] if name in self.cells else (places[0] if places else "")


def read(grids: list[Grid], kind: str = "") -> Filled:
    """Read every table. ``kind`` counts where the file does not say it. Raises SheetRefused."""
    found = _kind_of(grids) or kind
    if found not in TYPE_CODES:
        raise SheetRefused(_(
            "The file does not say which kind of declaration it is. Choose it below, or start from "
            "the template."
        ))
    filled = Filled(found)
    by_code = _by_code(grids, found, filled)
    if ITEMS not in by_code and HEADER not in by_code:
        raise SheetRefused(_(
            "No sheet of the file is called “%(header)s” or “%(items)s”. Start from the template."
        ) % {"header": tables.title_of(HEADER), "items": tables.title_of(ITEMS)})
    numbers: dict[str, int] = {}
    for table in tables.tables(found):
        grid = by_code.get(table.code)
        if grid is None:
            continue
        if table.code == HEADER:
            _read_header(grid, table, filled)
            continue
        lines = [line for line in _lines(grid, table, found, filled) if line.said]
        if table.code == ITEMS:
            numbers = _read_items(lines, filled)
        else:
            _read_rows(lines, table, numbers, filled)
    return filled


def _kind_of(grids: list[Grid]) -> str:
    for grid in grids:
        for _number, values in grid.rows:
            if len(values) > 1 and _TYPE in values[2:] and values[1]:
                code = plain(str(values[1]).split(cells.JOINT)[0])
                return _KINDS.get(code, "")
    return ""


def _by_code(grids: list[Grid], kind: str, filled: Filled) -> dict[str, Grid]:
    """The sheets by the tables that they are. One sheet alone, whatever its name, has the items."""
    known = tables.known_titles(kind)
    codes_titles = {plain(CODES)} | {plain(tables.title_of(CODES)) for _l in tables.languages()}
    found: dict[str, Grid] = {}
    strange = []
    for grid in grids:
        name = plain(grid.name.removesuffix(".csv").removesuffix(".CSV"))
        if name in codes_titles or not grid.rows:
            continue
        if (code := known.get(name)) is not None and code not in found:
            found[code] = grid
        else:
            strange.append(grid)
    if not found and len(strange) == 1:
        return {ITEMS: strange[0]}
    filled.doubts += [
        Told(grid.name, _("This sheet is not one of a declaration's and was left out."))
        for grid in strange
    ]
    return found


def _read_header(grid: Grid, table: Table, filled: Filled) -> None:
    """A row per field: its words, its value, help, and its WCO name, by which it is known best."""
    filled.has_header = True
    known = tables.known_headings(table, filled.kind)
    by_wco = {column.wco: column for column in table.columns}
    by_name = {column.name: column for column in table.columns}
    for number, values in grid.rows:
        wco = next((v for v in values[2:] if isinstance(v, str) and v in by_wco), None)
        column = by_wco[wco] if wco else by_name.get(known.get(plain(str(values[0] or "")), ""))
        value = values[1] if len(values) > 1 else None
        if column is None:
            if value not in (None, "") and _TYPE not in values[2:] and grid.rows[0][0] != number:
                filled.doubts.append(Told(
                    grid.place(number, 0), _("No field of the form has this name; it was left out.")
                ))
            continue
        place = grid.place(number, 1)
        filled.places[column.name] = place
        cell = cells.read(value, column.field)
        _tell(cell, place, filled)
        if cell.text:
            filled.typed.header[column.name] = cell.text


def _read_items(lines: list[_Line], filled: Filled) -> dict[str, int]:
    """Take the items over; return the index of each by the number that stands before it."""
    if len(lines) > MAX_ITEMS:
        raise SheetRefused(_("There are %(count)s items. A declaration has at most 999.") % {
            "count": len(lines)})
    numbers: dict[str, int] = {}
    for index, line in enumerate(lines):
        number = line.text(NUMBER) or str(index + 1)
        if number in numbers:
            filled.faults.append(Told(
                line.place(NUMBER), _("Item number %(number)s stands twice.") % {"number": number}
            ))
        numbers.setdefault(number, index)
        own = {n: v for n, v in line.values.items() if not n.startswith("doc_")}
        paper = {n.removeprefix("doc_"): v for n, v in line.values.items() if n.startswith("doc_")}
        filled.typed.items.append(TypedItem(own, {DocumentRow.name: [paper]} if paper else {}))
        for name in line.cells:
            control = f"doc-0-{name.removeprefix('doc_')}" if name.startswith("doc_") else name
            filled.places[f"{item_prefix(index)}-{control}"] = line.place(name)
        filled.places[item_prefix(index)] = line.place(NUMBER)
    return numbers


def _read_rows(
    lines: list[_Line], table: Table, numbers: dict[str, int], filled: Filled
) -> None:
    """Rows of one sort; a document without the number of an item is one of the whole declaration."""
    for line in lines:
        number = line.text(NUMBER)
        if table.code not in _OF_ITEM:
            _add(line, table.code, None, filled)
        elif number in numbers:
            _add(line, _OF_ITEM[table.code], numbers[number], filled)
        elif number or table.code != DOCUMENTS:
            filled.faults.append(Told(line.place(NUMBER), _(
                "There is no item “%(number)s”. Write the number that the item has in its sheet."
            ) % {"number": number}))
        else:
            for name in ("issuer", "valid_from"):
                if line.text(name):
                    filled.doubts.append(Told(line.place(name), _(
                        "Only a document of one item has this. It was left out; write the item's "
                        "number to keep it."
                    )))
            _add(line, PaperRow.name, None, filled, ("type", "id"))


def _add(
    line: _Line, sort: str, item: int | None, filled: Filled, only: tuple[str, ...] = ()
) -> None:
    holder = filled.typed.rows if item is None else filled.typed.items[item].rows
    rows = holder.setdefault(sort, [])
    if len(rows) >= MAX_ROWS:
        filled.faults.append(Told(line.place(NUMBER), _("These are more than %(count)s rows.") % {
            "count": MAX_ROWS}))
        return
    prefix = row_prefix(sort, len(rows), item)
    rows.append({n: v for n, v in line.values.items() if not only or n in only})
    filled.places |= {f"{prefix}-{name}": line.place(name) for name in line.cells}
    filled.places[prefix] = next(iter(filled.places[f"{prefix}-{n}"] for n in line.cells), "")


def _lines(grid: Grid, table: Table, kind: str, filled: Filled) -> Iterator[_Line]:
    """The rows below the heading, without the example and the row of WCO names."""
    known = tables.known_headings(table, kind)
    fields: dict[str, Any] = {column.name: column.field for column in table.columns}
    if table.code == ITEMS:
        fields |= {f"doc_{c.name}": c.field for c in tables.tables(kind)[2].columns if c.field}
    examples = tables.example_words()
    names: dict[int, str] = {}
    unknown: dict[int, str] = {}
    for number, values in grid.rows:
        means = {
            n: known[plain(value)] for n, value in enumerate(values)
            if isinstance(value, str) and plain(value) in known
        }
        if not names:
            if _is_heading(means, values):
                names, unknown = _headed(grid, number, means, values, filled)
            continue
        if means and means.items() <= names.items() and _is_heading(means, values):
            continue  # the WCO names, below the words
        if isinstance(values[0], str) and plain(values[0]) in examples:
            continue
        yield _line(grid, number, values, names, fields, filled)
        for n in [n for n in unknown if n < len(values) and values[n] not in (None, "")]:
            filled.doubts.append(Told(grid.place(number, n), _(
                "No field of the form is called “%(heading)s”; this column was left out."
            ) % {"heading": unknown.pop(n)}))
    if not names:
        raise SheetRefused(_(
            "No row of “%(sheet)s” names columns that the form knows. Copy the heading of the "
            "template above your rows."
        ) % {"sheet": grid.name})


def _is_heading(means: dict[int, str], values: tuple[Any, ...]) -> bool:
    """More than half of the cells that say anything are names of fields."""
    said = sum(1 for value in values if value not in (None, ""))
    return bool(means) and 2 * len(means) > said


def _headed(
    grid: Grid, number: int, means: dict[int, str], values: tuple[Any, ...], filled: Filled
) -> tuple[dict[int, str], dict[int, str]]:
    names: dict[int, str] = {}
    for n, name in means.items():
        if name in names.values():
            filled.faults.append(Told(grid.place(number, n), _(
                "Two columns mean the same: %(heading)s. Keep one of them."
            ) % {"heading": values[n]}))
        else:
            names[n] = name
    unknown = {
        n: str(value) for n, value in enumerate(values) if value not in (None, "") and n not in means
    }
    return names, unknown


def _line(
    grid: Grid, number: int, values: tuple[Any, ...], names: dict[int, str],
    fields: dict[str, Any], filled: Filled,
) -> _Line:
    found: dict[str, tuple[Cell, str]] = {}
    for n, name in names.items():
        place = grid.place(number, n)
        cell = cells.read(values[n] if n < len(values) else None, fields.get(name))
        found[name] = (cell, place)
        _tell(cell, place, filled)
    return _Line(number, found)


def _tell(cell: Cell, place: str, filled: Filled) -> None:
    if cell.fault:
        filled.faults.append(Told(place, cell.fault))
    if cell.doubt:
        filled.doubts.append(Told(place, cell.doubt))
