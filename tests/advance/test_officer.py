"""Officers see what left beside what is declared, as far as their mandate goes; traders never do."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies import decisions
from agencies.models import Agency
from declarations.models import Declaration
from exchange.advance.models import Advance
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.journal.models import Event
from portal.notices.models import Notice
from tests.advance.conftest import UCR, Tell, export_of, file, import_of, the_advance, work
from tests.factories import make_member, make_officer

HEADING = "What left the neighbour"


@pytest.fixture
def declaration(tell: Tell, declarant: Actor, trader: Organisation) -> Declaration:
    """At half the price and with 300 packages fewer than left."""
    tell(export_of(trader, UCR))
    made = file(declarant, import_of(trader, UCR, price="9300.00", packages="700"))
    work()
    return made


@pytest.fixture
def officer(client: Client, customs: Agency) -> Client:
    client.force_login(make_officer(customs)[0])
    return client


def pages(client: Client, declaration: Declaration) -> list[str]:
    review = declaration.reviews.get()
    return [
        client.get(reverse(name, args=[pk])).content.decode()
        for name, pk in (("review", review.pk), ("declaration", declaration.pk))
    ]


def test_the_officer_reads_both_sides(officer: Client, declaration: Declaration) -> None:
    for page in pages(officer, declaration):
        assert HEADING in page and "2 figures differ" in page
        for words in ("18,600 USD", "9,300 USD", "−50.0 %", "−30.0 %", "Match: 100 of 100",
                      "Same consignment reference (UCR)", "26AZ0000000000001X"):
            assert words in page, words


def test_that_he_read_it_is_in_the_journal_once(
    officer: Client, declaration: Declaration
) -> None:
    pages(officer, declaration)
    (event,) = Event.objects.of(the_advance().pk).filter(kind="viewed")
    assert event.payload == {"agency": "Customs", "declaration": str(declaration.pk)}


def test_what_the_mandate_does_not_cover_is_not_shown(
    officer: Client, declaration: Declaration, customs: Agency
) -> None:
    customs.withheld = ["value", "transport"]
    customs.save()
    for page in pages(officer, declaration):
        assert HEADING in page and "1 figure differs" in page
        assert "18,600" not in page and "−50.0" not in page and "−30.0 %" in page


def test_the_trader_never_sees_the_comparison(
    client: Client, declaration: Declaration, trader: Organisation
) -> None:
    client.force_login(make_member(trader)[0])
    for tab in ("data", "timeline", "reviews", "messages"):
        page = client.get(reverse("declaration", args=[declaration.pk]), {"tab": tab})
        assert page.status_code == 200
        assert HEADING not in page.content.decode()
    assert not Event.objects.of(the_advance().pk).filter(kind="viewed").exists()


def test_nothing_is_shown_where_nothing_is_known(
    officer: Client, declarant: Actor, trader: Organisation
) -> None:
    for page in pages(officer, file(declarant, import_of(trader))):
        assert HEADING not in page


def test_what_was_withdrawn_is_told(
    officer: Client, declaration: Declaration, tell: Tell, trader: Organisation
) -> None:
    tell(export_of(trader, UCR), "cancelled", movement=the_advance().movement, position=2)
    work()
    for page in pages(officer, declaration):
        assert "has withdrawn the export 26AZ0000000000001X" in page
        assert "9,300 USD" not in page


def test_two_exports_are_compared_together(
    officer: Client, tell: Tell, declarant: Actor, trader: Organisation
) -> None:
    for number in ("1", "2"):
        tell(export_of(trader, UCR, ID=f"26AZ000000000000{number}X"))
    work()
    assert Advance.objects.count() == 2
    bought = import_of(trader, UCR, price="37200.00", packages="2000")
    (item,) = bought["GoodsShipment"]["GovernmentAgencyGoodsItem"]
    masses = item["Commodity"]["GoodsMeasure"]
    masses["GrossMassMeasure"]["value"] = "19600"
    masses["NetNetWeightMeasure"]["value"] = "18000"
    bought["TotalGrossMassMeasure"]["value"] = "19600"
    declaration = file(declarant, bought)
    work()
    for page in pages(officer, declaration):
        assert "The figures agree" in page and "37,200 USD" in page


def test_who_has_the_case_is_told_of_what_comes_later(
    tell: Tell, declarant: Actor, trader: Organisation, customs: Agency
) -> None:
    declaration = file(declarant, import_of(trader, UCR))
    person, actor = make_officer(customs)
    decisions.claim(declaration.reviews.get().pk, actor)
    tell(export_of(trader, UCR))
    work()
    notice = Notice.objects.get(kind="advance_matched")
    assert (notice.user, notice.reference) == (person, declaration.mrn)
