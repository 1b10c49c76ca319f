"""Look codes up: by code, by words, and by the date on which they were in force."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType

from declarations.codelists import sources
from declarations.codelists.sources import HERE, Code

__all__ = ["Code", "CodeList", "code_list", "codes", "get", "is_valid", "lists", "name", "search"]


@dataclass(frozen=True, slots=True)
class CodeList:
    """``complete``: whether a code that is absent is wrong, or only not in the portal's selection.

    ``significant``: how many leading characters decide, where longer codes are national (HS).
    """

    name: str
    label: str
    source: str
    edition: str
    codes: Mapping[str, Code] = field(repr=False)
    complete: bool = True
    significant: int | None = None

    def get(self, code: str) -> Code | None:
        found = self.codes.get(code)
        if found is None and self.significant and len(code) > self.significant and code.isdecimal():
            return self.codes.get(code[: self.significant])
        return found

    def is_valid(self, code: str, on: date | None = None) -> bool:
        found = self.get(code)
        return found is not None and (on is None or found.in_force(on))


@cache
def _manifest() -> dict[str, dict[str, object]]:
    return tomllib.loads((HERE / "lists.toml").read_text(encoding="utf-8"))


def lists() -> list[CodeList]:
    """Every list, in the order of the manifest."""
    return [code_list(name) for name in _manifest()]


@cache
def code_list(name: str) -> CodeList:
    """The list called ``name``. Raises KeyError for a list that there is not."""
    about = dict(_manifest()[name])
    package = about.pop("package", None)
    loaded = sources.PACKAGES[name]() if package else sources.from_csv(name)
    loaded |= {code.code: code for code in sources.dated(name)}
    return CodeList(name=name, codes=MappingProxyType(loaded), **about)  # type: ignore[arg-type]


def codes(list_name: str) -> Mapping[str, Code]:
    """Every code of a list by its code, in the list's order."""
    return code_list(list_name).codes


def get(list_name: str, code: str) -> Code | None:
    return code_list(list_name).get(code)


def is_valid(list_name: str, code: str, on: date | None = None) -> bool:
    """True if ``code`` is in the list and, given a date, in force on it."""
    return code_list(list_name).is_valid(code, on)


def name(list_name: str, code: str, language: str = "en") -> str:
    """What the code means; the code itself where it is not known."""
    found = code_list(list_name).get(code)
    if found is None:
        return code
    return sources.translated(list_name, found.name, language)


def search(list_name: str, text: str, limit: int = 20, on: date | None = None) -> list[Code]:
    """Codes that begin with ``text``, then names in which every word of ``text`` begins a word."""
    text = text.strip().casefold()
    words = text.split()
    by_code, by_name = [], []
    compact = text.replace(".", "").replace(" ", "")
    for code in code_list(list_name).codes.values():
        if on is not None and not code.in_force(on):
            continue
        if compact and code.code.casefold().startswith(compact):
            by_code.append(code)
        elif words and _begins(code.name, words):
            by_name.append(code)
    return (by_code + by_name)[:limit]


def _begins(name: str, words: list[str]) -> bool:
    parts = name.casefold().replace("(", " ").replace(",", " ").split()
    return all(any(part.startswith(word) for part in parts) for word in words)
