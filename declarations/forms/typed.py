"""What a person typed, kept exactly: nothing here judges, converts or drops a character.

A declaration form has one header and any number of goods items, each with any number of documents.
In the page their controls are named ``importer_name``, ``item-2-hs_code`` and ``item-2-doc-0-id``;
in a draft they are kept as the JSON of ``Typed``. Rows are added, copied and removed here, on the
server, so that the page needs no script.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Self

MAX_ITEMS = 999
MAX_DOCUMENTS = 99

ITEM = re.compile(r"item-(\d{1,4})-(?:doc-(\d{1,3})-)?(\w+)", re.ASCII)
ACTION = re.compile(
    r"(add_item|copy_item|remove_item|open_item|fold_item|add_document|remove_document)(?:-(\d{1,4})(?:-(\d{1,3}))?)?",
    re.ASCII,
)

Values = dict[str, str]

# Controls of a row that are about the form, not about the goods.
ORIGIN = "origin"
OPEN = "open"


def item_prefix(index: int) -> str:
    return f"item-{index}"


def document_prefix(item: int, document: int) -> str:
    return f"item-{item}-doc-{document}"


@dataclass(slots=True)
class TypedItem:
    values: Values = field(default_factory=dict)
    documents: list[Values] = field(default_factory=list)


@dataclass(slots=True)
class Typed:
    header: Values = field(default_factory=dict)
    items: list[TypedItem] = field(default_factory=list)

    @classmethod
    def from_post(cls, post: Mapping[str, str], header_names: frozenset[str]) -> Self:
        """Read posted controls; rows come back in their order, gaps in their numbers closed."""
        header: Values = {}
        items: dict[int, Values] = {}
        documents: dict[int, dict[int, Values]] = {}
        for name, value in post.items():
            value = value.replace("\0", "")  # PostgreSQL holds every character but this one
            if match := ITEM.fullmatch(name):
                item, document, control = int(match[1]), match[2], match[3]
                values = items.setdefault(item, {})
                if document is not None:
                    rows = documents.setdefault(item, {})
                    values = rows.setdefault(int(document), {})
                values[control] = value
            elif name in header_names:
                header[name] = value
        return cls(
            header,
            [
                TypedItem(items[n], [row for _, row in sorted(documents.get(n, {}).items())])
                for n in sorted(items)
            ],
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            dict(data.get("header", {})),
            [
                TypedItem(dict(item.get("values", {})), [dict(d) for d in item["documents"]])
                for item in data.get("items", [])
            ],
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "header": self.header,
            "items": [{"values": i.values, "documents": i.documents} for i in self.items],
        }

    def controls(self) -> Values:
        """The values by the names of their controls, as a form is given them."""
        data = dict(self.header)
        for n, item in enumerate(self.items):
            data |= {f"{item_prefix(n)}-{name}": v for name, v in item.values.items()}
            for m, document in enumerate(item.documents):
                prefix = document_prefix(n, m)
                data |= {f"{prefix}-{name}": v for name, v in document.items()}
        return data

    def without_blanks(self) -> "Typed":
        """The same without rows in which nothing was typed: they say nothing and get no number."""
        items = []
        for item in self.items:
            documents = [d for d in item.documents if _said(d)]
            if documents or _said(item.values):
                items.append(TypedItem(item.values, documents))
        return Typed(self.header, items)

    def act(self, action: str) -> str | None:
        """Do what a row button asks; return the prefix of the row to go to, None if no such action.

        A row number that does not exist changes nothing: the page was stale, the input counts.
        """
        match = ACTION.fullmatch(action)
        if match is None:
            return None
        verb = match[1]
        item = int(match[2]) if match[2] else -1
        document = int(match[3]) if match[3] else -1
        if verb == "add_item":
            return self._insert(len(self.items), TypedItem({OPEN: "1"}))
        if not 0 <= item < len(self.items):
            return ""
        row = self.items[item]
        if verb == "copy_item":
            copied = deepcopy(row)
            copied.values[OPEN] = "1"
            return self._insert(item + 1, copied)
        if verb == "remove_item":
            del self.items[item]
            return item_prefix(max(0, item - 1))
        if verb in {"open_item", "fold_item"}:
            row.values[OPEN] = "1" if verb == "open_item" else ""
        if verb == "add_document" and len(row.documents) < MAX_DOCUMENTS:
            row.documents.append({})
            return document_prefix(item, len(row.documents) - 1)
        if verb == "remove_document" and 0 <= document < len(row.documents):
            del row.documents[document]
        return item_prefix(item)

    def _insert(self, at: int, item: TypedItem) -> str:
        if len(self.items) >= MAX_ITEMS:
            return item_prefix(len(self.items) - 1)
        self.items.insert(at, item)
        return item_prefix(at)


def _said(values: Values) -> bool:
    return any(text.strip() for name, text in values.items() if name not in {ORIGIN, OPEN})
