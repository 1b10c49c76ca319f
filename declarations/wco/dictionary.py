"""The data dictionary: every element of the dataset, for people and for pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .dataset import Declaration
from .kinds import TRADE, MessageKind
from .model import Element, elements
from .pointers import ROOTS


@dataclass(frozen=True, slots=True)
class Entry:
    """One element at one place. ``cardinality`` is per kind, such as ``1..1``; ``0..0`` where the
    kind, or a group above, leaves it out."""

    path: str
    depth: int
    element: Element
    cardinality: dict[MessageKind, str]

    @property
    def name(self) -> str:
        return self.element.name

    @property
    def label(self) -> str:
        return self.element.label


def entries(root: str = "Declaration") -> Iterator[Entry]:
    """Every element of the declaration (or ``"Response"``), in the order of the message."""
    kinds = (
        [*sorted(TRADE), MessageKind.CANCELLATION]
        if ROOTS[root][0] is Declaration
        else [MessageKind.RESPONSE]
    )
    yield from _entries(ROOTS[root][0], f"/{root}", 1, frozenset(kinds))


def _entries(cls: type, path: str, depth: int, kinds: frozenset[MessageKind]) -> Iterator[Entry]:
    for element in elements(cls):
        here = f"{path}/{element.name}"
        shown = {
            kind: element.cardinality(kind) if kind in kinds else "0..0" for kind in MessageKind
        }
        yield Entry(here, depth, element, shown)
        if element.group is not None:
            yield from _entries(element.group, here, depth + 1, kinds & element.kinds)
