"""Paths and WCO pointers say the same place in two ways; this turns one into the other.

A path names elements: ``/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/Origin/CountryCode``
(the number counts occurrences from 1 and stands only at repeatable elements). A WCO pointer lists
sections by code: 42A, 67A, 2 × 68A, 92A with tag 063.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from .dataset import Declaration, MetaData, Response
from .faults import PointerStep
from .model import Element, elements, elements_by_name

ROOTS: dict[str, tuple[type, str]] = {
    "Declaration": (Declaration, "42A"),
    "Response": (Response, "07B"),
    "MetaData": (MetaData, ""),
}
_STEP = re.compile(r"([^\[\]/@]+)(?:\[(\d+)\])?")


def split_path(path: str) -> list[tuple[str, int | None]]:
    """The names of a path with their occurrence numbers; an attribute at the end is left out."""
    steps = []
    for part in path.split("/"):
        match = _STEP.fullmatch(part)
        if match:
            steps.append((match.group(1), int(match.group(2)) if match.group(2) else None))
    return steps


@lru_cache(maxsize=4096)
def describe(names: tuple[str, ...]) -> Element | None:
    """The element at a path without numbers, or None where the dataset has none."""
    if not names or names[0] not in ROOTS:
        return None
    cls: type | None = ROOTS[names[0]][0]
    element: Element | None = None
    for name in names[1:]:
        element = elements_by_name(cls).get(name) if cls else None
        if element is None:
            return None
        cls = element.group
    return element


def element_at(path: str) -> Element | None:
    """The element that a path names, or None."""
    return describe(tuple(name for name, _ in split_path(path)))


def to_pointer(path: str) -> tuple[PointerStep, ...]:
    """The WCO pointer of a path, as far as the dataset knows the way."""
    steps = split_path(path)
    if not steps or steps[0][0] not in ROOTS:
        return ()
    cls, section = ROOTS[steps[0][0]]
    if not section:
        return ()
    pointer = [PointerStep(None, section)]
    inside: type | None = cls
    for name, number in steps[1:]:
        element = elements_by_name(inside).get(name) if inside else None
        if element is None or not element.wco_id:
            break
        if element.is_group:
            pointer.append(PointerStep(number, element.wco_id))
        else:
            last = pointer[-1]
            pointer[-1] = PointerStep(
                last.SequenceNumeric, last.DocumentSectionCode, element.wco_id
            )
        inside = element.group
    return tuple(pointer)


def to_path(pointer: Iterable[PointerStep]) -> str:
    """The path of a WCO pointer. Raises ValueError where it leads nowhere."""
    steps: Sequence[PointerStep] = tuple(pointer)
    root = next(
        (n for n, (_, code) in ROOTS.items() if steps and code == steps[0].DocumentSectionCode),
        None,
    )
    if root is None or steps[0].DocumentSectionCode == "":
        raise ValueError("a pointer begins at a declaration (42A) or a response (07B)")
    cls: type = ROOTS[root][0]
    path = f"/{root}"
    for at, step in enumerate(steps):
        if at:
            element = _find(cls, step.DocumentSectionCode, group=True)
            number = (step.SequenceNumeric or 1) if element.repeatable else None
            path += f"/{element.name}" + (f"[{number}]" if number else "")
            assert element.group is not None
            cls = element.group
        if step.TagID:
            path += f"/{_find(cls, step.TagID, group=False).name}"
            break
    return path


def _find(cls: type, wco_id: str, *, group: bool) -> Element:
    for element in elements(cls):
        if element.wco_id == wco_id and element.is_group is group:
            return element
    raise ValueError(f"{cls.__name__} has no {wco_id}")
