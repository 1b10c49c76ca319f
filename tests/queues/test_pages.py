"""The queue page: pages without gaps in every order, filters, many at once, views, counts."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from agencies import decisions
from agencies.calendars import Office
from agencies.models import Queue, Review
from declarations.views_saved import SavedView
from portal.accounts.roles import Role
from tests.agencies.conftest import World
from tests.agencies.samples import make_declaration
from tests.factories import make_member, make_officer, make_organisation


def opened(client: Client, query: str = "") -> str:
    answer = client.get(reverse("review_queue") + query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("query", ["?", "?sort=priority", "?sort=lane", "?show=all"])
def test_pages_show_each_review_once_in_every_order(world: World, query: str) -> None:
    trader = make_organisation()
    user, _trader = make_member(trader)
    names = {f"PAGE-{number:03}" for number in range(120)}
    lab = Queue.objects.create(agency=world.phyto, code="lab", name="Laboratory")
    for number, name in enumerate(sorted(names)):
        review = world.review(world.route(make_declaration(trader, user, lrn=name)), world.phyto)
        review.lane = ("", "red", "yellow", "blue", "green")[number % 5]
        review.priority = number % 3
        review.queue = lab if number % 2 else review.queue
        review.save()
    client = Client()
    client.force_login(make_officer(world.phyto)[0])
    found: list[str] = []
    text = opened(client, query)
    while True:
        found += re.findall(r"· (PAGE-\d+)<", text)
        link = re.search(r'rel="next" href="([^"]+)"', text)
        if link is None:
            break
        text = opened(client, unescape(link[1]))
    assert sorted(found) == sorted(names)
    assert found[:50] == re.findall(r"· (PAGE-\d+)<", opened(client, query))
    back = re.findall(r"· (PAGE-\d+)<", text)
    while link := re.search(r'rel="prev" href="([^"]+)"', text):
        text = opened(client, unescape(link[1]))
        back = re.findall(r"· (PAGE-\d+)<", text) + back
    # The first page is whole again, whatever was left over before it.
    assert back[-70:] == found[-70:] and back[:50] == found[:50]


def test_the_lane_order_is_red_first_and_unjudged_last(world: World) -> None:
    for number, lane in enumerate(("green", "", "red", "blue", "yellow")):
        review = world.review(world.route(make_declaration(lrn=f"LANE-{number}")), world.phyto)
        Review.objects.filter(pk=review.pk).update(lane=lane)
    client = Client()
    client.force_login(make_officer(world.phyto)[0])
    text = opened(client, "?sort=lane")
    assert re.findall(r"· LANE-(\d)<", text) == ["2", "4", "3", "0", "1"]


def test_an_officer_sees_the_own_office_first(world: World) -> None:
    office = Office.objects.create(agency=world.phyto, code="poti", name="Poti port",
                                   customs_offices=["GE000202"])
    elsewhere = world.review(world.route(make_declaration(lrn="ELSE-1")), world.phyto)
    there = world.review(world.route(make_declaration(lrn="POTI-1", office="GE000202")),
                         world.phyto)
    Review.objects.filter(pk=elsewhere.pk).update(priority=5)
    user, actor = make_officer(world.phyto)
    client = Client()
    client.force_login(user)
    assert "POTI-1" in opened(client) and "ELSE-1" in opened(client)
    office.officers.add(user)
    text = opened(client)
    assert "POTI-1" in text and "ELSE-1" not in text and "Poti port" in text
    assert "ELSE-1" in opened(client, "?show=open")
    assert decisions.claim_next(actor) == there
    # Nothing is left there: what other offices have comes next, on the page too.
    assert "ELSE-1" in opened(client)
    assert decisions.claim_next(actor) == elsewhere
    assert decisions.claim_next(actor) is None


def test_a_place_in_the_list_that_is_another_agencys_begins_it_anew(world: World) -> None:
    declaration = world.route(make_declaration(lrn="MINE-1"))
    client = Client()
    client.force_login(make_officer(world.phyto)[0])
    foreign = world.review(declaration, world.vet)
    for name in ("after", "before"):
        assert "MINE-1" in opened(client, f"?{name}={foreign.pk}")


def test_filters_narrow_by_office_lane_kind_and_officer(world: World) -> None:
    office = Office.objects.create(agency=world.phyto, code="poti", name="Poti",
                                   customs_offices=["GE000202"])
    there = world.review(world.route(make_declaration(lrn="POTI-1", office="GE000202")), world.phyto)
    world.route(make_declaration(lrn="ELSE-1"))
    Review.objects.filter(pk=there.pk).update(lane="red", priority=2)
    user, actor = make_officer(world.phyto)
    client = Client()
    client.force_login(user)
    for query in (f"?office={office.code}", "?lane=red"):
        text = opened(client, query)
        assert "POTI-1" in text and "ELSE-1" not in text
    assert "POTI-1" not in opened(client, "?kind=inspection")
    decisions.claim(there.pk, actor)
    text = opened(client, f"?show=taken&officer={user.pk}")
    assert "POTI-1" in text
    assert client.get(reverse("review_queue_counts")).status_code == 200


def test_many_at_once_tell_the_result_of_each(world: World) -> None:
    boss, _actor = make_officer(world.phyto, Role.SUPERVISOR)
    officer, actor = make_officer(world.phyto)
    reviews = [world.review(world.route(), world.phyto) for _number in range(3)]
    decisions.claim(reviews[0].pk, actor)
    client = Client()
    client.force_login(officer)
    keys = [str(review.pk) for review in reviews]
    answer = client.post(reverse("review_bulk"), {"action": "approve", "review": keys})
    assert "1 of 3 done" in answer.content.decode()
    assert answer.content.decode().count("Take the review up first.") == 2
    client.force_login(boss)
    answer = client.post(reverse("review_bulk"), {
        "action": "assign", "review": keys, "officer": str(officer.pk)})
    assert "2 of 3 done" in answer.content.decode()
    stranger = Client()
    stranger.force_login(make_officer(world.vet)[0])
    answer = stranger.post(reverse("review_bulk"), {"action": "claim", "review": keys})
    assert "0 of 0 done" in answer.content.decode()


def test_a_view_is_kept_and_deleted(world: World) -> None:
    client = Client()
    client.force_login(make_officer(world.phyto)[0])
    client.post(reverse("review_view_keep"), {"view_name": "Red", "lane": "red", "first": "on"})
    view = SavedView.objects.get()
    assert view.query == {"show": "open", "lane": "red"}
    assert client.get(reverse("review_queue")).status_code == 302
    assert "Red" in opened(client, "?" + view.address)
    client.post(reverse("review_view_delete", args=[view.pk]))
    assert not SavedView.objects.exists()
