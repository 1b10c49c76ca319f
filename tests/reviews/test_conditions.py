"""Approving with conditions on the page: chosen, told to the trader, fulfilled or looked at again."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from agencies import decisions
from agencies.conditions_of_approval import ApprovalCondition, ConditionTemplate, Proposal
from agencies.models import Review
from agencies.states import ReviewState
from declarations.states import State
from portal.journal.kinds import EventKind
from portal.notices.models import Notice
from tests.agencies.conftest import World
from tests.agencies.test_pages import filed, signed_in
from tests.browser import sign_in
from tests.factories import make_member, make_officer
from tests.reviews.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def cold(world: World) -> ConditionTemplate:
    ConditionTemplate.objects.create(agency=world.vet, code="VET", text="Only for the vets.")
    return ConditionTemplate.objects.create(
        agency=world.phyto, code="COLD", text="Keep the goods below 5 degrees.", when="after")


def kept(desk: Desk) -> list[tuple[str, str, str, str]]:
    found = ApprovalCondition.objects.filter(review=desk.review).order_by("id")
    return [(one.code, one.text, one.when, one.state) for one in found]


def test_usual_conditions_and_own_words_bind_before_and_after_release(
    desk: Desk, cold: ConditionTemplate
) -> None:
    shown = desk.page()
    assert "Keep the goods below 5 degrees." in shown and "Only for the vets." not in shown
    answer = desk.post("review_approve", **{
        "set-COLD": "on", "when-COLD": "after", "own_before": "Show the seal.\n\n  Pay the  fee. ",
        "own_after": "Report the sale."})
    assert "Approved with conditions." in answer.content.decode()
    assert kept(desk) == [
        ("COLD", "Keep the goods below 5 degrees.", "after", "open"),
        ("other", "Show the seal.", "before", "open"), ("other", "Pay the fee.", "before", "open"),
        ("other", "Report the sale.", "after", "open"),
    ]
    assert desk.declaration.state == State.UNDER_REVIEW


def test_the_time_of_a_usual_condition_can_be_chosen(desk: Desk, cold: ConditionTemplate) -> None:
    desk.post("review_approve", **{"set-COLD": "on", "when-COLD": "before"})
    assert kept(desk)[0][2] == "before"
    assert desk.declaration.state == State.UNDER_REVIEW


def test_what_is_not_ticked_is_not_set(desk: Desk, cold: ConditionTemplate) -> None:
    desk.post("review_approve", **{"when-COLD": "before"})
    assert kept(desk) == []
    assert desk.declaration.state == State.RELEASED


@pytest.mark.parametrize(("given", "told"), [
    ({"own_before": "x" * 501}, "at most 500 characters"),
    ({"own_after": "\n".join(f"Line {n}" for n in range(21))}, "at most 20 conditions"),
    ({"set-COLD": "on", "when-COLD": "never"}, "Select a valid choice"),
])
def test_what_cannot_be_set_is_told_at_the_form(
    desk: Desk, cold: ConditionTemplate, given: dict[str, str], told: str
) -> None:
    answer = desk.post("review_approve", **given)
    text = answer.content.decode()
    assert answer.status_code == 422 and told in text
    assert 'id="conditions" open' in text
    assert kept(desk) == []


def test_the_last_one_before_release_releases(desk: Desk, cold: ConditionTemplate) -> None:
    desk.post("review_approve", **{"own_before": "Show the seal.", "set-COLD": "on"})
    seal = ApprovalCondition.objects.get(review=desk.review, code="other")
    assert "Mark fulfilled" in desk.page()
    answer = desk.post("condition_fulfil", seal.pk, note="Seen on the quay.")
    assert "the goods are released" in answer.content.decode()
    assert desk.declaration.state == State.RELEASED
    seal.refresh_from_db()
    assert (seal.state, seal.note, seal.fulfilled_by_id) == (
        "fulfilled", "Seen on the quay.", desk.actor.user_id)
    assert "Seen on the quay." in desk.page()
    again = desk.post("condition_fulfil", seal.pk)
    assert "This condition is closed" in again.content.decode()


def test_the_trader_reads_what_is_to_be_done_and_is_told(desk: Desk) -> None:
    user = desk.declaration.filed_by
    assert user is not None
    address = reverse("declaration", args=[desk.declaration.pk])
    assert "Conditions to be fulfilled" not in signed_in(user).get(address).content.decode()
    desk.post("review_approve", own_before="Show the seal.")
    shown = signed_in(user).get(address).content.decode()
    assert "Conditions to be fulfilled" in shown and "The goods wait for them" in shown
    assert "must be fulfilled before the release" in shown
    assert "Show the seal." in signed_in(user).get(address + "?tab=reviews").content.decode()
    assert "Mark fulfilled" not in shown
    assert Notice.objects.filter(user=user, kind=EventKind.CONDITIONS_SET).exists()


def test_the_agency_looks_again(desk: Desk) -> None:
    desk.post("review_approve", own_before="Show the seal.")
    assert "Look again" in desk.page()
    answer = desk.post("review_look_again")
    assert "Decide anew" in answer.content.decode()
    desk.review.refresh_from_db()
    assert desk.review.state == ReviewState.CLAIMED
    assert kept(desk)[0][3] == "lapsed"
    desk.post("review_approve")
    assert desk.declaration.state == State.RELEASED
    told = desk.post("review_look_again").content.decode()
    assert "Only an approval whose conditions are not fulfilled" in told


def test_others_neither_fulfil_nor_look_again(world: World, desk: Desk) -> None:
    desk.post("review_approve", own_before="Show the seal.")
    seal = ApprovalCondition.objects.get(review=desk.review)
    stranger = signed_in(make_officer(world.vet)[0])
    trader = signed_in(make_member(desk.declaration.organisation)[0])
    fulfil = reverse("condition_fulfil", args=[desk.review.pk, seal.pk])
    again = reverse("review_look_again", args=[desk.review.pk])
    assert [stranger.post(one).status_code for one in (fulfil, again)] == [404, 404]
    assert [trader.post(one).status_code for one in (fulfil, again)] == [403, 403]
    # A review of the own agency does not open the conditions of another's.
    user, actor = make_officer(world.vet)
    other = world.review(filed(world), world.vet)
    decisions.claim(other.pk, actor)
    crossed = reverse("condition_fulfil", args=[other.pk, seal.pk])
    assert signed_in(user).post(crossed).status_code == 404
    assert kept(desk)[0][3] == "open"


def test_a_proposal_shows_its_conditions_to_the_second_officer(world: World, desk: Desk) -> None:
    snapshot = desk.review.snapshot
    for rule in snapshot["rules"]:
        rule["second_signature"] = True
    Review.objects.filter(pk=desk.review.pk).update(snapshot=snapshot)
    desk.post("review_approve", own_before="Show the seal.")
    assert kept(desk) == []
    second = signed_in(make_officer(world.phyto)[0])
    assert "Show the seal." in second.get(
        reverse("review", args=[desk.review.pk])).content.decode()
    asked = Proposal.objects.get(review=desk.review)
    second.post(reverse("proposal_sign", args=[desk.review.pk, asked.pk]))
    assert kept(desk) == [("other", "Show the seal.", "before", "open")]


@pytest.mark.django_db(transaction=True)
def test_an_officer_approves_with_a_condition_and_finds_it_fulfilled(
    desk: Desk, cold: ConditionTemplate, page: Page, live_server: object
) -> None:
    assert desk.review.claimed_by is not None
    sign_in(page, live_server, desk.review.claimed_by)
    page.goto(reverse("review", args=[desk.review.pk]))
    page.get_by_text("With conditions …").click()
    page.get_by_label("Keep the goods below 5 degrees.").check()
    page.get_by_label("Before release, in your own words").fill("Show the seal.")
    page.get_by_role("button", name="Approve", exact=True).click()
    page.get_by_text("Approved with conditions.").wait_for()
    page.get_by_text("Mark fulfilled …: Show the seal.").click()
    page.get_by_label("How you found it fulfilled").last.fill("Seen.")
    page.get_by_role("button", name="It is fulfilled").last.click()
    page.get_by_text("the goods are released").wait_for()
    assert desk.declaration.state == State.RELEASED
