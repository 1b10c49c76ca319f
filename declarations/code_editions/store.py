"""Published editions, brought into this process's code lists.

A process asks the database at most every few seconds whether there is another edition, and only
when codes are about to be looked up. The codes of an edition are read once, when first needed.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from types import MappingProxyType
from uuid import UUID

from django.db import DatabaseError

from declarations import codelists
from declarations.code_editions.models import CodeEdition, unpack
from declarations.codelists import CodeList, Edition
from declarations.profiles.store import today

EVERY = 3.0
"""Seconds for which a process may not know of an edition that another has published."""

logger = logging.getLogger(__name__)
_asked_at = float("-inf")
_installed: tuple[UUID, ...] = ()


class StoreDamaged(RuntimeError):
    """The codes in the database are not those that were published."""


@contextmanager
def as_of(day: date | None = None) -> Iterator[None]:
    """Code lists as of a day (today in the portal's country), with every edition published."""
    with codelists.as_of(day or today(), refresh):
        yield


def refresh(*, at_once: bool = False) -> None:
    """Install what is published, if it is time to ask. A database that is away changes nothing."""
    global _asked_at, _installed
    now = time.monotonic()
    if not at_once and now - _asked_at < EVERY:
        return
    _asked_at = now
    try:
        found = list(
            CodeEdition.objects.published().values_list("pk", "list_name", "valid_from")
        )
    except DatabaseError:
        logger.exception("Code lists could not be refreshed")
        return
    keys = tuple(pk for pk, _list_name, _valid_from in found)
    if keys == _installed:
        return
    editions: dict[str, list[Edition]] = {}
    for pk, list_name, valid_from in found:
        editions.setdefault(list_name, []).append(Edition(valid_from, _loader(pk)))
    codelists.install(editions)
    _installed = keys


def forget() -> None:
    """Back to the lists that come with the portal, until the next refresh."""
    global _asked_at, _installed
    codelists.install({})
    _asked_at, _installed = float("-inf"), ()


def _loader(pk: UUID) -> Callable[[], CodeList]:
    return partial(load, pk)


@lru_cache(maxsize=128)
def load(pk: UUID) -> CodeList:
    """A published edition as the code lists use it. Raises StoreDamaged."""
    edition = CodeEdition.objects.published().defer("refused").get(pk=pk)
    packed = bytes(edition.packed)
    if hashlib.sha256(packed).hexdigest() != edition.sha256:
        raise StoreDamaged(f"The codes of {edition} no longer have the SHA-256 {edition.sha256}")
    return replace(
        codelists.shipped(edition.list_name),
        source=edition.source,
        edition=edition.edition,
        codes=MappingProxyType(unpack(packed)),
        valid_from=edition.valid_from,
        texts={},
    )


def in_force(list_name: str, on: date) -> tuple[CodeEdition | None, CodeList]:
    """The edition in force on a day as the database has it now; None for the one shipped."""
    found = (
        CodeEdition.objects.published().without_codes()
        .filter(list_name=list_name, valid_from__lte=on).first()
    )
    return found, load(found.pk) if found else codelists.shipped(list_name)


class Middleware:
    """Pages and REST look codes up as of today."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: object) -> object:
        with as_of():
            return self.get_response(request)
