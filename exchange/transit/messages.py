"""The messages of a transit as XML: written for neighbours, read from them strictly.

``transit-1.xsd`` is the form; docs/transit.md says what each message means. Pure: no database.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lxml import etree

from exchange.documents import Form, moment, text_of, written
from exchange.transit.limits import MAX_BYTES
from exchange.transit.states import Part, Step

FORM = Form(
    "urn:single-window:transit:1", Path(__file__).with_name("transit-1.xsd"), "transit-invalid",
    MAX_BYTES,
)
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
    Step.CHANGE: "MovementChange",
    Step.CANCEL: "Cancellation",
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
_STOP = {"Office": "office", "Country": "country", "Part": "part", "Expected": "expected",
         "Passed": "passed"}
_LISTS = frozenset({"Commodity", "Seal"})


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


def write(message: Message) -> bytes:
    """The XML of a message."""
    root = FORM.begin(ROOTS[message.step])
    FORM.add(root, "MRN", message.mrn)
    FORM.add(root, "DepartureCountry", message.departure_country)
    FORM.add(root, "At", moment(message.at))
    for name, key in _order(message.step):
        value = message.data.get(key)
        if name == "Stop":
            for stop in value or []:
                inside = FORM.add(root, name)
                for part, of in _STOP.items():
                    if stop.get(of):
                        FORM.add(inside, part, stop[of])
        elif name in _LISTS:
            for one in value or []:
                FORM.add(root, name, one)
        elif value:
            FORM.add(root, name, value)
    return written(root)


def read(kind: str, body: bytes) -> Message:
    """The message of this kind in some bytes. Raises NotValid for anything else."""
    step = Step(kind)
    root = FORM.read(kind, ROOTS[step], body)
    try:
        return _read(step, root)
    except ValueError as error:  # a moment that the calendar does not have
        raise FORM.fault(str(error)) from error


def _read(step: Step, root: etree._Element) -> Message:
    data: dict[str, Any] = {}
    for child in root:
        name = etree.QName(child).localname
        if name == "Stop":
            stop = {_STOP[etree.QName(one).localname]: text_of(one) for one in child}
            data.setdefault("itinerary", []).append(stop)
        elif name in _LISTS:
            data.setdefault(_ELEMENTS[name], []).append(text_of(child))
        elif name in _ELEMENTS:
            data[_ELEMENTS[name]] = text_of(child)
    for key in ("time_limit", "answer_by"):
        if key in data:
            datetime.fromisoformat(data[key])
    if "itinerary" in data:
        _check_itinerary(data["itinerary"])
    head = {name: text_of(root.find(FORM.name(name)))
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
        for name in ("expected", "passed"):
            if name in stop:
                datetime.fromisoformat(stop[name])


def _order(step: Step) -> list[tuple[str, str]]:
    """The elements of a step's message after its head, in the order of the schema."""
    described = step in (Step.ANNOUNCE, Step.CHANGE)
    return [(name, _ELEMENTS[name]) for name in (_ANNOUNCED if described else _TOLD)]
