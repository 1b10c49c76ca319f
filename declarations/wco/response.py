"""Write and read the answers of an authority (WCO Response)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum

from .dataset import (
    Error,
    Pointer,
    Response,
    ResponseDeclaration,
    ResponseInformation,
    Status,
)
from .faults import Fault, MessageError, PointerStep, capped
from .kinds import MessageKind
from .profiles import CAREC, Profile
from .validator import validate
from .values import DateTime
from .xml_form import find_payload, load, response_to_xml


class FunctionCode(StrEnum):
    """What a response announces (status vocabulary of the WCO Response, UK usage)."""

    ACCEPTED = "01"
    RECEIVED = "02"
    REJECTED = "03"
    CONTROL = "05"
    DOCUMENTS_REQUIRED = "06"
    RELEASE_DECISION = "07"
    RELEASED = "08"
    CLEARED = "09"
    INVALIDATED = "10"
    REQUEST = "11"
    TAX_DUE = "13"
    PAYMENT_REQUESTED = "14"
    PAYMENT_REMINDER = "15"
    EXIT = "16"
    GOODS_EXIT = "18"



def write_response(
    response: Response, profile: Profile, country: str, agency: str | None = None
) -> bytes:
    """The response as message bytes, valid against the profile's response schema."""
    return response_to_xml(response, profile, country=country, agency=agency)


def read_response(body: bytes, profile: Profile = CAREC) -> Response:
    """The response in message bytes. Raises MessageError for a message that is not valid."""
    verdict = validate(body, profile, MessageKind.RESPONSE)
    if not verdict.accepted or verdict.message is None:
        raise MessageError(verdict.faults)
    payload = find_payload(verdict.message.root, "Response")
    return Response() if payload is None else load(payload, Response, profile)


def notice(
    function_code: FunctionCode,
    lrn: str | None,
    mrn: str | None = None,
    *,
    status: str | None = None,
    statements: Iterable[str] = (),
    reference: str | None = None,
    at: datetime | None = None,
    version: int | None = None,
) -> Response:
    """A notice about a declaration. ``reference`` is the notice's own number; ``status`` a
    NameCode; ``statements`` texts for the trader."""
    moment = DateTime.of(at or datetime.now(UTC))
    about = ResponseDeclaration(
        FunctionalReferenceID=lrn or None,
        ID=mrn or None,
        VersionID=None if version is None else str(version),
    )
    if function_code is FunctionCode.ACCEPTED:
        about.AcceptanceDateTime = moment
    elif function_code is FunctionCode.REJECTED:
        about.RejectionDateTime = moment
    elif function_code is FunctionCode.INVALIDATED:
        about.CancellationDateTime = moment
    states = []
    if status or function_code is FunctionCode.RELEASED:
        states = [Status(EffectiveDateTime=moment, NameCode=status)]
        if function_code is FunctionCode.RELEASED:
            states[0].ReleaseDateTime = moment
    return Response(
        FunctionCode=function_code.value,
        FunctionalReferenceID=reference,
        IssueDateTime=moment,
        AdditionalInformation=[
            ResponseInformation(StatementDescription=text[:512])
            for text in statements
            if text.strip()
        ],
        Status=states,
        Declaration=about,
    )


def rejection(
    lrn: str | None,
    faults: Iterable[Fault],
    mrn: str | None = None,
    *,
    reference: str | None = None,
    at: datetime | None = None,
    version: int | None = None,
    gettext: Callable[[str], str] = str,
) -> Response:
    """A rejection that lists the faults, each with its code, text and WCO pointer.

    ``gettext`` translates into the language of the one who reads it; English without.
    """
    response = notice(FunctionCode.REJECTED, lrn, mrn, reference=reference, at=at, version=version)
    response.Error = [error_of(fault, gettext) for fault in capped(faults)]
    return response


def error_of(fault: Fault, gettext: Callable[[str], str] = str) -> Error:
    """One fault as an Error of a response."""
    text = _printable(fault.translated(gettext))[:512].strip()
    return Error(
        Description=text or None,
        ValidationCode=fault.code[:17],
        Pointer=[_pointer(step) for step in fault.pointer],
    )


def _pointer(step: PointerStep) -> Pointer:
    return Pointer(step.SequenceNumeric, step.DocumentSectionCode, step.TagID)


def _printable(text: str) -> str:
    """Without characters that XML cannot hold; a fault may quote what a sender wrote."""
    return "".join(
        c
        for c in text
        if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )
