"""From the bytes of an uploaded file to rows of clean cells. Nothing here knows a code list."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

MAX_BYTES = 20 * 2**20
MAX_ROWS = 250_000
MAX_CELL = 4_000
DELIMITERS = (",", ";", "\t")
UNPRINTABLE = frozenset({"Cc", "Cs", "Cn"})
# How the files begin that people upload instead of a CSV file.
NOT_TEXT = {
    b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "PDF", b"\x1f\x8b": "gzip",
    b"{\\rtf": "RTF",
}


class FileRefused(Exception):
    """The file as a whole cannot be imported; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """``encoding``: what the bytes were read as, for people."""

    name: str
    encoding: str
    rows: list[tuple[int, list[str]]]
    """Number of the row's first line, and its cells."""


def read_table(name: str, body: bytes) -> Table:
    """Every row that is not empty. Raises FileRefused."""
    text, encoding = _decode(name, body)
    rows = list(_rows(name, text))
    if not rows:
        raise FileRefused(_("%(file)s is empty. Choose the CSV file of the list.") % {"file": name})
    return Table(name, encoding, rows)


def _decode(name: str, body: bytes) -> tuple[str, str]:
    if len(body) > MAX_BYTES:
        raise FileRefused(_("%(file)s is larger than %(limit)s MB. Choose the CSV file of the list.")
                          % {"file": name, "limit": MAX_BYTES // 2**20})
    for beginning, kind in NOT_TEXT.items():
        if body.startswith(beginning):
            raise FileRefused(_(
                "%(file)s is not a CSV file but %(kind)s. Unpack it, or open it in a spreadsheet "
                "program and save it as CSV (UTF-8).") % {"file": name, "kind": kind})
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return body.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError as error:
            raise FileRefused(_("%(file)s is damaged: it is not UTF-16, as its first bytes say.")
                              % {"file": name}) from error
    if b"\0" in body:
        raise FileRefused(_("%(file)s is not a text file. Save the list as CSV (UTF-8).")
                          % {"file": name})
    for encoding, label in (("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252")):
        try:
            return body.decode(encoding), label
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1"), "ISO 8859-1"


def _rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    # strict: a quotation mark that is never closed must not swallow the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begun, count = 1, 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FileRefused(_(
                "%(file)s, line %(line)s: the row cannot be read, mostly because a quotation mark "
                "is missing or stands in the middle of a cell. Correct it and upload the file again.")
                % {"file": name, "line": begun}) from error
        if cells is None:
            return
        row = [clean(cell) for cell in cells]
        if any(row):
            count += 1
            if count > MAX_ROWS:
                raise FileRefused(_("%(file)s has more than %(limit)s rows, which no list has.")
                                  % {"file": name, "limit": MAX_ROWS})
            yield begun, row
        begun = reader.line_num + 1


def clean(cell: str) -> str:
    """One line, single spaces, composed characters; superscripts stay what they are."""
    if cell.isascii() and cell.isalnum():
        return cell
    return " ".join(unicodedata.normalize("NFC", cell).replace("\ufeff", "").split())


def has_controls(text: str) -> bool:
    """Whether there is a character in it that is none, or that commands a terminal."""
    return any(each < " " or each == "\x7f" for each in text) or (
        not text.isascii() and any(unicodedata.category(each) in UNPRINTABLE for each in text)
    )


def _delimiter(text: str) -> str:
    """The one that stands most often in the first line, outside of quotation marks."""
    first = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    return max(DELIMITERS, key=first.count)
