"""In a browser: the pages of transit, wide in light and narrow in dark, with axe on each."""

from typing import Any

from playwright.sync_api import Page, expect

from agencies.models import Agency
from exchange.transit import movements
from exchange.transit.messages import read
from exchange.transit.states import Step
from portal.accounts.roles import Role
from tests.browser import sign_in
from tests.factories import make_officer, make_user
from tests.permits.test_browser import check
from tests.transit.conftest import IN, make_guarantee, make_partner, make_transit, release
from tests.transit.documents import announcement, document
from tests.transit.test_steps import told


def test_the_pages_of_transit(page: Page, live_server: Any, customs: Agency) -> None:
    make_guarantee()
    make_partner("AZ")
    ours = release(make_transit())
    told(ours, Step.PASS, "AZ", office="AZ000202", seal_state="intact")
    body = document("AnticipatedArrival", "26KZ0000000000001X", "KZ", announcement(*IN))
    content = read("transit_announced", body)
    theirs = movements.begin("KZ", content.mrn, content.data, content.at)
    sign_in(page, live_server, make_officer(customs, Role.SUPERVISOR)[0])
    for address in ("/transit/", "/transit/guarantees/", f"/transit/{ours.pk}/",
                    f"/transit/{theirs.pk}/"):
        check(page, address)
    page.get_by_text("Report an incident").first.click()
    page.get_by_role("button", name="Report an incident").click()
    expect(page.get_by_role("alert")).to_contain_text("What happened")
    page.get_by_label("What happened").fill("Two hours at the border: the scanner was out of order.")
    page.get_by_label("Kind").select_option("delay")
    page.get_by_role("button", name="Report an incident").click()
    expect(page.get_by_text("the scanner was out of order")).to_be_visible()
    trader = make_user()
    trader.memberships.create(organisation=ours.declaration.organisation, role=Role.DECLARANT)
    sign_in(page, live_server, trader)
    check(page, f"/declarations/{ours.declaration.pk}/")
