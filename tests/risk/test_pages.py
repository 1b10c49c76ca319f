"""A profile is begun, written, tried and published on its pages, by two people."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies.inspections.models import Inspection, Site
from agencies.inspections.states import InspectionState
from agencies.models import RiskProfile, RiskRun
from agencies.risk import hit_rates, runs
from agencies.risk.charts import lane_bars, moves
from agencies.risk.comparing import compare
from agencies.risk.profiles import SHELF
from agencies.states import RuleSetStatus
from agencies.versions.models import RunState
from declarations import intake
from declarations.models import Declaration
from declarations.states import Channel, State
from tests.agencies.conftest import World
from tests.factories import make_member, make_officer, make_organisation, run_pipeline, wine_import
from tests.risk.samples import make_profile
from tests.routing_editor.conftest import Admins

RULE: dict[str, Any] = {
    "groups": "0", "g0-group": "all", "g0-rows": "1", "g0-0-field": "origin", "g0-0-op": "is",
    "g0-0-values": "AZ", "do": "save", "title": "From over the border", "code": "border",
    "score": "25", "floor": "", "share": "", "legal_basis": "Customs Code, 154",
    "disclosable": "on",
}
ABOUT = {"title": "First profile", "yellow_from": "20", "red_from": "60", "releases_green": "on"}


def filed(**fields: Any) -> Declaration:
    organisation = make_organisation()
    _user, actor = make_member(organisation)
    return run_pipeline(intake.submit(actor, wine_import(organisation, **fields), channel=Channel.REST))


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_from_an_empty_list_to_a_profile_in_force(admins: Admins, world: World) -> None:
    author, other = admins.client(admins.author), admins.client(admins.other)
    assert "No risk profile yet" in text_of(author, "/risk/")
    author.post("/risk/new/", ABOUT)
    draft = RiskProfile.objects.get()
    address = f"/risk/{draft.pk}/"
    assert "No rules yet" in text_of(author, address)
    assert author.post(f"{address}rules/new/", RULE).status_code == 302
    text = text_of(author, address)
    assert "From over the border" in text and "From Azerbaijan" in text and "+25" in text
    author.post(f"{address}ask/", {"reason": "We begin"})
    assert "Approve and publish" not in text_of(author, f"{address}?tab=publication")
    author.post(f"{address}answer/", {"approve": "1"})
    assert SHELF.in_force() is None
    other.post(f"{address}answer/", {"approve": "1"})
    assert SHELF.in_force() == draft
    assert "In force" in text_of(author, "/risk/")
    assert filed().risk_assessments.get().codes == ["border"]
    rule = draft.rules.get()
    assert "Conditions as text" in text_of(author, f"{address}rules/{rule.pk}/")
    # What is published stays.
    author.post(f"{address}rules/{rule.pk}/", RULE | {"score": "1"})
    author.post(f"{address}describe/", ABOUT | {"title": "Else"})
    draft.refresh_from_db()
    assert draft.title == "First profile" and draft.rules.get().score == 25


@pytest.mark.parametrize(("change", "words"), [
    ({"score": "0"}, "with neither the rule does nothing"),
    ({"score": "101"}, "less than or equal to 100"),
    ({"share": "101"}, "less than or equal to 100"),
    ({"valid_from": "2026-02-02", "valid_to": "2026-02-01"}, "before the first"),
    ({"g0-0-field": "lane", "g0-0-values": "red"}, "A risk rule finds the lane"),
    ({"g0-0-values": ""}, "Give at least one value"),
    ({"code": "taken"}, "Another rule of this profile has this code"),
])
def test_what_is_wrong_with_a_rule_is_said(
    admins: Admins, change: dict[str, str], words: str
) -> None:
    draft = SHELF.begin(admins.author_actor, "Draft")
    SHELF.save_rule(draft.pk, admins.author_actor, {
        "code": "taken", "title": "Taken", "score": 1, "conditions": {"all": []}})
    answer = admins.client(admins.author).post(f"/risk/{draft.pk}/rules/new/", RULE | change)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert draft.rules.count() == 1


def test_lanes_of_a_profile_are_in_order(admins: Admins) -> None:
    answer = admins.client(admins.author).post("/risk/new/", ABOUT | {"yellow_from": "60"})
    assert answer.status_code == 422 and "Red begins above yellow" in answer.content.decode()


def test_versions_are_compared(admins: Admins) -> None:
    old = make_profile({"code": "kept", "score": 5}, {"code": "gone", "score": 5},
                       {"code": "other", "score": 5, "title": "Other"})
    draft = SHELF.copy_to_draft(old, admins.author_actor)
    assert draft.secret != old.secret
    rules = {rule.code: rule for rule in draft.rules.all()}
    SHELF.delete_rule(draft.pk, admins.author_actor, rules["gone"].pk)
    SHELF.save_rule(draft.pk, admins.author_actor, {
        "score": 30, "floor": "red", "conditions": {"field": "origin", "is": "IR"}},
        rules["other"].pk)
    made = compare(old, RiskProfile.objects.get(pk=draft.pk))
    assert ([r.code for r in made.removed], made.added, made.same) == (["gone"], [], 1)
    assert [d.field for d in made.changed[0].differences] == ["Effect", "Conditions"]
    text = text_of(admins.client(admins.author), f"/risk/{draft.pk}/?tab=changes")
    assert "+30, at least red: inspection" in text and "Removed" in text


def test_a_dry_run_shows_the_shares_before_and_after(admins: Admins, world: World) -> None:
    base = make_profile({"code": "any", "floor": "yellow"})
    declarations = [filed() for _ in range(2)]
    draft = SHELF.copy_to_draft(base, admins.author_actor)
    SHELF.save_rule(draft.pk, admins.author_actor, {
        "code": "first-time", "title": "First time", "floor": "red", "score": 7,
        "conditions": {"field": "earlier", "is": 0}})
    client = admins.client(admins.author)
    client.post(f"/risk/{draft.pk}/ask/", {"reason": "Because"})
    assert not draft.publication_requests.exists()  # not tried yet
    days = {"date_from": str(date.today() - timedelta(days=2)),
            "date_to": str(date.today() + timedelta(days=1)), "sample": "100"}
    client.post(f"/risk/{draft.pk}/dry-runs/", days)
    run = RiskRun.objects.get()
    assert "Waiting for a worker" in text_of(client, f"/risk/dry-runs/{run.pk}/")
    while runs.advance(run.pk):
        pass
    run.refresh_from_db()
    assert run.state == RunState.DONE and run.moves == {"yellow>red": 2}
    assert run.hits == {"any": 2, "first-time": 2}
    shares = {bar.face.lane: (bar.before, bar.after) for bar in lane_bars(run)}
    assert shares["yellow"] == (2, 0) and shares["red"] == (0, 2)
    assert [move.count for move in moves(run)] == [2]
    text = text_of(client, f"/risk/dry-runs/{run.pk}/")
    assert declarations[0].mrn in text and "Lane shares, before and after" in text
    assert "First time" in text
    client.post(f"/risk/{draft.pk}/ask/", {"reason": "Because"})
    assert draft.publication_requests.count() == 1


def test_hit_rates_come_from_inspections_and_decisions(admins: Admins, world: World) -> None:
    profile = make_profile({"code": "any", "score": 30}, {"code": "never", "score": 1,
                           "conditions": {"field": "origin", "is": "IR"}})
    found, clean, refused = filed(), filed(), filed()
    _user, officer = make_officer(world.customs)
    now = timezone.now()
    for declaration, discrepancy in ((found, True), (clean, False)):
        Inspection.objects.create(
            declaration=declaration, state=InspectionState.CLOSED, discrepancy=discrepancy,
            closed_at=now, lead=world.customs, called_by_id=officer.user_id, called_at=now,
            answer_by=now, starts_at=now, ends_at=now + timedelta(hours=1),
            site=Site.objects.get_or_create(agency=world.customs, name="Yard")[0])
    Declaration.objects.filter(pk=refused.pk).update(state=State.REFUSED)
    begin, end = now - timedelta(days=1), now + timedelta(days=1)
    lines = {one.rule.code: one.rate for one in hit_rates.by_rule(profile, begin, end)}
    assert lines["any"] == hit_rates.Rate(3, 2, 1, 1) and lines["any"].percent == 50
    assert lines["never"] == hit_rates.Rate()
    lanes = {one.lane: one.rate.hits for one in hit_rates.by_lane(profile, begin, end)}
    assert lanes == {"red": 0, "yellow": 3, "blue": 0, "green": 0}
    assert hit_rates.by_rule(profile, end, end)[0].rate.hits == 0
    client = admins.client(admins.author)
    assert "50 %" in text_of(client, "/risk/rates/")
    assert "Nothing was assessed" in text_of(
        client, f"/risk/rates/?version={profile.version}&date_from=2020-01-01&date_to=2020-02-01")
    assert client.get("/risk/rates/?version=x").status_code == 422


def test_only_who_may_see_risk_does(world: World) -> None:
    profile = make_profile({"code": "any", "score": 30})
    user, _actor = make_officer(world.customs)
    officer = Client()
    officer.force_login(user)
    for address in ("/risk/", f"/risk/{profile.pk}/", "/risk/rates/"):
        assert officer.get(address).status_code == 403
    assert profile.status == RuleSetStatus.PUBLISHED


def test_sample_lines_know_the_history_of_the_trader(admins: Admins, world: World) -> None:
    declaration = filed()
    draft = SHELF.begin(admins.author_actor, "Draft")
    asked = RULE | {"g0-0-field": "earlier", "g0-0-op": "lte", "g0-0-values": "0", "do": "try"}
    answer = admins.client(admins.author).post(f"/risk/{draft.pk}/rules/new/", asked)
    text = answer.content.decode()
    assert str(declaration) in text and "Of a trader with at most 0 earlier declarations" in text
