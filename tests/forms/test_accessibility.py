"""axe in Chromium over the forms of every kind, what will be asked, and the paste page."""

from typing import Any

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from declarations.models import Declaration
from declarations.states import Kind
from tests.browser import sign_in
from tests.forms.conftest import Trader, ferrochrome, sign_up, wine
from tests.forms.test_paste import HEADING, ROW
from tests.pages.test_accessibility import check


def _draft(trader: Trader, client: Client) -> Declaration:
    controls = wine(trader).controls() | {"item-0-hs_code": "160431", "save": "1"}
    client.post(reverse("declaration_new", args=["import"]), controls)
    return Declaration.objects.get(lrn="WINE-1")


def test_forms_of_every_kind(page: Page, live_server: Any) -> None:
    trader = sign_up()
    sign_in(page, live_server, trader.user)
    check(page, reverse("declaration_begin"))
    for kind in Kind.values:
        check(page, reverse("declaration_new", args=[kind]))
    trader.client.post(
        reverse("declaration_new", args=["transit"]), ferrochrome(trader).controls() | {"save": "1"}
    )
    check(page, reverse("declaration_edit", args=[Declaration.objects.get().pk]))


def test_what_will_be_asked(page: Page, live_server: Any) -> None:
    trader = sign_up()
    sign_in(page, live_server, trader.user)
    check(page, reverse("asked"))
    check(page, reverse("asked") + "?kind=import&hs=160431,290345&origin=AZ")
    check(page, reverse("declaration_edit", args=[_draft(trader, trader.client).pk]))


def test_items_are_pasted_in_a_browser(page: Page, live_server: Any) -> None:
    trader = sign_up()
    sign_in(page, live_server, trader.user)
    draft = _draft(trader, trader.client)
    check(page, reverse("declaration_paste", args=[draft.pk]))
    page.goto(reverse("declaration_edit", args=[draft.pk]))
    page.locator("[name=border_id]").fill("90-ZZ-1")
    page.get_by_role("button", name="Items from a spreadsheet").click()
    page.get_by_label("Pasted rows").fill(f"{HEADING}\n{ROW}\n{ROW.replace('AZ', 'QQ')}")
    page.get_by_role("button", name="Look at the rows").click()
    expect(page.get_by_text("“QQ” is not in the list.")).to_be_visible()
    page.get_by_label("Replace them by these").check()
    page.get_by_role("button", name="Add them as they are").click()
    expect(page.get_by_text("2 items were added to the draft.")).to_be_visible()
    expect(page.locator("[name=border_id]")).to_have_value("90-ZZ-1")
    expect(page.locator('[name="item-1-origin_country"]')).to_have_value("QQ")
