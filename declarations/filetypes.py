"""What a file is, found from its content: neither its name nor what the sender says of it counts.

Only formats that can be shown without running anything are taken. Office files are zips and are
looked into, within bounds; those with macros are refused, as are encrypted ones.
"""

import zipfile
import zlib
from dataclasses import dataclass
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
HEAD_BYTES = 12
ZIP_HEAD = b"PK\x03\x04"
OLD_OFFICE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc and .xls, and every encrypted .docx
MAX_ENTRIES = 5_000
MAX_PART_BYTES = 1024 * 1024  # of the part that names the type; a few kilobytes in practice


@dataclass(frozen=True, slots=True)
class FileType:
    """A format that is taken. ``suffixes``: the first is given to a file that has none of them."""

    media_type: str
    label: str | Promise
    suffixes: tuple[str, ...]


class UnknownType(Exception):
    """The file is of no format that is taken; the text says so to the person who sent it."""


PDF = FileType("application/pdf", "PDF", (".pdf",))
JPEG = FileType("image/jpeg", gettext_lazy("Image"), (".jpg", ".jpeg"))
PNG = FileType("image/png", gettext_lazy("Image"), (".png",))
TIFF = FileType("image/tiff", gettext_lazy("Image"), (".tif", ".tiff"))
WEBP = FileType("image/webp", gettext_lazy("Image"), (".webp",))
DOCX = FileType(f"{OOXML}wordprocessingml.document", gettext_lazy("Text document"), (".docx",))
XLSX = FileType(f"{OOXML}spreadsheetml.sheet", gettext_lazy("Spreadsheet"), (".xlsx",))
ODT = FileType(f"{ODF}text", gettext_lazy("Text document"), (".odt",))
ODS = FileType(f"{ODF}spreadsheet", gettext_lazy("Spreadsheet"), (".ods",))

TYPES = {one.media_type: one for one in (PDF, JPEG, PNG, TIFF, WEBP, DOCX, XLSX, ODT, ODS)}
SUFFIXES = tuple(suffix for one in TYPES.values() for suffix in one.suffixes)


def detect(file: IO[bytes]) -> FileType:
    """The type of a seekable file, which is left at its beginning. Raises UnknownType."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    try:
        found = _by_head(head) or (_office(file) if head.startswith(ZIP_HEAD) else None)
    finally:
        file.seek(0)
    if found is not None:
        return found
    if head.startswith(OLD_OFFICE_HEAD):
        raise UnknownType(_(
            "It is an old Office file, or one with a password. Save it as DOCX or XLSX without a "
            "password, or as PDF."
        ))
    raise UnknownType(_(
        "Its content is none of the formats that are taken: PDF, JPEG, PNG, TIFF, WebP, DOCX, "
        "XLSX, ODT, ODS. Save it as PDF."
    ))


def _by_head(head: bytes) -> FileType | None:
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"II*\x00", b"MM\x00*")):
        return TIFF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    return None


def _office(file: IO[bytes]) -> FileType | None:
    """The type of an office file; None for any other zip. Raises UnknownType if it is damaged."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if len(names) > MAX_ENTRIES:
                return None
            if "[Content_Types].xml" in names:
                return _ooxml(names, _part(archive, "[Content_Types].xml"))
            if "mimetype" in names:
                return _odf(names, _part(archive, "mimetype"))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError,
            ValueError, OverflowError):
        raise UnknownType(_(
            "The file is damaged or has a password. Open it, save it again and choose it again."
        )) from None
    return None


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MAX_PART_BYTES)


def _ooxml(names: list[str], types: bytes) -> FileType | None:
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnknownType(_with_macros())
    for found, folder in ((DOCX, "word/"), (XLSX, "xl/")):
        main = f"{found.media_type}.main+xml".encode()
        if main in types and any(name.startswith(folder) for name in names):
            return found
    return None


def _odf(names: list[str], mimetype: bytes) -> FileType | None:
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise UnknownType(_with_macros())
    found = TYPES.get(mimetype.decode("ascii", "replace").strip())
    return found if found in (ODT, ODS) and "content.xml" in names else None


def _with_macros() -> str:
    return _("The file contains macros. Save it without them, or as PDF.")
