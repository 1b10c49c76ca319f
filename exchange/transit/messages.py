"""The messages of a transit as XML: written for neighbours, read from them strictly.

``transit-1.xsd`` is the form; docs/transit.md says what each message means. Pure: no database.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from declarations import wco
from declarations.wco.reader import read as read_hardened
from exchange.transit.limits import MAX_BYTES
from exchange.transit.states import Part, Step

NAMESPACE = "urn:single-window:transit:1"
SCHEMA = Path(__file__).with_name("transit-1.xsd")
ROOTS = {
    Step.ANNOUNCE: "AnticipatedArrival",
    Step.PASS: "BorderPassage",
    Step.ARRIVE: "ArrivalAdvice",
    Step.CONTROL: "ControlResult",
    Step.DISCHARGE: "Discharge",
    Step.INCIDENT: "Incident",
    Step.ENQUIRE: "Enquiry",
    Step.ANSWER: "EnquiryAnswer",
    Step.CLAIM: "Recovery",
}
# Element to the name in a step's data, in the order of the schema; those that repeat are lists.
_ELEMENTS = {
    "Principal": "principal", "Goods": "goods", "Commodity": "hs", "GrossMass": "gross_mass",
    "Packages": "packages", "Office": "office", "Incident": "incident", "Result": "result",
    "Seals": "seal_state", "Vehicle": "vehicle", "Seal": "seals", "TimeLimit": "time_limit",
    "AnswerBy": "answer_by", "Stop": "itinerary", "Remark": "remark",
}
_ANNOUNCED = ("Principal", "Goods", "Commodity", "GrossMass", "Packages", "Vehicle", "Seal", "TimeLimit",
              "Stop")
_TOLD = ("Office", "Incident", "Result", "Seals", "Vehicle", "Seal", "AnswerBy", "Remark")
_STOP = {"Office": "office", "Country": "country", "Part": "part", "Expected": "expected"}
_LISTS = frozenset({"Commodity", "Seal"})
_FAULTS_SHOWN = 10
_compiled = threading.local()


class NotValid(ValueError):
    """Bytes that are no such message. ``errors``: what is wrong, for a problem document."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(str(error["message"]) for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Message:
    """What one country tells the others: the step, of which movement, when, and its particulars.

    ``data`` is plain JSON; moments in it are ISO 8601 texts in UTC.
    """

    step: Step
    departure_country: str
    mrn: str
    at: datetime
    data: dict[str, Any]


def moment(at: datetime) -> str:
    """A moment as the messages write it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clean(text: str, length: int = 250) -> str:
    """Words on one line, without what XML cannot carry, cut to ``length`` characters."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:length].rstrip()


def write(message: Message) -> bytes:
    """The XML of a message."""
    root = etree.Element(f"{{{NAMESPACE}}}{ROOTS[message.step]}", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    _add(root, "MRN", message.mrn)
    _add(root, "DepartureCountry", message.departure_country)
    _add(root, "At", moment(message.at))
    for name, key in _order(message.step):
        value = message.data.get(key)
        if name == "Stop":
            for stop in value or []:
                inside = _add(root, name)
                for part, of in _STOP.items():
                    if stop.get(of):
                        _add(inside, part, stop[of])
        elif name in _LISTS:
            for one in value or []:
                _add(root, name, one)
        elif value:
            _add(root, name, value)
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return body


def read(kind: str, body: bytes) -> Message:
    """The message of this kind in some bytes. Raises NotValid for anything else."""
    step = Step(kind)
    try:
        root = read_hardened(body, max_bytes=MAX_BYTES).root
    except wco.MessageError as error:
        raise NotValid([fault.to_dict() for fault in error.faults]) from error
    if next(root.iter(etree.Comment, etree.ProcessingInstruction), None) is not None:
        raise NotValid([_fault("A message has no comments and no processing instructions.")])
    if root.tag != f"{{{NAMESPACE}}}{ROOTS[step]}":
        raise NotValid([_fault(f"A message of kind {kind} is a {ROOTS[step]} of {NAMESPACE}.")])
    schema = _schema()
    if not schema.validate(root):
        raise NotValid([
            _fault(f"Line {entry.line}: {entry.message[:300]}")
            for entry in islice(schema.error_log, _FAULTS_SHOWN)  # type: ignore[call-overload]
        ])
    try:
        return _read(step, root)
    except ValueError as error:  # a moment that the calendar does not have
        raise NotValid([_fault(str(error))]) from error


def _read(step: Step, root: etree._Element) -> Message:
    data: dict[str, Any] = {}
    for child in root:
        name = etree.QName(child).localname
        if name == "Stop":
            stop = {_STOP[etree.QName(one).localname]: _text(one) for one in child}
            data.setdefault("itinerary", []).append(stop)
        elif name in _LISTS:
            data.setdefault(_ELEMENTS[name], []).append(_text(child))
        elif name in _ELEMENTS:
            data[_ELEMENTS[name]] = _text(child)
    for key in ("time_limit", "answer_by"):
        if key in data:
            datetime.fromisoformat(data[key])
    if step == Step.ANNOUNCE:
        _check_itinerary(data["itinerary"])
    head = {name: _text(root.find(f"{{{NAMESPACE}}}{name}"))
            for name in ("MRN", "DepartureCountry", "At")}
    return Message(step, head["DepartureCountry"], head["MRN"],
                   datetime.fromisoformat(head["At"]), data)


def _check_itinerary(stops: list[dict[str, str]]) -> None:
    """It begins at the departure, ends at the destination, and passes each office once."""
    parts = [stop["part"] for stop in stops]
    between = set(parts[1:-1]) - {Part.TRANSIT}
    if parts[0] != Part.DEPARTURE or parts[-1] != Part.DESTINATION or between:
        raise ValueError("An itinerary is one departure, offices of transit, one destination.")
    if len({stop["office"] for stop in stops}) < len(stops):
        raise ValueError("An itinerary names each office once.")
    for stop in stops:
        if "expected" in stop:
            datetime.fromisoformat(stop["expected"])


def _order(step: Step) -> list[tuple[str, str]]:
    """The elements of a step's message after its head, in the order of the schema."""
    return [(name, _ELEMENTS[name]) for name in (_ANNOUNCED if step == Step.ANNOUNCE else _TOLD)]


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child


def _text(element: etree._Element | None) -> str:
    """What stands in an element, as the token that the schema judged."""
    return " ".join((element.text or "").split()) if element is not None else ""


def _fault(words: str) -> dict[str, Any]:
    return {"code": "transit-invalid", "message": words}


def _schema() -> etree.XMLSchema:
    """Compiled once per thread: lxml's keeps the errors of the last validation."""
    found: etree.XMLSchema | None = getattr(_compiled, "schema", None)
    if found is None:
        found = _compiled.schema = etree.XMLSchema(etree.parse(SCHEMA))
    return found
