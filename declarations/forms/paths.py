"""Paths of the dataset: from text to steps, and what stands at their end.

``GoodsShipment/Importer/Name`` is a place in the message; ``Origin[1]/CountryCode`` is in the first
of many; ``InvoiceAmount@currencyID`` is an attribute of a value. Positions count from 1, and a
step without one means the first.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from declarations.wco.dataset import Declaration
from declarations.wco.model import Element, elements_by_name

_STEP = re.compile(r"(?:\w+:)?(\w+)(?:\[(\d+)\])?", re.ASCII)
_ENVELOPES = {"", "MetaData", "Declaration"}

Step = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Path:
    steps: tuple[Step, ...]
    attribute: str = ""

    @classmethod
    def parse(cls, text: str) -> "Path":
        """Read a path; the envelope before the declaration is left out, so is what is no step."""
        place, _, attribute = text.partition("@")
        steps = [_STEP.fullmatch(part) for part in place.split("/") if part not in _ENVELOPES]
        return cls(tuple((m[1], int(m[2] or 1)) for m in steps if m), attribute)

    def __truediv__(self, other: "Path") -> "Path":
        return Path(self.steps + other.steps, other.attribute)

    def __str__(self) -> str:
        place = "/".join(name if n == 1 else f"{name}[{n}]" for name, n in self.steps)
        return f"{place}@{self.attribute}" if self.attribute else place

    def starts(self, other: "Path") -> bool:
        """True if ``other`` lies at or below this place."""
        return other.steps[: len(self.steps)] == self.steps

    @property
    def within(self) -> "Path":
        return Path(self.steps[:-1])


@cache
def element_at(text: str) -> Element:
    """The element at a path from the declaration. Raises KeyError for a path that the set lacks."""
    cls: type = Declaration
    element: Element | None = None
    for name, _ in Path.parse(text).steps:
        element = elements_by_name(cls)[name]
        if element.group is not None:
            cls = element.group
    if element is None:
        raise KeyError(text)
    return element


def get(data: dict[str, Any], path: Path) -> Any:
    """The JSON value at a path, None where there is none. A plain value has no attribute."""
    here: Any = data
    for name, position in path.steps:
        here = here.get(name) if isinstance(here, dict) else None
        if isinstance(here, list):
            here = here[position - 1] if position <= len(here) else None
        if here is None:
            return None
    if path.attribute:
        return here.get(path.attribute) if isinstance(here, dict) else None
    return here


def listed(data: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """The groups that stand at the path of a repeatable one, whatever position it names."""
    parent = get(data, path.within) if len(path.steps) > 1 else data
    rows = parent.get(path.steps[-1][0]) if isinstance(parent, dict) else None
    return rows if isinstance(rows, list) else []


def put(data: dict[str, Any], path: Path, value: Any, root: str = "") -> None:
    """Set the value at a path, making the groups on the way; ``root`` is where ``data`` stands."""
    here = data
    trail = root
    for name, position in path.steps[:-1]:
        trail = f"{trail}/{name}"
        if element_at(trail).repeatable:
            rows = here.setdefault(name, [])
            while len(rows) < position:
                rows.append({})
            here = rows[position - 1]
        else:
            here = here.setdefault(name, {})
    name = path.steps[-1][0]
    if path.attribute:
        here.setdefault(name, {})[path.attribute] = value
    else:
        here[name] = value


def drop(data: dict[str, Any], path: Path) -> None:
    """Remove the value at a path, if there is one."""
    parent = get(data, path.within) if len(path.steps) > 1 else data
    if isinstance(parent, dict):
        parent.pop(path.steps[-1][0], None)


def prune(value: Any) -> Any:
    """The same JSON without empty texts, groups and lists: a message says only what is known."""
    if isinstance(value, dict):
        kept = {k: p for k, v in value.items() if (p := prune(v)) not in (None, "", {}, [])}
        return kept
    if isinstance(value, list):
        return [p for v in value if (p := prune(v)) not in (None, "", {}, [])]
    return value
