"""A draft is saved as one types, and nothing typed is lost by time-out, back button or a colleague."""

import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from declarations import amendment_drafts, drafts
from declarations.models import Declaration
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.browser import sign_in
from tests.forms.conftest import Trader, sign_up
from tests.pages.cases import make_declaration


def typed(draft: Declaration) -> dict[str, str]:
    return drafts.typed_of(draft).header


def test_what_the_script_sends_is_kept(trader: Trader) -> None:
    first = trader.client.post("/declarations/new/import/", {"autosave": "1", "lrn": "A-1"}).json()
    draft = Declaration.objects.get()
    assert first["address"] == f"/declarations/{draft.pk}/edit/" and "Saved at" in first["words"]
    again = trader.client.post(first["address"], {
        "autosave": "1", "lrn": "A-2", "stamp": first["stamp"]}).json()
    late = trader.client.post(first["address"], {
        "autosave": "1", "lrn": "A-3", "stamp": first["stamp"]})
    assert late.status_code == 409 and "meanwhile" in late.json()["words"]
    draft.refresh_from_db()
    assert typed(draft)["lrn"] == "A-2" and drafts.stamp_of(draft) == again["stamp"]
    kinds = Event.objects.of(draft.pk).values_list("kind", flat=True)
    assert list(kinds) == [EventKind.DRAFTED], "the journal does not fill with savings"


def test_an_amendment_keeps_itself_too(trader: Trader) -> None:
    declaration = make_declaration(trader.actor)
    trader.client.post(f"/declarations/{declaration.pk}/amend/begin/")
    change = declaration.changes.get()
    address = f"/declarations/{declaration.pk}/amend/"
    sent = {"autosave": "1", "reason": "Half a rea", "stamp": amendment_drafts.stamp_of(change)}
    assert trader.client.post(address, sent).json()["address"] == address
    change.refresh_from_db()
    assert change.reason == "Half a rea"
    assert trader.client.post(address, sent).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_nothing_typed_is_lost_in_the_browser(page: Page, live_server: Any) -> None:
    trader = sign_up()
    sign_in(page, live_server, trader.user)
    page.goto("/declarations/new/import/")
    page.locator("[name=importer_name]").fill("Kolkheti Trade LLC")
    said = page.locator("#sheet-kept")
    expect(said).to_contain_text("Saved at")
    draft = Declaration.objects.get()
    expect(page).to_have_url(re.compile(f"/declarations/{draft.pk}/edit/$"))
    assert typed(draft)["importer_name"] == "Kolkheti Trade LLC"

    # Away by a link and back: what was typed last is there.
    page.locator("[name=importer_city]").fill("Kutaisi")
    page.get_by_role("link", name="My declarations").first.click()
    page.go_back()
    expect(page.locator("[name=importer_city]")).to_have_value("Kutaisi")

    # Rows that a button adds are kept too, in the same draft.
    page.get_by_role("button", name="Add an item").click()
    expect(page.locator("[name=item-1-hs_code]")).to_be_visible()
    page.locator("[name=item-1-hs_code]").fill("220421")
    expect(said).to_contain_text("Saved at")

    # The session ends in the middle; the button then keeps the page, and signing in again saves it.
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.locator("[name=importer_city]").fill("Batumi")
    page.get_by_role("button", name="Save draft").click()
    expect(said).to_contain_text("You are signed out")
    expect(page.locator("[name=importer_city]")).to_have_value("Batumi")
    sign_in(page, live_server, trader.user)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    draft = Declaration.objects.get()
    assert typed(draft)["importer_city"] == "Batumi"
    assert drafts.typed_of(draft).items[1].values["hs_code"] == "220421"


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one(page: Page, live_server: Any) -> None:
    trader = sign_up()
    sign_in(page, live_server, trader.user)
    page.goto("/declarations/new/import/")
    page.get_by_role("button", name="Save draft").dblclick()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    page.locator("[name=importer_city]").fill("Batumi")
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").dblclick()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    expect(page.get_by_text("meanwhile")).to_have_count(0)
    assert typed(Declaration.objects.get())["importer_city"] == "Batumi"
