"""Read message bytes safely: size, encoding, DOCTYPE, then a hardened parse.

Nothing here trusts the sender. A DOCTYPE is found before any parser sees it, so no entity is ever
expanded; nothing is fetched; the number of tags and attributes is bounded before memory is spent.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass

from lxml import etree

from .faults import Fault, Layer, MessageError
from .i18n import gettext_noop as _

MAX_BYTES = 10 * 1024 * 1024
MAX_MARKUP = 400_000
"""Most tags, counting start and end; a declaration of 999 full items has about 250,000."""
MAX_ATTRIBUTES = 200_000
MAX_NAMESPACES = 2_000
MAX_ATTRIBUTES_OF_ONE = 64
MAX_DEPTH = 100
MAX_TEXT = 10_000_000
"""Most bytes of one text, attribute or comment: libxml2's own bound."""

# Encodings whose markup characters are those of ASCII, byte for byte. Others (UTF-7, EBCDIC,
# Shift JIS ...) have been used to smuggle markup past checks.
_ASCII_LIKE = re.compile(
    r"utf-?8|us-ascii|ascii|iso-?8859-\d{1,2}|latin-?1|windows-125\d|cp125\d|koi8-[ru]",
    re.IGNORECASE,
)
_XML_DECLARATION = re.compile(
    r"<\?xml\s+version\s*=\s*(?:\"[^\"]*\"|'[^']*')"
    r"(?:\s+encoding\s*=\s*(?:\"([^\"]*)\"|'([^']*)'))?"
)
# Compiled once. An attribute's place among those of its element is cheaper asked than a count.
_TOO_MANY_ATTRIBUTES = etree.XPath(f"boolean(//*/@*[{MAX_ATTRIBUTES_OF_ONE + 1}])")
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_BOMS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as parsed: ``root`` element, ``encoding`` name and ``sha256`` of the bytes."""

    root: etree._Element
    encoding: str
    sha256: str


def read(body: bytes, *, max_bytes: int = MAX_BYTES) -> Message:
    """Parse message bytes. Raises MessageError, and nothing else, for a message refused."""
    if len(body) > max_bytes:
        raise _refuse(
            "SW-SIZE-01",
            Layer.SIZE,
            _(
                "The message has %(size)s bytes; at most %(max)s are taken. "
                "Split it into several messages."
            ),
            size=len(body),
            max=max_bytes,
        )
    if not body.strip():
        raise _refuse(
            "SW-SIZE-02", Layer.SIZE, _("The message is empty. Send the declaration as XML.")
        )
    text, encoding = _decode(body)
    tags, equals = _count_markup(text)
    if _has_doctype(text):
        raise _doctype()
    root = _parse(body)
    _check_shape(root, tags, equals)
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype()
    return Message(root, encoding, hashlib.sha256(body).hexdigest())


def _decode(body: bytes) -> tuple[str, str]:
    """The text and the name of its encoding, by byte-order mark or XML declaration."""
    if body.startswith(_BOMS) or b"\x00\x00\x00" in body[:4] or body[:2] == b"\x00\x00":
        raise _encoding(_("The message is in UTF-32. Save it as UTF-8 and send it again."))
    marked = None
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        marked, declared = "utf-16", _declared(body[:400].decode("utf-16", "ignore"))
        if declared and not re.fullmatch(r"utf-?16", declared, re.IGNORECASE):
            raise _encoding(
                _("The message is in UTF-16 but says it is in %(name)s. Make the two agree."),
                name=declared[:40],
            )
    else:
        if b"\x00" in body:
            raise _encoding(
                _(
                    "The message holds zero bytes: it is UTF-16 without a byte-order mark, "
                    "or no text. Save it as UTF-8 and send it again."
                )
            )
        bom = body.startswith(codecs.BOM_UTF8)
        declared = _declared(body[3 if bom else 0 :][:400].decode("latin-1"))
        marked = "utf-8-sig" if bom else declared or "utf-8"
        if declared and not _ASCII_LIKE.fullmatch(declared):
            raise _encoding(
                _("The encoding %(name)s is not taken. Save the message as UTF-8."),
                name=declared[:40],
            )
        if bom and declared and not re.fullmatch(r"utf-?8", declared, re.IGNORECASE):
            raise _encoding(
                _("The message is in UTF-8 but says it is in %(name)s. Make the two agree."),
                name=declared[:40],
            )
    try:
        text = body.decode(marked)
    except (LookupError, UnicodeDecodeError, ValueError) as error:
        at = body[: getattr(error, "start", 0)].count(b"\n") + 1
        raise _encoding(
            _(
                "The message has bytes on line %(line)s that are not %(name)s. "
                "Save it as UTF-8 and send it again."
            ),
            at,
            line=at,
            name=(declared or "UTF-8")[:40],
        ) from None
    if marked == "utf-16" and "\x00" in text:
        raise _encoding(_("The message holds zero characters. Remove them."))
    return text, declared or ("UTF-16" if marked == "utf-16" else "UTF-8")


def _declared(start: str) -> str | None:
    match = _XML_DECLARATION.match(start.lstrip("\ufeff"))
    return (match.group(1) or match.group(2)) if match else None


def _count_markup(text: str) -> tuple[int, int]:
    """Bound memory before the parser spends it: a node costs about 100 bytes.

    Returns how many tags and how many signs of equality there are at most.
    """
    tags, equals = text.count("<"), text.count("=")
    # Every attribute and every namespace has its sign: where those are few, all are.
    if (
        tags > MAX_MARKUP
        or equals > 2 * MAX_ATTRIBUTES
        or (equals > MAX_ATTRIBUTES and _attributes(text) > MAX_ATTRIBUTES)
        or (equals > MAX_NAMESPACES and text.count("xmlns") > MAX_NAMESPACES)
    ):
        raise _refuse(
            "SW-SIZE-03",
            Layer.SIZE,
            _(
                "The message has too many elements, attributes or namespaces. "
                "Split it into several messages."
            ),
        )
    return tags, equals


def _attributes(text: str) -> int:
    """About how many attributes there are; an equals sign in plain text seldom looks like one."""
    return text.count('="') + text.count("='") + text.count("= ")


def _has_doctype(text: str) -> bool:
    """Whether a DOCTYPE stands where XML allows one: after white space, comments and PIs."""
    at = 1 if text.startswith("\ufeff") else 0
    while True:
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        if text.startswith("<?", at):
            end = text.find("?>", at)
            step = 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            step = 3
        else:
            return text[at : at + 9].upper() == "<!DOCTYPE"
        if end < 0:
            return False
        at = end + step


def _parse(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        collect_ids=False,  # a repeated xml:id is for the schema to refuse
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError, LookupError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        if _is_too_long(error):
            raise _refuse(
                "SW-SIZE-06",
                Layer.SIZE,
                _(
                    "One text, value or comment has more than %(max)s characters. Shorten it, or "
                    "send long papers as attachments instead."
                ),
                line,
                max=MAX_TEXT,
            ) from None
        raise _refuse(
            "SW-SYNTAX-01",
            Layer.SYNTAX,
            _(
                "The message is not well-formed XML: on line %(line)s a tag, a quotation mark or "
                "a character is wrong or missing. Correct it there and send the message again."
            ),
            line,
            line=line,
        ) from None
    return root


def _is_too_long(error: Exception) -> bool:
    """Whether the parser gave up a well-formed message for the length of one text in it."""
    log = getattr(error, "error_log", None) or ()
    return any(
        entry.type_name == "ERR_RESOURCE_LIMIT" and "depth" not in entry.message.lower()
        for entry in log
    )


def _check_shape(root: etree._Element, tags: int, equals: int) -> None:
    """Neither too deep nor too wide; not asked of a message that is too small for either."""
    if equals > MAX_ATTRIBUTES_OF_ONE and _TOO_MANY_ATTRIBUTES(root):
        raise _refuse(
            "SW-SIZE-04",
            Layer.SIZE,
            _("An element has more than %(max)s attributes. Remove those it does not need."),
            max=MAX_ATTRIBUTES_OF_ONE,
        )
    if tags > 2 * MAX_DEPTH and _TOO_DEEP(root):
        raise _refuse(
            "SW-SIZE-05",
            Layer.SIZE,
            _("Elements lie more than %(max)s deep in each other. Correct the message."),
            max=MAX_DEPTH,
        )


def _doctype() -> MessageError:
    return _refuse(
        "SW-DOCTYPE-01",
        Layer.DOCTYPE,
        _("The message has a DOCTYPE, which is never taken. Remove the DOCTYPE and its entities."),
    )


def _encoding(template: str, at_line: int = 1, **params: object) -> MessageError:
    return _refuse("SW-ENCODING-01", Layer.ENCODING, template, at_line, **params)


def _refuse(
    code: str, layer: Layer, template: str, at_line: int | None = None, /, **params: object
) -> MessageError:
    return MessageError([Fault(code, layer, template, dict(params), line=at_line)])
