"""A comparison as people read it: by part of the declaration, in words, codes with their names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from declarations import codelists, wco
from declarations.comparison import ITEMS, Difference, compare, shown
from declarations.wco.model import Element, ElementType

SHOWN = 500
_NUMBERED = re.compile(r"\[\d+\]")
# The code list that explains an element, by the end of its path.
LISTS = {
    "CountryCode": "country",
    "NationalityCode": "country",
    "ExportCountry/ID": "country",
    "OfficeID": "office",
    "Office/ID": "office",
    "Packaging/TypeCode": "package",
    "GovernmentProcedure/CurrentCode": "procedure",
    "GovernmentProcedure/PreviousCode": "procedure",
    "TransactionNatureCode": "transaction",
    "AdditionalDocument/TypeCode": "document",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One element. ``sort`` is added, removed or changed."""

    label: str
    sort: str
    old: str
    new: str
    path: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Part:
    """A goods item, or the declaration around the items."""

    title: str
    rows: list[Row] = field(default_factory=list)

    @property
    def sort(self) -> str:
        """As a whole new or gone, or changed."""
        sorts = {row.sort for row in self.rows}
        return sorts.pop() if len(sorts) == 1 else "changed"


@dataclass(frozen=True, slots=True)
class Compared:
    parts: list[Part]
    count: int

    @property
    def more(self) -> int:
        return max(self.count - SHOWN, 0)


def compared(old: dict[str, Any] | None, new: dict[str, Any] | None) -> Compared:
    differences = compare(old, new)
    return Compared(_parts(differences[:SHOWN]), len(differences))


def _parts(differences: Iterable[Difference]) -> list[Part]:
    found: dict[tuple[str, bool], Part] = {}
    for one in differences:
        at = next((n for n, p in enumerate(one.places) if p.element.name == ITEMS), None)
        whole_gone = at is not None and one.sort == "removed"
        title = _("Declaration") if at is None else one.places[at].label(_)
        part = found.setdefault((title, whole_gone), Part(title))
        steps = one.places if at is None else one.places[at + 1:]
        element = one.places[-1].element
        part.rows.append(Row(
            " › ".join(p.label(_) for p in steps if p.element.name != "GoodsShipment"),
            one.sort, _words(one.old, element, one.path), _words(one.new, element, one.path),
            one.path, " / ".join(
                f"{step.DocumentSectionCode}"
                + (f" {step.SequenceNumeric}" if step.SequenceNumeric else "")
                + (f" · {step.TagID}" if step.TagID else "")
                for step in one.pointer),
        ))
    return list(found.values())


def _words(value: Any, element: Element, path: str) -> str:
    if value is None:
        return ""
    if element.type is ElementType.DATE_TIME and isinstance(value, dict):
        moment = wco.DateTime(value.get("value", ""), value.get("formatCode") or "304")
        try:
            known = moment.as_datetime()
        except ValueError:  # a date that the calendar has not
            return moment.value
        return str(formats.date_format(
            known, "DATE_FORMAT" if moment.formatCode == "102" else "DATETIME_FORMAT"))
    if isinstance(value, dict) and "value" in value:
        unit = value.get("currencyID") or value.get("unitCode") or ""
        return f"{_number(value['value'])} {_('kg') if unit == 'KGM' else unit}".strip()
    text = shown(value)
    if meaning := _meaning(text, element, path):
        return f"{text} · {meaning}"
    return text


def _meaning(code: str, element: Element, path: str) -> str:
    if element.codes is not None and code in element.codes.values:
        return _(element.codes.values[code])
    place = _NUMBERED.sub("", path)
    for ending, code_list in LISTS.items():
        if place.endswith(ending) and codelists.get(code_list, code):
            return codelists.name(code_list, code, (get_language() or "en").split("-")[0])
    return ""


def _number(text: str) -> str:
    """Grouped for reading, with all the digits that were declared."""
    try:
        number = Decimal(text)
    except (InvalidOperation, TypeError):
        return str(text)
    exponent = number.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return formats.number_format(number, places, use_l10n=True, force_grouping=True)
