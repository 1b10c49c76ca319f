"""What the pages show: lists with their editions, the lines of a preview, CSV of an edition."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from declarations import codelists
from declarations.code_editions import store
from declarations.code_editions.changes import Changes
from declarations.code_editions.models import CodeEdition
from declarations.codelists import Code, CodeList

LABELS = {
    "country": _("Countries"), "currency": _("Currencies"), "hs": _("Harmonized System"),
    "unit": _("Units of measure"), "package": _("Types of packages"),
    "mode": _("Modes of transport"), "locode": _("Places"), "document": _("Documents"),
    "permit": _("Permits and licences"), "procedure": _("Customs procedures"),
    "transaction": _("Nature of transaction"), "valuation_method": _("Valuation methods"),
    "guarantee": _("Transit guarantees"), "office": _("Customs offices"),
    "controlled": _("Goods under a treaty"),
}
# More than this share of the codes withdrawn, or renamed, is asked about before it is published.
MUCH = 0.2


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: str | Promise
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One edition in a list's history."""

    edition: CodeEdition | None
    code_list: CodeList | None
    current: bool
    planned: bool

    @property
    def tone(self) -> str:
        return "good" if self.current else "info" if self.planned else "mute"

    @property
    def icon(self) -> str:
        return ("circle-check" if self.current else "calendar-clock" if self.planned
                else "archive")

    @property
    def label(self) -> str | Promise:
        if self.current:
            return _("In force")
        return _("Not yet in force") if self.planned else _("No longer in force")


def label_of(list_name: str) -> str | Promise:
    return LABELS.get(list_name, codelists.shipped(list_name).label)


def overview(on: date) -> list[dict[str, Any]]:
    """Every list with the edition in force, what is to come, and what waits to be published."""
    published = list(CodeEdition.objects.published().without_codes())
    waiting = [one.list_name for one in CodeEdition.objects.waiting().without_codes()]
    lines = []
    for name in codelists.names():
        own = [one for one in published if one.list_name == name]
        current = next((one for one in own if one.valid_from <= on), None)
        shipped = codelists.shipped(name)
        lines.append({
            "name": name, "label": label_of(name),
            "edition": current.edition if current else shipped.edition,
            "source": current.source if current else shipped.source,
            "valid_from": current.valid_from if current else None,
            "count": current.counts["codes"] if current else len(shipped.codes),
            "planned": [one for one in own if one.valid_from > on],
            "waiting": waiting.count(name),
        })
    return lines


def history(name: str, on: date) -> list[Line]:
    """Every edition of a list, the last to take effect first, the shipped one at the end."""
    own = list(CodeEdition.objects.published().without_codes().filter(list_name=name))
    current = next((one for one in own if one.valid_from <= on), None)
    lines = [Line(one, None, one == current, one.valid_from > on) for one in own]
    return [*lines, Line(None, codelists.shipped(name), current is None, False)]


TABS = {
    "added": _("Added"), "renamed": _("Other name"), "altered": _("Other dates or attributes"),
    "withdrawn": _("Withdrawn"), "refused": _("Refused rows"),
}


def tabs(changes: Changes, refused_count: int, chosen: str) -> list[Tab]:
    counts = {**changes.counts, "refused": refused_count}
    if chosen not in TABS:
        chosen = next((key for key in TABS if counts[key]), "added")
    return [Tab(key, label, counts[key], key == chosen) for key, label in TABS.items()]


def much(changes: Changes) -> list[str]:
    """What changes so much that it may be the wrong file: ``withdrawn``, ``renamed``."""
    before = changes.same + len(changes.renamed) + len(changes.altered) + len(changes.withdrawn)
    return [
        kind for kind in ("withdrawn", "renamed")
        if before and changes.counts[kind] > max(1, MUCH * before)
    ]


def rows_of(changes: Changes, refused: Sequence[Any], tab: str) -> Sequence[Any]:
    return refused if tab == "refused" else getattr(changes, tab)


def listed(name: str, text: str, on: date, language: str) -> Sequence[Code]:
    """The codes of the edition in force on a day that match ``text``; all of them without one."""
    found = codelists.code_list(name, on)
    return list(found.search(text, language)) if text.strip() else list(found.codes.values())


def as_csv(codes: Iterable[Code]) -> str:
    """An edition as the CSV that can be imported again."""
    codes = list(codes)
    more = sorted({name for code in codes for name in code.more if name != "symbol"})
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["code", "name", "valid_from", "valid_to", *more])
    for code in codes:
        told = {**code.more}
        if told.get("status") == "deprecated":
            told["status"] = "D"
        writer.writerow([code.code, code.name, code.valid_from or "", code.valid_to or "",
                         *(told.get(name, "") for name in more)])
    return out.getvalue()


def of_edition(edition: CodeEdition) -> CodeList:
    return store.load(edition.pk)
