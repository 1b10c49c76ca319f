"""The place of a fault: which element of a message, its named path, and the item it is in.

Places are made only for what a rule reports; what a rule looks at is plain values (``survey``).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import is_dataclass
from functools import cache
from typing import Any, cast

from declarations.wco import Amount, DateTime, Declaration, Measure, Quantity
from declarations.wco.model import Element, elements_by_name

ITEM = "GovernmentAgencyGoodsItem"


@cache
def _elements(cls: Hashable) -> dict[str, Element]:
    """The elements of a group by name; none for the class of a plain value."""
    if not is_dataclass(cls) or cls in (Amount, DateTime, Measure, Quantity):
        return {}
    return elements_by_name(cast(type, cls))


class Place:
    """One element of a message, present or absent (``value`` None).

    ``path`` is named, such as
    ``/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin[1]/CountryCode``; positions
    count from 1 and stand on every element that may be repeated. A place knows what it is in, not
    what is in it: so none keeps another alive.
    """

    __slots__ = ("_numbered", "name", "parent", "position", "value")

    def __init__(
        self, value: Any, parent: Place | None, name: str, position: int = 1,
        numbered: bool = False,
    ) -> None:
        self.value = value
        self.parent = parent
        self.name = name
        self.position = position
        self._numbered = numbered

    @classmethod
    def root(cls, declaration: Declaration) -> Place:
        return cls(declaration, None, "Declaration")

    @property
    def path(self) -> str:
        above = self.parent.path if self.parent else ""
        return f"{above}/{self.name}[{self.position}]" if self._numbered else f"{above}/{self.name}"

    def children(self, name: str) -> list[Place]:
        """What stands under ``name``: nothing, one, or each of the repeated."""
        value = getattr(self.value, name, None)
        if isinstance(value, list):
            return [Place(each, self, name, n, True) for n, each in enumerate(value, start=1)]
        return [] if value is None else [Place(value, self, name)]

    def find(self, path: str) -> Iterator[Place]:
        """Every place at a path of plain names, in the order of the message."""
        name, _, rest = path.partition("/")
        for place in self.children(name):
            if rest:
                yield from place.find(rest)
            else:
                yield place

    def get(self, path: str) -> Any:
        """The value of the first place at ``path``; None if there is none."""
        return first(self.value, path.split("/"))

    def at(self, path: str) -> Place:
        """The first place at ``path``, or the absent place where it should stand."""
        here = self
        for name in path.split("/"):
            found = here.children(name)
            here = found[0] if found else here._absent(name)
        return here

    @property
    def label(self) -> str:
        """The element's label in English, such as ``Country of origin``."""
        described = _elements(self.parent._class).get(self.name) if self.parent else None
        return described.label if described else self.name

    @property
    def number(self) -> int:
        """The number of the goods item in which this place lies, as the trader numbered it."""
        here: Place | None = self
        while here is not None and here.name != ITEM:
            here = here.parent
        return 0 if here is None else here.value.SequenceNumeric or here.position

    @property
    def _class(self) -> Hashable:
        if self.value is None and self.parent is not None:  # absent: what would stand here
            described = _elements(self.parent._class).get(self.name)
            return cast(Hashable, described.group if described else None)
        # A class is hashable by its metaclass, which the type checker does not see.
        return cast(Hashable, type(self.value))

    def _absent(self, name: str) -> Place:
        """The place of an element that is not there."""
        described = _elements(self._class).get(name)
        repeated = described is not None and described.is_group and described.repeatable
        return Place(None, self, name, numbered=repeated)


def first(value: Any, names: list[str]) -> Any:
    """The first value at the end of a path, without making places on the way; None if there is
    none."""
    for at, name in enumerate(names):
        value = getattr(value, name, None)
        if isinstance(value, list):
            rest = names[at + 1 :]
            found = (first(each, rest) for each in value)
            return next((each for each in found if each is not None), None)
        if value is None:
            return None
    return value
