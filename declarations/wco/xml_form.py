"""Dataset to XML and back. Every element of the profile survives both ways."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, cast

from lxml import etree

from .dataset import Declaration, MetaData, Response
from .model import Element, ElementType, elements, elements_by_name
from .profiles import Profile
from .values import Amount, DateTime, Measure, Quantity

T = TypeVar("T")

MAX_INTEGER_DIGITS = 40
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
UNITS: dict[ElementType, tuple[type[Any], str]] = {
    ElementType.AMOUNT: (Amount, "currencyID"),
    ElementType.MEASURE: (Measure, "unitCode"),
    ElementType.QUANTITY: (Quantity, "unitCode"),
}


def local_name(element: etree._Element) -> str:
    """The name without its namespace; empty for a comment or processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def find_payload(root: etree._Element, name: str = "Declaration") -> etree._Element | None:
    """The Declaration or Response in an envelope, or the root itself where it is one."""
    if local_name(root) == name:
        return root
    return next((child for child in root if local_name(child) == name), None)


def from_xml(element: etree._Element, profile: Profile) -> Declaration:
    """The dataset of a MetaData or Declaration element.

    Meant for a message that has passed validation; from another, what does not fit is left out.
    """
    payload = find_payload(element)
    if payload is None:
        return Declaration()
    # A dataset is a tree: there is nothing in it for the collector of cycles, which would look
    # through all of it again and again while it grows.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return load(payload, Declaration, profile)
    finally:
        if collecting:
            gc.enable()


def load(element: etree._Element, cls: type[T], profile: Profile) -> T:
    """The dataset object of one group element."""
    return cast("T", _plan(cls, profile).load(element))


# What to do with an element: the field it fills, whether that is a list, and how its content is
# read. A tuple, because a message of 999 items asks forty thousand times. None: leave it out.
_Load = Callable[[etree._Element], Any]
_Step = tuple[str, bool, _Load] | None


class _Plan:
    """How the elements of one group are read: a step per tag, found at the first such tag."""

    # A sender chooses the tags: what is remembered of them must end somewhere.
    MOST = 500

    def __init__(self, cls: type, profile: Profile) -> None:
        self._cls = cls
        self._profile = profile
        self._steps: dict[Any, _Step] = {}

    def load(self, element: etree._Element) -> Any:
        values: dict[str, Any] = {}
        steps = self._steps
        for child in element[:]:  # type: ignore[index]  # as a list: an iterator over elements costs more
            tag = child.tag
            step = steps[tag] if tag in steps else self._find(child)
            if step is None:
                continue
            field, repeatable, load = step
            if load is _text and not len(child):
                if field not in values:
                    values[field] = child.text or ""
            elif repeatable:
                if field in values:
                    values[field].append(load(child))
                else:
                    values[field] = [load(child)]
            elif field not in values:
                values[field] = load(child)
        return self._cls(**values)

    def _find(self, child: etree._Element) -> _Step:
        name = self._profile.field_name(self._cls, local_name(child))
        described = elements_by_name(self._cls).get(name)
        step = None if described is None else (name, described.repeatable, self._of(described))
        if len(self._steps) < self.MOST:
            self._steps[child.tag] = step
        return step

    def _of(self, described: Element) -> _Load:
        if described.group is not None:
            return _plan(described.group, self._profile).load
        return _value_loader(described)


def _plan(cls: type, profile: Profile) -> _Plan:
    found: _Plan | None = profile.plans.get(cls)
    if found is None:
        found = profile.plans[cls] = _Plan(cls, profile)
    return found


def _value_loader(described: Element) -> _Load:
    if described.type is ElementType.DATE_TIME:
        return _moment
    if described.type is ElementType.NUMERIC:
        return _integer if described.integer else _number
    if described.type in UNITS:
        return _with_unit(*UNITS[described.type])
    return _text


def _text(element: etree._Element) -> str:
    """All text of a leaf: a comment in the middle splits it but does not end it."""
    text = element.text or ""
    if not len(element):
        return text
    return text + "".join(child.tail or "" for child in element)


def _moment(element: etree._Element) -> DateTime:
    for child in element:
        if local_name(child) == "DateTimeString":
            inner = child
            break
    else:
        inner = element
    return DateTime(_text(inner), inner.get("formatCode") or "304")


