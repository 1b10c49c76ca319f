"""An export and an application for a permit, by form from nothing to acceptance, in a browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from declarations.forms.typed import Typed
from declarations.models import Declaration
from declarations.states import State
from tests.agencies.samples import make_rule_set
from tests.browser import sign_in
from tests.factories import make_agency, run_pipeline
from tests.forms.conftest import Trader, caviar, sign_up, wine
from tests.forms.test_browser import fill

pytestmark = pytest.mark.django_db(transaction=True)


def exported(trader: Trader) -> Typed:
    """The wine the other way."""
    typed = wine(trader, "EXPORT-1")
    swapped = {"exporter": "consignee", "importer": "exporter"}
    header = {}
    for name, value in typed.header.items():
        party, _, part = name.partition("_")
        header[f"{swapped[party]}_{part}" if party in swapped else name] = value
    typed.header = header | {
        "export_country": "GE", "destination_country": "AZ", "exit_office": "GE000203",
    }
    typed.items[0].values |= {"procedure": "10", "origin_country": "GE"}
    return typed


@pytest.mark.parametrize("kind", ["export", "lpco"])
def test_filed_from_nothing_to_acceptance(page: Page, live_server: Any, kind: str) -> None:
    trader = sign_up()
    agency = make_agency("cites")
    make_rule_set(agency.queues.get())
    typed = exported(trader) if kind == "export" else caviar(trader, agency.organisation)
    sign_in(page, live_server, trader.user)
    page.goto("/declarations/new/")
    name = "Export" if kind == "export" else "Permit application"
    page.locator("main").get_by_role("link", name=name).click()
    for summary in page.locator("details.optional > summary").all():
        summary.click()
    fill(page, typed.header)
    fill(page, {f"item-0-{name}": value for name, value in typed.items[0].values.items()})
    page.get_by_role("button", name="Check and file").click()
    expect(page.get_by_role("navigation", name="Parts of the declaration")).to_contain_text("Timeline")
    filed = run_pipeline(Declaration.objects.get())
    assert (filed.kind, filed.state) == (kind, State.UNDER_REVIEW), filed.current.faults
    page.reload()
    expect(page.locator("main")).to_contain_text(filed.mrn or "")
