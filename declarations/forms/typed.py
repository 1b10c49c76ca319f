"""What a person typed, kept exactly: nothing here judges, converts or drops a character.

A declaration form has one header, any number of goods items, and rows of several sorts (containers,
guarantees, documents ...), some of the whole declaration and some of one item. In the page their
controls are named ``importer_name``, ``office-0-id``, ``item-2-hs_code`` and ``item-2-doc-0-id``;
in a draft they are kept as the JSON of ``Typed``. Rows are added, copied and removed here, on the
server, so that the page needs no script.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Self

MAX_ITEMS = 999
MAX_ROWS = 99

# Sorts of rows; what each holds is in declarations.forms.rows.
HEADER_ROWS = ("equipment", "office", "guarantee", "paper", "previous")
ITEM_ROWS = ("doc", "pack")

_SORTS = "|".join((*HEADER_ROWS, *ITEM_ROWS))
CONTROL = re.compile(rf"(?:item-(\d{{1,4}})-)?(?:({_SORTS})-(\d{{1,3}})-)?(\w+)", re.ASCII)
ACTION = re.compile(
    r"add_item"
    r"|(?P<verb>copy|remove|open|fold|raise|lower)_item-(?P<item>\d{1,4})"
    rf"|(?P<change>add|remove)_(?P<sort>{_SORTS})(?:-(?P<first>\d{{1,4}}))?(?:-(?P<second>\d{{1,3}}))?",
    re.ASCII,
)

Values = dict[str, str]
Rows = dict[str, list[Values]]

# Controls of a row that are about the form, not about the goods.
ORIGIN = "origin"
OPEN = "open"


def item_prefix(index: int) -> str:
    return f"item-{index}"


def row_prefix(sort: str, row: int, item: int | None = None) -> str:
    prefix = f"{sort}-{row}"
    return prefix if item is None else f"{item_prefix(item)}-{prefix}"


@dataclass(slots=True)
class TypedItem:
    values: Values = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)


@dataclass(slots=True)
class Typed:
    header: Values = field(default_factory=dict)
    items: list[TypedItem] = field(default_factory=list)
    rows: Rows = field(default_factory=dict)

    @classmethod
    def from_post(cls, post: Mapping[str, str], header_names: frozenset[str]) -> Self:
        """Read posted controls; rows come back in their order, gaps in their numbers closed."""
        header: Values = {}
        items: dict[int, Values] = {}
        rows: dict[int | None, dict[str, dict[int, Values]]] = {}
        for name, value in post.items():
            value = value.replace("\0", "")  # PostgreSQL holds every character but this one
            match = CONTROL.fullmatch(name)
            if match is None:
                continue
            item = None if match[1] is None else int(match[1])
            sort, number, control = match[2], match[3], match[4]
            if sort is not None and sort in (HEADER_ROWS if item is None else ITEM_ROWS):
                of_sort = rows.setdefault(item, {}).setdefault(sort, {})
                of_sort.setdefault(int(number), {})[control] = value
                if item is not None:
                    items.setdefault(item, {})
            elif sort is None and item is not None:
                items.setdefault(item, {})[control] = value
            elif sort is None and name in header_names:
                header[name] = value
        return cls(
            header,
            [TypedItem(items[n], _in_order(rows.get(n, {}))) for n in sorted(items)],
            _in_order(rows.get(None, {})),
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            dict(data.get("header", {})),
            [
                TypedItem(dict(item.get("values", {})), _copied(item.get("rows", {})))
                for item in data.get("items", [])
            ],
            _copied(data.get("rows", {})),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "header": self.header,
            "items": [{"values": i.values, "rows": i.rows} for i in self.items],
            "rows": self.rows,
        }

    def controls(self) -> Values:
        """The values by the names of their controls, as a form is given them."""
        data = dict(self.header)
        _name_rows(data, self.rows, None)
        for n, item in enumerate(self.items):
            data |= {f"{item_prefix(n)}-{name}": v for name, v in item.values.items()}
            _name_rows(data, item.rows, n)
        return data

    def without_blanks(self) -> "Typed":
        """The same without rows in which nothing was typed: they say nothing and get no number.

        If that is every item, the first stays: its fields tell what a goods item needs.
        """
        items = []
        for item in self.items:
            rows = _said_rows(item.rows)
            if rows or _said(item.values):
                items.append(TypedItem(item.values, rows))
        return Typed(self.header, items or self.items[:1], _said_rows(self.rows))

    def act(self, action: str) -> str | None:
        """Do what a row button asks; return the prefix of the row to go to, None if no such action.

        A row number that does not exist changes nothing: the page was stale, the input counts.
        """
        match = ACTION.fullmatch(action)
        if match is None:
            return None
        if action == "add_item":
            return self._insert(len(self.items), TypedItem({OPEN: "1"}))
        if match["verb"]:
            return self._change_item(match["verb"], int(match["item"]))
        numbers = [int(match[name]) for name in ("first", "second") if match[name]]
        return self._change_rows(match["change"], match["sort"], numbers)

    def _change_item(self, verb: str, item: int) -> str:
        if not 0 <= item < len(self.items):
            return ""
        row = self.items[item]
        if verb == "copy":
            copied = deepcopy(row)
            copied.values[OPEN] = "1"
            return self._insert(item + 1, copied)
        if verb == "remove":
            del self.items[item]
            return item_prefix(max(0, item - 1))
        if verb in {"raise", "lower"}:
            place = item - 1 if verb == "raise" else item + 1
            if 0 <= place < len(self.items):
                self.items.insert(place, self.items.pop(item))
                return item_prefix(place)
        else:
            row.values[OPEN] = "1" if verb == "open" else ""
        return item_prefix(item)

    def _change_rows(self, change: str, sort: str, numbers: list[int]) -> str:
        """``numbers``: of the item, where rows of the sort belong to one, and of the row."""
        item = None
        holder: Typed | TypedItem = self
        if sort in ITEM_ROWS:
            if not numbers or numbers[0] >= len(self.items):
                return ""
            item = numbers.pop(0)
            holder = self.items[item]
        rows = holder.rows.get(sort, [])
        if change == "add" and len(rows) < MAX_ROWS:
            holder.rows[sort] = [*rows, {}]
            return row_prefix(sort, len(rows), item)
        if change == "remove" and numbers and numbers[0] < len(rows):
            del rows[numbers[0]]
            if not rows:
                del holder.rows[sort]
        return f"rows-{sort}" if item is None else item_prefix(item)

    def _insert(self, at: int, item: TypedItem) -> str:
        if len(self.items) >= MAX_ITEMS:
            return item_prefix(len(self.items) - 1)
        self.items.insert(at, item)
        return item_prefix(at)


def _in_order(sorts: dict[str, dict[int, Values]]) -> Rows:
    return {sort: [row for _, row in sorted(rows.items())] for sort, rows in sorts.items()}


def _copied(sorts: Mapping[str, Any]) -> Rows:
    return {sort: [dict(row) for row in rows] for sort, rows in sorts.items()}


def _name_rows(data: Values, sorts: Rows, item: int | None) -> None:
    for sort, rows in sorts.items():
        for n, row in enumerate(rows):
            prefix = row_prefix(sort, n, item)
            data |= {f"{prefix}-{name}": value for name, value in row.items()}


def _said(values: Values) -> bool:
    return any(text.strip() for name, text in values.items() if name not in {ORIGIN, OPEN})


def _said_rows(sorts: Rows) -> Rows:
    kept = {sort: [row for row in rows if _said(row)] for sort, rows in sorts.items()}
    return {sort: rows for sort, rows in kept.items() if rows}
