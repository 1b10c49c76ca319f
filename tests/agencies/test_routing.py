"""Which reviews a declaration gets, and what is kept about why."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.models import Queue, RuleSet
from agencies.routing import RoutingError, route
from agencies.states import ReviewKind, ReviewState, RuleSetStatus
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.agencies.conftest import World
from tests.agencies.samples import (
    dataset,
    item,
    make_declaration,
    make_rule,
    make_rule_set,
    without_triggers,
)
from tests.factories import make_agency


def kinds(declaration_pk: object) -> list[str]:
    return [event.kind for event in Event.objects.of(declaration_pk)]  # type: ignore[arg-type]


def test_every_agency_with_a_matching_rule_gets_a_review(world: World) -> None:
    declaration = world.route()
    states = {r.queue.agency.code: (r.tier, r.state) for r in declaration.reviews.all()}
    assert states == {"phyto": (1, ReviewState.OPEN), "vet": (1, ReviewState.OPEN),
                      "customs": (2, ReviewState.WAITING)}
    assert kinds(declaration.pk) == [EventKind.ROUTED, *[EventKind.REVIEW_OPENED] * 2]


def test_the_clock_of_a_review_starts_when_it_opens(world: World) -> None:
    Queue.objects.filter(agency=world.phyto).update(service_hours=6)
    declaration = world.route()
    opened = world.review(declaration, world.phyto)
    assert opened.due_at - opened.opened_at == timedelta(hours=6)
    waiting = world.review(declaration, world.customs)
    assert waiting.due_at is None and waiting.opened_at is None


def test_the_snapshot_says_why(world: World) -> None:
    declaration = world.route(data=dataset(item("080810"), item("220421"), item("220830")))
    snapshot = world.review(declaration, world.phyto).snapshot
    assert snapshot["rule_set"] == {"id": str(world.rule_set.pk), "version": 1, "title": "Routing"}
    (rule,) = snapshot["rules"]
    assert (rule["code"], rule["title"], rule["legal_basis"]) == (
        "wine-phyto", "Wine", "Food Safety Code, article 12")
    assert rule["items"] == [2]
    assert rule["matched"] == [{"field": "kind", "values": ["import"]},
                               {"field": "hs", "values": ["220421"]}]
    assert world.review(declaration, world.vet).snapshot["rules"][0]["items"] == [2, 3]


def test_what_no_rule_matches_goes_to_the_default_queue(empty_world: World) -> None:
    make_rule(empty_world.rule_set, empty_world.phyto, {"field": "hs", "prefix": "06"})
    declaration = empty_world.route()
    review = declaration.reviews.get()
    assert review.queue == empty_world.rule_set.default_queue
    assert review.state == ReviewState.OPEN
    assert review.snapshot["default"] is True
    assert review.snapshot["rules"] == []


def test_an_agencys_later_tiers_do_not_fire_when_an_earlier_one_has(empty_world: World) -> None:
    made = empty_world
    second = Queue.objects.create(agency=made.phyto, code="phyto-lab", name="Laboratory")
    first = made.phyto.queues.get(code="phyto")
    make_rule(made.rule_set, made.phyto, {"field": "hs", "prefix": "22"}, queue=first)
    make_rule(made.rule_set, made.phyto, {"all": []}, tier=2, queue=second)
    assert [r.queue.code for r in made.route().reviews.all()] == ["phyto"]


def test_rules_that_lead_to_one_queue_make_one_review_of_the_most_thorough_kind(
    empty_world: World,
) -> None:
    made = empty_world
    make_rule(made.rule_set, made.phyto, {"all": []}, code="a", review_kind=ReviewKind.INSPECTION)
    make_rule(made.rule_set, made.phyto, {"field": "hs", "prefix": "22"}, code="b")
    review = made.route().reviews.get()
    assert review.kind == ReviewKind.INSPECTION
    assert [rule["code"] for rule in review.snapshot["rules"]] == ["a", "b"]


def test_the_lowest_tier_opens_even_when_it_is_not_the_first(empty_world: World) -> None:
    make_rule(empty_world.rule_set, empty_world.customs, {"all": []}, tier=5)
    assert empty_world.route().reviews.get().state == ReviewState.OPEN


def test_routing_again_changes_nothing(world: World) -> None:
    declaration = world.route()
    with transaction.atomic():
        again = route(declaration, dataset(item("080810")))
    assert {r.pk for r in again} == {r.pk for r in declaration.reviews.all()}
    assert len(again) == 3
    assert kinds(declaration.pk).count(EventKind.ROUTED) == 1


def test_the_newest_rule_set_in_force_decides_and_old_reviews_keep_theirs(world: World) -> None:
    before = world.route()
    newer = make_rule_set(world.customs.queues.get(), version=2, title="Newer")
    make_rule(newer, world.customs, {"all": []}, code="all")
    later = make_rule_set(world.customs.queues.get(), version=3,
                          effective_from=timezone.now() + timedelta(days=1))
    make_rule(later, world.vet, {"all": []}, code="all")
    make_rule_set(world.customs.queues.get(), version=4, status=RuleSetStatus.DRAFT)
    after = world.route()
    assert [r.queue.agency.code for r in after.reviews.all()] == ["customs"]
    assert after.reviews.get().snapshot["rule_set"]["version"] == 2
    with without_triggers():
        RuleSet.objects.get(version=1).rules.update(title="Changed behind the admin's back")
    assert world.review(before, world.phyto).snapshot["rules"][0]["title"] == "Wine"


def test_without_a_rule_set_nothing_is_routed_in_silence(db: None) -> None:
    make_agency()
    declaration = make_declaration()
    with pytest.raises(RoutingError, match="No rule set is in force"), transaction.atomic():
        route(declaration, dataset())
    assert not declaration.reviews.exists()
    assert kinds(declaration.pk) == []


def test_routing_costs_no_query_per_rule(
    world: World, django_assert_max_num_queries: object
) -> None:
    world.route()
    declaration = make_declaration()
    with django_assert_max_num_queries(40), transaction.atomic():  # type: ignore[operator]
        route(declaration, dataset())
    for number in range(100):
        make_rule(world.rule_set, world.customs, {"field": "hs", "prefix": f"{number:02}"},
                  code=f"more-{number}")
    declaration = make_declaration()
    with django_assert_max_num_queries(40), transaction.atomic():  # type: ignore[operator]
        route(declaration, dataset())
