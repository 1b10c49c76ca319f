"""Files from the browser: each is filed or refused by itself, and a refused one leaves nothing."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from declarations.models import Declaration, Version
from tests.factories import wine_import
from tests.forms.conftest import Trader

UPLOAD = reverse("declaration_upload")


def upload(trader: Trader, *bodies: bytes) -> tuple[int, str]:
    files = [
        SimpleUploadedFile(f"message-{number}.xml", body, "application/xml")
        for number, body in enumerate(bodies)
    ]
    answer = trader.client.post(UPLOAD, {"files": files})
    return answer.status_code, answer.content.decode()


def test_several_files_are_filed(trader: Trader) -> None:
    status, page = upload(
        trader, wine_import(trader.organisation), wine_import(trader.organisation)
    )
    assert status == 200
    assert Version.objects.filter(channel="file").count() == 2
    for declaration in Declaration.objects.all():
        assert reverse("declaration", args=[declaration.pk]) in page


@pytest.mark.parametrize(
    "body",
    [b"", b'{"a": 1}', b"<a", b"<!DOCTYPE a><a/>", b"<Declaration xmlns='urn:other'/>",
     b"\x00\xff\xfe"],
)
def test_a_file_that_is_no_message_says_why(trader: Trader, body: bytes) -> None:
    status, page = upload(trader, body)
    assert status == 422
    assert "was not filed" in page
    assert "SW-" in page or "empty" in page
    assert not Declaration.objects.exists()


def test_one_bad_file_stops_no_other(trader: Trader) -> None:
    status, page = upload(trader, b"<a", wine_import(trader.organisation))
    assert status == 422
    assert Declaration.objects.count() == 1
    assert "was filed and is being checked." in page


def test_the_same_reference_twice_is_told_with_its_place(trader: Trader) -> None:
    body = wine_import(trader.organisation)
    status, page = upload(trader, body, body)
    assert status == 422
    assert "Declaration/<wbr>FunctionalReferenceID" in page
    assert Declaration.objects.count() == 1


def test_nothing_chosen(trader: Trader) -> None:
    answer = trader.client.post(UPLOAD)
    assert answer.status_code == 422
    assert b"Choose at least one XML file." in answer.content


def test_a_file_that_is_too_large(trader: Trader, settings: Any) -> None:
    settings.MAX_MESSAGE_BYTES = 1024
    status, page = upload(trader, b"<a>" + b"x" * 2000)
    assert status == 422
    assert "larger than" in page
    assert not Declaration.objects.exists()


def test_too_many_files(trader: Trader) -> None:
    status, page = upload(trader, *[b"<a/>"] * 51)
    assert status == 422
    assert "At most 50 files" in page
