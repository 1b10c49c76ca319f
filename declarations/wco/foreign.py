"""Make a profile from a folder of somebody else's XSDs (DESIGN.md, decision 4).

The files are checked by ``schema_files`` before any of them is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from .i18n import gettext_noop as _
from .kinds import TYPE_CODE_PREFIXES, MessageKind
from .profiles import Namespaces, Profile, SchemaSet
from .schema_files import MAX_DETAIL as MAX_DETAIL
from .schema_files import MAX_FAULTS as MAX_FAULTS
from .schema_files import MAX_FILE_BYTES as MAX_FILE_BYTES
from .schema_files import XS, declared_in
from .schema_files import SchemaFault as SchemaFault
from .schema_files import Schemas as Schemas
from .schema_files import SchemasRefused as SchemasRefused
from .schema_files import read_schemas as read_schemas
from .schemas import SchemaUnusable, compile_schema


def profile_from_folder(
    name: str,
    version: str,
    folder: Path,
    entries: Mapping[MessageKind, str],
    valid_from: date,
    *,
    valid_to: date | None = None,
    names: Mapping[str, str] | None = None,
    type_codes: Mapping[str, MessageKind] | None = None,
    customization: str = "",
    schemas: Schemas | None = None,
) -> Profile:
    """A profile whose schema of each kind is the file ``entries[kind]`` of ``folder``.

    Namespaces are found in the schemas. Raises SchemasRefused for a file that is missing, leads
    outside the folder or does not compile. The profile is not registered. ``schemas``: the folder,
    when it has been read already.
    """
    schemas = schemas or read_schemas(folder)
    faults: list[SchemaFault] = []
    kinds: dict[MessageKind, SchemaSet] = {}
    declared: dict[str, str] = {}
    moments: dict[str, str] = {}
    for kind, entry in entries.items():
        path = (schemas.root / entry).resolve()
        if path not in schemas.documents:
            faults.append(SchemaFault(
                "SW-SCHEMA-ENTRY",
                _("The root schema of “%(kind)s” is not among the files. Choose one of them."),
                {"kind": kind.value}, entry))
            continue
        payload = "Response" if kind is MessageKind.RESPONSE else "Declaration"
        documents = schemas.reachable(path)
        found = declared_in(documents.values())
        faults += _compiled(path, schemas) or _lacking(found, payload, kind, entry)
        if declared.setdefault("MetaData", found.get("MetaData", "")) != found.get("MetaData", ""):
            faults.append(SchemaFault(
                "SW-SCHEMA-SPACES",
                _("Its MetaData is in another namespace than that of the other kinds. Install it "
                  "as a profile of its own."), {}, entry))
        if payload in found:
            declared.setdefault(payload, found[payload])
        for document in documents.values():
            if payload in declared_in([document]):
                moment = _moment_namespace(document) or found[payload]
                moments.setdefault(payload, moment)
        kinds[kind] = SchemaSet(path)
    if not kinds and not faults:
        faults.append(SchemaFault(
            "SW-SCHEMA-KINDS", _("Choose the root schema of at least one kind of message.")))
    if faults:
        raise SchemasRefused(_once(faults))
    return Profile(
        name=name,
        version=version,
        valid_from=valid_from,
        valid_to=valid_to,
        kinds=kinds,
        namespaces=Namespaces(
            declared["MetaData"],
            declared.get("Declaration", ""),
            declared.get("Response", ""),
            moments.get("Declaration", ""),
            moments.get("Response", ""),
        ),
        names=dict(names or {}),
        type_codes=dict(type_codes or TYPE_CODE_PREFIXES),
        customization=customization,
    )


def _once(faults: list[SchemaFault]) -> list[SchemaFault]:
    """Two kinds of one root schema have its faults only once."""
    return list({(str(fault), fault.code): fault for fault in faults}.values())


def _lacking(
    found: Mapping[str, str], payload: str, kind: MessageKind, entry: str
) -> list[SchemaFault]:
    return [
        SchemaFault(
            "SW-SCHEMA-ROOT",
            _("It declares no element %(element)s, which a message of the kind “%(kind)s” holds. "
              "Choose the schema that brings MetaData and %(payload)s together."),
            {"element": element, "kind": kind.value, "payload": payload}, entry)
        for element in ("MetaData", payload)
        if element not in found
    ]


def _moment_namespace(document: etree._Element) -> str:
    """The namespace of the date-time types that a message's schema uses, hence of their
    ``DateTimeString``; empty where it declares them itself."""
    for element in document.iter(f"{XS}element"):
        prefix, colon, _name = (element.get("type") or "").partition(":")
        if (element.get("name") or "").endswith("DateTime") and colon:
            return element.nsmap.get(prefix, "")
    return ""


def _compiled(path: Path, schemas: Schemas) -> list[SchemaFault]:
    """What keeps a root schema from compiling, by file and line; empty if nothing does."""
    try:
        compile_schema(path)
    except SchemaUnusable as unusable:
        log = getattr(unusable.__cause__, "error_log", None) or []
        return [
            SchemaFault(
                "SW-SCHEMA-COMPILE",
                _("The schema does not compile: %(detail)s"),
                {"detail": _short(entry.message, schemas.root)},
                _relative(entry.filename, schemas.root) or schemas.name(path),
                entry.line or None,
            )
            for entry in list(log)[:MAX_FAULTS]
            if entry.level_name != "WARNING"
        ] or [SchemaFault(
            "SW-SCHEMA-COMPILE", _("The schema does not compile: %(detail)s"),
            {"detail": _short(str(unusable.__cause__), schemas.root)}, schemas.name(path))]
    return []


def _short(text: str, root: Path) -> str:
    """A parser's words, without the folder that the schemas happen to lie in."""
    text = " ".join(text.replace(root.as_uri() + "/", "").replace(f"{root}/", "").split())
    return text if len(text) <= MAX_DETAIL else text[: MAX_DETAIL - 1] + "…"


def _relative(filename: str | None, root: Path) -> str:
    """A file of the set as its name there; empty for the ``<string>`` of a parser."""
    path = Path(unquote((filename or "").removeprefix("file://")))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
