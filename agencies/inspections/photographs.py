"""Photographs of a finding: taken in by their content, kept as they came, shown without metadata.

What is kept is the evidence, byte for byte, with its hash. What is handed out is a copy without
Exif, XMP, comments and the like, which would tell where and with what it was taken; of a JPEG only
the way up stays. ``declarations.attachments`` sweeps its own folder, so these have another.
"""

from __future__ import annotations

import hashlib
import secrets
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.cases import DecisionError
from declarations.attachments import clean_name, named_after
from declarations.filetypes import JPEG, PNG, WEBP, FileType, UnknownType, detect

FOLDER = "inspections"
MAX_AT_ONCE = 6
SHOWN = (JPEG.media_type, PNG.media_type, WEBP.media_type)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What a picture needs to look the same. Anything else may tell of place, time or camera: it goes.
PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB",
    b"cICP", b"pHYs", b"acTL", b"fcTL", b"fdAT",
}
WEBP_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
# Of the flags of a WebP's VP8X chunk: has Exif, has XMP.
WEBP_FLAGS = 0b00001100


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that is in the storage, at ``path``."""

    name: str
    path: str
    media_type: str
    size: int
    sha256: str


def digests(files: Iterable[UploadedFile]) -> list[str]:
    """SHA-256 of each, to know again what was sent before."""
    found = []
    for file in files:
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
        found.append(digest.hexdigest())
    return found


def receive(files: list[UploadedFile]) -> list[Kept]:
    """Put all of them into the storage, or none. Call it outside a transaction.

    Raises DecisionError, which names the file at fault.
    """
    if len(files) > MAX_AT_ONCE:
        raise DecisionError(_("Send at most %(count)s photographs with one finding.")
                            % {"count": MAX_AT_ONCE}, "photographs")
    types = [_type_of(file) for file in files]
    kept: list[Kept] = []
    try:
        for file, found, sha256 in zip(files, types, digests(files), strict=True):
            content = file.file
            assert content is not None
            path = f"{FOLDER}/{timezone.now():%Y/%m/%d}/{secrets.token_hex(20)}"
            kept.append(Kept(
                named_after(clean_name(file.name or "photo"), found),
                default_storage.save(path, content), found.media_type, file.size or 0, sha256,
            ))
    except OSError:
        drop(kept)
        raise
    return kept


def drop(kept: Iterable[Kept]) -> None:
    """Delete what belongs to no finding after all."""
    for one in kept:
        default_storage.delete(one.path)


def _type_of(file: UploadedFile) -> FileType:
    name = clean_name(file.name or "photo")
    size = file.size or 0
    limit = settings.MAX_ATTACHMENT_BYTES
    if not size or size > limit:
        raise DecisionError(
            _("%(name)s is empty or larger than %(limit)s MB. Take the picture with fewer points.")
            % {"name": name, "limit": limit // (1024 * 1024)}, "photographs")
    content = file.file
    assert content is not None
    try:
        found: FileType | None = detect(content)
    except UnknownType:
        found = None
    if found is None or found.media_type not in SHOWN:
        raise DecisionError(
            _("%(name)s is not a photograph: JPEG, PNG and WebP are taken.") % {"name": name},
            "photographs")
    _must_be_whole(content.read(), found, name)
    content.seek(0)
    return found


def _must_be_whole(content: bytes, found: FileType, name: str) -> None:
    """What could not be handed out without its metadata is not taken either."""
    try:
        without_metadata(content, found.media_type)
    except ValueError as error:
        raise DecisionError(
            _("%(name)s is damaged and could not be shown. Take the picture again.")
            % {"name": name}, "photographs") from error


# --- without metadata -----------------------------------------------------------------------


def without_metadata(content: bytes, media_type: str) -> bytes:
    """A copy that shows the same and tells nothing else. Raises ValueError if it is damaged."""
    try:
        if media_type == JPEG.media_type:
            return b"".join(_jpeg(content))
        if media_type == PNG.media_type:
            return b"".join(_png(content))
        return _webp(content)
    except (struct.error, IndexError) as error:
        raise ValueError("damaged picture") from error


def _jpeg(content: bytes) -> Iterator[bytes]:
    """The segments but for applications' and comments; JFIF, ICC and Adobe's colours stay."""
    yield b"\xff\xd8"
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError("damaged picture")
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        (length,) = struct.unpack(">H", content[at + 2:at + 4])
        segment = content[at:at + 2 + length]
        if length < 2 or len(segment) < 2 + length:
            raise ValueError("damaged picture")
        at += 2 + length
        if marker == 0xE1:
            if (way_up := _way_up(segment[4:])) > 1:
                yield _only_way_up(way_up)
        elif marker == 0xDA:  # the picture itself; what follows its end is dropped
            yield segment
            yield _scans(content[at:])
            return
        elif not _tells(marker, segment):
            yield segment


def _tells(marker: int, segment: bytes) -> bool:
    """Whether a JPEG segment says something beside the picture and its colours."""
    named = {0xE0: b"JFIF\0", 0xEE: b"Adobe", 0xE2: b"ICC_PROFILE\0"}.get(marker)
    if named is not None:
        return not segment[4:].startswith(named)
    return not 0xC0 <= marker <= 0xDF  # those are frames and tables


def _scans(data: bytes) -> bytes:
    """The coded picture up to its own end: phones append a second one with its own Exif."""
    at = 0
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        marker = data[at + 1]
        if marker == 0xD9:
            return data[:at + 2]
        if marker in (0x00, 0xFF) or 0xD0 <= marker <= 0xD7:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack(">H", data[at + 2:at + 4])  # tables between progressive scans
        if not 0xC0 <= marker <= 0xDF:
            data = data[:at] + data[at + 2 + length:]
        else:
            at += 2 + length
    return data + b"\xff\xd9"


def _way_up(exif: bytes) -> int:
    """The orientation of an Exif segment, 1 to 8; 1 if it does not say."""
    if exif[:6] != b"Exif\0\0":
        return 1
    tiff = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (first,) = struct.unpack(order + "I", tiff[4:8])
        (count,) = struct.unpack(order + "H", tiff[first:first + 2])
        for number in range(min(count, 200)):
            at = first + 2 + 12 * number
            tag, _kind, _count, value = struct.unpack(order + "HHIH", tiff[at:at + 10])
            if tag == 0x0112:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _only_way_up(way_up: int) -> bytes:
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, way_up, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(content: bytes) -> Iterator[bytes]:
    yield PNG_SIGNATURE
    at = len(PNG_SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack(">I", content[at:at + 4])
        kind = content[at + 4:at + 8]
        chunk = content[at:at + 12 + length]
        body = chunk[4:8 + length]
        if len(chunk) < 12 + length or zlib.crc32(body) != struct.unpack(">I", chunk[-4:])[0]:
            raise ValueError("damaged picture")
        at += 12 + length
        if kind in PNG_KEPT:
            yield chunk
        if kind == b"IEND":
            return
    raise ValueError("damaged picture")


def _webp(content: bytes) -> bytes:
    body = b"WEBP"
    at, end = 12, min(len(content), 8 + struct.unpack("<I", content[4:8])[0])
    while at < end:
        kind = content[at:at + 4]
        (length,) = struct.unpack("<I", content[at + 4:at + 8])
        chunk = content[at:at + 8 + length + length % 2]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~WEBP_FLAGS]) + chunk[9:]
        if kind in WEBP_KEPT:
            body += chunk
        at += 8 + length + length % 2
    return b"RIFF" + struct.pack("<I", len(body)) + body
