"""Validate message bytes against a profile: every layer in turn, up to the schema.

lxml gives the verdict. Only a rejected message is explained, within bounds of size and time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, cast

from lxml import etree

from . import wording
from .dataset import Declaration
from .explain import Explanation, explain
from .faults import Fault, Layer, MessageError, capped
from .i18n import gettext_noop as _
from .kinds import MessageKind
from .lxml_faults import MAX_ENTRIES, NO_ROOT, STRUCTURE, explain_entry
from .places import place_inside
from .pointers import to_pointer
from .profiles import Profile
from .reader import MAX_BYTES, Message, read
from .schemas import explainer, lxml_schema
from .xml_form import local_name

MAX_EXPLAINED_BYTES = 4 * 1024 * 1024
MAX_EXPLAINED_ELEMENTS = 60_000


_STRUCTURAL = frozenset(
    f"SW-XSD-{name}" for name in ("MISSING", "UNKNOWN", "ORDER", "TOO-MANY", "NAMESPACE", "TYPE")
)


@dataclass(slots=True)
class Verdict:
    """What became of a message. ``layer`` is the check that refused it, None if none did."""

    accepted: bool
    layer: Layer | None = None
    faults: list[Fault] = field(default_factory=list)
    message: Message | None = None
    kind: MessageKind | None = None


def validate(
    body: bytes,
    profile: Profile,
    kind: MessageKind | None = None,
    *,
    max_bytes: int = MAX_BYTES,
) -> Verdict:
    """Check ``body``; never raises for anything a sender can do.

    Without ``kind`` the message says itself what it is, by Declaration/TypeCode.
    """
    try:
        message = read(body, max_bytes=max_bytes)
    except MessageError as error:
        return Verdict(False, error.faults[0].layer, error.faults)
    found = _kind_of(message.root, profile, kind)
    if isinstance(found, Fault):
        return Verdict(False, Layer.ROOT, [found], message, kind)
    return _against(message, profile.kinds[found].entry, len(body), found)


def recognise(message: Message, profile: Profile) -> MessageKind:
    """The kind of a message that has been read, by its root and its Declaration/TypeCode.

    Raises MessageError for a message that is none of the profile's.
    """
    found = _kind_of(message.root, profile, None)
    if isinstance(found, Fault):
        raise MessageError([found])
    return found


def validate_with_schema(body: bytes, xsd_path: Path, *, max_bytes: int = MAX_BYTES) -> Verdict:
    """Check ``body`` against one schema file. Raises SchemaUnusable for a bad schema."""
    try:
        message = read(body, max_bytes=max_bytes)
    except MessageError as error:
        return Verdict(False, error.faults[0].layer, error.faults)
    return _against(message, xsd_path, len(body), None)


def _kind_of(
    root: etree._Element, profile: Profile, wanted: MessageKind | None
) -> MessageKind | Fault:
    spaces = profile.namespaces
    if root.tag != f"{{{spaces.metadata}}}MetaData":
        return _root_fault(
            "SW-ROOT-01",
            _(
                "The message begins with “%(found)s”; it must begin with MetaData in the "
                "namespace %(expected)s."
            ),
            found=str(root.tag)[:120],
            expected=spaces.metadata,
        )
    for child in root:
        name = local_name(child)
        if name == "Response":
            kind: MessageKind | None = MessageKind.RESPONSE
            break
        if name == "Declaration":
            kind = _declared_kind(child, profile) or wanted
            break
    else:
        return _root_fault(
            "SW-ROOT-02",
            _("The message holds no Declaration. Add it after the message header."),
            "/Declaration",
        )
    if kind is None or kind not in profile.kinds:
        return _root_fault(
            "SW-ROOT-03",
            _("The declaration type is missing or unknown. Use one that begins with %(allowed)s."),
            "/Declaration/TypeCode",
            allowed=", ".join(profile.type_codes),
        )
    if wanted is not None and kind is not wanted:
        return _root_fault(
            "SW-ROOT-04",
            _("This is a message of the kind “%(found)s”; one of the kind “%(expected)s” is due."),
            "/Declaration/TypeCode",
            found=kind.value,
            expected=wanted.value,
        )
    return kind


def _declared_kind(payload: etree._Element, profile: Profile) -> MessageKind | None:
    for child in payload:
        if profile.field_name(Declaration, local_name(child)) == "TypeCode":
            return profile.kind_of((child.text or "").strip())
    return None


def _root_fault(code: str, template: str, path: str = "/MetaData", /, **params: str) -> Fault:
    return Fault(code, Layer.ROOT, template, dict(params), path, to_pointer(path), line=1)


def _against(message: Message, entry: Path, size: int, kind: MessageKind | None) -> Verdict:
    schema = lxml_schema(entry)
    try:
        if schema.validate(message.root):
            return Verdict(True, None, [], message, kind)
    except etree.XMLSchemaValidateError:
        fault = wording.other(place_inside(message.root, "Declaration"))
        return Verdict(False, Layer.XSD, [fault], message, kind)
    log = list(islice(cast("Iterable[Any]", schema.error_log), MAX_ENTRIES))
    if any(line.type_name == NO_ROOT and (line.path or "/").count("/") == 1 for line in log):
        fault = _root_fault(
            "SW-ROOT-01",
            _("The message begins with “%(found)s”, which this kind of message does not know."),
            found=str(message.root.tag)[:120],
        )
        return Verdict(False, Layer.ROOT, [fault], message, kind)
    explained = _explained(message, entry, size)
    faults = _merge(explained, log, message.root)
    return Verdict(False, Layer.XSD, faults, message, kind)


def _explained(message: Message, entry: Path, size: int) -> Explanation:
    if size > MAX_EXPLAINED_BYTES:
        return Explanation()
    if message.root.xpath(f"count(//*) > {MAX_EXPLAINED_ELEMENTS}"):
        return Explanation()
    schema = explainer(entry)
    return explain(message.root, schema) if schema is not None else Explanation()


def _merge(explained: Explanation, log: list[Any], root: etree._Element) -> list[Fault]:
    """The explained faults, and those of lxml at places that they do not cover."""
    faults = list(explained.faults)
    covered = {fault.path for fault in faults}
    # lxml reports a structural fault at another element than we do, and guesses what was meant.
    structure_told = any(fault.code in _STRUCTURAL for fault in faults)
    # Where the list is full, what lxml adds is among those that were counted.
    for line in log if not explained.more else []:
        if line.type_name == STRUCTURE and structure_told:
            continue
        fault, _element = explain_entry(line, root)
        if fault.path in covered or (not fault.path and faults):
            continue
        covered.add(fault.path)
        faults.append(fault)
        # Where it stands in the message; the explained are in that order already.
        faults.insert(
            next((n for n, one in enumerate(faults) if _line(one) > _line(fault)), len(faults) - 1),
            faults.pop(),
        )
    if not faults:
        faults.append(wording.other(place_inside(root, "Declaration")))
    return capped(faults, explained.more, at_least=explained.more > 0 and not explained.complete)


def _line(fault: Fault) -> int:
    return fault.line or 0
