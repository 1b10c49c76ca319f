"""How one element of the dataset describes itself.

Each field of a dataset class carries an ``Element``: its WCO id, format, label, and in which kinds
of message it may or must appear. Schemas, reader, writer, JSON, pointers and the data dictionary
are all made from it, so nothing about an element is written down twice.

Formats are in WCO notation: ``a2`` two letters, ``an..35`` up to 35 characters, ``n..16,3`` up to
16 digits of which 3 after the point.
"""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from .codes import ClosedList
from .kinds import EVERY, NONE, Kinds, MessageKind


class ElementType(StrEnum):
    """The kind of value an element holds (UN/CEFACT core component types), or a group."""

    TEXT = "Text"
    IDENTIFIER = "Identifier"
    CODE = "Code"
    AMOUNT = "Amount"
    MEASURE = "Measure"
    QUANTITY = "Quantity"
    NUMERIC = "Numeric"
    DATE_TIME = "DateTime"
    GROUP = "Group"


_FORMAT = re.compile(r"(an|a|n)(\.\.)?(\d+)(?:,(\d+))?")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the dataset: its name, meaning, format and place."""

    type: ElementType
    format: str = ""
    wco_id: str = ""
    label: str = ""
    help: str = ""
    required: Kinds = NONE
    kinds: Kinds = EVERY
    codes: ClosedList | None = None
    pattern: str = ""
    signed: bool = False
    group: builtins.type | None = None
    max_occurs: int | None = 1
    """None: without limit."""
    own: bool = False
    """True where the id is CAREC's own because the WCO subset at hand has no such element."""
    name: str = ""

    @property
    def repeatable(self) -> bool:
        return self.max_occurs != 1

    @property
    def is_group(self) -> bool:
        return self.group is not None

    @property
    def integer(self) -> bool:
        """A plain whole number, held as ``int``."""
        return self.type is ElementType.NUMERIC and self.decimals == 0

    @property
    def length(self) -> int:
        """Most characters or digits."""
        return int(self._parts()[3])

    @property
    def exact(self) -> bool:
        return self._parts()[2] is None

    @property
    def decimals(self) -> int:
        return int(self._parts()[4] or 0)

    @property
    def charset(self) -> str:
        """``a`` letters, ``n`` digits, ``an`` anything."""
        return str(self._parts()[1])

    def min_occurs(self, kind: MessageKind) -> int:
        return 1 if kind in self.required else 0

    def cardinality(self, kind: MessageKind) -> str:
        """Such as ``1..1`` or ``0..*``; ``0..0`` where the kind has no such element."""
        if kind not in self.kinds:
            return "0..0"
        high = "*" if self.max_occurs is None else str(self.max_occurs)
        return f"{self.min_occurs(kind)}..{high}"

    def _parts(self) -> re.Match[str]:
        match = _FORMAT.fullmatch(self.format)
        if match is None:
            raise ValueError(f"{self.name}: {self.format!r} is not a WCO format")
        return match


def leaf(type: ElementType, format: str, wco_id: str, label: str, **more: Any) -> Any:
    """A field holding one value. ``more``: help, required, kinds, codes, pattern, signed, own."""
    element = Element(type=type, format=format, wco_id=wco_id, label=label, **more)
    return field(default=None, metadata={"element": element})


def text(format: str, wco_id: str, label: str, **more: Any) -> Any:
    return leaf(ElementType.TEXT, format, wco_id, label, **more)


def identifier(format: str, wco_id: str, label: str, **more: Any) -> Any:
    return leaf(ElementType.IDENTIFIER, format, wco_id, label, **more)


def code(format: str, wco_id: str, label: str, **more: Any) -> Any:
    return leaf(ElementType.CODE, format, wco_id, label, **more)


def amount(format: str, wco_id: str, label: str, **more: Any) -> Any:
    return leaf(ElementType.AMOUNT, format, wco_id, label, **more)


def measure(format: str, wco_id: str, label: str, **more: Any) -> Any:
    return leaf(ElementType.MEASURE, format, wco_id, label, **more)


def quantity(format: str, wco_id: str, label: str, **more: Any) -> Any:
    return leaf(ElementType.QUANTITY, format, wco_id, label, **more)


def number(format: str, wco_id: str, label: str, **more: Any) -> Any:
    return leaf(ElementType.NUMERIC, format, wco_id, label, **more)


def moment(wco_id: str, label: str, **more: Any) -> Any:
    return leaf(ElementType.DATE_TIME, "an..35", wco_id, label, **more)


def group(cls: type, wco_id: str, label: str, **more: Any) -> Any:
    """A field holding one group of elements, or None."""
    element = Element(ElementType.GROUP, wco_id=wco_id, label=label, group=cls, **more)
    return field(default=None, metadata={"element": element})


def many(cls: type, wco_id: str, label: str, max: int | None = None, **more: Any) -> Any:
    """A field holding a list of groups; ``max`` None means without limit."""
    element = Element(
        ElementType.GROUP, wco_id=wco_id, label=label, group=cls, max_occurs=max, **more
    )
    return field(default_factory=list, metadata={"element": element})


_elements: dict[builtins.type, tuple[Element, ...]] = {}
_by_name: dict[builtins.type, dict[str, Element]] = {}


def elements(cls: builtins.type) -> tuple[Element, ...]:
    """The elements of a dataset class, in the order of the message."""
    found = _elements.get(cls)
    if found is None:
        found = tuple(replace(f.metadata["element"], name=f.name) for f in fields(cls))
        _elements[cls] = found
    return found


def elements_by_name(cls: builtins.type) -> dict[str, Element]:
    """The elements of a dataset class by their names."""
    found = _by_name.get(cls)
    if found is None:
        found = _by_name[cls] = {element.name: element for element in elements(cls)}
    return found
