"""Whatever a phone writes into a photograph beside the picture, nobody is handed it."""

import struct
import zlib
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agencies.inspections.models import Photograph
from agencies.inspections.photographs import without_metadata
from tests.inspections.conftest import Scene
from tests.inspections.test_pages import client_of, jpeg, segment, send

SECRET = b"GPS 41.52N 41.55E"


def png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    secrets = [chunk(kind, SECRET) for kind in (b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME", b"caBX")]
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
            + b"".join(secrets) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")
            + SECRET)


def webp() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    body = (b"WEBP" + chunk(b"VP8X", b"\x0c" + b"\0" * 9) + chunk(b"VP8 ", b"pixels")
            + chunk(b"EXIF", SECRET) + chunk(b"XMP ", SECRET) + chunk(b"MINE", SECRET))
    return b"RIFF" + struct.pack("<I", len(body)) + body + SECRET


def talkative_jpeg() -> bytes:
    """With what phones put in beside Exif: XMP, a second picture's index, a maker's own, notes."""
    more = b"".join([
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET), segment(0xE2, b"MPF\0" + SECRET),
        segment(0xE0, b"JFXX\0" + SECRET), segment(0xED, b"Photoshop 3.0\0" + SECRET),
        segment(0xEB, b"JP" + SECRET), segment(0xF0, SECRET), segment(0xFE, SECRET),
    ])
    whole = jpeg()
    return whole[:2] + more + whole[2:]


PICTURES = {"image/jpeg": talkative_jpeg(), "image/png": png(), "image/webp": webp()}


@pytest.mark.parametrize("media_type", PICTURES)
def test_nothing_is_told(media_type: str) -> None:
    whole = PICTURES[media_type]
    assert SECRET in whole
    clean = without_metadata(whole, media_type)
    for word in (b"GPS", b"41.5", b"Sarpi"):
        assert word not in clean, word
    assert without_metadata(clean, media_type) == clean


@pytest.mark.parametrize("media_type", PICTURES)
def test_no_page_hands_out_the_kept_one(scene: Scene, media_type: str) -> None:
    visit = scene.appoint(scene.join(scene.call()))
    client = client_of(scene.inspector_user)
    file = SimpleUploadedFile("IMG_1", PICTURES[media_type], media_type)
    assert send(client, visit, key=str(uuid4()), photographs=file).status_code == 201
    kept = Photograph.objects.get()
    shown = client.get(reverse("finding_photograph", args=[visit.pk, kept.pk]))
    assert shown.status_code == 200 and shown["Content-Type"] == media_type
    assert SECRET not in shown.content
    for name in ("inspection", "inspection_visit"):  # nor its place in the storage
        assert kept.file not in client.get(reverse(name, args=[visit.pk])).content.decode()


def test_a_damaged_picture_is_not_taken(scene: Scene) -> None:
    visit = scene.appoint(scene.join(scene.call()))
    client = client_of(scene.inspector_user)
    file = SimpleUploadedFile("IMG_2", PICTURES["image/jpeg"][:30], "image/jpeg")
    answer = send(client, visit, key=str(uuid4()), photographs=file)
    assert answer.status_code == 422, answer.content
    assert "is damaged" in answer.content.decode()
    assert not Photograph.objects.exists()
