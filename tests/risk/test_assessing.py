"""Assessed when it is routed: kept, told, followed; the lane is a fact; green goes by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Review
from agencies.risk import assessing
from agencies.risk.engine import draw
from agencies.risk.history import history
from agencies.risk.models import RiskAssessment, RiskProfile
from agencies.states import Lane, ReviewState
from declarations import intake
from declarations.models import Declaration
from declarations.states import Channel, State
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.agencies.conftest import World
from tests.agencies.samples import dataset, item, make_declaration, make_rule
from tests.factories import make_member, make_organisation, run_pipeline, wine_import
from tests.risk.samples import add_rule, make_profile


def filed(**fields: Any) -> Declaration:
    organisation = make_organisation()
    _user, actor = make_member(organisation)
    return run_pipeline(intake.submit(actor, wine_import(organisation, **fields), channel=Channel.REST))


def kinds(declaration: Declaration) -> list[str]:
    return list(Event.objects.of(declaration.pk).values_list("kind", flat=True))


def test_without_a_profile_all_is_as_before(world: World) -> None:
    declaration = filed()
    assert declaration.state == State.UNDER_REVIEW
    assert not declaration.risk_assessments.exists()
    assert set(declaration.reviews.values_list("lane", flat=True)) == {""}


def test_the_conclusion_is_kept_with_its_inputs_and_told(world: World) -> None:
    profile = make_profile(
        {"code": "new", "conditions": {"field": "earlier", "lte": 2}, "score": 25,
         "disclosable": True, "title": "A new trader", "legal_basis": "Customs Code, 154"},
        {"code": "hidden", "conditions": {"field": "origin", "is": "AZ"}, "score": 1,
         "title": "We watch this road"},
        {"code": "lucky", "share": 100, "score": 1},
        {"code": "unlucky", "share": 0, "score": 1},
    )
    declaration = filed()
    kept = declaration.risk_assessments.get()
    assert (kept.lane, kept.score, kept.number) == ("yellow", 27, 1)
    assert kept.profile == profile
    assert sorted(kept.codes) == ["hidden", "lucky", "new"]
    assert kept.inputs["earlier"] == 0
    assert kept.inputs["seed"] == profile.secret
    for code, number in kept.inputs["draws"].items():
        assert number == draw(kept.inputs["seed"], declaration.pk, code)
    assert set(kept.inputs["draws"]) == {"lucky", "unlucky"}
    assert set(declaration.reviews.values_list("lane", flat=True)) == {"yellow"}
    told = Event.objects.of(declaration.pk).get(kind=EventKind.RISK_ASSESSED)
    assert told.payload["lane"] == "yellow"
    assert told.payload["grounds"] == ["A new trader"]
    assert told.payload["sha256"] == assessing.digest(kept)
    assert "We watch this road" not in str(told.payload)
    assert profile.secret not in str(list(Event.objects.values_list("payload", flat=True)))


def test_the_database_refuses_to_change_what_was_concluded(world: World) -> None:
    make_profile({"code": "any", "floor": "yellow"})
    kept = filed().risk_assessments.get()
    for change in (
        lambda: RiskAssessment.objects.filter(pk=kept.pk).update(lane="green"),
        kept.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_database_refuses_to_change_a_published_profile(db: None) -> None:
    profile = make_profile({"code": "any", "floor": "yellow"})
    rule = profile.rules.get()
    rule.score = 3
    for change in (
        lambda: RiskProfile.objects.filter(pk=profile.pk).update(red_from=99),
        lambda: RiskProfile.objects.filter(pk=profile.pk).update(secret="00" * 32),
        profile.delete, rule.save, rule.delete,
        lambda: profile.rules.create(code="more", title="More"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    RiskProfile.objects.filter(pk=profile.pk).update(status="retired")


def test_the_history_is_the_traders_own(world: World) -> None:
    declaration = make_declaration()
    organisation = declaration.organisation
    now = timezone.now()
    for state in (State.RELEASED, State.REFUSED, State.REFUSED, State.UNDER_REVIEW):
        make_declaration(organisation, declaration.filed_by, state=state)
    make_declaration(organisation, declaration.filed_by, state=State.REJECTED, accepted_at=None)
    make_declaration(organisation, declaration.filed_by, principal=make_organisation())
    make_declaration()
    make_declaration(principal=organisation)
    after = timezone.now()
    known = history(declaration, after)
    assert (known.earlier, known.refused, known.found) == (5, 2, 0)
    assert history(declaration, now).earlier == 0
    with CaptureQueriesContext(connection) as asked:
        history(declaration, after)
    assert len(asked) == 1


def test_the_lane_is_a_fact_of_routing(empty_world: World) -> None:
    world = empty_world
    make_rule(world.rule_set, world.vet, {"field": "lane", "is": "red"}, code="red-only")
    make_rule(world.rule_set, world.customs, {"none": [{"field": "lane", "is": "green"}]})
    make_profile({"floor": "red", "code": "watch", "conditions": {"field": "origin", "is": "AZ"}})
    red = filed()
    assert {r.queue.agency for r in red.reviews.all()} == {world.vet, world.customs}
    assert red.reviews.get(queue__agency=world.vet).snapshot["rules"][0]["matched"] == [
        {"field": "lane", "values": ["red"]}]


def test_green_goes_by_itself_where_no_rule_asks_for_an_agency(empty_world: World) -> None:
    make_rule(empty_world.rule_set, empty_world.vet, {"field": "hs", "prefix": "16"})
    make_profile({"code": "origin", "conditions": {"field": "origin", "is": "IR"}, "score": 90})
    declaration = filed()
    assert declaration.state == State.RELEASED and declaration.closed_at
    assert kinds(declaration) == ["submitted", "accepted", "risk_assessed", "routed", "released"]
    review = declaration.reviews.get()
    assert (review.state, review.lane) == (ReviewState.LAPSED, Lane.GREEN)
    assert review.closed_at and not review.due_at
    told = Event.objects.of(declaration.pk).get(kind=EventKind.RELEASED)
    assert told.payload["automatic"] is True and told.payload["lane"] == "green"
    assert told.actor == "system"
    assert declaration.responses.filter(event=told.pk).exists()


def test_green_waits_for_an_agency_whose_rule_matches(world: World) -> None:
    make_profile({"code": "none", "conditions": {"field": "origin", "is": "IR"}})
    declaration = filed()
    assert declaration.state == State.UNDER_REVIEW
    assert set(declaration.reviews.values_list("lane", flat=True)) == {"green"}


@pytest.mark.parametrize(("terms", "floor", "state"), [
    ({"releases_green": False}, "", State.UNDER_REVIEW),
    ({}, "blue", State.UNDER_REVIEW),
    ({"releases_blue": True}, "blue", State.RELEASED),
    ({"releases_blue": True}, "yellow", State.UNDER_REVIEW),
])
def test_the_profile_says_what_goes_by_itself(
    empty_world: World, terms: dict[str, Any], floor: str, state: State
) -> None:
    make_profile({"code": "any", "floor": floor}, **terms)
    assert filed().state == state


def test_the_profile_that_began_last_is_in_force(world: World) -> None:
    make_profile({"code": "old", "floor": "red"}, version=1)
    make_profile({"code": "new", "floor": "yellow"}, version=2)
    make_profile({"code": "later", "floor": "red"}, version=3,
                 effective_from=timezone.now() + timedelta(days=1))
    assert filed().risk_assessments.get().codes == ["new"]


def test_assessing_costs_three_queries_and_the_record(world: World) -> None:
    profile = make_profile({"code": "any", "floor": "yellow", "share": 100})
    for number in range(30):
        add_rule(profile, code=f"more-{number}")
    first = filed()
    from declarations import wco

    dataset = wco.from_json(first.current.dataset)
    with CaptureQueriesContext(connection) as asked:
        assessing.judged(make_declaration(), dataset)
    ours = [q for q in asked if "risk" in q["sql"] or "earlier" in q["sql"]]
    assert len(ours) == 3
    assert Review.objects.filter(declaration=first).count() == 3


def test_an_amendment_is_judged_anew_and_never_more_lightly(world: World) -> None:
    profile = make_profile(
        {"code": "azeri", "conditions": {"field": "origin", "is": "AZ"}, "floor": "red"},
        {"code": "georgian", "conditions": {"field": "origin", "is": "GE"}, "score": 30})
    declaration = filed()
    assert declaration.risk_assessments.get().lane == "red"
    make_profile({"code": "other"})  # of another version nothing is heard
    facts, made = assessing.judged(declaration, dataset(item(origin="GE")))
    assert made is not None and made.profile == profile
    assert (made.conclusion.lane, made.held, made.lane) == ("yellow", "red", "red")
    assert list(facts.lane()) == ["red"]
    with transaction.atomic():
        kept = assessing.keep(declaration, made, 2)
    assert kept.inputs["lane_of_before"] == "red" and kept.codes == ["georgian"]
    assert assessing.latest(declaration) == kept


def test_a_version_is_assessed_once(world: World) -> None:
    make_profile({"code": "any", "floor": "yellow"})
    declaration = filed()
    _facts, made = assessing.judged(declaration, dataset())
    assert made is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        assessing.keep(declaration, made, 1)
    assert declaration.risk_assessments.count() == 1
