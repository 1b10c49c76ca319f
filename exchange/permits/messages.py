"""The messages about uses of permits as XML: written for partners, read from them strictly.

``permit-use-1.xsd`` is the form; docs/permits.md says what each message means. Pure: no database.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from lxml import etree

from agencies.permits.abroad.settling import Goods
from agencies.permits.states import UseState
from exchange.documents import Form, clean, moment, text_of, written

FORM = Form(
    "urn:single-window:permit-use:1", Path(__file__).with_name("permit-use-1.xsd"),
    "permit-use-invalid", 16 * 1024,
)
KINDS = {
    UseState.RESERVED: "permit_use_asked",
    UseState.WRITTEN_OFF: "permit_used",
    UseState.FREED: "permit_use_given_back",
}
MOST_NUMBERS = 40
ANSWER = "permit_use_answered"
_AIMS = {kind: aim for aim, kind in KINDS.items()}
_ROOTS = {
    "permit_use_asked": "PermitUseAsked", "permit_used": "PermitUsed",
    "permit_use_given_back": "PermitUseGivenBack", ANSWER: "PermitUseAnswer",
}


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
    root = FORM.begin(_ROOTS[kind_of(content)])
    FORM.add(root, "Use", str(content.use))
    FORM.add(root, "Revision", str(content.revision))
    FORM.add(root, "At", moment(content.at))
    FORM.add(root, "Permit", content.permit)
    if isinstance(content, Answered):
        FORM.add(root, "Result", "refused" if content.reason else "granted")
        if content.reason:
            FORM.add(root, "Reason", content.reason)
        if content.left is not None:
            FORM.add(root, "Left", _number(content.left), unit=content.unit)
    else:
        FORM.add(root, "MRN", content.mrn)
        FORM.add(root, "Item", str(content.item))
        if content.goods is not None:
            _write_goods(root, content.goods)
    return written(root)


def _write_goods(root: etree._Element, goods: Goods) -> None:
    FORM.add(root, "Type", goods.permit_type)
    FORM.add(root, "Day", goods.day.isoformat())
    FORM.add(root, "Commodity", goods.hs)
    FORM.add(root, "Quantity", _number(goods.quantity), unit=goods.unit)
    if goods.value is not None:
        FORM.add(root, "Value", _number(goods.value), currency=goods.currency)
    for identifier, name in goods.parties:
        party = FORM.add(root, "Party")
        if identifier := clean(identifier, 35):
            FORM.add(party, "ID", identifier)
        if name := clean(name, 140):
            FORM.add(party, "Name", name)
    for key in goods.consignment[:MOST_NUMBERS]:
        kind, _colon, number = key.partition(":")
        FORM.add(root, "Consignment", number, kind=kind)


def read(kind: str, body: bytes) -> Told | Answered:
    """The message of this kind in some bytes. Raises NotValid for anything else."""
    root = FORM.read(kind, _ROOTS[kind], body)
    try:
        return _read_answer(root) if kind == ANSWER else _read_told(_AIMS[kind], root)
    except ValueError as error:
        raise FORM.fault(str(error)) from error


def _read_told(aim: UseState, root: etree._Element) -> Told:
    goods = None
    if aim is not UseState.FREED:
        value = root.find(FORM.name("Value"))
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
                for party in root.findall(FORM.name("Party"))
            ),
            consignment=tuple(
                f"{one.get('kind')}:{text_of(one)}"
                for one in root.findall(FORM.name("Consignment"))
            ),
        )
    return Told(**_head(root), mrn=_text(root, "MRN"), item=int(_text(root, "Item")), aim=aim,
                goods=goods)


def _read_answer(root: etree._Element) -> Answered:
    refused, reason = _text(root, "Result") == "refused", _text(root, "Reason")
    if refused != bool(reason):
        raise ValueError("A refusal has a reason, and nothing else has.")
    left = root.find(FORM.name("Left"))
    return Answered(
        **_head(root), reason=reason, left=None if left is None else Decimal(_text(root, "Left")),
        unit="" if left is None else _attribute(root, "Left", "unit"),
    )


def _head(root: etree._Element) -> dict[str, Any]:
    return {
        "use": UUID(_text(root, "Use")), "revision": int(_text(root, "Revision")),
        "at": datetime.fromisoformat(_text(root, "At")), "permit": _text(root, "Permit"),
    }


def _number(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _text(parent: etree._Element, name: str) -> str:
    """What stands in a child, as the token that the schema judged; "" without it."""
    return text_of(parent.find(FORM.name(name)))


def _attribute(root: etree._Element, name: str, attribute: str) -> str:
    found = root.find(FORM.name(name))
    return str(found.get(attribute, "")) if found is not None else ""
