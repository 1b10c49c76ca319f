"""Many messages in one request: a zip or a multipart, unpacked in memory, within bounds."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError

from declarations.problems import TooLarge

MAX_BUNDLE_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_MESSAGES = 500
# What every tool packs with. The others hardly occur, and one asks for gigabytes of memory.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MAX_RATIO = 200  # unpacked to packed; a message of 999 like items reaches about 40


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a bundle. ``body`` is None where it could not be unpacked."""

    name: str
    body: bytes | None
    is_json: bool


def of_zip(body: bytes) -> Iterator[Part]:
    """The files of a zip. Raises ParseError or TooLarge before anything is unpacked."""
    # Each entry of the directory begins so; a million of them would take the memory to list.
    _count(max(1, body.count(b"PK\x01\x02") - MAX_MESSAGES))
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
        files = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        raise ParseError(_("This is not a zip file, or it is damaged.")) from None
    _count(len(files))
    # Sizes in the directory may lie, but then unpacking stops at them and the checksum fails.
    unpacked = sum(info.file_size for info in files)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * max(len(body), 1024):
        raise TooLarge(
            _("Unpacked, the zip has %(size)s bytes. Split it into smaller ones.")
            % {"size": unpacked}
        )
    return (
        Part(info.filename, _unpack(archive, info), info.filename.lower().endswith(".json"))
        for info in files
    )


def of_multipart(request: HttpRequest) -> Iterator[Part]:
    """The files of a multipart/form-data request, whatever their field names."""
    files = [file for _name, several in request.FILES.lists() for file in several]
    _count(len(files))
    return (
        Part(
            file.name or "",
            file.read(settings.MAX_MESSAGE_BYTES + 1),
            (file.content_type or "").endswith("json")
            or (file.name or "").lower().endswith(".json"),
        )
        for file in files
    )


def _count(files: int) -> None:
    if files == 0:
        raise ParseError(_("There is no message in it. Add at least one file."))
    if files > MAX_MESSAGES:
        raise TooLarge(
            _("There are %(count)s messages in it; at most %(max)s are taken at once.")
            % {"count": files, "max": MAX_MESSAGES}
        )


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
    if info.compress_type not in METHODS:
        return None
    try:
        with archive.open(info) as file:
            return file.read(settings.MAX_MESSAGE_BYTES + 1)
    except (
        zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError,
        ValueError, OverflowError,
    ):
        return None  # damaged or encrypted
