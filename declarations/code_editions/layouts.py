"""How the official files are laid out: their columns, and what a row of each means.

A layout is recognised by its header, so that a file of another list is named and not misread.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.codelists import Code, CodeList
from declarations.codelists.sources import is_goods, is_money


class RowRefused(ValueError):
    """The row is wrong; the message says how."""


class RowSkipped(Exception):
    """The row is right and is no code of this list; the message says why, the same for all."""


Row = Mapping[str, str]
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Layout:
    """``columns``: those that tell this layout from others, as ``column`` writes them.

    ``list_name``: the list it belongs to; empty for any, None for a file of no list of ours.
    """

    label: Words
    list_name: str | None
    columns: frozenset[str]
    read: Callable[[Row, CodeList], Code] | None = None
    uses: frozenset[str] = frozenset()


def column(title: str) -> str:
    """A column's title as it is compared: ``Level/ Category`` as ``levelcategory``."""
    return re.sub(r"[^a-z0-9_]", "", title.casefold().replace(" ", "").removeprefix("\ufeff"))


def _unit(row: Row, _into: CodeList) -> Code:
    _not_deleted(row)
    more = {"symbol": row.get("symbol", ""), "description": row.get("description", "")}
    return Code(_first(row, "commoncode"), row["name"], more=_given(more | _status(row)))


def _package(row: Row, _into: CodeList) -> Code:
    _not_deleted(row)
    name = row["name"]
    kind = {"Bulk,": "bulk", "Unpacked": "unpacked"}.get(name.split(" ")[0], "")
    more = {"bulk": kind, "description": row.get("description", "")}
    return Code(row["code"], name, more=_given(more | _status(row)))


def _heading(row: Row, _into: CodeList) -> Code:
    code = row["hscode"].replace(".", "").replace(" ", "")
    if (code.isdecimal() and len(code) < 6) or code.casefold() == "total":
        raise RowSkipped(_("chapters, headings and totals, which no goods are declared under"))
    if code.isdecimal() and not is_goods(code):
        raise RowSkipped(_("pseudo-codes for statistics (chapters 77, 98 and 99)"))
    return Code(code, row["description"])


def _place(row: Row, _into: CodeList) -> Code:
    if not row["location"]:
        raise RowSkipped(_("names of countries, and references from one name to another"))
    if row.get("subdivision") == "states":
        raise RowSkipped(_("subdivisions of countries, which are no places"))
    if row.get("change", row.get("ch", "")).upper() == "X":
        raise RowSkipped(_("marked for deletion (X)"))
    return Code(row["country"] + row["location"], row["name"])


def _currency(row: Row, _into: CodeList) -> Code:
    code = _first(row, "alphabeticcode", "ccy")
    if not code:
        raise RowSkipped(_("countries without a currency of their own"))
    if not is_money(code):
        raise RowSkipped(_("metals, funds and test codes, in which nothing is invoiced"))
    return Code(code, _first(row, "currency", "ccynm"), valid_to=_month(row.get("withdrawaldate", "")))


def _country(row: Row, _into: CodeList) -> Code:
    name = _first(row, "englishshortname", "name", "shortname", "officialnameen")
    return Code(_first(row, "alpha2code", "alpha2", "iso31661alpha2"), name,
                more=_given(_translations(row)))


def _generic(row: Row, into: CodeList) -> Code:
    _not_deleted(row)
    more = _translations(row) | _status(row) | {"description": row.get("description", "")}
    for name in (*into.attributes, *into.optional):
        more[name] = row.get(name, "")
    code = Code(
        row["code"], row["name"], _day(row, "valid_from"), _day(row, "valid_to"), _given(more)
    )
    if code.valid_from and code.valid_to and code.valid_to < code.valid_from:
        raise RowRefused(_("valid_to is before valid_from."))
    if into.name == "hs" and not is_goods(code.code):
        raise RowSkipped(_("pseudo-codes for statistics (chapters 77, 98 and 99)"))
    return code


