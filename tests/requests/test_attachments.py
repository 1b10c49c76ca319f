"""Files: told apart by content, kept with their digest, and swept when nothing came of them."""

import hashlib
import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from declarations import attachments, filetypes
from declarations.attachments import AttachmentRefused, clean_name
from declarations.filetypes import UnknownType, detect
from declarations.models import Attachment
from declarations.tasks import sweep_attachments
from portal.accounts.actors import SYSTEM
from portal.journal.models import Event
from tests.agencies.samples import make_declaration
from tests.requests import files
from tests.requests.files import sent


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (files.PDF, filetypes.PDF), (files.JPEG, filetypes.JPEG), (files.PNG, filetypes.PNG),
        (files.TIFF, filetypes.TIFF), (files.WEBP, filetypes.WEBP), (files.DOCX, filetypes.DOCX),
        (files.XLSX, filetypes.XLSX), (files.ODT, filetypes.ODT), (files.ODS, filetypes.ODS),
    ],
)
def test_the_type_is_found_from_the_content(content: bytes, expected: Any) -> None:
    file = io.BytesIO(content)
    assert detect(file) is expected
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html><script>alert(1)</script></html>", "none of the formats"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "none of the formats"),
        (b"MZ" + b"\x00" * 50, "none of the formats"),
        (b" \n%PDF-1.7", "none of the formats"),
        (b"P", "none of the formats"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "none of the formats"),
        (files.zipped_of({"a.txt": "a"}), "none of the formats"),
        (files.odf("presentation"), "none of the formats"),
        (files.ooxml("presentationml.presentation", "ppt"), "none of the formats"),
        (files.ooxml("wordprocessingml.document", "ppt"), "none of the formats"),
        (files.ooxml("spreadsheetml.sheet", "xl", **{"xl/vbaProject.bin": "x"}), "macros"),
        (files.odf("text", **{"Basic/Standard/Module1.xml": "<a/>"}), "macros"),
        (files.DOCX[:-30], "damaged"),
        (files.OLE, "old Office file"),
    ],
)
def test_anything_else_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(UnknownType, match=says):
        detect(io.BytesIO(content))


def test_a_zip_that_unpacks_without_end_is_only_read_at_its_beginning() -> None:
    bomb = files.zipped_of({"[Content_Types].xml": " " * 50_000_000, "word/a.xml": "<a/>"})
    with pytest.raises(UnknownType):
        detect(io.BytesIO(bomb))


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("C:\\scans\\invoice 7.pdf", "invoice 7.pdf"), ("../../etc/passwd", "passwd"),
        ("a\r\nX: y.pdf", "aX_ y.pdf"), ("invoice\u202efdp.exe", "invoicefdp.exe"), ("", "file"),
        ("...", "file"), ("ფაქტურა.pdf", "ფაქტურა.pdf"),
    ],
)
def test_names_are_made_safe(given: str, clean: str) -> None:
    assert clean_name(given) == clean


def test_a_long_name_keeps_its_suffix() -> None:
    assert len(clean_name("x" * 400 + ".pdf")) == attachments.MAX_NAME
    assert clean_name("x" * 400 + ".pdf").endswith(".pdf")


def test_files_are_kept_with_digest_type_and_event(db: None, media: Path) -> None:
    declaration = make_declaration()
    taken, refused = attachments.receive([sent("scan.exe"), sent("page.html", b"<html>"),
                                          sent("empty.pdf", b"")])
    assert [one.name for one in refused] == ["page.html", "empty.pdf"]
    assert "empty" in refused[1].message
    with transaction.atomic():
        [kept] = attachments.attach(declaration, taken, SYSTEM)
    assert kept.name == "scan.exe.pdf"
    assert kept.media_type == "application/pdf"
    assert kept.sha256 == hashlib.sha256(files.PDF).hexdigest()
    path = media / kept.file.name
    assert path.read_bytes() == files.PDF
    assert len(path.name) == 40 and "scan" not in str(path)
    event = Event.objects.of(declaration.pk).get()
    assert event.payload["sha256"] == kept.sha256 and event.payload["file"] == kept.name


def test_limits_of_size_and_number(db: None, settings: Any, monkeypatch: Any) -> None:
    settings.MAX_ATTACHMENT_BYTES = 1024 * 1024
    _taken, [refusal] = attachments.receive([sent("big.pdf", files.PDF + b"0" * 1024 * 1024)])
    assert "larger than 1 MB" in refusal.message
    many = [sent(f"{number}.pdf") for number in range(attachments.MAX_AT_ONCE + 1)]
    taken, refused = attachments.receive(many)
    assert len(taken) == attachments.MAX_AT_ONCE
    assert [one.name for one in refused] == [f"{attachments.MAX_AT_ONCE}.pdf"]
    monkeypatch.setattr(attachments, "MAX_PER_DECLARATION", 3)
    with transaction.atomic(), pytest.raises(AttachmentRefused, match="3 files"):
        attachments.attach(make_declaration(), taken, SYSTEM)
    assert not Attachment.objects.exists()


def age(path: Path) -> None:
    two_hours_ago = time.time() - 7200
    os.utime(path, (two_hours_ago, two_hours_ago))


def test_the_sweep_takes_what_belongs_to_nothing(db: None, media: Path) -> None:
    declaration = make_declaration()
    [kept, failed, fresh], _refused = attachments.receive([sent("a.pdf"), sent("b.pdf"), sent("c.pdf")])
    with transaction.atomic():
        attachments.attach(declaration, [kept], SYSTEM)
    for one in (kept, failed):
        age(media / one.path)
    sweep_attachments()
    assert (media / kept.path).exists()
    assert not (media / failed.path).exists()
    assert (media / fresh.path).exists()


def test_a_removed_file_is_gone_from_the_storage_once_committed(
    db: None, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    declaration = make_declaration()
    taken, _refused = attachments.receive([sent()])
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        [kept] = attachments.attach(declaration, taken, SYSTEM)
        attachments.remove(kept, SYSTEM)
    assert not (media / taken[0].path).exists()
    assert [event.kind for event in Event.objects.of(declaration.pk)] == [
        "file_attached", "file_removed"]
