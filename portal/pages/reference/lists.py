"""The code lists: those of the portal, which change by edition, and those closed in the schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from declarations import codelists
from declarations.wco import get_profile
from declarations.wco.codes import ClosedList

FOUND_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list. ``closed``: its codes are in the schema and change only with the profile."""

    name: str
    label: str
    source: str
    edition: str
    size: int
    closed: bool
    complete: bool = True


@dataclass(frozen=True, slots=True)
class CodeRow:
    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None


def list_rows() -> list[ListRow]:
    """Every list: the portal's first, then those of the schema."""
    return [*map(_open, codelists.lists()), *map(_closed, _closed_lists().values())]


def labels() -> dict[str, str]:
    """Each list's label by its name."""
    return {row.name: row.label for row in list_rows()}


def list_row(name: str) -> ListRow:
    """Raises KeyError for a list that there is not."""
    closed = _closed_lists().get(name)
    return _closed(closed) if closed is not None else _open(codelists.code_list(name))


def code_rows(name: str, text: str = "") -> Iterator[CodeRow]:
    """The codes of a list in the language of the page; of those, what ``text`` finds."""
    closed = _closed_lists().get(name)
    if closed is not None:
        rows = [CodeRow(code, _(label)) for code, label in closed.values.items()]
        words = text.casefold().split()
        yield from (
            row for row in rows
            if all(word in f"{row.code} {row.name}".casefold() for word in words)
        )
        return
    language = (get_language() or "en").split("-")[0]
    found = (
        codelists.search(name, text, limit=FOUND_AT_MOST, language=language) if text.strip()
        else codelists.codes(name).values()
    )
    for code in found:
        told = codelists.name(name, code.code, language)
        yield CodeRow(code.code, told, code.valid_from, code.valid_to)


def _open(found: codelists.CodeList) -> ListRow:
    return ListRow(
        found.name, _(found.label), found.source, found.edition, len(found.codes), False,
        found.complete,
    )


def _closed(found: ClosedList) -> ListRow:
    edition = f"carec {get_profile('carec').version}"
    return ListRow(
        found.name, _words(found.name), found.source, edition, len(found.values), True
    )


def _words(name: str) -> str:
    """The list's technical name with spaces: ``TransportMode`` becomes ``Transport mode``."""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
    return spaced[:1].upper() + spaced[1:]


def _closed_lists() -> dict[str, ClosedList]:
    return dict(get_profile("carec").code_lists)
