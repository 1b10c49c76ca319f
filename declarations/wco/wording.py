"""The words of schema faults: one function per thing that can be wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from .faults import Fault, Layer
from .i18n import gettext_noop as _
from .kinds import TRADE
from .model import ElementType
from .places import Place
from .pointers import to_pointer

_SHOWN = 80
_MAX_ALLOWED = 30


def missing(place: Place) -> Fault:
    if place.described is not None and place.described.is_group and place.described.help:
        template = _("%(label)s is missing. Add %(hint)s.")
        return _fault("SW-XSD-MISSING", template, place, hint=place.described.help)
    return _fault("SW-XSD-MISSING", _("%(label)s is missing. Add it."), place)


def unknown(place: Place, name: str, expected: Iterable[str] = ()) -> Fault:
    name = name[:_SHOWN]
    meant = likely(name, expected)
    if meant is not None:
        template = _("The element “%(name)s” has no place here. Did you mean “%(likely)s”?")
        return _fault("SW-XSD-UNKNOWN", template, place, name=name, likely=meant)
    template = _("The element “%(name)s” has no place here. Remove it, or correct its name.")
    return _fault("SW-XSD-UNKNOWN", template, place, name=name)


def likely(name: str, expected: Iterable[str]) -> str | None:
    """The name that was probably meant: the same but for case, or all but the same."""
    plain = {one.casefold(): one for one in expected}
    close = get_close_matches(name.casefold(), plain, n=1, cutoff=0.8)
    return plain[close[0]] if close else None


def not_plain(place: Place, name: str) -> Fault:
    template = _("%(label)s holds the element “%(name)s”; it takes a plain value. Write it so.")
    return _fault("SW-XSD-UNKNOWN", template, place, name=name[:_SHOWN])


def type_not_taken(place: Place) -> Fault:
    template = _("The attribute xsi:type names a type that has no place here. Remove it.")
    return _fault("SW-XSD-TYPE", template, place)


def nil_not_taken(place: Place) -> Fault:
    template = _("%(label)s is marked as empty by xsi:nil. Give its value, or leave it out.")
    return _fault("SW-XSD-EMPTY", template, place)


def wrong_namespace(place: Place, namespace: str, expected: str) -> Fault:
    template = _("%(label)s is in the namespace “%(namespace)s”; it must be in “%(expected)s”.")
    return _fault("SW-XSD-NAMESPACE", template, place, namespace=namespace, expected=expected)


def out_of_order(place: Place, before: str) -> Fault:
    template = _("%(label)s stands in the wrong place. Move it before “%(before)s”.")
    return _fault("SW-XSD-ORDER", template, place, before=before)


def too_early(place: Place, after: str) -> Fault:
    template = _("%(label)s stands in the wrong place. Move it after “%(after)s”.")
    return _fault("SW-XSD-ORDER", template, place, after=after)


def too_many(place: Place, most: int) -> Fault:
    template = _("%(label)s stands here more often than it may: at most %(max)s. Remove the rest.")
    return _fault("SW-XSD-TOO-MANY", template, place, max=most)


def empty(place: Place, allowed: Iterable[str] = ()) -> Fault:
    template = _("%(label)s is empty. Give its value, or leave it out if it does not apply.")
    if place.described is not None and place.described.required >= TRADE:
        template = _("%(label)s is empty. Give its value.")
    return _fault("SW-XSD-EMPTY", template, place, "", allowed=allowed)


def not_listed(place: Place, value: str, allowed: Iterable[str]) -> Fault:
    values = list(allowed)
    listed = ", ".join(values[:_MAX_ALLOWED]) + (" …" if len(values) > _MAX_ALLOWED else "")
    template = _("%(label)s has “%(value)s”, which is not in its list. Use one of: %(allowed)s.")
    if not values:
        template = _("%(label)s has “%(value)s”, which is not in its list. Use a listed code.")
    return _fault("SW-XSD-ENUM", template, place, value, values, allowed=listed)


def too_long(place: Place, value: str, most: int) -> Fault:
    template = _("%(label)s has %(length)s characters; at most %(max)s are taken. Shorten it.")
    return _fault("SW-XSD-LENGTH", template, place, value, length=len(value), max=most)


def wrong_length(place: Place, value: str, length: int) -> Fault:
    template = _("%(label)s “%(value)s” must have exactly %(max)s characters. Correct it.")
    return _fault("SW-XSD-LENGTH", template, place, value, max=length)


def not_a_number(place: Place, value: str) -> Fault:
    template = _(
        "%(label)s “%(value)s” is not a number. Write digits, with a point before decimals and "
        "nothing between thousands, such as 1000.50."
    )
    return _fault("SW-XSD-NUMBER", template, place, value)


def too_many_digits(place: Place, value: str) -> Fault:
    template = _("%(label)s “%(value)s” has too many digits. Round it.")
    described = place.described
    if described is None or described.is_group or described.type is ElementType.DATE_TIME:
        return _fault("SW-XSD-DIGITS", template, place, value)
    template = _(
        "%(label)s “%(value)s” has too many digits: at most %(max)s are taken, "
        "%(decimals)s of them after the point. Round it."
    )
    return _fault(
        "SW-XSD-DIGITS", template, place, value, max=described.length, decimals=described.decimals
    )


def out_of_range(place: Place, value: str, least: str | None) -> Fault:
    if least is None:
        return _fault(
            "SW-XSD-RANGE", _("%(label)s “%(value)s” is out of range. Correct it."), place, value
        )
    template = _("%(label)s “%(value)s” is too small: the least is %(least)s. Correct it.")
    return _fault("SW-XSD-RANGE", template, place, value, least=least)


def wrong_form(place: Place, value: str, pattern: str = "") -> Fault:
    """A value that breaks a pattern; says what the form is where that can be told."""
    described = place.described
    is_moment = described is not None and described.type is ElementType.DATE_TIME
    if (is_moment or r"\d{6}" in pattern) and "@" not in place.path:
        template = _(
            "%(label)s “%(value)s” is not a date. Write the year, month and day, as in 20250131, "
            "or with the time and zone, as in 20250131103000Z, with no spaces or line breaks."
        )
        return _fault("SW-XSD-DATE", template, place, value)
    if not value.strip():
        return empty(place)
    if value != value.strip():
        template = _("%(label)s has spaces or line breaks at its beginning or end. Remove them.")
        return _fault("SW-XSD-SPACE", template, place, value)
    for shape, template in _SHAPES:
        match = shape.fullmatch(pattern)
        if match:
            size = match.groupdict().get("size")
            return _fault("SW-XSD-PATTERN", template, place, value, size=size)
    template = _("%(label)s “%(value)s” is not written as it should be. Check and correct it.")
    return _fault("SW-XSD-PATTERN", template, place, value)


_SHAPES = (
    (
        re.compile(r"\[A-Z\]\{(?P<size>\d+)\}"),
        _("%(label)s “%(value)s” must be %(size)s capital letters, such as those of an ISO code."),
    ),
    (re.compile(r"\(\[a-zA-Z\]\)\*"), _("%(label)s “%(value)s” must have letters only.")),
    (
        re.compile(r"\[0-9\]\{1,(?P<size>\d+)\}"),
        _("%(label)s “%(value)s” must be up to %(size)s digits."),
    ),
    (
        re.compile(r"\(\[0-9\]\)\*|\[0-9\]\{\d+\}"),
        _("%(label)s “%(value)s” must have digits only."),
    ),
    (
        re.compile(r"(?P<size>[A-Z]{2,3})(\[A-Z0-9\]\?)?"),
        _("%(label)s “%(value)s” must begin with %(size)s in this message."),
    ),
)


def attribute_missing(place: Place, owner: str) -> Fault:
    template = _("%(label)s is missing at “%(parent)s”. Add the attribute %(attribute)s.")
    return _fault("SW-XSD-ATTR-MISSING", template, place, parent=owner, attribute=_attribute(place))


def attribute_unknown(place: Place) -> Fault:
    template = _("The attribute “%(attribute)s” has no place here. Remove it.")
    return _fault("SW-XSD-ATTR-UNKNOWN", template, place, attribute=_attribute(place))


def unexpected_text(place: Place, text: str) -> Fault:
    template = _(
        "%(label)s holds the text “%(value)s” outside its elements. Put it into the element that "
        "it belongs to, or remove it."
    )
    return _fault("SW-XSD-TEXT", template, place, text)


def other(place: Place, value: str | None = None) -> Fault:
    template = _("%(label)s is not as this kind of message requires. Check and correct it.")
    return _fault("SW-XSD-OTHER", template, place, value)


def _attribute(place: Place) -> str:
    return place.path.rpartition("@")[2][:_SHOWN]


def _fault(
    code: str,
    template: str,
    place: Place,
    value: str | None = None,
    allowed_values: Iterable[str] = (),
    /,
    **params: object,
) -> Fault:
    listed = tuple(allowed_values)
    if "allowed" in params and not isinstance(params["allowed"], str):
        listed = tuple(params.pop("allowed"))  # type: ignore[arg-type]
    shown = None if value is None else value.strip()[:_SHOWN]
    full: dict[str, object] = {"label": place.label, **params}
    if shown is not None:
        full["value"] = shown
    path = place.path
    return Fault(
        code,
        Layer.XSD,
        template,
        full,
        path,
        to_pointer(path),
        place.line,
        value and value[:500],
        listed,
    )
