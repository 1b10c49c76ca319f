"""Explain why a message failed its schema: every fault, each with its named path.

lxml stops at the first structural fault of a group. This walks the message beside the schema's
components, as xmlschema has parsed them, and compares group by group, in the order of the message.
The walk is linear, bounded in time, and never decides a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from time import monotonic
from typing import Any

from lxml import etree

from . import wording
from .faults import MAX_FAULTS, Fault
from .places import Place, local, place_of
from .structure import Slot, Told, compare, slots_of

MAX_SECONDS = 0.8
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass(slots=True)
class Explanation:
    """The first faults of a message, and how many more there are: at least so many, where the
    explanation was not complete."""

    faults: list[Fault] = field(default_factory=list)
    more: int = 0
    complete: bool = False


class _OutOfTime(Exception):
    """The message is too long to explain to its end."""


def explain(root: etree._Element, schema: Any) -> Explanation:
    """The faults of a message by ``schema`` (an xmlschema object). Never raises."""
    explanation = Explanation()
    deadline = monotonic() + MAX_SECONDS
    try:
        declared = schema.maps.elements.get(root.tag)
        if declared is None:
            return explanation
        for told in _walk(root, declared, schema, deadline):
            if len(explanation.faults) < MAX_FAULTS:
                explanation.faults.append(told())
            else:
                explanation.more += 1
        explanation.complete = True
    except Exception:
        return explanation
    return explanation


def _walk(element: etree._Element, declared: Any, schema: Any, deadline: float) -> Iterator[Told]:
    if monotonic() > deadline:
        raise _OutOfTime
    kind = _named_type(element, declared, schema)
    if kind is None:
        yield lambda: wording.type_not_taken(place_of(element, "type"))
        kind = declared.type
    yield from _attributes(element, declared if kind is declared.type else kind)
    if element.get(f"{_XSI}nil") is not None:
        if not declared.nillable:
            yield lambda: wording.nil_not_taken(place_of(element))
        return
    children = [child for child in element if isinstance(child.tag, str)]
    if kind.is_simple() or kind.has_simple_content():
        if children:
            yield lambda: wording.not_plain(place_of(element), local(children[0]))
        else:
            yield from _value(element, "", _text(element), _simple_type(kind))
        return
    text = _text(element).strip()
    if text and not kind.has_mixed_content():
        yield lambda: wording.unexpected_text(place_of(element), text)
    model, slots = _content(kind)
    told = {} if slots is None else compare(element, children, slots, schema)
    for position, child in enumerate(children):
        yield from told.get(position, ())
        particle = _match(child, model, schema)
        if particle is not None:
            yield from _walk(child, particle, schema, deadline)
    yield from told.get(len(children), ())


@lru_cache(maxsize=2048)
def _content(kind: Any) -> tuple[list[Any], list[Slot] | None]:
    """The elements that a type may hold, and its places in order."""
    model = list(kind.content.iter_elements()) if kind.content is not None else []
    return model, slots_of(kind.content)


def _named_type(element: etree._Element, declared: Any, schema: Any) -> Any:
    """The type of an element: its declared one or, by xsi:type, one derived from that; None for
    another."""
    named = element.get(f"{_XSI}type")
    if named is None:
        return declared.type
    prefix, _, name = named.strip().rpartition(":")
    namespace = element.nsmap.get(prefix or None)
    found = schema.maps.types.get(f"{{{namespace}}}{name}" if namespace else name)
    return found if found is not None and found.is_derived(declared.type) else None


def _match(child: etree._Element, model: list[Any], schema: Any) -> Any:
    for particle in model:
        if particle.name == child.tag:
            return particle
    wild = any(not particle.name for particle in model)
    return schema.maps.elements.get(child.tag) if wild else None


def _attributes(element: etree._Element, declared: Any) -> Iterator[Told]:
    known = {name: a for name, a in declared.attributes.items() if isinstance(name, str)}
    for raw_name, raw_value in element.attrib.items():
        name, value = str(raw_name), str(raw_value)
        if name.startswith(_XSI):
            continue
        attribute = known.get(name)
        short = etree.QName(name).localname
        if attribute is None:
            yield lambda short=short: wording.attribute_unknown(place_of(element, short))  # type: ignore[misc]
        else:
            yield from _value(element, short, value, attribute.type)
    for name, attribute in known.items():
        if attribute.use == "required" and name not in element.attrib:
            short = etree.QName(name).localname
            yield lambda short=short: wording.attribute_missing(  # type: ignore[misc]
                place_of(element, short), place_of(element).label
            )


def _text(element: etree._Element) -> str:
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _simple_type(kind: Any) -> Any:
    return kind if kind.is_simple() else kind.content


def _value(element: etree._Element, attribute: str, value: str, kind: Any) -> Iterator[Told]:
    errors = list(kind.iter_errors(value))
    if not errors:
        return
    # An empty value breaks several facets at once; that it is empty says most.
    if not value.strip():
        yield lambda: wording.empty(place_of(element, attribute), _allowed(kind))
        return
    broken = {type(error.validator).__name__: error for error in errors}
    yield lambda: _by_facet(place_of(element, attribute), value, kind, broken)


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
