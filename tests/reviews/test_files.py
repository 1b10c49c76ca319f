"""Files of the case beside the data: pictures and PDF are shown in a sandbox, others downloaded."""

from uuid import UUID

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page

from declarations import attachments
from declarations.models import Attachment
from portal.accounts.actors import SYSTEM
from tests.agencies.conftest import World
from tests.agencies.test_pages import signed_in
from tests.browser import sign_in
from tests.factories import make_member, make_officer
from tests.requests import files
from tests.requests.files import sent
from tests.reviews.conftest import Desk, desk_at

pytestmark = pytest.mark.django_db


def attached(desk: Desk, name: str, content: bytes) -> Attachment:
    received, refused = attachments.receive([sent(name, content)])
    assert not refused
    with transaction.atomic():
        return attachments.attach(desk.declaration, received, SYSTEM)[0]


def address(desk: Desk, key: UUID) -> str:
    return reverse("review_file", args=[desk.review.pk, key])


@pytest.mark.parametrize(("name", "content", "drawn_by"), [
    ("certificate.pdf", files.PDF, "<iframe"), ("label.png", files.PNG, "<img"),
    ("label.jpg", files.JPEG, "<img"), ("label.webp", files.WEBP, "<img"),
])
def test_what_a_browser_draws_is_shown_beside_the_data(
    desk: Desk, name: str, content: bytes, drawn_by: str
) -> None:
    file = attached(desk, name, content)
    assert "Files from the trader" in desk.page() and name in desk.page()
    page = desk.client.get(
        reverse("review", args=[desk.review.pk]) + f"?file={file.pk}")
    text = page.content.decode()
    assert drawn_by in text and address(desk, file.pk) in text
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    answer = desk.client.get(address(desk, file.pk))
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == f'inline; filename="{name}"'
    assert answer["Content-Type"] == file.media_type
    assert answer["Content-Security-Policy"] == (
        "sandbox; default-src 'none'; frame-ancestors 'self'")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(("name", "content"), [
    ("letter.docx", files.DOCX), ("scan.tif", files.TIFF), ("list.ods", files.ODS)])
def test_other_kinds_are_only_downloaded(desk: Desk, name: str, content: bytes) -> None:
    file = attached(desk, name, content)
    text = desk.page(f"?file={file.pk}")
    assert "viewer" not in text
    assert reverse("declaration_attachment", args=[desk.declaration.pk, file.pk]) in text
    assert desk.client.get(address(desk, file.pk)).status_code == 404


def test_nobody_else_gets_it_so_nor_a_file_of_another_case(world: World, desk: Desk) -> None:
    file = attached(desk, "a.pdf", files.PDF)
    other = signed_in(make_officer(world.customs)[0])
    trader = signed_in(make_member(desk.declaration.organisation)[0])
    assert other.get(address(desk, file.pk)).status_code == 404
    assert trader.get(address(desk, file.pk)).status_code == 403
    strange = attached(desk_at(world), "b.pdf", files.PDF)
    assert desk.client.get(address(desk, strange.pk)).status_code == 404
    assert "viewer" not in desk.page(f"?file={strange.pk}")
    assert "viewer" not in desk.page("?file=nonsense")


@pytest.mark.django_db(transaction=True)
def test_the_picture_is_drawn(desk: Desk, page: Page, live_server: object) -> None:
    file = attached(desk, "label.png", _PICTURE)
    assert desk.review.claimed_by is not None
    sign_in(page, live_server, desk.review.claimed_by)
    page.goto(reverse("review", args=[desk.review.pk]))
    page.get_by_role("link", name="label.png").click()
    picture = page.get_by_role("img", name="Picture label.png, sent by the trader")
    picture.wait_for()
    assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 1
    assert file.media_type == "image/png"


# One transparent dot.
_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082")
