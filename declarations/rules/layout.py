"""What the dataset of a declaration can hold, by path: worked out once from its classes.

A path here has plain names and begins below the declaration, such as
``GoodsShipment/GovernmentAgencyGoodsItem/Origin/CountryCode``; that of the declaration is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from declarations.wco import Declaration
from declarations.wco.model import Element, ElementType, elements, elements_by_name

_WITH_UNIT = {ElementType.AMOUNT, ElementType.DATE_TIME, ElementType.MEASURE, ElementType.QUANTITY}


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a group that a survey must see: its groups, and its values with a unit.

    ``parts``: of each its path, whether it is repeated, and its own layout if it has parts.
    ``read``: all of them at once, from the group.
    """

    parts: tuple[tuple[str, bool, Layout | None], ...]
    read: Callable[[Any], tuple[Any, ...]]


@cache
def layout(cls: type = Declaration, path: str = "") -> Layout | None:
    """The layout of the group at ``path``; None if there is nothing in it to see."""
    seen = [each for each in elements(cls) if is_seen(each)]
    if not seen:
        return None
    parts = tuple(
        (below(path, each.name), each.repeatable,
         layout(each.group, below(path, each.name)) if each.group else None)
        for each in seen
    )
    # Twice the first: of a single name, attrgetter makes no tuple.
    both = attrgetter(seen[0].name, *(each.name for each in seen))
    return Layout(parts, lambda group: both(group)[1:])


def is_seen(element: Element) -> bool:
    """Whether it is found by the walk; plain values are read from their groups when asked for."""
    return element.is_group or element.type in _WITH_UNIT


def below(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


@cache
def element(path: str) -> Element:
    """The element at a path. Raises KeyError where the dataset has none."""
    cls: type | None = Declaration
    for name in path.split("/"):
        if cls is None:
            raise KeyError(path)
        found = elements_by_name(cls)[name]
        cls = found.group
    return found


@cache
def owner_of(path: str) -> str:
    """Where the survey finds what stands at a path: there itself, or in the group around it."""
    return path if is_seen(element(path)) else path.rpartition("/")[0]


@cache
def source(path: str) -> tuple[str, Callable[[Any], Any] | None]:
    """The group around what stands at a path, and what reads it from there; None for what the walk
    finds by itself."""
    above, _, name = path.rpartition("/")
    return above, None if is_seen(element(path)) else attrgetter(name)


@cache
def _all() -> tuple[tuple[str, Element], ...]:
    def within(cls: type, path: str) -> Iterator[tuple[str, Element]]:
        for each in elements(cls):
            here = below(path, each.name)
            yield here, each
            if each.group:
                yield from within(each.group, here)

    return tuple(within(Declaration, ""))


def everywhere(end: str) -> tuple[str, ...]:
    """Every path that ends in these names, such as ``Address/CountryCode``."""
    return tuple(path for path, _ in _all() if f"/{path}".endswith(f"/{end}"))


def of_type(*types: ElementType) -> tuple[str, ...]:
    """The path of every element of these types."""
    return tuple(path for path, each in _all() if each.type in types)


@cache
def first_at(cls: type, path: str) -> Callable[[Any], Any]:
    """What reads from a group of this class the first value at a path within it, or None."""
    name, _, rest = path.partition("/")
    described = elements_by_name(cls)[name]
    here = attrgetter(name)
    if not rest:
        return here
    assert described.group is not None
    inner = first_at(described.group, rest)
    if described.repeatable:
        return lambda group: next(
            (value for each in here(group) if (value := inner(each)) is not None), None
        )
    return lambda group: None if (below := here(group)) is None else inner(below)
