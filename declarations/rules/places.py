"""Walking over a dataset: every place knows its value, its named path and the item it is in."""

from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from typing import Any

from declarations.wco import Declaration
from declarations.wco.model import elements, elements_by_name

ITEM = "GovernmentAgencyGoodsItem"
ANYWHERE = "**"


@dataclass(frozen=True, slots=True)
class Place:
    """One element of a message, present or absent (``value`` None).

    ``path`` is named, such as
    ``/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin[1]/CountryCode``; positions
    count from 1 and stand on every element that may be repeated.
    """

    path: str
    value: Any
    parent: "Place | None" = None
    position: int = 1

    @classmethod
    def root(cls, declaration: Declaration) -> "Place":
        return cls("/Declaration", declaration)

    def children(self, name: str) -> "list[Place]":
        """What stands under ``name``: nothing, one, or each of the repeated."""
        if not is_dataclass(self.value):
            return []
        value = getattr(self.value, name, None)
        if value is None:
            return []
        if isinstance(value, list):
            return [
                Place(self._below(f"{name}[{n}]"), each, self, n)
                for n, each in enumerate(value, start=1)
            ]
        return [Place(self._below(name), value, self)]

    def find(self, path: str) -> "Iterator[Place]":
        """Every place at a path of plain names; ``**`` first means at any depth."""
        first, _, rest = path.partition("/")
        if first == ANYWHERE:
            yield from self.find(rest)
            for below in self._groups():
                yield from below.find(path)
            return
        for child in self.children(first):
            if rest:
                yield from child.find(rest)
            else:
                yield child

    def get(self, path: str) -> Any:
        """The value of the first place at ``path``; None if there is none."""
        return next((place.value for place in self.find(path)), None)

    def at(self, path: str) -> "Place":
        """The first place at ``path``, or the absent place where it should stand."""
        here = self
        for name in path.split("/"):
            found = here.children(name)
            here = found[0] if found else Place(here._below(here._absent(name)), None, here)
        return here

    def values(self, *types: type) -> "Iterator[Place]":
        """Every value of one of ``types`` at or below this place."""
        if not is_dataclass(self.value):
            return
        for element in elements(type(self.value)):
            for child in self.children(element.name):
                if element.is_group:
                    yield from child.values(*types)
                elif isinstance(child.value, types):
                    yield child

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2].partition("[")[0]

    @property
    def label(self) -> str:
        """The element's label in English, such as ``Country of origin``."""
        if self.parent is None or not is_dataclass(self.parent.value):
            return self.name
        return elements_by_name(type(self.parent.value))[self.name].label

    @property
    def root_place(self) -> "Place":
        """The declaration in which this place lies."""
        here = self
        while here.parent is not None:
            here = here.parent
        return here

    @property
    def item(self) -> "Place | None":
        """The goods item in which this place lies."""
        here: Place | None = self
        while here is not None and here.name != ITEM:
            here = here.parent
        return here

    @property
    def number(self) -> int:
        """The number of the goods item in which this place lies, as the trader numbered it."""
        item = self.item
        if item is None:
            return 0
        return item.value.SequenceNumeric or item.position

    def _below(self, step: str) -> str:
        return f"{self.path}/{step}"

    def _absent(self, name: str) -> str:
        if is_dataclass(self.value):
            element = elements_by_name(type(self.value)).get(name)
            if element is not None and element.is_group and element.repeatable:
                return f"{name}[1]"
        return name

    def _groups(self) -> "Iterator[Place]":
        if is_dataclass(self.value):
            for element in elements(type(self.value)):
                if element.is_group:
                    yield from self.children(element.name)
