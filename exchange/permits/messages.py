"""The messages about uses of permits as XML: written for partners, read from them strictly.

``permit-use-1.xsd`` is the form; docs/permits.md says what each message means. Pure: no database.
"""

import threading
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from lxml import etree

from agencies.permits.abroad.settling import Goods
from agencies.permits.states import UseState
from declarations import wco
from declarations.wco.reader import read as read_hardened
from exchange.transit.messages import NotValid, clean, moment

NAMESPACE = "urn:single-window:permit-use:1"
SCHEMA = Path(__file__).with_name("permit-use-1.xsd")
MAX_BYTES = 16 * 1024
KINDS = {
    UseState.RESERVED: "permit_use_asked",
    UseState.WRITTEN_OFF: "permit_used",
    UseState.FREED: "permit_use_given_back",
}
ANSWER = "permit_use_answered"
_AIMS = {kind: aim for aim, kind in KINDS.items()}
_ROOTS = {
    "permit_use_asked": "PermitUseAsked", "permit_used": "PermitUsed",
    "permit_use_given_back": "PermitUseGivenBack", ANSWER: "PermitUseAnswer",
}
_FAULTS_SHOWN = 10
_compiled = threading.local()


@dataclass(frozen=True, slots=True)
class Told:
    """What the country of use says: the whole, as it is after this revision."""

    use: UUID
    revision: int
    at: datetime
    permit: str
    mrn: str
    item: int
    aim: UseState
    goods: Goods | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What the issuing country says to a revision. ``reason`` "": granted. ``left``: of the line
    that is drawn on, in its unit."""

    use: UUID
    revision: int
    at: datetime
    permit: str
    reason: str = ""
    left: Decimal | None = None
    unit: str = ""


def kind_of(content: Told | Answered) -> str:
    return ANSWER if isinstance(content, Answered) else KINDS[content.aim]


def write(content: Told | Answered) -> bytes:
    """The XML of a message."""
    root = etree.Element(f"{{{NAMESPACE}}}{_ROOTS[kind_of(content)]}", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    _add(root, "Use", str(content.use))
    _add(root, "Revision", str(content.revision))
    _add(root, "At", moment(content.at))
    _add(root, "Permit", content.permit)
    if isinstance(content, Answered):
        _add(root, "Result", "refused" if content.reason else "granted")
        if content.reason:
            _add(root, "Reason", content.reason)
        if content.left is not None:
            _add(root, "Left", _number(content.left), unit=content.unit)
    else:
        _add(root, "MRN", content.mrn)
        _add(root, "Item", str(content.item))
        if content.goods is not None:
            _write_goods(root, content.goods)
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return body


def _write_goods(root: etree._Element, goods: Goods) -> None:
    _add(root, "Type", goods.permit_type)
    _add(root, "Day", goods.day.isoformat())
    _add(root, "Commodity", goods.hs)
    _add(root, "Quantity", _number(goods.quantity), unit=goods.unit)
    if goods.value is not None:
        _add(root, "Value", _number(goods.value), currency=goods.currency)
    for identifier, name in goods.parties:
        party = _add(root, "Party")
        if identifier := clean(identifier, 35):
            _add(party, "ID", identifier)
        if name := clean(name, 140):
            _add(party, "Name", name)


def read(kind: str, body: bytes) -> Told | Answered:
    """The message of this kind in some bytes. Raises NotValid for anything else."""
    try:
        root = read_hardened(body, max_bytes=MAX_BYTES).root
    except wco.MessageError as error:
        raise NotValid([fault.to_dict() for fault in error.faults]) from error
    if next(root.iter(etree.Comment, etree.ProcessingInstruction), None) is not None:
        raise NotValid([_fault("A message has no comments and no processing instructions.")])
    if root.tag != f"{{{NAMESPACE}}}{_ROOTS[kind]}":
        raise NotValid([_fault(f"A message of kind {kind} is a {_ROOTS[kind]} of {NAMESPACE}.")])
    schema = _schema()
    if not schema.validate(root):
        raise NotValid([
            _fault(f"Line {entry.line}: {entry.message[:300]}")
            for entry in islice(schema.error_log, _FAULTS_SHOWN)  # type: ignore[call-overload]
        ])
    try:
        return _read_answer(root) if kind == ANSWER else _read_told(_AIMS[kind], root)
    except ValueError as error:
        raise NotValid([_fault(str(error))]) from error


def _read_told(aim: UseState, root: etree._Element) -> Told:
    goods = None
    if aim is not UseState.FREED:
        value = root.find(f"{{{NAMESPACE}}}Value")
        goods = Goods(
            permit_type=_text(root, "Type"),
            hs=_text(root, "Commodity"),
            quantity=Decimal(_text(root, "Quantity")),
            unit=_attribute(root, "Quantity", "unit"),
            day=date.fromisoformat(_text(root, "Day")),
            value=None if value is None else Decimal(_text(root, "Value")),
            currency="" if value is None else _attribute(root, "Value", "currency"),
            parties=tuple(
                (_text(party, "ID"), _text(party, "Name"))
                for party in root.findall(f"{{{NAMESPACE}}}Party")
            ),
        )
    return Told(**_head(root), mrn=_text(root, "MRN"), item=int(_text(root, "Item")), aim=aim,
                goods=goods)


def _read_answer(root: etree._Element) -> Answered:
    refused, reason = _text(root, "Result") == "refused", _text(root, "Reason")
    if refused != bool(reason):
        raise ValueError("A refusal has a reason, and nothing else has.")
    left = root.find(f"{{{NAMESPACE}}}Left")
    return Answered(
        **_head(root), reason=reason, left=None if left is None else Decimal(_text(root, "Left")),
        unit="" if left is None else _attribute(root, "Left", "unit"),
    )


def _head(root: etree._Element) -> dict[str, Any]:
    return {
        "use": UUID(_text(root, "Use")), "revision": int(_text(root, "Revision")),
        "at": datetime.fromisoformat(_text(root, "At")), "permit": _text(root, "Permit"),
    }


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str
         ) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    child.text = text
    return child


def _number(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _text(parent: etree._Element, name: str) -> str:
    """What stands in a child, as the token that the schema judged; "" without it."""
    found = parent.find(f"{{{NAMESPACE}}}{name}")
    return " ".join((found.text or "").split()) if found is not None else ""


def _attribute(root: etree._Element, name: str, attribute: str) -> str:
    found = root.find(f"{{{NAMESPACE}}}{name}")
    return str(found.get(attribute, "")) if found is not None else ""


def _fault(words: str) -> dict[str, Any]:
    return {"code": "permit-use-invalid", "message": words}


def _schema() -> etree.XMLSchema:
    """Compiled once per thread: lxml's keeps the errors of the last validation."""
    found: etree.XMLSchema | None = getattr(_compiled, "schema", None)
    if found is None:
        found = _compiled.schema = etree.XMLSchema(etree.parse(SCHEMA))
    return found
