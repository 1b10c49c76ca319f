"""Dataset to JSON and back: nested objects with WCO names.

Decimals are strings, so that no reader turns them into binary floats; whole numbers are numbers;
an amount is ``{"value": "12.50", "currencyID": "GEL"}``. Empty groups stay, absent ones are left
out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .dataset import Declaration
from .faults import Fault, Layer, MessageError, capped
from .i18n import gettext_noop as _
from .model import Element, ElementType, elements, elements_by_name
from .pointers import to_pointer
from .values import DATE, DATE_TIME, DateTime
from .xml_form import UNITS, decimal_text, parse_decimal

# What XML 1.0 cannot carry.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_json(value: Any) -> dict[str, Any]:
    """The dataset object as a JSON-ready dict."""
    result: dict[str, Any] = {}
    for described in elements(type(value)):
        content = getattr(value, described.name)
        if content is None or content == []:
            continue
        if described.repeatable:
            result[described.name] = [to_json(one) for one in content]
        elif described.is_group:
            result[described.name] = to_json(content)
        else:
            result[described.name] = _value_to_json(content, described)
    return result


def _value_to_json(value: Any, described: Element) -> Any:
    if described.type in UNITS:
        unit = UNITS[described.type][1]
        result = {"value": decimal_text(value.value)}
        if getattr(value, unit) is not None:
            result[unit] = getattr(value, unit)
        return result
    if described.type is ElementType.DATE_TIME:
        return {"value": value.value, "formatCode": value.formatCode}
    return decimal_text(value) if isinstance(value, Decimal) else value


def from_json(data: Any, *, lenient: bool = False) -> Declaration:
    """The declaration in a dict (or ``{"Declaration": {...}}``).

    Raises MessageError with every unknown name and wrong type and its path. ``lenient`` is for
    drafts: what does not fit is left out instead.
    """
    if isinstance(data, Mapping) and set(data) == {"Declaration"}:
        data = data["Declaration"]
    faults: list[Fault] = []
    result = _load(data, Declaration, "/Declaration", faults)
    if faults and not lenient:
        raise MessageError(capped(faults))
    return result if isinstance(result, Declaration) else Declaration()


def _load(data: Any, cls: type, path: str, faults: list[Fault]) -> Any:
    if not isinstance(data, Mapping):
        faults.append(_fault("SW-JSON-TYPE", path, data, expected=_("a group of elements, in braces")))
        return cls()
    known = elements_by_name(cls)
    values: dict[str, Any] = {}
    for name, content in data.items():
        here = f"{path}/{str(name)[:80]}"
        described = known.get(name)
        if described is None:
            faults.append(
                Fault(
                    "SW-JSON-UNKNOWN",
                    Layer.SYNTAX,
                    _("There is no element “%(name)s” here. Remove it or correct its name."),
                    {"name": str(name)[:80]},
                    here,
                    to_pointer(path),
                )
            )
        elif content is None:
            continue
        elif described.repeatable:
            values[name] = _load_list(content, described, here, faults)
        elif described.group is not None:
            values[name] = _load(content, described.group, here, faults)
        else:
            values[name] = _load_value(content, described, here, faults)
    return cls(**values)


def _load_list(content: Any, described: Element, path: str, faults: list[Fault]) -> list[Any]:
    assert described.group is not None
    if isinstance(content, Mapping):
        content = [content]
    if not isinstance(content, list | tuple):
        faults.append(_fault("SW-JSON-TYPE", path, content, expected=_("a list, in square brackets")))
        return []
    return [
        _load(one, described.group, f"{path}[{number}]", faults)
        for number, one in enumerate(content, 1)
    ]


def _load_value(content: Any, described: Element, path: str, faults: list[Fault]) -> Any:
    value: Any = None
    expected = _("text")
    if described.type is ElementType.NUMERIC:
        expected = _("a whole number") if described.integer else "a decimal number as text"
        number = _number(content)
        if number is not None and described.integer:
            value = int(number) if number == number.to_integral_value() else None
        else:
            value = number
    elif described.type in UNITS:
        value_type, unit = UNITS[described.type]
        expected = f'{{"value": "1.00", "{unit}": "..."}}, the value as text'
        parts = content if isinstance(content, Mapping) else {"value": content}
        number, unit_code = _number(parts.get("value")), parts.get(unit)
        if number is not None and _is_text(unit_code) and set(parts) <= {"value", unit}:
            value = value_type(number, unit_code)
    elif described.type is ElementType.DATE_TIME:
        expected = '{"value": "20250131103000Z", "formatCode": "304"}'
        parts = content if isinstance(content, Mapping) else {"value": content}
        text, format_code = parts.get("value"), parts.get("formatCode")
        fits = set(parts) <= {"value", "formatCode"} and _is_text(format_code)
        if isinstance(text, str) and _is_text(text) and fits:
            value = DateTime(text, format_code or (DATE if len(text) == 8 else DATE_TIME))
    elif isinstance(content, str):
        value = content
    if value is None:
        faults.append(_fault("SW-JSON-TYPE", path, content, expected=expected))
    elif isinstance(value, str) and not _is_text(value):
        faults.append(
            Fault(
                "SW-JSON-CHAR",
                Layer.SYNTAX,
                _("%(label)s holds a control character. Remove it."),
                {"label": described.label},
                path,
                to_pointer(path),
            )
        )
        return None
    return value


def _is_text(value: Any) -> bool:
    """None, or text that XML can carry."""
    return value is None or (isinstance(value, str) and not _NOT_XML.search(value))


def _number(value: Any) -> Decimal | None:
    """A decimal from text or a whole number; never from a float, whose digits are lost."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value) if abs(value) < 10**40 else None
    return parse_decimal(value) if isinstance(value, str) and len(value) < 60 else None


def _fault(code: str, path: str, value: Any, *, expected: str) -> Fault:
    shown: str | None = None
    if isinstance(value, Mapping):
        template = _("A group of elements does not fit here. Give %(hint)s.")
    elif isinstance(value, list | tuple):
        template = _("A list does not fit here. Give %(hint)s.")
    elif isinstance(value, bool) or value is None:
        template = _("True, false or nothing does not fit here. Give %(hint)s.")
    else:
        template = _("“%(value)s” does not fit here. Give %(hint)s.")
        shown = str(value)[:80]
    return Fault(
        code,
        Layer.SYNTAX,
        template,
        {"value": shown or "", "hint": expected},
        path,
        to_pointer(path),
        value=shown,
    )
