"""The public check in a real Chromium: a downloaded receipt is uploaded, by anybody, accessibly."""

from pathlib import Path
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from declarations import receipts as acceptances
from portal.accounts.roles import OrganisationKind
from tests.browser import sign_in
from tests.factories import make_member, make_organisation
from tests.intake.conftest import queue as queue
from tests.pages.test_accessibility import check
from tests.receipts.conftest import file


def test_a_downloaded_receipt_is_checked_by_a_stranger(
    page: Page, live_server: Any, queue: Any, tmp_path: Path
) -> None:
    user, actor = make_member(make_organisation(OrganisationKind.BROKER))
    declaration = file(actor)
    sign_in(page, live_server, user)
    page.goto(reverse("declaration", args=[declaration.pk]) + "?tab=messages")
    with page.expect_download() as download:
        page.get_by_role("link", name="Receipt (JWS)").click()
    kept = tmp_path / download.value.suggested_filename
    download.value.save_as(kept)
    assert kept.name == f"{str(declaration.mrn).lower()}-v1-receipt.jws"

    page.context.clear_cookies()
    page.goto(reverse("verify"))
    page.get_by_label("or choose its file").set_input_files(kept)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="Genuine, and in force")).to_be_visible()
    expect(page.locator("main")).to_contain_text(str(declaration.mrn))
    receipt = acceptances.of(declaration.pk)
    assert receipt is not None
    check(page, reverse("verify_receipt", args=[receipt.pk]))
    check(page, reverse("verify"))
