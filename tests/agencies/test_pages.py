"""The officer's pages: who sees what, what the forms do, and that lists stay cheap."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies import decisions
from agencies.models import Queue, Review
from agencies.states import ReviewState
from declarations import wco
from declarations.models import Declaration, Version
from declarations.states import State
from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.agencies.conftest import World
from tests.agencies.samples import dataset, item, make_declaration
from tests.factories import make_member, make_officer, make_organisation


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def phyto(world: World) -> tuple[Client, Actor]:
    user, actor = make_officer(world.phyto, name="tamar")
    return signed_in(user), actor


def filed(world: World, **fields: object) -> Declaration:
    """Routed, with its message kept as the pipeline keeps it."""
    declaration = make_declaration(**fields)  # type: ignore[arg-type]
    data = dataset(item("220421"), item("080810", "TR", documents=("851",)))
    Version.objects.create(
        declaration=declaration, number=1, channel="form", body=b"<x/>", sha256="0" * 64,
        dataset=wco.to_json(data), organisation=declaration.organisation,
    )
    return world.route(declaration, data)


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.status_code
    return response.content.decode()


def test_the_queue_shows_the_agencys_work_and_nobody_elses(
    world: World, phyto: tuple[Client, Actor]
) -> None:
    client, _actor = phyto
    wine = world.route(make_declaration(lrn="WINE-1"))
    world.route(make_declaration(lrn="TEA-1"), dataset(item("090210")))
    text = page(client, reverse("review_queue"))
    assert "WINE-1" in text and "TEA-1" not in text
    assert wine.mrn in text


def test_the_tabs_divide_the_work(world: World, phyto: tuple[Client, Actor]) -> None:
    client, actor = phyto
    for name in ("OPEN-1", "MINE-1", "OTHER-1", "DONE-1"):
        world.route(make_declaration(lrn=name))
    review = {r.declaration.lrn: r for r in Review.objects.filter(queue__agency=world.phyto)}
    _user, colleague = make_officer(world.phyto)
    decisions.claim(review["MINE-1"].pk, actor)
    decisions.claim(review["OTHER-1"].pk, colleague)
    decisions.claim(review["DONE-1"].pk, colleague)
    decisions.approve(review["DONE-1"].pk, colleague)

    def shown(query: str) -> set[str]:
        text = page(client, reverse("review_queue") + query)
        return {name for name in review if name in text}

    assert shown("") == {"OPEN-1"}
    assert shown("?show=mine") == {"MINE-1"}
    assert shown("?show=all") == set(review)
    page(client, reverse("review_queue") + "?show=nonsense", status=404)


@pytest.mark.parametrize("text", ["LRN-X", "26GEFIND", "orchard", "0808", "0808.10"])
def test_the_search_finds_by_number_trader_and_goods(
    world: World, phyto: tuple[Client, Actor], text: str
) -> None:
    client, _actor = phyto
    world.route(make_declaration(lrn="LRN-X1", mrn="26GEFINDME00000001", importer="Orchard Ltd",
                                 hs_codes=["080810"]))
    world.route(make_declaration(lrn="NOT-1"))
    shown = page(client, f"{reverse('review_queue')}?q={text}")
    assert "LRN-X1" in shown and "NOT-1" not in shown
    assert "No review matches" in page(client, f"{reverse('review_queue')}?q=nothing-like-it")


def test_a_queue_can_be_looked_at_alone(world: World, phyto: tuple[Client, Actor]) -> None:
    client, _actor = phyto
    lab = Queue.objects.create(agency=world.phyto, code="lab", name="Laboratory")
    declaration = world.route(make_declaration(lrn="LAB-1"))
    world.route(make_declaration(lrn="DESK-1"))
    Review.objects.filter(declaration=declaration, queue__agency=world.phyto).update(queue=lab)
    text = page(client, reverse("review_queue") + "?queue=lab")
    assert "LAB-1" in text and "DESK-1" not in text
    Queue.objects.create(agency=world.vet, code="vet-lab", name="Veterinary laboratory")
    assert "Veterinary laboratory" not in page(client, reverse("review_queue"))


def test_what_is_due_first_comes_first_and_overdue_is_said_in_words(
    world: World, phyto: tuple[Client, Actor]
) -> None:
    client, _actor = phyto
    world.route(make_declaration(lrn="SECOND-1"))
    late = world.route(make_declaration(lrn="FIRST-1"))
    Review.objects.filter(declaration=late).update(due_at=timezone.now() - timedelta(hours=3))
    text = page(client, reverse("review_queue"))
    assert text.index("FIRST-1") < text.index("SECOND-1")
    assert "3\u00a0hours overdue" in text
    assert "1 review is overdue" in text


def test_lists_are_paged_and_cost_no_query_per_line(
    world: World, phyto: tuple[Client, Actor], django_assert_max_num_queries: object
) -> None:
    client, _actor = phyto
    trader = make_organisation()
    user, _trader = make_member(trader)
    for number in range(60):
        world.route(make_declaration(trader, user, lrn=f"PAGED-{number:03}"))
    page(client, reverse("review_queue"))
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        first = page(client, reverse("review_queue"))
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link is not None
    second = page(client, reverse("review_queue") + unescape(link[1]))
    assert (first.count("PAGED-"), second.count("PAGED-")) == (50, 10)


def test_one_review_tells_why_and_what(world: World, phyto: tuple[Client, Actor]) -> None:
    client, _actor = phyto
    declaration = filed(world)
    text = page(client, reverse("review", args=[world.review(declaration, world.phyto).pk]))
    for words in ("Wine", "Food Safety Code, article 12", "Commodity code:", "Ganja Sharab 2 OJSC",
                  "Goods of 080810", "matched", "851-1", "Vet", "Waiting for an earlier tier"):
        assert words in text, words
    assert text.count('class="goods-matched"') == 1
    only = page(client, reverse("review", args=[world.review(declaration, world.phyto).pk])
                + "?goods=matched")
    assert "Goods of 080810" not in only


def test_reading_a_case_is_journalled_once(world: World, phyto: tuple[Client, Actor]) -> None:
    client, actor = phyto
    declaration = filed(world)
    for _time in range(2):
        page(client, reverse("review", args=[world.review(declaration, world.phyto).pk]))
    views = Event.objects.of(declaration.pk).filter(kind=EventKind.VIEWED)
    assert [event.user for event in views] == [actor.user_id]


def test_the_review_page_costs_no_query_per_item_or_agency(
    world: World, phyto: tuple[Client, Actor], django_assert_max_num_queries: object
) -> None:
    client, _actor = phyto
    address = reverse("review", args=[world.review(filed(world), world.phyto).pk])
    page(client, address)
    # Among them one each for conditions, files, permits cited, what neighbours told and granted,
    # and the trader's earlier cases.
    with django_assert_max_num_queries(23):  # type: ignore[operator]
        page(client, address)


def test_an_officer_decides_by_plain_forms(world: World, phyto: tuple[Client, Actor]) -> None:
    client, actor = phyto
    declaration = filed(world)
    response = client.post(reverse("review_claim_next"))
    review = world.review(declaration, world.phyto)
    assert response.url == reverse("review", args=[review.pk])  # type: ignore[attr-defined]
    assert "Refuse the declaration" in page(client, response.url)  # type: ignore[attr-defined]
    response = client.post(reverse("review_approve", args=[review.pk]), {"note": "Seals intact."},
                           follow=True)
    assert "Approved. The decision is recorded." in response.content.decode()
    review.refresh_from_db()
    assert (review.state, review.reason, review.decided_by_id) == (
        ReviewState.APPROVED, "Seals intact.", actor.user_id)


def test_a_refusal_without_reason_comes_back_with_the_fault_at_the_field(
    world: World, phyto: tuple[Client, Actor]
) -> None:
    client, actor = phyto
    declaration = filed(world)
    review = decisions.claim(world.review(declaration, world.phyto).pk, actor)
    address = reverse("review_refuse", args=[review.pk])
    response = client.post(address, {"reason_code": "", "reason": "Mould on the corks."})
    text = response.content.decode()
    assert response.status_code == 422
    assert "Choose the reason for the refusal." in text
    assert 'aria-invalid="true"' in text
    assert "Mould on the corks." in text
    review.refresh_from_db()
    assert review.state == ReviewState.CLAIMED
    client.post(address, {"reason_code": "health_risk", "reason": "Mould on the corks."})
    declaration.refresh_from_db()
    assert declaration.state == State.REFUSED


def test_handing_back_and_what_cannot_be_done_are_told(
    world: World, phyto: tuple[Client, Actor]
) -> None:
    client, actor = phyto
    declaration = filed(world)
    review = world.review(declaration, world.phyto)
    response = client.post(reverse("review_approve", args=[review.pk]), follow=True)
    assert "Take the review up first." in response.content.decode()
    decisions.claim(review.pk, actor)
    response = client.post(reverse("review_hand_back", args=[review.pk]), follow=True)
    assert "is back in the queue" in response.content.decode()
    assert "Nothing is left to take up" not in response.content.decode()


def test_an_empty_queue_says_so(world: World, phyto: tuple[Client, Actor]) -> None:
    client, _actor = phyto
    assert "Nothing waits for your agency" in page(client, reverse("review_queue"))
    response = client.post(reverse("review_claim_next"), follow=True)
    assert "Nothing is left to take up" in response.content.decode()


@pytest.mark.parametrize("name", ["review_claim", "review_hand_back", "review_approve",
                                  "review_refuse"])
def test_another_agencys_review_is_not_found(world: World, name: str) -> None:
    review = world.review(filed(world), world.phyto)
    user, _actor = make_officer(world.vet)
    client = signed_in(user)
    page(client, reverse("review", args=[review.pk]), status=404)
    reason = {"reason_code": "other", "reason": "x"}
    assert client.post(reverse(name, args=[review.pk]), reason).status_code == 404
    review.refresh_from_db()
    assert review.state == ReviewState.OPEN


def test_a_review_of_a_tier_that_waits_is_not_found(world: World) -> None:
    review = world.review(filed(world), world.customs)
    user, _actor = make_officer(world.customs)
    page(signed_in(user), reverse("review", args=[review.pk]), status=404)
    assert "Nothing waits" in page(signed_in(user), reverse("review_queue"))


def test_traders_have_no_queue(world: World) -> None:
    declaration = filed(world)
    user, _actor = make_member(declaration.organisation)
    client = signed_in(user)
    page(client, reverse("review_queue"), status=403)
    page(client, reverse("review", args=[world.review(declaration, world.phyto).pk]), status=403)
    assert Client().get(reverse("review_queue")).status_code == 302


def test_deciding_takes_a_post(world: World, phyto: tuple[Client, Actor]) -> None:
    client, _actor = phyto
    review = world.review(filed(world), world.phyto)
    assert client.get(reverse("review_claim", args=[review.pk])).status_code == 405
    assert client.get(reverse("review_claim_next")).status_code == 405


def test_a_supervisor_may_put_a_colleagues_review_back(
    world: World, phyto: tuple[Client, Actor]
) -> None:
    _client, actor = phyto
    review = decisions.claim(world.review(filed(world), world.phyto).pk, actor)
    user, _supervisor = make_officer(world.phyto, Role.SUPERVISOR)
    client = signed_in(user)
    assert "Put back into the queue" in page(client, reverse("review", args=[review.pk]))
    client.post(reverse("review_hand_back", args=[review.pk]))
    review.refresh_from_db()
    assert review.state == ReviewState.OPEN


def test_a_queue_that_cannot_be_is_not_found(world: World, phyto: tuple[Client, Actor]) -> None:
    for code in ("\0", "a\0b", "nothing", "x" * 5000):
        answer = phyto[0].post(reverse("review_claim_next"), {"queue": code})
        assert answer.status_code == 404, code
