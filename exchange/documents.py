"""Small XML documents of our own, which neighbours send each other: written, and read strictly.

The layers are those of a declaration: size, encoding, hardened parse, DOCTYPE, root, schema. Pure: no
database.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from declarations import wco
from declarations.wco import schemas
from declarations.wco.reader import read as read_hardened

_FAULTS_SHOWN = 10
_compiled = threading.local()


class NotValid(ValueError):
    """Bytes that are no such document. ``errors``: what is wrong, for a problem document."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(str(error["message"]) for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Form:
    """One sort of document. ``code``: of the fault of what is not of its form."""

    namespace: str
    schema: Path
    code: str
    max_bytes: int

    def begin(self, root: str) -> etree._Element:
        return etree.Element(self.name(root), nsmap={None: self.namespace})  # type: ignore[dict-item]

    def add(
        self, parent: etree._Element, name: str, text: str | None = None, **attributes: str
    ) -> etree._Element:
        child = etree.SubElement(parent, self.name(name), attributes)
        child.text = text
        return child

    def name(self, local: str) -> str:
        return f"{{{self.namespace}}}{local}"

    def read(self, kind: str, root_name: str, body: bytes) -> etree._Element:
        """The root of a valid document of this kind. Raises NotValid for anything else."""
        try:
            root = read_hardened(body, max_bytes=self.max_bytes).root
        except wco.MessageError as error:
            raise NotValid([fault.to_dict() for fault in error.faults]) from error
        if next(root.iter(etree.Comment, etree.ProcessingInstruction), None) is not None:
            raise self.fault("A message has no comments and no processing instructions.")
        if root.tag != self.name(root_name):
            raise self.fault(f"A message of kind {kind} is a {root_name} of {self.namespace}.")
        schema = self._schema()
        if not schema.validate(root):
            raise self.fault(*(
                f"Line {entry.line}: {entry.message[:300]}"
                for entry in islice(schema.error_log, _FAULTS_SHOWN)  # type: ignore[call-overload]
            ))
        return root

    def fault(self, *words: str) -> NotValid:
        return NotValid([{"code": self.code, "message": one} for one in words])

    def _schema(self) -> etree.XMLSchema:
        """Compiled once per thread: lxml's keeps the errors of the last validation."""
        compiled: dict[str, etree.XMLSchema] = _compiled.__dict__.setdefault("schemas", {})
        if self.namespace not in compiled:
            compiled[self.namespace] = schemas.compiled(etree.fromstring(self.schema.read_bytes()))
        return compiled[self.namespace]


def written(root: etree._Element) -> bytes:
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return body


def text_of(element: etree._Element | None) -> str:
    """What stands in an element, as the token that the schema judged; "" without it."""
    return " ".join((element.text or "").split()) if element is not None else ""


def moment(at: datetime) -> str:
    """A moment as the documents write it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clean(text: str, length: int = 250) -> str:
    """Words on one line, without what XML cannot carry, cut to ``length`` characters."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:length].rstrip()
