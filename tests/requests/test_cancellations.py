"""Cancelling: who asks, who decides, and what else ends with it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies import cancellations, decisions, requests
from agencies.correspondence import CancellationRequest
from agencies.decisions import DecisionError
from agencies.states import CancellationState, RequestState, ReviewState
from agencies.visibility import cases_of
from declarations.models import Declaration, Version
from declarations.states import Kind, State
from exchange.models import Addressee, OutboxMessage, Partner, Subscription, WireKind
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.agencies.conftest import World
from tests.agencies.samples import make_declaration
from tests.agencies.test_decisions import decide, kinds
from tests.factories import make_member, make_officer, make_organisation, wine_dataset
from tests.requests.test_requests import Asked


@pytest.fixture
def case(world: World) -> Asked:
    return Asked(world)


def test_customs_grants_and_everything_else_lapses(case: Asked) -> None:
    _user, customs = make_officer(case.world.customs)
    assert case.declaration not in cases_of(customs)
    question = requests.ask(
        case.review.pk, case.officer, "What?", timezone.now() + timedelta(days=2))
    wish = cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")
    assert case.declaration in cases_of(customs)
    cancellations.grant(wish.pk, customs)
    assert case.state() == State.CANCELLED
    assert case.declaration.closed_at is not None
    assert {r.state for r in case.declaration.reviews.all()} == {ReviewState.LAPSED}
    question.refresh_from_db()
    assert question.state == RequestState.WITHDRAWN
    assert kinds(case.declaration)[-5:] == [
        EventKind.REQUEST_WITHDRAWN, EventKind.REVIEW_LAPSED, EventKind.REVIEW_LAPSED,
        EventKind.REVIEW_LAPSED, EventKind.CANCELLED]
    assert case.declaration.responses.filter(function_code="10").count() == 1
    with pytest.raises(DecisionError, match="closed: Granted"):
        cancellations.deny(wish.pk, customs, "No.")


def test_a_denial_says_why_and_the_case_goes_on(case: Asked) -> None:
    _user, customs = make_officer(case.world.customs)
    wish = cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")
    with pytest.raises(DecisionError, match="Write why"):
        cancellations.deny(wish.pk, customs, " ")
    cancellations.deny(wish.pk, customs, "The goods have arrived.")
    assert case.state() == State.UNDER_REVIEW
    event = Event.objects.of(case.declaration.pk).last()
    assert event is not None and event.kind == EventKind.CANCELLATION_DENIED
    assert event.payload["reason"] == "The goods have arrived."
    cancellations.ask(case.declaration.pk, case.trader, "They were sent back.")


def test_a_release_waits_for_the_decision(case: Asked) -> None:
    """Goods whose cancellation is asked for are not let go behind customs' back."""
    wish = cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")
    decisions.approve(case.review.pk, case.officer)
    decide(case.world, case.declaration, case.world.vet)
    customs = decide(case.world, case.declaration, case.world.customs)
    assert case.state() == State.UNDER_REVIEW
    cancellations.deny(wish.pk, customs, "The goods have arrived.")
    assert case.state() == State.RELEASED
    assert kinds(case.declaration)[-1] == EventKind.RELEASED


def test_a_refusal_ends_the_wish_too(case: Asked) -> None:
    wish = cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")
    decisions.refuse(case.review.pk, case.officer, "other", "No.")
    wish.refresh_from_db()
    assert wish.state == CancellationState.LAPSED
    assert EventKind.CANCELLATION_LAPSED in kinds(case.declaration)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State.DRAFT, "Delete it instead"), (State.SUBMITTED, "still being checked"),
        (State.INSPECTION, "when the inspection is over"), (State.RELEASED, "closed"),
        (State.REJECTED, "closed"), (State.CANCELLED, "closed"),
    ],
)
def test_what_cannot_be_cancelled_is_said_in_words(
    world: World, state: State, says: str
) -> None:
    trader = make_organisation()
    user, actor = make_member(trader)
    declaration = make_declaration(trader, user, state=state)
    with pytest.raises(DecisionError, match=says):
        cancellations.ask(declaration.pk, actor, "Filed twice.")


def test_it_is_asked_once_with_a_reason_by_its_owner(case: Asked) -> None:
    _user, stranger = make_member(make_organisation())
    with pytest.raises(Declaration.DoesNotExist):
        cancellations.ask(case.declaration.pk, stranger, "Mine now.")
    with pytest.raises(DecisionError, match="Only the trader"):
        cancellations.ask(case.declaration.pk, case.officer, "Please.")
    with pytest.raises(DecisionError, match="Write why") as caught:
        cancellations.ask(case.declaration.pk, case.trader, " ")
    assert caught.value.field == "reason"
    cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")
    with pytest.raises(DecisionError, match="asked for already"):
        cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")


def test_only_the_customs_and_never_the_submitter_decides(case: Asked) -> None:
    wish = cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")
    with pytest.raises(CancellationRequest.DoesNotExist):
        cancellations.grant(wish.pk, case.officer)
    with pytest.raises(DecisionError, match="Only an officer"):
        cancellations.grant(wish.pk, case.trader)
    user = case.declaration.filed_by
    assert user is not None
    both = Membership.objects.create(
        user=user, organisation=case.world.customs.organisation, role=Role.OFFICER).actor()
    with pytest.raises(DecisionError, match="filed this declaration yourself"):
        cancellations.grant(wish.pk, both)
    colleague, _actor = make_member(case.declaration.organisation)
    CancellationRequest.objects.filter(pk=wish.pk).update(asked_by=colleague)
    asker = Membership.objects.create(
        user=colleague, organisation=case.world.customs.organisation, role=Role.OFFICER).actor()
    with pytest.raises(DecisionError, match="belong to the organisation that filed"):
        cancellations.grant(wish.pk, asker)
    colleague.memberships.filter(organisation=case.declaration.organisation).delete()
    with pytest.raises(DecisionError, match="asked for it yourself"):
        cancellations.grant(wish.pk, asker)


def test_without_a_rule_set_nobody_could_decide(case: Asked) -> None:
    case.world.rule_set.status = "retired"
    case.world.rule_set.save()
    with pytest.raises(DecisionError, match="No agency is named"):
        cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")


def test_a_neighbour_that_was_told_of_the_goods_is_told_of_the_cancellation(case: Asked) -> None:
    partner = Partner.objects.create(country="AZ", name="Azerbaijan", base_url="https://az.example.org")
    Subscription.objects.create(event_kind=WireKind.CANCELLED, declaration_kind=Kind.IMPORT,
                                addressee=Addressee.EXPORT_COUNTRY)
    Version.objects.create(
        declaration=case.declaration, number=1, channel="form", body=b"<x/>", sha256="0" * 64,
        dataset=wine_dataset(), organisation=case.declaration.organisation,
    )
    _user, customs = make_officer(case.world.customs)
    wish = cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")
    cancellations.grant(wish.pk, customs)
    message = OutboxMessage.objects.get(declaration=case.declaration)
    assert (message.kind, message.partner) == (EventKind.CANCELLED, partner)
