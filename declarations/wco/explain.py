"""Explain why a message failed its schema: every fault, each with its named path.

lxml stops at the first structural fault of a group. This walks the message beside the schema's
components, as xmlschema has parsed them, and compares group by group. The walk is linear, bounded
in time and in faults, and never decides a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

from lxml import etree

from . import wording
from .faults import Fault
from .places import Place, local, place_inside, place_of

MAX_FAULTS = 100
MAX_SECONDS = 1.0
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def explain(root: etree._Element, schema: Any) -> list[Fault]:
    """The faults of a message by ``schema`` (an xmlschema object). Never raises."""
    faults: list[Fault] = []
    deadline = monotonic() + MAX_SECONDS
    try:
        declared = schema.maps.elements.get(root.tag)
        if declared is None:
            return faults
        for fault in _walk(root, declared, schema, deadline):
            faults.append(fault)
            if len(faults) >= MAX_FAULTS:
                break
    except Exception:
        return faults
    return faults


def _walk(element: etree._Element, declared: Any, schema: Any, deadline: float) -> Iterator[Fault]:
    if monotonic() > deadline or element.get(f"{_XSI}type") or element.get(f"{_XSI}nil"):
        return
    yield from _attributes(element, declared)
    children = [child for child in element if isinstance(child.tag, str)]
    kind = declared.type
    if kind.is_simple() or kind.has_simple_content():
        if children:
            yield wording.unknown(place_of(children[0]), local(children[0]))
            return
        yield from _value(place_of, element, "", _text(element), _simple_type(kind))
        return
    if not kind.has_mixed_content() and _text(element).strip():
        yield wording.unexpected_text(place_of(element))
    model = list(kind.content.iter_elements()) if kind.content is not None else []
    slots = _slots(kind.content)
    if slots is not None:
        yield from _structure(element, children, slots, schema)
    for child in children:
        particle = _match(child, model, schema)
        if particle is not None:
            yield from _walk(child, particle, schema, deadline)


@dataclass(frozen=True, slots=True)
class _Slot:
    """One place in a sequence: an element, or the alternatives of a choice."""

    particles: tuple[Any, ...]
    low: int
    high: int | None


def _slots(group: Any) -> list[_Slot] | None:
    """The places of a sequence in order, or None for a shape that this does not explain."""
    model = getattr(group, "model", None)
    if model == "choice" and group.max_occurs == 1:
        return [_choice(group)]
    if model != "sequence" or group.max_occurs != 1:
        return None
    slots: list[_Slot] = []
    for part in group:
        model = getattr(part, "model", None)
        if model is None:
            slots.append(_Slot((part,), part.min_occurs, part.max_occurs))
        elif model == "choice":
            slots.append(_choice(part))
        else:
            inner = _slots(part) if part.min_occurs == 1 else None
            if inner is None:
                return None
            slots.extend(inner)
    return slots


def _choice(group: Any) -> _Slot:
    leaves = tuple(group.iter_elements())
    low = min((leaf.min_occurs for leaf in leaves), default=0) if group.min_occurs else 0
    return _Slot(leaves, low, None)


def _structure(
    parent: etree._Element, children: list[etree._Element], slots: list[_Slot], schema: Any
) -> Iterator[Fault]:
    """Compare the children with the sequence that the schema wants."""
    counts = [0] * len(slots)
    reached = 0
    for child in children:
        at = next(
            (n for n, slot in enumerate(slots) for p in slot.particles if _fits(child, p, schema)),
            None,
        )
        if at is None:
            yield _stranger(child, [p for slot in slots for p in slot.particles])
            continue
        counts[at] += 1
        most = slots[at].high
        if most is not None and counts[at] == most + 1:
            yield wording.too_many(place_of(child), most)
        if at < reached:
            yield wording.out_of_order(place_of(child), _name(slots[reached].particles[0]))
        reached = max(reached, at)
    seen = {local(child) for child in children}
    for count, slot in zip(counts, slots, strict=True):
        name = _name(slot.particles[0])
        if count < slot.low and name not in seen:
            yield wording.missing(place_inside(parent, name))


def _stranger(child: etree._Element, model: list[Any]) -> Fault:
    like = next((p for p in model if _name(p) == local(child) and p.name), None)
    if like is None:
        return wording.unknown(place_of(child), local(child))
    expected = etree.QName(like.name).namespace or ""
    return wording.wrong_namespace(place_of(child), etree.QName(child).namespace or "", expected)


def _fits(child: etree._Element, particle: Any, schema: Any) -> bool:
    if particle.name:
        return bool(particle.name == child.tag)
    return child.tag in schema.maps.elements and bool(
        particle.is_matching(child.tag, etree.QName(child).namespace or "")
    )


def _match(child: etree._Element, model: list[Any], schema: Any) -> Any:
    for particle in model:
        if particle.name == child.tag:
            return particle
    wild = any(not particle.name for particle in model)
    return schema.maps.elements.get(child.tag) if wild else None


def _name(particle: Any) -> str:
    """The local name of a particle. A wildcard of the envelope stands for the declaration."""
    return etree.QName(particle.name).localname if particle.name else "Declaration"


def _attributes(element: etree._Element, declared: Any) -> Iterator[Fault]:
    known = {name: a for name, a in declared.attributes.items() if isinstance(name, str)}
    owner = place_of
    for raw_name, raw_value in element.attrib.items():
        name, value = str(raw_name), str(raw_value)
        if name.startswith(_XSI):
            continue
        attribute = known.get(name)
        short = etree.QName(name).localname
        if attribute is None:
            yield wording.attribute_unknown(owner(element, short))
        else:
            yield from _value(place_of, element, short, value, attribute.type)
    for name, attribute in known.items():
        if attribute.use == "required" and name not in element.attrib:
            short = etree.QName(name).localname
            yield wording.attribute_missing(place_of(element, short), place_of(element).label)


def _text(element: etree._Element) -> str:
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _simple_type(kind: Any) -> Any:
    return kind if kind.is_simple() else kind.content


def _value(
    place: Any, element: etree._Element, attribute: str, value: str, kind: Any
) -> Iterator[Fault]:
    errors = list(kind.iter_errors(value))
    if not errors:
        return
    # An empty value breaks several facets at once; the first that says most is enough.
    here: Place = place(element, attribute)
    names = {type(error.validator).__name__: error for error in errors}
    if not value.strip():
        enumerated = _allowed(kind)
        yield wording.empty(here, enumerated)
        return
    yield _by_facet(here, value, kind, names)


def _by_facet(place: Place, value: str, kind: Any, broken: dict[str, Any]) -> Fault:
    facet: dict[str, Any] = {name: error.validator for name, error in broken.items()}
    if "XsdEnumerationFacets" in facet:
        return wording.not_listed(place, value, _allowed(kind))
    if "XsdMaxLengthFacet" in facet:
        return wording.too_long(place, value, facet["XsdMaxLengthFacet"].value)
    if "XsdLengthFacet" in facet:
        return wording.wrong_length(place, value, facet["XsdLengthFacet"].value)
    if "XsdPatternFacets" in facet:
        patterns = getattr(facet["XsdPatternFacets"], "regexps", [])
        return wording.wrong_form(place, value, patterns[0] if patterns else "")
    if facet.keys() & {"XsdTotalDigitsFacet", "XsdFractionDigitsFacet"}:
        return wording.too_many_digits(place, value)
    if "XsdMinInclusiveFacet" in facet:
        return wording.out_of_range(place, value, str(facet["XsdMinInclusiveFacet"].value))
    if getattr(kind.primitive_type, "local_name", "") == "decimal":
        return wording.not_a_number(place, value)
    return wording.other(place, value)


def _allowed(kind: Any) -> list[str]:
    values = getattr(kind, "enumeration", None) or []
    return [str(value) for value in values]
