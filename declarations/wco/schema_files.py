"""The schema files of a folder, checked before anything is compiled (DESIGN.md, decision 4).

Nothing outside the folder is read and nothing is fetched: a schema that points elsewhere, or holds
a DOCTYPE, refuses the whole folder, with the file and the line. libxml2 expands entities in what
a schema includes, so the DOCTYPE is looked for in every file before anything is compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

from lxml import etree

from .i18n import gettext_noop as _
from .schemas import SchemaUnusable

XS = "{http://www.w3.org/2001/XMLSchema}"
_XSI_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_REFERENCES = frozenset(f"{XS}{tag}" for tag in ("include", "import", "redefine", "override"))
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
            declared = set(declared_in(self.reachable(path).values()))
            if "MetaData" in declared and declared & {"Declaration", "Response"}:
                found[self.name(path)] = frozenset(declared & {"Declaration", "Response"})
        return found

    def element_names(self, entries: Iterable[str]) -> set[str]:
        """The local names of all elements that the schemas of these entries declare."""
        return {
            name
            for entry in set(entries)
            for document in self.reachable(self.root / entry).values()
            for element in document.iter(f"{XS}element")
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


def declared_in(documents: Iterable[etree._Element]) -> dict[str, str]:
    """The root elements of messages that these schemas declare, with their namespaces."""
    found: dict[str, str] = {}
    for document in documents:
        for element in document.findall(f"{XS}element"):
            if (name := element.get("name")) in ("MetaData", "Declaration", "Response"):
                found.setdefault(name, document.get("targetNamespace", ""))
    return found


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
    if document.tag != f"{XS}schema":
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
