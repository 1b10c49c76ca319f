"""What a neighbour tells after the import was accepted assesses and routes it again, once a message."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies import decisions
from agencies.models import Agency
from agencies.risk.models import RiskAssessment
from agencies.risk.verifying import problems_of
from agencies.states import ReviewState
from declarations.models import Declaration
from declarations.states import State
from exchange.advance import news, tasks
from exchange.advance.models import News
from exchange.advance.states import Outcome
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.journal.models import Event
from portal.notices.models import Notice
from tests.advance.conftest import UCR, Tell, export_of, file, import_of, the_advance, work
from tests.factories import make_officer
from tests.risk.samples import make_profile

CHEAP = {"code": "cheap", "score": 60, "conditions": {"field": "mirror_value", "lte": -20}}
DRAWN = {"code": "drawn", "share": 50, "score": 1, "conditions": {"all": []}}


@pytest.fixture(autouse=True)
def profile(customs: Agency) -> None:
    make_profile(CHEAP, DRAWN, releases_green=False)


@pytest.fixture
def declaration(declarant: Actor, trader: Organisation) -> Declaration:
    """At half the price that its export, not told yet, has."""
    return file(declarant, import_of(trader, UCR, price="9300.00"))


def look() -> None:
    """What workers do: match, then look at what is new."""
    work()
    for pk in News.objects.filter(outcome=Outcome.WAITING).values_list("pk", flat=True):
        news.settle(pk)


def lanes(declaration: Declaration) -> list[str]:
    return list(RiskAssessment.objects.filter(declaration=declaration)
                .order_by("number", "again").values_list("lane", flat=True))


def dear(trader: Organisation, price: str = "18600.00", **more: Any) -> dict[str, Any]:
    found = export_of(trader, UCR, **more)
    (item,) = found["GoodsShipment"]["GovernmentAgencyGoodsItem"]
    amount = {"value": price, "currencyID": "USD"}
    found["InvoiceAmount"] = item["Commodity"]["InvoiceLine"]["ItemChargeAmount"] = amount
    return found


def test_an_export_told_later_makes_the_lane_heavier(
    declaration: Declaration, tell: Tell, trader: Organisation
) -> None:
    assert lanes(declaration) == ["green"]
    message = tell(export_of(trader, UCR))
    look()
    assert lanes(declaration) == ["green", "red"]
    first, second = RiskAssessment.objects.filter(declaration=declaration).order_by("again")
    assert first.inputs["draws"] == second.inputs["draws"], "nothing is drawn twice"
    assert second.inputs["because"] == "advance_information"
    assert not list(problems_of(first)) and not list(problems_of(second))
    assert declaration.reviews.get().lane == "red"
    found = News.objects.get()
    assert (found.outcome, found.lane_before, found.lane_after) == ("news_assessed", "green", "red")
    event = Event.objects.of(the_advance().pk).get(kind="advance_assessed")
    assert event.payload["message"] == str(message.message_id)
    told = Event.objects.of(declaration.pk).filter(kind="risk_assessed").last()
    assert told is not None and told.payload["because"] == "advance_information"


def test_once_for_each_message_however_often_it_runs(
    declaration: Declaration, tell: Tell, trader: Organisation
) -> None:
    movement = uuid.uuid4()
    tell(export_of(trader, UCR), "accepted", movement=movement)
    look()
    found = News.objects.get()
    news.settle(found.pk)
    tell(export_of(trader, UCR), "released", movement=movement, position=2)
    look()
    assert lanes(declaration) == ["green", "red"], "the release says nothing new"
    assert sorted(News.objects.values_list("outcome", flat=True)) == [
        "news_assessed", "news_nothing"]
    assert Event.objects.of(the_advance().pk).filter(kind="advance_assessed").count() == 1


def test_the_sweep_finds_it(declaration: Declaration, tell: Tell, trader: Organisation) -> None:
    tell(export_of(trader, UCR))
    work()
    assert tasks.sweep() == 0
    News.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert tasks.sweep() == 1
    assert News.objects.get().attempts == 1


def test_an_amendment_and_a_withdrawal_are_news_and_never_make_it_lighter(
    declaration: Declaration, tell: Tell, trader: Organisation
) -> None:
    movement = uuid.uuid4()
    tell(dear(trader, "9300.00"), "released", movement=movement)
    look()
    assert lanes(declaration) == ["green", "green"], "it agrees: rules may say so"
    tell(dear(trader), "amended", movement=movement, position=2)
    look()
    assert lanes(declaration)[-1] == "red"
    tell(dear(trader), "cancelled", movement=movement, position=3)
    look()
    assert lanes(declaration) == ["green", "green", "red", "red"]
    last = RiskAssessment.objects.filter(declaration=declaration).latest("again")
    assert last.inputs["lane_of_before"] == "red" and "cheap" not in last.codes


def test_who_has_the_case_reads_it_and_it_stays_his(
    declaration: Declaration, tell: Tell, trader: Organisation, customs: Agency, client: Client
) -> None:
    person, actor = make_officer(customs)
    review = declaration.reviews.get()
    decisions.claim(review.pk, actor)
    tell(export_of(trader, UCR))
    look()
    review.refresh_from_db()
    assert (review.state, review.claimed_by_id) == (ReviewState.CLAIMED, person.pk)
    notice = Notice.objects.get(kind="advance_assessed")
    assert notice.user == person
    client.force_login(person)
    page = client.get(reverse("review", args=[review.pk])).content.decode()
    assert "New information from Azerbaijan customs" in page


def test_a_decision_is_looked_at_again_only_where_rules_ask_for_more(
    declarant: Actor, trader: Organisation, customs: Agency, tell: Tell
) -> None:
    from agencies.models import RuleSet
    from tests.agencies.samples import make_rule
    from tests.factories import make_agency

    vet = make_agency("vet")
    rules = RuleSet.objects.get()
    make_rule(rules, vet, {"field": "hs", "prefix": "2204"})
    make_rule(rules, customs, {"field": "mirror", "is": "value"}, code="mirror")
    declaration = file(declarant, import_of(trader, UCR, price="9300.00"))
    other, own = (declaration.reviews.get(queue__agency=one) for one in (vet, customs))
    _person, officer = make_officer(customs)
    decisions.claim(own.pk, officer)
    decisions.approve(own.pk, officer)
    movement = uuid.uuid4()
    tell(dear(trader, "9300.00"), movement=movement)
    look()
    own.refresh_from_db()
    assert own.state == ReviewState.APPROVED, "what agrees asks for nothing"
    tell(dear(trader), "amended", movement=movement, position=2)
    look()
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.state, other.state) == (ReviewState.OPEN, ReviewState.OPEN)
    assert "mirror" in {rule["code"] for rule in own.snapshot["rules"]}
    assert Declaration.objects.get(pk=declaration.pk).state == State.UNDER_REVIEW


def test_what_is_released_stays_released(
    declaration: Declaration, tell: Tell, trader: Organisation, customs: Agency
) -> None:
    _person, officer = make_officer(customs)
    review = declaration.reviews.get()
    decisions.claim(review.pk, officer)
    decisions.approve(review.pk, officer)
    tell(export_of(trader, UCR))
    look()
    assert News.objects.get().outcome == Outcome.LATE
    assert lanes(declaration) == ["green"]
    assert Declaration.objects.get(pk=declaration.pk).state == State.RELEASED


@pytest.mark.django_db(transaction=True)
def test_many_workers_assess_it_once(
    transactional_db: None, declaration: Declaration, tell: Tell, trader: Organisation
) -> None:
    tell(export_of(trader, UCR))
    work()
    pk = News.objects.get().pk

    def hand(_number: int) -> None:
        try:
            news.settle(pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(hand, range(12)))
    assert lanes(declaration) == ["green", "red"]
