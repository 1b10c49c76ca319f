"""Where in a message something is: the named path, the label and the line of an element."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from lxml import etree

from .faults import JOINT
from .i18n import gettext_noop as _
from .model import Element
from .pointers import ROOTS, describe

_ATTRIBUTE_LABELS = {
    "currencyID": _("Currency"),
    "unitCode": _("Unit"),
    "formatCode": _("Date format code"),
}
# Groups that many others have: a label of theirs alone does not say which is meant.
_SHARED = frozenset({"Address", "Contact", "Communication"})


@dataclass(frozen=True, slots=True)
class Place:
    """A place with what is known of it. ``described`` is None for elements not in the dataset."""

    path: str
    label: str
    line: int | None
    described: Element | None


def local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def place_of(element: etree._Element, attribute: str = "") -> Place:
    """The place of an element of a message, or of one of its attributes."""
    chain = [element, *element.iterancestors()][::-1]
    names = [local(one) for one in chain]
    if len(names) > 1 and names[1] in ROOTS and names[0] == "MetaData":
        chain, names = chain[1:], names[1:]
    path = ""
    for at, one in enumerate(chain):
        described = describe(tuple(names[: at + 1]))
        numbered = described.repeatable if described else _has_like(one)
        path += f"/{names[at]}" + (f"[{_occurrence(one)}]" if numbered else "")
    last = describe(tuple(names))
    if names[-1] == "DateTimeString" and last is None:
        last = describe(tuple(names[:-1]))
    label = _of_whom(names) + label_of(names[-1], last)
    if attribute:
        path += f"/@{attribute}"
        label = _ATTRIBUTE_LABELS.get(attribute, attribute)
    return Place(path, label, cast("int | None", element.sourceline), last)


def place_inside(parent: etree._Element, name: str) -> Place:
    """The place of a child that is not there."""
    above = place_of(parent)
    if above.path == "/MetaData" and name in ROOTS:
        return Place(f"/{name}", label_of(name, None), above.line, None)
    names = tuple(re.sub(r"\[\d+\]", "", above.path).strip("/").split("/"))
    described = describe((*names, name))
    path = f"{above.path}/{name}" + ("[1]" if described and described.repeatable else "")
    return Place(path, _of_whom([*names, name]) + label_of(name, described), above.line, described)


def _of_whom(names: list[str]) -> str:
    """For an element of an address or the like: whose, as in ``Exporter › Country``."""
    if len(names) < 3 or names[-2] not in _SHARED:
        return ""
    owner = describe(tuple(names[:-2]))
    return f"{owner.label}{JOINT}" if owner and owner.label else ""


def label_of(name: str, described: Element | None) -> str:
    """The field's label, or its name with spaces: ``GoodsItem`` becomes ``Goods item``."""
    if described and described.label:
        return described.label
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).split()
    return " ".join([words[0], *(w if w.isupper() else w.lower() for w in words[1:])]) or name


def _has_like(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and len(parent.findall(element.tag)) > 1


def _occurrence(element: etree._Element) -> int:
    return 1 + sum(1 for _ in element.itersiblings(element.tag, preceding=True))
