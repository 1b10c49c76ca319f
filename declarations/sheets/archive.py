"""Opening an uploaded spreadsheet safely: what it may weigh, and what must not be in it.

Looked over before anything is parsed. The sizes that a zip's directory states are upper bounds:
Python's zipfile gives out no more than they say.
"""

import io
import re
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

MAX_BYTES = 6_000_000
MAX_UNPACKED = 30_000_000
MAX_PARTS = 300
# Beginnings and ends of elements, of all parts together. A declaration of 999 items has a quarter.
MAX_TAGS = 400_000
_WORKBOOK = "[Content_Types].xml"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


class SheetRefused(Exception):
    """The file cannot be read at all; the text says why and what to do."""


def opened(content: bytes) -> ZipFile:
    """The zip, looked over. Raises SheetRefused."""
    if content[:4] == _OLD_OFFICE:
        raise SheetRefused(_(
            "The file has a password or is in the old Excel format. Save it without a password as "
            "an Excel workbook (.xlsx)."
        ))
    try:
        archive = ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError):
        raise SheetRefused(_(
            "The file is neither an Excel workbook (.xlsx) nor a zip of CSV files."
        )) from None
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise SheetRefused(_(
            "Unpacked, the file is larger than %(limit)s MB. Keep the declaration's sheets only."
        ) % {"limit": MAX_UNPACKED // 1_000_000})
    if any(part.flag_bits & 0x1 for part in parts):
        raise SheetRefused(_("The file has a password. Save it without one."))
    if any(_has_macros(part) for part in parts):
        raise SheetRefused(_("The workbook has macros. Save it as a workbook without them (.xlsx)."))
    return archive


def is_workbook(archive: ZipFile) -> bool:
    return _WORKBOOK in archive.namelist()


def has_formulas(archive: ZipFile) -> bool:
    """True if a sheet has any. Raises SheetRefused for XML that no spreadsheet program writes.

    Every part is looked at: which ones are sheets is said by the file, not by their names.
    """
    found, tags = False, 0
    for part in archive.infolist():
        text = content_of(archive, part)
        is_xml = part.filename.endswith((".xml", ".rels"))
        if (is_xml and b"\0" in text[:4]) or _DECLARED.search(text.replace(b"\0", b"")):
            raise damaged()
        if (tags := tags + text.count(b"<")) > MAX_TAGS:
            raise SheetRefused(_(
                "The workbook has too many cells. Keep the declaration's sheets only, without "
                "formats and formulas below the last row."
            ))
        found = found or _FORMULA.search(text) is not None
    return found


def content_of(archive: ZipFile, part: ZipInfo) -> bytes:
    try:
        return archive.read(part)
    except Exception:  # zlib, CRC, an unknown method: whatever it is, the file is no good
        raise damaged() from None


def damaged() -> SheetRefused:
    return SheetRefused(_(
        "The file is damaged and cannot be read. Open it in your spreadsheet program and save it "
        "again."
    ))


def _has_macros(part: ZipInfo) -> bool:
    return part.filename.lower().endswith(("vbaproject.bin", ".vbs", ".exe", ".dll"))
