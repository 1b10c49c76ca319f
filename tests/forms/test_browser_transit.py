"""A transit, filed by form from nothing in a real browser, with scripts and without."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from declarations.models import Declaration
from declarations.states import State
from tests.forms.conftest import Trader, ferrochrome
from tests.forms.test_browser import fill, scripts, sheet  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_transit_is_filed_from_nothing(sheet: tuple[Page, Trader], scripts: Any) -> None:  # noqa: F811
    page, trader = sheet
    typed = ferrochrome(trader)
    page.goto("/declarations/")
    page.get_by_text("New declaration", exact=True).first.click()
    page.locator("main").get_by_role("link", name="Transit").click()
    expect(page.locator("[name=principal_id]")).to_have_value(trader.organisation.identifier)
    fill(page, typed.header)
    for sort, button in (
        ("office", "Add an office"), ("equipment", "Add a container"),
        ("paper", "Add a document"), ("previous", "Add a previous document"),
    ):
        for n, row in enumerate(typed.rows[sort]):
            page.get_by_role("button", name=button, exact=True).click()
            expect(page.locator(f'[name="{sort}-{n}-id"]')).to_be_visible()
            fill(page, {f"{sort}-{n}-{name}": value for name, value in row.items()})
    fill(page, {f"guarantee-0-{name}": v for name, v in typed.rows["guarantee"][0].items()})
    (item,) = typed.items
    fill(page, {f"item-0-{name}": value for name, value in item.values.items()})
    page.get_by_role("button", name="Add other packages to item 1").click()
    fill(page, {f"item-0-pack-0-{n}": v for n, v in item.rows["pack"][0].items()})
    page.get_by_role("button", name="Add a document to item 1").click()
    fill(page, {f"item-0-doc-0-{n}": v for n, v in item.rows["doc"][0].items()})

    page.locator('[name="office-1-id"]').fill("GE999999")
    page.get_by_role("button", name="Check and file").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Office 2, Office of transit")
    page.locator('[name="office-1-id"]').fill("GE000203")
    page.get_by_role("button", name="Check and file").click()
    expect(page.get_by_role("navigation", name="Parts of the declaration")).to_contain_text("Timeline")

    declaration = Declaration.objects.get()
    assert (declaration.state, declaration.kind) == (State.SUBMITTED, "transit")
    assert page.url.endswith(f"/declarations/{declaration.pk}/")
