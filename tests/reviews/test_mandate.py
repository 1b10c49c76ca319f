"""What an agency's mandate does not cover is nowhere on its review's page, nor in its REST answer,
nor on paper; what it covers is."""

from typing import Any

import pytest
from django.urls import reverse

from agencies.field_visibility import ElementGroup
from agencies.models import Agency, Review
from declarations.models import Declaration
from tests.agency_api.conftest import make_system
from tests.factories import wine_dataset
from tests.receipts.pdf import text as text_of
from tests.reviews.conftest import Desk

pytestmark = pytest.mark.django_db

# Group, an element of it, and words in which page and paper show it.
PLANTED: tuple[tuple[ElementGroup, str], ...] = (
    (ElementGroup.VALUE, "INV-SENTINEL-1"),
    (ElementGroup.TAX, "TAXREL-77"),
    (ElementGroup.GUARANTEE, "GUARANTEE-SENTINEL"),
    (ElementGroup.BUYER, "Buyer Sentinel Ltd"),
    (ElementGroup.TRANSPORT, "TRUCK-SENTINEL"),
    (ElementGroup.PREVIOUS, "PREVIOUS-SENTINEL"),
)


def planted() -> dict[str, Any]:
    data = wine_dataset()
    shipment = data["GoodsShipment"]
    shipment["Invoice"]["ID"] = "INV-SENTINEL-1"
    shipment["Buyer"] = {"Name": "Buyer Sentinel Ltd", "ID": "998877665"}
    shipment["PreviousDocument"] = [{"ID": "PREVIOUS-SENTINEL", "TypeCode": "355"}]
    item = shipment["GovernmentAgencyGoodsItem"][0]
    item["Commodity"]["DutyTaxFee"] = [{"DutyRegimeCode": "TAXREL-77"}]
    data["ObligationGuarantee"] = [{"ReferenceID": "GUARANTEE-SENTINEL"}]
    data["BorderTransportMeans"]["ID"] = "TRUCK-SENTINEL"
    return data


@pytest.fixture
def laden(desk: Desk) -> Desk:
    desk.declaration.versions.update(dataset=planted())
    Declaration.objects.filter(pk=desk.review.declaration_id).update(
        invoice_amount="18600.00", invoice_currency="USD")
    return desk


def shown(desk: Desk) -> dict[str, str]:
    """The page with every element, the REST answer and the paper."""
    agency = desk.review.queue.agency
    program = make_system(agency)
    answer = program.get(f"reviews/{desk.review.pk}")
    assert answer.status_code == 200
    paper = desk.client.get(reverse("declaration_print", args=[desk.review.declaration_id]))
    assert paper.status_code == 200
    return {"page": desk.page("?all=1"), "rest": answer.content.decode(),
            "paper": text_of(paper.content)}


def test_what_is_covered_is_shown_everywhere(laden: Desk) -> None:
    for place, text in shown(laden).items():
        for group, words in PLANTED:
            assert words in text, (place, group)
    assert "18,600.00" in laden.page()


@pytest.mark.parametrize("withheld", ElementGroup.values)
def test_what_is_withheld_is_shown_nowhere(laden: Desk, withheld: str) -> None:
    Agency.objects.filter(pk=laden.review.queue.agency_id).update(withheld=[withheld])
    for place, text in shown(laden).items():
        for group, words in PLANTED:
            assert (words in text) == (group != withheld), (place, group)
    page = laden.page()
    assert "The mandate of your agency does not cover:" in page
    if withheld == ElementGroup.VALUE:
        for place, text in shown(laden).items():
            assert "18,600" not in text and "18600" not in text, place


def test_the_values_that_a_rule_matched_are_withheld_too(laden: Desk) -> None:
    snapshot = laden.review.snapshot
    snapshot["rules"][0]["matched"] += [
        {"field": "total_value", "values": ["18600.00 USD"]}, {"field": "mode", "values": ["3"]}]
    Review.objects.filter(pk=laden.review.pk).update(snapshot=snapshot)
    assert "Total invoice amount: 18600.00 USD" in laden.page()
    Agency.objects.filter(pk=laden.review.queue.agency_id).update(withheld=["value"])
    text = laden.page()
    assert "Total invoice amount" not in text and "18600" not in text
    assert "Mode of transport:" in text
    for tab in ("data", "reviews"):
        page = laden.client.get(
            reverse("declaration", args=[laden.review.declaration_id]) + f"?tab={tab}")
        assert "18600" not in page.content.decode(), tab

