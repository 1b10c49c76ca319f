"""The door: what can be told of a message at once, before anything is kept.

Cheap and certain checks only: size, encoding, well-formedness, DOCTYPE, root, profile, kind, LRN.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as _

from declarations import wco
from declarations.profiles import store
from declarations.wco import Fault, Layer, MessageError
from declarations.wco.pointers import to_pointer
from declarations.wco.xml_form import find_payload, local_name

LRN_PATH = "/Declaration/FunctionalReferenceID"
# UN/EDIFACT 1225: the message takes the place of one that was filed before.
REPLACES = frozenset({"4", "5"})
CHANGES = frozenset({wco.MessageKind.CANCELLATION, wco.MessageKind.AMENDMENT})
# Of the column; a profile may allow fewer characters, which its schema then says.
MAX_LRN = 35


class IntakeRefused(Exception):
    """A message was not taken in and nothing was kept. ``status`` is the HTTP status that fits."""

    def __init__(self, faults: list[Fault], status: int) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults
        self.status = status


@dataclass(frozen=True, slots=True)
class Peeked:
    """What the door learns of a message without checking it.

    ``lrn`` is the message's own reference: of one that corrects or cancels it is not that of the
    declaration, which it names by ``mrn``.
    """

    profile: wco.Profile
    kind: wco.MessageKind
    lrn: str
    sha256: str
    mrn: str = ""
    function: str = ""

    @property
    def corrects(self) -> bool:
        """It names places of a declaration, or the declaration to be cancelled, and is none."""
        return self.kind in CHANGES

    @property
    def is_change(self) -> bool:
        """It is about a declaration that was filed before."""
        return self.corrects or self.function in REPLACES


def peek(body: bytes, profile: str = "carec") -> Peeked:
    """Read what must be known of a message at once. Raises IntakeRefused."""
    if len(body) > settings.MAX_MESSAGE_BYTES:
        raise too_large(len(body))
    if body.lstrip()[:1] in (b"{", b"["):
        raise refused(
            "SW-SYNTAX-02",
            _("The message looks like JSON where XML is due. Send XML, or say that it is JSON: "
              "Content-Type: application/json."),
            layer=Layer.SYNTAX,
        )
    found = find_profile(profile)
    try:
        message = wco.read(body, max_bytes=settings.MAX_MESSAGE_BYTES)
        kind = wco.recognise(message, found)
    except MessageError as error:
        size = error.faults[0].layer is Layer.SIZE and body.strip()
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if size else HTTPStatus.BAD_REQUEST
        raise IntakeRefused(error.faults, status) from None
    if kind is wco.MessageKind.RESPONSE:
        raise refused(
            "SW-ROOT-05",
            _("A response is not filed here. File an import, an export, a transit or a permit "
              "application, or a message that amends or cancels one."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.ROOT, "/MetaData",
        )
    said = _said_by(message, found)
    lrn = said.get("FunctionalReferenceID", "")
    if not lrn:
        raise refused(
            "SW-LRN-01",
            _("The local reference number (LRN) is missing. Put your own number for this "
              "declaration into FunctionalReferenceID."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.XSD, LRN_PATH,
        )
    if len(lrn) > MAX_LRN:
        raise refused(
            "SW-LRN-02",
            _("The local reference number (LRN) has %(length)s characters; at most %(max)s are "
              "taken. Use a shorter one."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.XSD, LRN_PATH,
            length=len(lrn), max=MAX_LRN,
        )
    return Peeked(
        found, kind, lrn, message.sha256, said.get("ID", ""), said.get("FunctionCode", "")
    )


def _said_by(message: wco.Message, profile: wco.Profile) -> dict[str, str]:
    """What a message says of itself. Reading the dataset of 999 items would take longer than all
    the rest here."""
    said: dict[str, str] = {}
    payload = find_payload(message.root)
    for child in () if payload is None else payload:
        name = profile.field_name(wco.Declaration, local_name(child))
        if name in ("FunctionalReferenceID", "ID", "FunctionCode"):
            said.setdefault(name, str(child.xpath("string()")).strip())
    return said


def xml_from_json(body: bytes, profile: str = "carec") -> bytes:
    """The XML message of a dataset in JSON, by the writer that the forms use.

    Numbers keep their digits: they are read as text, never as binary floats. Raises IntakeRefused.
    """
    if len(body) > settings.MAX_MESSAGE_BYTES:
        raise too_large(len(body))
    if not body.strip():
        raise refused(
            "SW-SIZE-02", _("The message is empty. Send the dataset as JSON."), layer=Layer.SIZE
        )
    found = find_profile(profile)
    try:
        data = json.loads(
            body.decode("utf-8-sig"), parse_float=str, object_pairs_hook=_once_each
        )
    except UnicodeDecodeError:
        raise refused(
            "SW-ENCODING-01", _("JSON must be in UTF-8. Save it as UTF-8 and send it again."),
            layer=Layer.ENCODING,
        ) from None
    except (ValueError, RecursionError) as error:
        raise refused(
            "SW-SYNTAX-03",
            _("The message is not JSON: see line %(line)s. Correct it there, or send XML with "
              "Content-Type: application/xml."),
            layer=Layer.SYNTAX, line=getattr(error, "lineno", 1),
        ) from None
    try:
        return wco.to_xml(wco.from_json(data), found, country=settings.PORTAL_COUNTRY)
    except MessageError as error:
        raise IntakeRefused(error.faults, HTTPStatus.UNPROCESSABLE_ENTITY) from None


def find_profile(name: str) -> wco.Profile:
    """The profile in force today, by ``name`` or ``name@version``. Raises IntakeRefused."""
    try:
        return store.find(name)
    except wco.UnknownProfile:
        known = ", ".join(sorted(store.built_in()))
        raise refused(
            "SW-PROFILE-01",
            _("No message profile “%(name)s” is in force. Use one of: %(known)s."),
            HTTPStatus.UNPROCESSABLE_ENTITY, Layer.ROOT,
            name=name[:40], known=known,
        ) from None


def too_large(size: int) -> IntakeRefused:
    return refused(
        "SW-SIZE-01",
        _("The message has %(size)s bytes; at most %(max)s are taken. Split it into several "
          "messages."),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Layer.SIZE,
        size=size, max=settings.MAX_MESSAGE_BYTES,
    )


def refused(
    code: str,
    template: str,
    status: int = HTTPStatus.BAD_REQUEST,
    layer: Layer = Layer.RULE,
    path: str = "",
    *,
    line: int | None = None,
    **params: Any,
) -> IntakeRefused:
    if line is not None:
        params["line"] = line
    fault = Fault(code, layer, template, params, path, to_pointer(path), line)
    return IntakeRefused([fault], status)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose names are unique; a repeated one would silently win over the first."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
