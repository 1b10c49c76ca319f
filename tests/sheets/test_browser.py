"""In a browser: 300 items from Excel to acceptance; a party of the address book; axe on the pages."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from declarations.models import Declaration
from declarations.states import State
from tests.agencies.samples import make_rule_set
from tests.browser import sign_in
from tests.factories import make_agency, run_pipeline
from tests.forms.conftest import sign_up
from tests.forms.test_address_book import party
from tests.forms.test_list import declared
from tests.pages.test_accessibility import check
from tests.sheets.conftest import filled, many, saved

pytestmark = pytest.mark.django_db(transaction=True)


def test_300_items_from_a_workbook_are_accepted(
    page: Page, live_server: Any, tmp_path: Path
) -> None:
    trader = sign_up()
    make_rule_set(make_agency("customs").queues.get())
    book = tmp_path / "wine.xlsx"
    book.write_bytes(saved(filled("import", trader.organisation, many(trader, 300))))
    sign_in(page, live_server, trader.user)
    page.goto(reverse("declaration_upload_sheet"))
    page.get_by_label("Spreadsheet").set_input_files(book)
    page.get_by_label("File it at once, if nothing is wrong").check()
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("Read from the spreadsheet and filed.")).to_be_visible()
    filed = run_pipeline(Declaration.objects.get())
    assert filed.state == State.UNDER_REVIEW, filed.current.faults
    assert filed.item_count == 300


def test_a_party_is_filled_in_and_the_pages_are_accessible(page: Page, live_server: Any) -> None:
    trader = sign_up()
    kept = party(trader)
    declared(trader.organisation, "WINE-1")
    sign_in(page, live_server, trader.user)
    page.goto(reverse("declaration_new", args=["import"]))
    page.locator("[name=border_id]").fill("90-ZZ-1")
    page.locator("[name=book_q_exporter]").fill("sharab")
    page.locator("button[name=book][value=exporter]").click()
    page.locator("button[name=fill]").click()
    expect(page.locator("[name=exporter_id]")).to_have_value(kept.identifier)
    expect(page.locator("[name=border_id]")).to_have_value("90-ZZ-1")
    check(page, reverse("declaration_upload_sheet"))
    check(page, reverse("address_book"))
    check(page, reverse("party_edit", args=[kept.pk]))
    check(page, reverse("declaration_list") + "?view=all")
