"""lxml's error log in plain words, for what the explanation does not cover."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from . import wording
from .faults import Fault
from .places import Place, local, place_inside, place_of

MAX_ENTRIES = 200
STRUCTURE = "SCHEMAV_ELEMENT_CONTENT"
NO_ROOT = "SCHEMAV_CVC_ELT_1"
_EXPECTED = re.compile(r"Expected is (?:one of )?\(\s*([^)]*?)\s*\)")
_NAME = re.compile(r"(?:\{[^}]*\})?([^\s,{}]+)")
_ATTRIBUTE = re.compile(r"[Aa]ttribute '(?:\{[^}]*\})?([^']+)'")
_PREFIXED = re.compile(r"/[^/:\[\]]+:([^/\[\]]+)")
_SET = re.compile(r"set \{(.*)\}")
_NUMBER = re.compile(r"of '(-?\d+)'\.?\s*$")
_NUMERIC_TYPE = re.compile(r"xs:(decimal|integer|int|long|short)'|atomic type '[^']*value'")


def explain_entry(entry: Any, root: etree._Element) -> tuple[Fault, etree._Element | None]:
    """The fault of one log entry and the element it is at, where that can be found."""
    element = _element(entry, root)
    if element is None:
        return wording.other(Place("", etree.QName(root).localname, entry.line, None)), None
    kind, message = entry.type_name, entry.message
    attribute = _ATTRIBUTE.search(message)
    name = attribute.group(1) if attribute else ""
    place = place_of(element, name)
    if kind == STRUCTURE:
        return _structural(element, message), element
    if kind in ("SCHEMAV_CVC_COMPLEX_TYPE_3_2_1", "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2"):
        return wording.attribute_unknown(place), element
    if kind == "SCHEMAV_CVC_COMPLEX_TYPE_4":
        return wording.attribute_missing(place, place_of(element).label), element
    value = element.get(name, "") if name else "".join(map(str, element.itertext()))
    return _valued(kind, message, place, value), element


def _valued(kind: str, message: str, place: Place, value: str) -> Fault:
    number = _NUMBER.search(message)
    if not value.strip():
        return wording.empty(place)
    if kind == "SCHEMAV_CVC_ENUMERATION_VALID":
        listed = _SET.search(message)
        allowed = re.findall(r"'([^']*)'", listed.group(1)) if listed else []
        return wording.not_listed(place, value, allowed)
    if kind == "SCHEMAV_CVC_MAXLENGTH_VALID" and number:
        return wording.too_long(place, value, int(number.group(1)))
    if kind == "SCHEMAV_CVC_LENGTH_VALID" and number:
        return wording.wrong_length(place, value, int(number.group(1)))
    if kind == "SCHEMAV_CVC_PATTERN_VALID":
        pattern = re.search(r"pattern '(.*)'\.?\s*$", message)
        return wording.wrong_form(place, value, pattern.group(1) if pattern else "")
    if kind in ("SCHEMAV_CVC_TOTALDIGITS_VALID", "SCHEMAV_CVC_FRACTIONDIGITS_VALID"):
        return wording.too_many_digits(place, value)
    if kind == "SCHEMAV_CVC_MININCLUSIVE_VALID":
        return wording.out_of_range(place, value, None)
    if kind.startswith("SCHEMAV_CVC_DATATYPE_VALID") and _NUMERIC_TYPE.search(message):
        return wording.not_a_number(place, value)
    return wording.other(place, value)


def _structural(element: etree._Element, message: str) -> Fault:
    """``X is not expected, expected is (Y)``: Y is missing, or X has no place."""
    found = _EXPECTED.search(message)
    expected = _NAME.findall(found.group(1).replace("##other", "")) if found else []
    expected = [name for name in expected if not name.startswith("*")]
    if "Missing child element" in message:
        return wording.missing(place_inside(element, expected[0] if expected else "Declaration"))
    parent = element.getparent()
    if parent is not None and len(expected) == 1 and expected[0] != local(element):
        return wording.missing(place_inside(parent, expected[0]))
    return wording.unknown(place_of(element), local(element))


def _element(entry: Any, root: etree._Element) -> etree._Element | None:
    if not entry.path:
        return None
    # The log writes names with prefixes that the message may declare anywhere.
    path = _PREFIXED.sub(r"/*[local-name()='\1']", entry.path)
    try:
        found = root.getroottree().xpath(path)
    except etree.XPathError:
        return None
    return (
        found[0]
        if isinstance(found, list) and found and isinstance(found[0], etree._Element)
        else None
    )
