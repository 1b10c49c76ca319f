"""The pages in Chromium, by axe: the form, the comparison, and the decision of customs."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from agencies import amendments
from declarations import amendment_drafts
from portal.accounts.models import User
from tests.agencies.conftest import World
from tests.amendments.conftest import Filed, make_filed
from tests.browser import sign_in
from tests.factories import make_officer
from tests.pages.test_accessibility import check


@pytest.fixture
def case(transactional_db: None, world: World) -> Filed:
    return make_filed(world)


def test_axe_on_the_way_of_an_amendment(page: Page, live_server: Any, case: Filed) -> None:
    case.approve(case.world.phyto)
    pk = case.declaration.pk
    sign_in(page, live_server, case.user)
    amendment_drafts.begin(case.trader, pk)
    check(page, reverse("declaration_amend", args=[pk]))
    shipment = case.with_item(Description="Sparkling wine")
    second = dict(shipment["GovernmentAgencyGoodsItem"][0])
    shipment["GovernmentAgencyGoodsItem"].append(second | {
        "SequenceNumeric": 2, "Packaging": [second["Packaging"][0] | {"MarksNumbersID": "MORE"}]})
    office: dict[str, Any] = {"GoodsItemQuantity": {"value": "2"}, "DeclarationOfficeID": "GE000102",
              "TotalGrossMassMeasure": {"value": "19600", "unitCode": "KGM"},
              "TotalPackageQuantity": {"value": "2000"},
              "InvoiceAmount": {"value": "37200.00", "currencyID": "USD"}}
    change = case.ask("The lorry took the second half of the order too, and it is sparkling.",
                      GoodsShipment=shipment, **office)
    assert change.state == "asked", change.faults
    check(page, reverse("declaration", args=[pk]) + "?tab=requests")
    check(page, reverse("declaration_amendment", args=[pk, change.pk]))
    user, customs = make_officer(case.world.customs)
    page.context.clear_cookies()
    sign_in(page, live_server, User.objects.get(pk=user.pk))
    check(page, reverse("amendments"))
    check(page, reverse("amendment", args=[change.pk]))
    amendments.grant(change.pk, customs)
    check(page, reverse("amendment", args=[change.pk]))
    check(page, reverse("declaration_versions", args=[pk]))
