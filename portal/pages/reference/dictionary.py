"""The data dictionary: the harmonised dataset of all agencies (UN/CEFACT Recommendation 34).

Every element once, with what the WCO calls it, how it is written, how often it stands in each kind
of message, and which agency asks for it under which law.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from agencies.elements import Asked, asked_for
from declarations.rules import all_rules
from declarations.rules.base import KnownCode
from declarations.wco import MessageKind
from declarations.wco.dictionary import Entry, entries
from declarations.wco.model import ElementType
from portal.pages.dataset import LISTS
from portal.pages.reference.lists import labels
from portal.pages.reference.rules import rules_by_path

KINDS = (
    MessageKind.IMPORT, MessageKind.EXPORT, MessageKind.TRANSIT, MessageKind.LPCO,
    MessageKind.CANCELLATION,
)
_BY_TYPE = {
    ElementType.AMOUNT: "currency", ElementType.MEASURE: "unit", ElementType.QUANTITY: "unit",
}

# Lists that rules look into in a way of their own, by the end of the element's path.
MORE_LISTS = {
    "Commodity/Classification/ID": "hs",
    "UnloadingLocation/ID": "locode",
    "BorderTransportMeans/ModeCode": "TransportMode",
}

TYPES: dict[ElementType, str | Promise] = {
    ElementType.TEXT: gettext_lazy("Text"),
    ElementType.IDENTIFIER: gettext_lazy("Identifier"),
    ElementType.CODE: gettext_lazy("Code"),
    ElementType.AMOUNT: gettext_lazy("Amount"),
    ElementType.MEASURE: gettext_lazy("Measure"),
    ElementType.QUANTITY: gettext_lazy("Quantity"),
    ElementType.NUMERIC: gettext_lazy("Number"),
    ElementType.DATE_TIME: gettext_lazy("Date and time"),
    ElementType.GROUP: gettext_lazy("group"),
}


def kind_names() -> dict[MessageKind, str]:
    """Short enough for the head of a column."""
    return {
        MessageKind.IMPORT: _("Import"),
        MessageKind.EXPORT: _("Export"),
        MessageKind.TRANSIT: _("Transit"),
        MessageKind.LPCO: pgettext("kind of message", "Permit"),
        MessageKind.CANCELLATION: _("Cancellation"),
    }


@dataclass(frozen=True, slots=True)
class Occurs:
    """How often an element stands in one kind of message."""

    kind: MessageKind
    kind_name: str
    cardinality: str

    @property
    def never(self) -> bool:
        return self.cardinality == "0..0"

    @property
    def required(self) -> bool:
        return self.cardinality.startswith("1")


@dataclass(frozen=True, slots=True)
class Row:
    """One element in the language of the page."""

    entry: Entry
    label: str
    help: str
    code_list: str
    list_label: str
    occurs: tuple[Occurs, ...]
    asked: tuple[Asked, ...]
    rules: tuple[str, ...]

    @property
    def path(self) -> str:
        return self.entry.path

    @property
    def anchor(self) -> str:
        return self.path.strip("/").replace("/", "-")

    @property
    def above(self) -> str:
        """The path of the group in which it stands."""
        return self.path.rpartition("/")[0].removeprefix("/Declaration").strip("/")

    @property
    def steps_above(self) -> list[str]:
        """Its names, between which a line may break."""
        return self.above.split("/")

    @property
    def type_name(self) -> str:
        return str(TYPES[self.entry.element.type])

    @property
    def agencies(self) -> dict[str, list[Asked]]:
        """By the agency's name, the rules under which it asks."""
        found: dict[str, list[Asked]] = {}
        for asked in self.asked:
            found.setdefault(asked.agency, []).append(asked)
        return found

    def matches(self, words: list[str]) -> bool:
        element = self.entry.element
        here = f"{self.path} {self.label} {self.help} {element.wco_id} {self.code_list}".casefold()
        return all(word in here for word in words)


def rows() -> list[Row]:
    """Every element of the declaration, in the order of a message."""
    asked, rules, names, lists = asked_for(), rules_by_path(), kind_names(), labels()
    codes = code_lists_by_path()
    return [
        Row(
            entry=entry,
            label=_(entry.label),
            help=_(entry.element.help) if entry.element.help else "",
            code_list=codes.get(entry.path, ""),
            list_label=lists.get(codes.get(entry.path, ""), ""),
            occurs=tuple(Occurs(kind, names[kind], entry.cardinality[kind]) for kind in KINDS),
            asked=tuple(asked.get(entry.path, ())),
            rules=tuple(rules.get(entry.path, ())),
        )
        for entry in elements()
    ]


def select(rows: Iterable[Row], text: str, kind: str, agency: str) -> list[Row]:
    words = text.casefold().split()
    return [
        row for row in rows
        if (not kind or any(o.kind == kind and not o.never for o in row.occurs))
        and (not agency or any(asked.agency_code == agency for asked in row.asked))
        and row.matches(words)
    ]


def agencies_of(rows: Iterable[Row]) -> dict[str, str]:
    """Code and name of every agency that asks for something."""
    found = {asked.agency_code: asked.agency for row in rows for asked in row.asked}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


@cache
def code_lists_by_path() -> dict[str, str]:
    """The list that each element's value, or its unit, is taken from."""
    return {entry.path: name for entry in elements() if (name := _code_list_of(entry))}


def _code_list_of(entry: Entry) -> str:
    if entry.element.codes is not None:
        return entry.element.codes.name
    if entry.element.type in _BY_TYPE:
        return _BY_TYPE[entry.element.type]
    by_rule = _lists_of_rules()
    path = entry.path.removeprefix("/Declaration/")
    if path in by_rule:
        return by_rule[path]
    ends = LISTS | MORE_LISTS | {end[3:]: name for end, name in by_rule.items() if end.startswith("**/")}
    # A name alone is the whole name of the element; one with its group may end a longer one.
    return next(
        (name for end, name in ends.items()
         if (path.endswith(end) if "/" in end else entry.name == end)),
        "",
    )


@cache
def elements() -> tuple[Entry, ...]:
    """Every element of a declaration."""
    return tuple(entries())


@cache
def _lists_of_rules() -> dict[str, str]:
    return {rule.path: rule.code_list for rule in all_rules() if isinstance(rule, KnownCode)}
