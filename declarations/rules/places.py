"""Walking over a dataset: every place knows its value, its named path and the item it is in."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, is_dataclass
from functools import cache
from typing import Any, cast

from declarations.wco import Amount, DateTime, Declaration, Measure, Quantity
from declarations.wco.model import Element, elements

ITEM = "GovernmentAgencyGoodsItem"
ANYWHERE = "**"
TYPED = (Amount, DateTime, Measure, Quantity)


@cache
def _elements(cls: type) -> dict[str, Element]:
    """The elements of a group by name; none for the class of a plain value."""
    return {element.name: element for element in elements(cls)} if is_dataclass(cls) else {}


@cache
def _groups(cls: type) -> tuple[str, ...]:
    """The names of the groups within a group."""
    if cls in TYPED:
        return ()
    return tuple(name for name, element in _elements(cls).items() if element.is_group)


@dataclass(slots=True, eq=False)
class Place:
    """One element of a message, present or absent (``value`` None).

    ``path`` is named, such as
    ``/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin[1]/CountryCode``; positions
    count from 1 and stand on every element that may be repeated. What was walked once is kept, so
    that a hundred rules cost little more than one: the dataset must not change meanwhile.
    """

    path: str
    value: Any
    parent: "Place | None" = None
    position: int = 1
    _children: "dict[str, list[Place]]" = field(default_factory=dict, repr=False)
    _typed: "list[Place] | None" = field(default=None, repr=False)

    @classmethod
    def root(cls, declaration: Declaration) -> "Place":
        return cls("/Declaration", declaration)

    def children(self, name: str) -> "list[Place]":
        """What stands under ``name``: nothing, one, or each of the repeated."""
        found = self._children.get(name)
        if found is None:
            value = getattr(self.value, name, None)
            if isinstance(value, list):
                found = [
                    Place(f"{self.path}/{name}[{n}]", each, self, n)
                    for n, each in enumerate(value, start=1)
                ]
            else:
                found = [] if value is None else [Place(f"{self.path}/{name}", value, self)]
            self._children[name] = found
        return found

    def find(self, path: str) -> "Iterator[Place]":
        """Every place at a path of plain names; ``**`` first means at any depth."""
        first, _, rest = path.partition("/")
        if first == ANYWHERE:
            yield from self.find(rest)
            for name in _groups(self._class):
                for below in self.children(name):
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
            here = found[0] if found else Place(here._absent(name), None, here)
        return here

    def values(self, *types: type) -> "Iterator[Place]":
        """Every amount, measure, quantity or moment (``types``) at or below this place."""
        if self._typed is None:
            self._typed = list(self._walk())
        return (place for place in self._typed if isinstance(place.value, types))

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2].partition("[")[0]

    @property
    def label(self) -> str:
        """The element's label in English, such as ``Country of origin``."""
        described = _elements(self.parent._class).get(self.name) if self.parent else None
        return described.label if described else self.name

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

    @property
    def _class(self) -> Hashable:
        # A class is hashable by its metaclass, which the type checker does not see.
        return cast(Hashable, type(self.value))

    def _absent(self, name: str) -> str:
        """The path of an element that is not there."""
        described = _elements(self._class).get(name)
        repeated = described is not None and described.is_group and described.repeatable
        return f"{self.path}/{name}[1]" if repeated else f"{self.path}/{name}"

    def _walk(self) -> "Iterator[Place]":
        for name, described in _elements(self._class).items():
            if described.is_group:
                for child in self.children(name):
                    yield from child._walk()
            elif isinstance(getattr(self.value, name), TYPED):
                yield from self.children(name)
