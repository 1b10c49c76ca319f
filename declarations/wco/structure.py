"""Compare the elements within a group with the sequence that its schema wants.

What stands in the wrong place is told as a person would: the fewest elements that have to move,
each once, however many others they are in the way of.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from . import wording
from .faults import Fault
from .places import local, place_inside, place_of

Told = Callable[[], Fault]
"""A fault still to be worded: one that is only counted costs nothing."""
ByPosition = dict[int, list[Told]]


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a sequence: an element, or the alternatives of a choice."""

    particles: tuple[Any, ...]
    low: int
    high: int | None


def slots_of(group: Any) -> list[Slot] | None:
    """The places of a sequence in order, or None for a shape that this does not explain."""
    model = getattr(group, "model", None)
    if model == "choice" and group.max_occurs == 1:
        return [_choice(group)]
    if model != "sequence" or group.max_occurs != 1:
        return None
    slots: list[Slot] = []
    for part in group:
        model = getattr(part, "model", None)
        if model is None:
            slots.append(Slot((part,), part.min_occurs, part.max_occurs))
        elif model == "choice":
            slots.append(_choice(part))
        else:
            inner = slots_of(part) if part.min_occurs == 1 else None
            if inner is None:
                return None
            slots.extend(inner)
    return slots


def _choice(group: Any) -> Slot:
    leaves = tuple(group.iter_elements())
    low = min((leaf.min_occurs for leaf in leaves), default=0) if group.min_occurs else 0
    return Slot(leaves, low, None)


def compare(
    parent: etree._Element, children: list[etree._Element], slots: list[Slot], schema: Any
) -> ByPosition:
    """The structural faults by the position of the child before which each belongs."""
    told: ByPosition = {}

    def tell(position: int, fault: Told) -> None:
        told.setdefault(position, []).append(fault)

    places = _places(children, slots, schema)
    counts = [0] * len(slots)
    for position, (child, slot) in enumerate(zip(children, places, strict=True)):
        if slot is None:
            tell(position, lambda child=child: _stranger(child, slots))  # type: ignore[misc]
            continue
        counts[slot] += 1
        most = slots[slot].high
        if most is not None and counts[slot] == most + 1:
            tell(position, lambda child=child, most=most: (  # type: ignore[misc]
                wording.too_many(place_of(child), most)
            ))
    for position, fault in _misplaced(children, places):
        tell(position, fault)
    seen = {local(child) for child in children}
    strangers = {local(child) for child, slot in zip(children, places, strict=True) if slot is None}
    for n, slot_ in enumerate(slots):
        name = name_of(slot_.particles[0])
        if counts[n] < slot_.low and name not in seen and not _misspelt(name, strangers):
            position = next(
                (at for at, slot in enumerate(places) if slot is not None and slot > n),
                len(children),
            )
            tell(position, lambda name=name: (  # type: ignore[misc]
                wording.missing(place_inside(parent, name))
            ))
    return told


def _misspelt(name: str, strangers: set[str]) -> bool:
    """Whether it is there under a name that is told to be wrong already."""
    few = sorted(strangers)[:20]
    return any(wording.likely(stranger, [name]) for stranger in few)


def _places(
    children: list[etree._Element], slots: list[Slot], schema: Any
) -> list[int | None]:
    """The slot of each child; None for one that has no business here."""
    named: dict[str, int] = {}
    wild: list[tuple[int, Any]] = []
    for n, slot in enumerate(slots):
        for particle in slot.particles:
            if particle.name:
                named.setdefault(particle.name, n)
            else:
                wild.append((n, particle))

    def place(child: etree._Element) -> int | None:
        tag = str(child.tag)
        if tag in named or tag not in schema.maps.elements:
            return named.get(tag)
        namespace = etree.QName(tag).namespace or ""
        return next((n for n, particle in wild if particle.is_matching(tag, namespace)), None)

    return [place(child) for child in children]


def _misplaced(
    children: list[etree._Element], places: Sequence[int | None]
) -> list[tuple[int, Told]]:
    """One fault for each slot whose elements must move, at the first of them."""
    kept = _longest_in_order(places)
    kept_slots = [places[position] or 0 for position in kept]
    moved: dict[int, int] = {}
    for position in sorted(set(range(len(places))) - set(kept)):
        slot = places[position]
        if slot is not None:
            moved.setdefault(slot, position)
    told: list[tuple[int, Told]] = []
    for slot, position in moved.items():
        after = bisect_right(kept_slots, slot)
        is_late = after < len(kept) and kept[after] < position
        at = kept[after if is_late else max(bisect_left(kept_slots, slot) - 1, 0)]
        words = wording.out_of_order if is_late else wording.too_early
        told.append((position, lambda child=children[position], words=words, at=at: (  # type: ignore[misc]
            words(place_of(child), local(children[at]))
        )))
    return told


def _longest_in_order(places: Sequence[int | None]) -> list[int]:
    """The positions of a longest run of places that do not go back (patience sorting)."""
    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for position, slot in enumerate(places):
        if slot is None:
            continue
        pile = bisect_right(tails, slot)
        before[position] = ends[pile - 1] if pile else None
        if pile == len(tails):
            tails.append(slot)
            ends.append(position)
        else:
            tails[pile], ends[pile] = slot, position
    found: list[int] = []
    last = ends[-1] if ends else None
    while last is not None:
        found.append(last)
        last = before[last]
    return found[::-1]


def _stranger(child: etree._Element, slots: list[Slot]) -> Fault:
    particles = [particle for slot in slots for particle in slot.particles]
    like = next((p for p in particles if p.name and name_of(p) == local(child)), None)
    if like is None:
        return wording.unknown(
            place_of(child), local(child), [name_of(p) for p in particles if p.name]
        )
    expected = etree.QName(like.name).namespace or ""
    return wording.wrong_namespace(place_of(child), etree.QName(child).namespace or "", expected)


def name_of(particle: Any) -> str:
    """The local name of a particle. A wildcard of the envelope stands for the declaration."""
    return str(particle.name).rpartition("}")[2] if particle.name else "Declaration"
