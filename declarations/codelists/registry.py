"""Look codes up: by code, by words, and by the date on which they were in force.

A list has editions. The first comes with the portal; others are installed at run time by whoever
keeps them (``install``). ``as_of`` sets the day that decides for everything inside it.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.metadata import version
from types import MappingProxyType

from declarations.codelists import sources, words
from declarations.codelists.sources import HERE, NOTHING, Code

__all__ = [
    "Code", "CodeList", "Edition", "as_of", "code_list", "codes", "get", "in_force", "install",
    "is_valid", "known", "lists", "name", "names", "search", "shipped",
]


@dataclass(frozen=True, slots=True, eq=False)
class CodeList:
    """One edition of a list.

    ``complete``: whether a code that is absent is wrong, or only not in the portal's selection.
    ``significant``: how many leading characters decide, where longer codes are national (HS).
    ``pattern``: the form of every code. ``attributes`` and ``optional``: what each code must or
    may tell besides, by name, with the form of its value (regular expressions).
    ``valid_from``: since when the edition is in force; None for the one that is shipped.
    """

    name: str
    label: str
    source: str
    edition: str
    codes: Mapping[str, Code] = field(repr=False)
    complete: bool = True
    significant: int | None = None
    pattern: str = ".+"
    attributes: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    optional: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    valid_from: date | None = None
    # What is searched, by language; made when first asked for.
    texts: dict[str, list[tuple[Code, str, str]]] = field(default_factory=dict, repr=False)

    def get(self, code: str) -> Code | None:
        found = self.codes.get(code)
        if found is None and self.significant and len(code) > self.significant and code.isdecimal():
            return self.codes.get(code[: self.significant])
        return found

    def is_valid(self, code: str, on: date | None = None) -> bool:
        found = self.get(code)
        return found is not None and (on is None or found.in_force(on))

    def name_of(self, code: Code, language: str) -> str:
        return sources.name_in(language, self.name, code, shipped(self.name).codes.get(code.code))

    def search(self, text: str, language: str = "en") -> Iterator[Code]:
        """Codes that begin with ``text``, then those whose words do, in English or ``language``."""
        if language not in self.texts:
            self.texts[language] = [
                (code, code.code.casefold(),
                 words.searchable(code.name, self.name_of(code, language)))
                for code in self.codes.values()
            ]
        return words.search(self.texts[language], text)


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition that is loaded when it is first needed."""

    valid_from: date
    load: Callable[[], CodeList]


# By the list's name; the edition that takes effect last comes first.
Editions = Mapping[str, Sequence[Edition]]

_installed: Editions = {}


def install(editions: Editions) -> None:
    """Replace all editions beside the shipped ones. A view that is open keeps what it has."""
    global _installed
    _installed = editions


class _View:
    """The lists as of one day; they stay the same as long as the view is open."""

    def __init__(self, day: date, refresh: Callable[[], None] | None, outer: "_View | None"):
        self.day = day
        self.lists: dict[str, CodeList] = {}
        self._refresh = refresh
        self._outer = outer
        self._editions: Editions | None = None

    @property
    def editions(self) -> Editions:
        if self._editions is None:
            if self._refresh is not None:
                self._refresh()
            inherits = self._outer is not None and self._refresh is None
            self._editions = self._outer.editions if inherits else _installed  # type: ignore[union-attr]
        return self._editions

    def code_list(self, name: str) -> CodeList:
        found = self.lists.get(name)
        if found is None:
            found = self.lists[name] = _in_force(self.editions, name, self.day)
        return found


_view: ContextVar[_View | None] = ContextVar("code_lists", default=None)


@contextmanager
def as_of(day: date, refresh: Callable[[], None] | None = None) -> Iterator[None]:
    """Inside, every list is the edition in force on ``day``, unless another day is asked for.

    ``refresh`` is called once, before the first look at a list, and may ``install``.
    """
    token = _view.set(_View(day, refresh, _view.get()))
    try:
        yield
    finally:
        _view.reset(token)


def _in_force(editions: Editions, name: str, day: date) -> CodeList:
    for edition in editions.get(name, ()):
        if edition.valid_from <= day:
            return edition.load()
    return shipped(name)


def code_list(name: str, on: date | None = None) -> CodeList:
    """The edition of a list in force on a day. Raises KeyError for a list that there is not.

    Without ``on``: on the day of ``as_of``, and outside of it today (UTC).
    """
    view = _view.get()
    if view is None:
        return _in_force(_installed, name, on or datetime.now(UTC).date())
    if on is None or on == view.day:
        return view.code_list(name)
    return _in_force(view.editions, name, on)


@cache
def _manifest() -> dict[str, dict[str, object]]:
    return tomllib.loads((HERE / "lists.toml").read_text(encoding="utf-8"))


@cache
def shipped(name: str) -> CodeList:
    """The edition that comes with the portal. Raises KeyError for a list that there is not."""
    about = dict(_manifest()[name])
    package = about.pop("package", None)
    if package:
        about["edition"] = str(about["edition"]).format(version=version(str(package)))
    loaded = sources.PACKAGES[name]() if package else sources.from_csv(name)
    loaded |= {code.code: code for code in sources.dated(name)}
    return CodeList(name=name, codes=MappingProxyType(loaded), **about)  # type: ignore[arg-type]


def names() -> list[str]:
    """The name of every list, in the order of the manifest."""
    return list(_manifest())


def lists() -> list[CodeList]:
    """Every list, in the order of the manifest."""
    return [code_list(name) for name in _manifest()]


def codes(list_name: str) -> Mapping[str, Code]:
    """Every code of a list by its code, in the list's order."""
    return code_list(list_name).codes


def get(list_name: str, code: str) -> Code | None:
    return code_list(list_name).get(code)


def is_valid(list_name: str, code: str, on: date | None = None) -> bool:
    """True if ``code`` is in the list and, given a date, in force on it."""
    return code_list(list_name, on).is_valid(code, on)


def in_force(list_name: str, on: date) -> frozenset[str]:
    """Every code of a list that is in force on a day."""
    return _codes_in_force(code_list(list_name, on), on)


@lru_cache(maxsize=64)
def _codes_in_force(found: CodeList, on: date) -> frozenset[str]:
    return frozenset(code.code for code in found.codes.values() if code.in_force(on))


def known(list_name: str, code: str) -> Code | None:
    """A code of the edition in force, or else of any other: what was filed keeps its meaning."""
    found = get(list_name, code)
    if found is None:
        view = _view.get()
        editions = _installed if view is None else view.editions
        for edition in editions.get(list_name, ()):
            if found := edition.load().get(code):
                return found
        return shipped(list_name).get(code)
    return found


def name(list_name: str, code: str, language: str = "en") -> str:
    """What the code means; the code itself where no edition knows it."""
    found = known(list_name, code)
    return code if found is None else code_list(list_name).name_of(found, language)


def search(
    list_name: str, text: str, limit: int = 20, on: date | None = None, language: str = "en"
) -> list[Code]:
    """Codes that begin with ``text``, then names in which every word of ``text`` begins a word.

    Names are looked at in English and in ``language``. Given a date, only codes in force on it.
    """
    found = code_list(list_name, on).search(text, language)
    return [code for code in found if on is None or code.in_force(on)][:limit]
