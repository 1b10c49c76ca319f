"""An import of wine, filed by form from nothing in a real browser, with scripts and without."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from declarations import wco
from declarations.models import Declaration
from declarations.states import State
from tests.browser import sign_in
from tests.forms.conftest import Trader, sign_up, wine

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def sheet(browser: Browser, live_server: Any, scripts: bool) -> Iterator[tuple[Page, Trader]]:
    """The page of a trader who is signed in."""
    trader = sign_up()
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=scripts, locale="en-GB"
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda line: faults.append(line.text)
            if "Content Security Policy" in line.text else None)
    sign_in(page, live_server, trader.user)
    yield page, trader
    context.set_offline(True)  # a form that is left keeps itself; the database goes now
    context.close()
    assert not faults, faults


def fill(page: Page, controls: dict[str, str]) -> None:
    for name, value in controls.items():
        control = page.locator(f'[name="{name}"]')
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def test_wine_is_filed_from_nothing(sheet: tuple[Page, Trader], scripts: bool) -> None:
    page, trader = sheet
    page.goto("/declarations/")
    page.get_by_role("link", name="Begin an import").click()
    expect(page.locator("[name=declarant_id]")).to_have_value(trader.organisation.identifier)
    expect(page.locator("[name=lrn]")).not_to_have_value("")

    # A second item by copying; the document is added to the first before that.
    typed = wine(trader)
    first = typed.items[0]
    fill(page, typed.header)
    page.get_by_role("button", name="Add a document to item 1").click()
    fill(page, {f"item-0-doc-0-{n}": v for n, v in first.rows["doc"][0].items()})
    fill(page, {f"item-0-{n}": v for n, v in first.values.items()})
    page.get_by_role("button", name="Copy item 1").click()
    expect(page.locator('[name="item-1-doc-0-id"]')).to_have_value("GS-2026-0417")
    expect(page.locator('[name="border_id"]')).to_have_value("90-AB-123")
    fill(page, {"item-1-description": "White grape wine in bottles", "item-1-price": "400.50"})
    page.get_by_role("button", name="Add an item").click()
    expect(page.locator('[name="item-2-hs_code"]')).to_have_value("")
    page.get_by_role("button", name="Remove item 3").click()
    expect(page.locator('[name="item-2-hs_code"]')).to_have_count(0)

    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    expect(page.locator('[name="item-1-price"]')).to_have_value("400.50")
    expect(page.locator("#totals")).to_contain_text("2,000")
    expect(page.locator("#totals")).to_contain_text("19,000.50")

    page.locator('[name="item-1-hs_code"]').fill("220499")
    page.get_by_role("button", name="Check and file").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Item 2, HS code")
    summary.get_by_role("link", name="Item 2, HS code").click()
    expect(page).to_have_url(re.compile(r"#id_item-1-hs_code$"))
    page.locator('[name="item-1-hs_code"]').fill("220429")
    page.get_by_role("button", name="Check and file").click()
    expect(page).to_have_url(re.compile(r"/declarations/[0-9a-f-]{36}/$"))

    declaration = Declaration.objects.get()
    assert declaration.state == State.SUBMITTED
    assert page.url.endswith(f"/declarations/{declaration.pk}/")
    profile = wco.get_profile("carec")
    verdict = wco.validate(bytes(declaration.current.body), profile)
    assert verdict.accepted
    assert verdict.message
    shipment = wco.from_xml(verdict.message.root, profile).GoodsShipment
    assert shipment
    assert [item.Commodity.Classification[0].ID for item in shipment.GovernmentAgencyGoodsItem] == [
        "220421", "220429",
    ]


def test_hs_codes_are_found_by_words(sheet: tuple[Page, Trader], scripts: bool) -> None:
    page, _ = sheet
    page.goto("/declarations/new/import/")
    page.locator('[name="item-0-hs_code"]').press_sequentially("hazelnuts")
    found = page.locator('#codes-hs option[value="080222"]')
    expect(found).to_have_count(1 if scripts else 0)
