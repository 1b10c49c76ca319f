"""Compiled schemas. Compiling costs a hundred validations, so it is done once.

lxml: one ``XMLSchema`` per thread, because the error log belongs to the schema object and threads
that share one read each other's faults. They are compiled one at a time: libxml2 sets up its built-in
types with the first schema of a process, and two first ones at once come out wrong. xmlschema: one per
process, behind a lock; it is read only.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

_local = threading.local()
_explainer_lock = threading.Lock()
_compiling = threading.Lock()


class SchemaUnusable(Exception):
    """A schema set cannot be compiled: a file is missing or wrong."""


def lxml_schema(entry: Path) -> etree.XMLSchema:
    """This thread's compiled schema. Raises SchemaUnusable."""
    cache: dict[str, etree.XMLSchema] = _local.__dict__.setdefault("schemas", {})
    key = str(entry)
    if key not in cache:
        cache[key] = compile_schema(entry)
    return cache[key]


def compile_schema(entry: Path) -> etree.XMLSchema:
    """A schema compiled anew. Raises SchemaUnusable."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        # base_url lets includes be found beside the file, without a path for etree.parse to open.
        document = etree.fromstring(entry.read_bytes(), parser, base_url=str(entry.resolve()))
        return compiled(document)
    except (OSError, etree.LxmlError) as error:
        raise SchemaUnusable(f"{entry.name}: {error}") from error


def compiled(document: etree._Element) -> etree.XMLSchema:
    """A schema of one's own; while another thread compiles one, it waits. Raises XMLSchemaParseError."""
    with _compiling:
        return etree.XMLSchema(document)


def explainer(entry: Path) -> Any:
    """The process's xmlschema object for explaining faults, or None where it cannot be built."""
    with _explainer_lock:
        return _explainer(str(entry.resolve()))


@lru_cache(maxsize=64)
def _explainer(entry: str) -> Any:
    import xmlschema  # imported late: a process that rejects nothing never pays for it

    try:
        return xmlschema.XMLSchema10(entry, allow="local")
    except Exception:
        return None
