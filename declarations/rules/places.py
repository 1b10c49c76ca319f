"""Walking over a dataset: every place knows its value, its named path and the item it is in."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, cast

from declarations.wco import Amount, DateTime, Declaration, Measure, Quantity
from declarations.wco.model import Element, ElementType, elements

ITEM = "GovernmentAgencyGoodsItem"
ANYWHERE = "**"
TYPED = {ElementType.AMOUNT, ElementType.DATE_TIME, ElementType.MEASURE, ElementType.QUANTITY}


@cache
def _elements(cls: Hashable) -> dict[str, Element]:
    """The elements of a group by name; none for the class of a plain value."""
    if not is_dataclass(cls) or cls in (Amount, DateTime, Measure, Quantity):
        return {}
    return {element.name: element for element in elements(cls)}


@dataclass(frozen=True, slots=True)
class _Shape:
    """The names within a class that a walk must see, and how to read them all at once."""

    names: tuple[tuple[str, bool], ...]
    """Each with whether it is a group."""
    read: Callable[[Any], tuple[Any, ...]]


@cache
def _shape(cls: Hashable) -> _Shape:
    names = tuple(
        (name, element.is_group) for name, element in _elements(cls).items()
        if element.is_group or element.type in TYPED
    )
    if not names:
        return _Shape((), lambda _group: ())
    # Twice the first: of a single name, attrgetter makes no tuple.
    both = attrgetter(names[0][0], *(name for name, _ in names))
    return _Shape(names, lambda group: both(group)[1:])


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


@dataclass(slots=True)
class _Index:
    """What lies below a place: groups by name, values with a unit, and what was found by path."""

    groups: dict[str, list[Place]] = field(default_factory=dict)
    typed: list[Place] = field(default_factory=list)
    paths: dict[str, Sequence[Place]] = field(default_factory=dict)


_UNREAD: Any = object()


class Place:
    """One element of a message, present or absent (``value`` None).

    ``path`` is named, such as
    ``/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin[1]/CountryCode``; positions
    count from 1 and stand on every element that may be repeated. What was walked once is kept, so
    that a hundred rules cost little more than one: the dataset must not change meanwhile.
    """

    __slots__ = ("_children", "_got", "_index", "_numbered", "name", "parent", "position", "value")

    def __init__(
        self, value: Any, parent: Place | None, name: str, position: int = 1,
        numbered: bool = False,
    ) -> None:
        self.value = value
        self.parent = parent
        self.name = name
        self.position = position
        self._numbered = numbered
        # Most places are plain values, which have neither children nor anything to look for.
        self._children: dict[str, Sequence[Place]] | None = None
        self._got: dict[str, Any] | None = None
        self._index: _Index | None = None

    @classmethod
    def root(cls, declaration: Declaration) -> Place:
        return cls(declaration, None, "Declaration")

    @property
    def path(self) -> str:
        above = self.parent.path if self.parent else ""
        return f"{above}/{self.name}[{self.position}]" if self._numbered else f"{above}/{self.name}"

    def children(self, name: str) -> Sequence[Place]:
        """What stands under ``name``: nothing, one, or each of the repeated."""
        value = getattr(self.value, name, None)
        if value is None or (value.__class__ is list and not value):
            return ()
        if self._children is None:
            self._children = {}
        found = self._children.get(name)
        if found is None:
            if isinstance(value, list):
                found = [Place(each, self, name, n, True) for n, each in enumerate(value, start=1)]
            else:
                found = (Place(value, self, name),)
            self._children[name] = found
        return found

    def find(self, path: str) -> Iterator[Place]:
        """Every place at a path of plain names; ``**`` first: in each group of the next name,
        at any depth."""
        return iter(self._look(path))

    def _look(self, path: str) -> Sequence[Place]:
        if self.parent is not None:
            return self._below(path)
        # Many rules look from the declaration along the same paths.
        paths = self._indexed().paths
        found = paths.get(path)
        if found is None:
            found = paths[path] = self._below(path)
        return found

    def _below(self, path: str) -> Sequence[Place]:
        above, _, name = path.rpartition("/")
        if not above:
            return self.children(name)
        if above == ANYWHERE:
            return self._indexed().groups.get(name, ())
        return [child for place in self._look(above) for child in place.children(name)]

    def get(self, path: str) -> Any:
        """The value of the first place at ``path``; None if there is none."""
        if self._got is None:
            self._got = {}
        value = self._got.get(path, _UNREAD)
        if value is _UNREAD:
            value = self._got[path] = _first(self.value, _steps(path))
        return value

    def at(self, path: str) -> Place:
        """The first place at ``path``, or the absent place where it should stand."""
        here = self
        for name in path.split("/"):
            found = here.children(name)
            here = found[0] if found else here._absent(name)
        return here

    def values(self, *types: type) -> Iterator[Place]:
        """Every amount, measure, quantity or moment (``types``) at or below this place."""
        return (place for place in self._indexed().typed if isinstance(place.value, types))

    @property
    def label(self) -> str:
        """The element's label in English, such as ``Country of origin``."""
        described = _elements(self.parent._class).get(self.name) if self.parent else None
        return described.label if described else self.name

    @property
    def root_place(self) -> Place:
        """The declaration in which this place lies."""
        here = self
        while here.parent is not None:
            here = here.parent
        return here

    @property
    def item(self) -> Place | None:
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

    def _indexed(self) -> _Index:
        if self._index is None:
            self._index = _Index()
            self._walk(self._index)
        return self._index

    def _walk(self, index: _Index) -> None:
        shape = _shape(self._class)
        for (name, is_group), value in zip(shape.names, shape.read(self.value), strict=True):
            below = () if value is None else self.children(name)
            if not below:
                continue
            if is_group:
                index.groups.setdefault(name, []).extend(below)
                for place in below:
                    place._walk(index)
            else:
                index.typed.extend(below)


def _first(value: Any, steps: tuple[str, ...]) -> Any:
    """The first value at the end of ``steps``, without making places on the way."""
    for at, name in enumerate(steps):
        value = getattr(value, name, None)
        if isinstance(value, list):
            rest = steps[at + 1 :]
            found = (_first(each, rest) for each in value)
            return next((each for each in found if each is not None), None)
        if value is None:
            return None
    return value