LAYOUTS = (
    Layout(gettext_lazy("UN/ECE Recommendation 20 (units of measure)"), "unit",
           frozenset({"commoncode", "name"}), _unit, frozenset({"status", "symbol", "description"})),
    Layout(gettext_lazy("UN/ECE Recommendation 21 (types of packages)"), "package",
           frozenset({"code", "name", "numericcode"}), _package,
           frozenset({"status", "description"})),
    Layout(gettext_lazy("Harmonized System of UN Comtrade"), "hs",
           frozenset({"hscode", "description"}), _heading, frozenset({"level"})),
    Layout(gettext_lazy("UN/LOCODE"), "locode", frozenset({"country", "location", "name"}), _place,
           frozenset({"change", "subdivision"})),
    Layout(gettext_lazy("ISO 4217 (currencies)"), "currency",
           frozenset({"currency", "alphabeticcode"}), _currency, frozenset({"withdrawaldate"})),
    Layout(gettext_lazy("ISO 3166-1 (countries)"), "country",
           frozenset({"englishshortname", "alpha2code"}), _country),
    Layout(gettext_lazy("ISO 3166-1 (countries)"), "country", frozenset({"name", "alpha2"}), _country),
    Layout(gettext_lazy("UN/ECE Recommendation 24 (trade and transport status)"), None,
           frozenset({"ci", "code", "name"})),
    Layout(gettext_lazy("UN/ECE Recommendation 28 (types of means of transport)"), None,
           frozenset({"ci", "mode", "codea"})),
    Layout(gettext_lazy("UN/LOCODE functions"), None, frozenset({"functioncode"})),
    Layout(gettext_lazy("UN/LOCODE subdivisions"), None, frozenset({"sucountry", "sucode"})),
    Layout(gettext_lazy("Codes and names"), "", frozenset({"code", "name"}), _generic,
           frozenset({"valid_from", "valid_to", "status", "description"})),
)

# The parts of the official UN/LOCODE come without a header.
LOCODE_COLUMNS = ("change", "country", "location", "name", "namewodiacritics", "subdivision",
                  "status", "function", "date", "iata", "coordinates", "remarks")


def layout_of(columns: frozenset[str]) -> Layout | None:
    """The layout that a header belongs to; the most particular one first."""
    return next((each for each in LAYOUTS if each.columns <= columns), None)


def is_bare_locode(cells: list[str]) -> bool:
    """Whether a first row is one of the official UN/LOCODE, which has no header."""
    return (
        10 <= len(cells) <= 12 and re.fullmatch(r"[+#X|=¦!]?", cells[0]) is not None
        and re.fullmatch(r"[A-Z]{2}", cells[1]) is not None
        and (re.fullmatch(r"[A-Z0-9]{3}", cells[2]) is not None or cells[3].startswith("."))
    )


def is_translation(title: str) -> bool:
    return re.fullmatch(r"name_[a-z]{2}", title) is not None


def _translations(row: Row) -> dict[str, str]:
    return {title: text for title, text in row.items() if is_translation(title)}


def _not_deleted(row: Row) -> None:
    if row.get("status", "").upper() == "X":
        raise RowSkipped(_("marked for deletion (X)"))


def _status(row: Row) -> dict[str, str]:
    return {"status": "deprecated" if row.get("status", "").upper() == "D" else ""}


def _given(more: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in more.items() if text}


def _first(row: Row, *titles: str) -> str:
    return next((row[title] for title in titles if row.get(title)), "")


def _day(row: Row, title: str) -> date | None:
    text = row.get(title, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RowRefused(_("%(column)s is %(text)s, which is not a date such as 2026-01-31.")
                         % {"column": title, "text": text[:40]}) from None


def _month(text: str) -> date | None:
    """ISO 4217 tells the month or the day of a withdrawal: ``2023-01``, ``2017-09-22``."""
    found = re.search(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text)
    if not found:
        if text:
            raise RowRefused(_("The date of withdrawal, %(text)s, cannot be read.") % {"text": text})
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        raise RowRefused(
            _("The date of withdrawal, %(text)s, cannot be read.") % {"text": text}) from None