def _number(element: etree._Element) -> Decimal | None:
    return parse_decimal(_text(element))


def _integer(element: etree._Element) -> int | None:
    text = _text(element)
    # Making an int of a million digits takes half a minute; no element has more than these.
    if len(text) < MAX_INTEGER_DIGITS and text.isascii() and text.isdecimal():
        return int(text)
    number = parse_decimal(text)
    if number is None or number.adjusted() >= MAX_INTEGER_DIGITS:
        return None
    return int(number) if number == number.to_integral_value() else None


def _with_unit(value_type: type[Any], attribute: str) -> _Load:
    def load(element: etree._Element) -> Any:
        number = parse_decimal(_text(element))
        return None if number is None else value_type(number, element.get(attribute))

    return load


def parse_decimal(text: str) -> Decimal | None:
    """A plain decimal number, or None. ``1e5``, ``NaN`` and ``1_000`` are none."""
    # Nearly every number is digits and a point; to see that costs a third of the pattern.
    if not (text.isascii() and text.replace(".", "", 1).isdecimal()):
        text = text.strip(" \t\r\n")
        if not _DECIMAL.fullmatch(text):
            return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def to_xml(
    declaration: Declaration, profile: Profile, *, country: str, agency: str | None = None
) -> bytes:
    """The declaration in its envelope: UTF-8, indented. ``country`` is that of the receiving
    single window (ISO 3166-1 alpha-2). Raises ValueError for characters that XML cannot hold."""
    spaces = profile.namespaces
    return _write(declaration, "Declaration", spaces.declaration, "DEC", profile, country, agency)


def response_to_xml(
    response: Response, profile: Profile, *, country: str, agency: str | None = None
) -> bytes:
    """The response in its envelope; otherwise like ``to_xml``."""
    return _write(
        response, "Response", profile.namespaces.response, "RES", profile, country, agency
    )


def _write(
    payload: object,
    name: str,
    namespace: str,
    type_name: str,
    profile: Profile,
    country: str,
    agency: str | None,
) -> bytes:
    envelope = profile.namespaces.metadata
    root = etree.Element(
        f"{{{envelope}}}MetaData",
        # The stubs do not know that None names the default namespace.
        nsmap=cast("dict[str, str]", {"md": envelope, None: namespace}),
    )
    header = MetaData(
        WCODataModelVersionCode=profile.data_model_version,
        WCOTypeName=type_name,
        ResponsibleCountryCode=country,
        ResponsibleAgencyName=agency,
        AgencyAssignedCustomizationCode=profile.customization or None,
        AgencyAssignedCustomizationVersionCode=profile.version[:3],
    )
    _dump(root, header, envelope, envelope, profile)
    spaces = profile.namespaces
    moment = (spaces.response_moment if name == "Response" else spaces.moment) or namespace
    body = etree.SubElement(root, f"{{{namespace}}}{name}")
    _dump(body, payload, namespace, moment, profile)
    etree.indent(root)
    # libxml2 keeps lone carriage returns only when written as references; lxml does that.
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _dump(
    parent: etree._Element, value: Any, namespace: str, moment: str, profile: Profile
) -> None:
    cls = type(value)
    for described in elements(cls):
        content = getattr(value, described.name)
        if content is None:
            continue
        tag = f"{{{namespace}}}{profile.local_name(cls, described.name)}"
        for one in content if described.repeatable else [content]:
            element = etree.SubElement(parent, tag)
            if described.is_group:
                _dump(element, one, namespace, moment, profile)
            else:
                _dump_value(element, one, described, moment)


def _dump_value(element: etree._Element, value: Any, described: Element, moment: str) -> None:
    if described.type is ElementType.DATE_TIME:
        inner = etree.SubElement(element, f"{{{moment}}}DateTimeString")
        inner.set("formatCode", value.formatCode)
        inner.text = value.value
    elif described.type in UNITS:
        unit = getattr(value, UNITS[described.type][1])
        if unit is not None:
            element.set(UNITS[described.type][1], unit)
        element.text = decimal_text(value.value)
    elif described.type is ElementType.NUMERIC:
        element.text = decimal_text(value)
    else:
        element.text = value


def decimal_text(number: Decimal | int) -> str:
    """The number as digits, never with an exponent."""
    return format(number, "f") if isinstance(number, Decimal) else str(number)
