"""Make a profile from a folder of somebody else's XSDs (DESIGN.md, decision 4).

Nothing outside the folder is read and nothing is fetched: an include or import that points
elsewhere refuses the whole folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from .kinds import TYPE_CODE_PREFIXES, MessageKind
from .profiles import Namespaces, Profile, SchemaSet
from .schemas import SchemaUnusable, compile_schema

_XS = "{http://www.w3.org/2001/XMLSchema}"
MAX_FILES = 200
MAX_FILE_BYTES = 20 * 1024 * 1024


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
) -> Profile:
    """A profile whose schema of each kind is the file ``entries[kind]`` of ``folder``.

    Namespaces are found in the schemas. Raises SchemaUnusable for a file that is missing, leads
    outside the folder or does not compile. The profile is not registered.
    """
    root = folder.resolve()
    kinds: dict[MessageKind, SchemaSet] = {}
    declared: dict[str, str] = {}
    moments: dict[str, str] = {}
    for kind, entry in entries.items():
        path = root / entry
        documents = schema_documents(path, root)
        compile_schema(path)
        kinds[kind] = SchemaSet(path)
        payload = "Response" if kind is MessageKind.RESPONSE else "Declaration"
        for document in documents.values():
            target = document.get("targetNamespace", "")
            for element in document.findall(f"{_XS}element"):
                if element.get("name") in ("MetaData", payload):
                    declared.setdefault(str(element.get("name")), target)
                if element.get("name") == payload:
                    moments.setdefault(payload, _moment_namespace(document) or target)
    if "MetaData" not in declared:
        raise SchemaUnusable("no schema of the folder declares the element MetaData")
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


def _moment_namespace(document: etree._Element) -> str:
    """The namespace of the date-time types that a message's schema uses, hence of their
    ``DateTimeString``; empty where it declares them itself."""
    for element in document.iter(f"{_XS}element"):
        prefix, colon, _name = (element.get("type") or "").partition(":")
        if (element.get("name") or "").endswith("DateTime") and colon:
            return element.nsmap.get(prefix, "")
    return ""


def schema_documents(entry: Path, root: Path) -> dict[Path, etree._Element]:
    """The entry schema and all it includes or imports. Raises SchemaUnusable."""
    found: dict[Path, etree._Element] = {}
    waiting = [entry]
    while waiting:
        path = waiting.pop().resolve()
        if path in found:
            continue
        if not path.is_relative_to(root):
            raise SchemaUnusable(f"{path.name} lies outside the folder")
        if len(found) >= MAX_FILES:
            raise SchemaUnusable(f"more than {MAX_FILES} schema files")
        found[path] = _document(path)
        for tag in ("include", "import", "redefine"):
            for reference in found[path].findall(f"{_XS}{tag}"):
                location = reference.get("schemaLocation")
                if location is None:
                    continue
                if ":" in location or location.startswith(("/", "\\")):
                    raise SchemaUnusable(f"{path.name} refers to {location}, outside the folder")
                waiting.append(path.parent / unquote(location))
    return found


def _document(path: Path) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SchemaUnusable(f"{path.name} is too large")
        document = etree.fromstring(path.read_bytes(), parser)
    except (OSError, etree.LxmlError) as error:
        raise SchemaUnusable(f"{path.name}: {error}") from error
    if document.getroottree().docinfo.internalDTD is not None:
        raise SchemaUnusable(f"{path.name} has a DOCTYPE")
    return document
