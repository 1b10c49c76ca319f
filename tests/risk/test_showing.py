"""Who reads what of an assessment: the officer all, the trader what is disclosable."""

import pytest
from django.test import Client

from agencies.models import Agency
from agencies.risk.showing import effect_of, told_to_programs
from declarations import intake
from declarations.models import Declaration
from declarations.states import Channel
from portal.accounts.tokens import create_client
from tests.agencies.conftest import World
from tests.factories import make_member, make_officer, make_organisation, run_pipeline, wine_import
from tests.risk.samples import make_profile

RULES = (
    {"code": "new", "conditions": {"field": "earlier", "lte": 2}, "score": 25,
     "disclosable": True, "title": "A new trader", "legal_basis": "Customs Code, 154"},
    {"code": "cheap", "title": "Worth less than its like",
     "conditions": {"field": "value_per_kg", "lte": 3, "unit": "USD"}, "score": 10},
)


@pytest.fixture
def filed(world: World) -> tuple[Declaration, Client]:
    """A declaration that was assessed, and a client of whoever filed it."""
    make_profile(*RULES)
    organisation = make_organisation()
    user, actor = make_member(organisation)
    declaration = intake.submit(actor, wine_import(organisation), channel=Channel.REST)
    trader = Client()
    trader.force_login(user)
    return run_pipeline(declaration), trader


def officer_of(agency: Agency) -> Client:
    user, _actor = make_officer(agency)
    client = Client()
    client.force_login(user)
    return client


def test_the_trader_reads_the_lane_and_what_is_disclosable(
    filed: tuple[Declaration, Client]
) -> None:
    declaration, trader = filed
    for tab in ("data", "reviews", "timeline"):
        text = trader.get(f"/declarations/{declaration.pk}/?tab={tab}").content.decode()
        assert "Yellow: documents" in text and "A new trader" in text
        assert "Worth less than its like" not in text
        assert "of 100" not in text


def test_the_officer_reads_all_with_what_matched(
    filed: tuple[Declaration, Client], world: World
) -> None:
    declaration, _trader = filed
    client = officer_of(world.vet)
    review = declaration.reviews.get(queue__agency=world.vet)
    text = client.get(f"/reviews/{review.pk}/").content.decode()
    for words in ("A new trader", "Worth less than its like", "35 of 100", "2.0667 USD",
                  "Kept from the trader", "No earlier declaration of this trader"):
        assert words in text
    assert "Yellow: documents" in client.get("/reviews/").content.decode()
    assert "Worth less" in client.get(f"/declarations/{declaration.pk}/").content.decode()


def test_an_agency_without_mandate_for_values_reads_none_here(
    filed: tuple[Declaration, Client], world: World
) -> None:
    declaration, _trader = filed
    Agency.objects.filter(pk=world.vet.pk).update(withheld=["value"])
    review = declaration.reviews.filter(queue__agency=world.vet).first()
    assert review is not None
    text = officer_of(world.vet).get(f"/reviews/{review.pk}/").content.decode()
    assert "Worth less than its like" in text
    assert "2.0667" not in text


def test_effects_in_words() -> None:
    assert effect_of(25, "red") == "+25, at least red: inspection"
    assert effect_of(-30, "") == "\u221230"
    assert effect_of(0, "") == ""


def test_the_traders_program_reads_what_the_page_shows(
    filed: tuple[Declaration, Client], client: Client
) -> None:
    declaration, _trader = filed
    _api_client, token = create_client(declaration.organisation, "reads")
    path = f"/api/v1/declarations/{declaration.pk}"
    answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["risk"] == {"lane": "yellow", "reasons": [
        {"title": "A new trader", "legal_basis": "Customs Code, 154"}]}
    described = client.get("/api/v1/schema").json()["components"]["schemas"]
    assert "risk" in described["DeclarationDetail"]["properties"]
    assert set(described["Risk"]["properties"]) == {"lane", "reasons"}


def test_the_lane_stands_beside_the_state(filed: tuple[Declaration, Client]) -> None:
    declaration, trader = filed
    text = trader.get(f"/declarations/{declaration.pk}/").content.decode()
    badge = text.partition('class="case-badge"')[2].partition('class="case-holder"')[0]
    assert "Risk lane:" in badge and "Yellow: documents" in badge


def test_without_a_profile_nothing_is_told(world: World) -> None:
    organisation = make_organisation()
    _user, actor = make_member(organisation)
    filed = run_pipeline(
        intake.submit(actor, wine_import(organisation), channel=Channel.REST))
    assert told_to_programs(filed) is None
