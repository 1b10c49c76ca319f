"""Make a profile from a folder of somebody else's XSDs (DESIGN.md, decision 4).

Nothing outside the folder is read and nothing is fetched: a schema that points elsewhere, or holds
a DOCTYPE, refuses the whole folder, with the file and the line. libxml2 expands entities in what
a schema includes, so the DOCTYPE is looked for in every file before anything is compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

from lxml import etree

from .i18n import gettext_noop as _
from .kinds import TYPE_CODE_PREFIXES, MessageKind
from .profiles import Namespaces, Profile, SchemaSet
from .schemas import SchemaUnusable, compile_schema

_XS = "{http://www.w3.org/2001/XMLSchema}"
_XSI_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_REFERENCES = frozenset(f"{_XS}{tag}" for tag in ("include", "import", "redefine", "override"))
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
MAX_FILES = 1000
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_FAULTS = 50
MAX_DETAIL = 300


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """What is wrong with a schema set. ``file`` is relative to its folder; empty for the whole."""

    code: str
    template: str
    params: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    line: int | None = None

    @property
    def message(self) -> str:
        """The text in English."""
        return self.template % self.params

    def translated(self, gettext: Callable[[str], str]) -> str:
        return gettext(self.template) % self.params

    @property
    def place(self) -> str:
        """``customs/entry.xsd:12``, as compilers write it; empty for the whole set."""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.file else self.message


class SchemasRefused(SchemaUnusable):
    """A schema set is not taken. ``faults`` says why; there is at least one."""

    def __init__(self, faults: Iterable[SchemaFault]) -> None:
        self.faults = list(faults)[:MAX_FAULTS]
        super().__init__("; ".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Schemas:
    """The checked schema files of a folder, parsed."""

    root: Path
    documents: dict[Path, etree._Element]

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def names(self) -> list[str]:
        return sorted(map(self.name, self.documents))

    def reachable(self, entry: Path) -> dict[Path, etree._Element]:
        """The entry schema and all that it includes or imports."""
        found: dict[Path, etree._Element] = {}
        waiting = [entry]
        while waiting:
            path = waiting.pop()
            if path in found:
                continue
            found[path] = self.documents[path]
            waiting.extend(target for target in self._targets(path) if target in self.documents)
        return found

    def _targets(self, path: Path) -> Iterator[Path]:
        for reference in _references(self.documents[path]):
            if location := reference.get("schemaLocation"):
                yield (path.parent / unquote(location)).resolve()

    def roots(self) -> dict[str, frozenset[str]]:
        """Files that can be the root of a kind, with the payloads (``Declaration``, ``Response``)
        that they know; those that no other file includes come first."""
        included = {target for path in self.documents for target in self._targets(path)}
        found = {}
        for path in sorted(self.documents, key=lambda one: (one in included, str(one))):
            declared = set(_declared(self.reachable(path).values()))
            if "MetaData" in declared and declared & {"Declaration", "Response"}:
                found[self.name(path)] = frozenset(declared & {"Declaration", "Response"})
        return found

    def element_names(self, entries: Iterable[str]) -> set[str]:
        """The local names of all elements that the schemas of these entries declare."""
        return {
            name
            for entry in set(entries)
            for document in self.reachable(self.root / entry).values()
            for element in document.iter(f"{_XS}element")
            if (name := element.get("name"))
        }


def read_schemas(folder: Path) -> Schemas:
    """Every XSD of a folder, checked one by one but not compiled. Raises SchemasRefused."""
    root = folder.resolve()
    paths = sorted(path for path in root.rglob("*") if path.suffix.lower() == ".xsd")
    if not paths:
        raise SchemasRefused([SchemaFault(
            "SW-SCHEMA-EMPTY", _("There is no schema in it. Add the files that end in .xsd."))])
    if len(paths) > MAX_FILES:
        raise SchemasRefused([SchemaFault(
            "SW-SCHEMA-MANY",
            _("It has %(count)s schema files; at most %(max)s are taken. Leave out those that no "
              "message needs."),
            {"count": len(paths), "max": MAX_FILES})])
    faults: list[SchemaFault] = []
    documents: dict[Path, etree._Element] = {}
    for path in paths:
        try:
            documents[path] = _document(path, path.relative_to(root).as_posix())
        except SchemasRefused as refused:
            faults += refused.faults
    for path, document in documents.items():
        faults += _outside(path, document, root)
    if faults:
        raise SchemasRefused(sorted(faults, key=lambda fault: (fault.file, fault.line or 0)))
    return Schemas(root, documents)


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
        found = _declared(documents.values())
        faults += _compiled(path, schemas) or _lacking(found, payload, kind, entry)
        if declared.setdefault("MetaData", found.get("MetaData", "")) != found.get("MetaData", ""):
            faults.append(SchemaFault(
                "SW-SCHEMA-SPACES",
                _("Its MetaData is in another namespace than that of the other kinds. Install it "
                  "as a profile of its own."), {}, entry))
        if payload in found:
            declared.setdefault(payload, found[payload])
        for document in documents.values():
            if payload in _declared([document]):
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


def _declared(documents: Iterable[etree._Element]) -> dict[str, str]:
    """The root elements of messages that these schemas declare, with their namespaces."""
    found: dict[str, str] = {}
    for document in documents:
        for element in document.findall(f"{_XS}element"):
            if (name := element.get("name")) in ("MetaData", "Declaration", "Response"):
                found.setdefault(name, document.get("targetNamespace", ""))
    return found


def _moment_namespace(document: etree._Element) -> str:
    """The namespace of the date-time types that a message's schema uses, hence of their
    ``DateTimeString``; empty where it declares them itself."""
    for element in document.iter(f"{_XS}element"):
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


def _references(document: etree._Element) -> list[etree._Element]:
    return list(document.iter(*_REFERENCES))


def _outside(path: Path, document: etree._Element, root: Path) -> Iterator[SchemaFault]:
    """Faults of the places that a schema file refers to."""
    file = path.relative_to(root).as_posix()
    for reference in _references(document):
        location = reference.get("schemaLocation")
        if location is not None and (said := _fault_of(location.strip(), path, root, needed=True)):
            code, template = said
            yield SchemaFault(
                code, template, {"location": location[:200]}, file, _line(reference))
    # With these libxml2 would look for a file elsewhere than where it was just found.
    for element in document.iter():
        if element.get(_BASE) is not None:
            yield SchemaFault(
                "SW-SCHEMA-BASE",
                _("It has xml:base, by which its references lead elsewhere. Remove the attribute."),
                {}, file, _line(element))
    catalogs = document.getroottree().xpath("//processing-instruction('oasis-xml-catalog')")
    for instruction in cast("list[etree._Element]", catalogs):
        yield SchemaFault(
            "SW-SCHEMA-BASE",
            _("It names a catalog, by which its references lead elsewhere. Remove the instruction."),
            {}, file, _line(instruction))
    # Only a hint, which a network is never asked for; but a library might read the file it names.
    for element in document.iter():
        hints = (element.get(_XSI_LOCATION) or "").split()[1::2]
        for hint in hints:
            local = not _SCHEME.match(hint) or hint.lower().startswith("file:")
            if local and (said := _fault_of(hint, path, root, needed=False)):
                yield SchemaFault(said[0], said[1], {"location": hint[:200]}, file, _line(element))


def _fault_of(location: str, path: Path, root: Path, *, needed: bool) -> tuple[str, str] | None:
    if _SCHEME.match(location) or location.startswith("//"):
        return "SW-SCHEMA-NETWORK", _(
            "It refers to %(location)s, outside of the folder; nothing is fetched. Put that file "
            "beside the others and refer to it by its relative path.")
    for text in (location, unquote(location)):
        if text.startswith("/") or "\\" in text or not _inside(path.parent / text, root):
            return "SW-SCHEMA-OUTSIDE", _(
                "It refers to %(location)s, outside of the folder. Refer to a file in the folder, "
                "by its relative path with forward slashes.")
    if needed and not (path.parent / unquote(location)).is_file():
        return "SW-SCHEMA-MISSING", _(
            "It refers to %(location)s, which is not there. Add that file.")
    return None


def _inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, ValueError):  # a zero character, a name too long
        return False


def _line(element: etree._Element) -> int | None:
    return cast("int | None", element.sourceline)


def _document(path: Path, file: str) -> etree._Element:
    """One schema file, parsed without opening anything else. Raises SchemasRefused."""

    def refuse(code: str, template: str, line: int | None = None, **params: Any) -> SchemasRefused:
        return SchemasRefused([SchemaFault(code, template, params, file, line)])

    if path.is_symlink():
        raise refuse("SW-SCHEMA-LINK", _("It is a link. Put the file itself there."))
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise refuse(
                "SW-SCHEMA-LARGE", _("It has more than %(max)s bytes. Split the schema."),
                max=MAX_FILE_BYTES)
        body = path.read_bytes()
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, attribute_defaults=False)
        document = etree.fromstring(body, parser)
    except OSError as error:
        raise refuse(
            "SW-SCHEMA-UNREADABLE", _("It cannot be read: %(detail)s"), detail=error.strerror or ""
        ) from error
    except (etree.LxmlError, ValueError) as error:
        if at := _doctype_line(path.read_bytes()):
            raise _with_doctype(refuse, at) from None
        raise refuse(
            "SW-SCHEMA-SYNTAX", _("It is not well-formed XML: %(detail)s"),
            getattr(error, "lineno", None), detail=str(error)[:MAX_DETAIL]) from None
    if document.getroottree().docinfo.internalDTD is not None:
        raise _with_doctype(refuse, _doctype_line(body) or 1)
    if document.tag != f"{_XS}schema":
        raise refuse(
            "SW-SCHEMA-NONE",
            _("It begins with “%(tag)s” and is no XML Schema. Remove it, or put the schema there."),
            1, tag=str(document.tag)[:120])
    return document


def _with_doctype(refuse: Callable[..., SchemasRefused], line: int) -> SchemasRefused:
    return refuse(
        "SW-SCHEMA-DOCTYPE",
        _("It has a DOCTYPE, which is never taken. Remove the DOCTYPE and its entities."), line)


def _doctype_line(body: bytes) -> int | None:
    """The line of a DOCTYPE; UTF-16 is looked through by leaving out its zeros."""
    at = body.replace(b"\x00", b"").find(b"<!DOCTYPE")
    return None if at < 0 else body.replace(b"\x00", b"")[:at].count(b"\n") + 1
