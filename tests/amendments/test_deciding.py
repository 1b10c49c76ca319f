"""Amending an accepted declaration: asked, checked, granted or denied, and what follows."""

from typing import Any

import pytest

from agencies import amendments, cancellations, decisions, requests
from agencies.decisions import DecisionError
from agencies.states import RequestState, ReviewState
from declarations import amending
from declarations.change_request import ChangeRequest
from declarations.door import IntakeRefused
from declarations.states import ChangeState, State
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.agencies.samples import make_declaration
from tests.amendments.conftest import Filed, run_change
from tests.factories import make_member, make_officer, make_organisation

OTHER_LORRY = {"ID": "77-XX-007", "RegistrationNationalityCode": "AZ", "ModeCode": "3"}


def test_what_nobody_took_up_is_amended_at_once(filed: Filed) -> None:
    change = filed.ask("The lorry broke down.", BorderTransportMeans=OTHER_LORRY)
    assert (change.state, change.granted_number) == (ChangeState.GRANTED, 2)
    assert change.decided_by is None
    version = filed.declaration.current
    assert (version.number, version.dataset["BorderTransportMeans"]["ID"]) == (2, "77-XX-007")
    assert filed.state() == State.UNDER_REVIEW
    event = Event.objects.of(filed.declaration.pk).get(kind=EventKind.AMENDED)
    assert event.actor == "system"
    assert event.payload["version"] == 2
    response = filed.declaration.responses.get(event=event.pk)
    assert response.function_code == "11"
    assert b"<NameCode>ACC</NameCode>" in bytes(response.body)
    assert filed.states() == {"phyto": "open", "vet": "open", "customs": "waiting"}


def test_customs_grants_and_decisions_on_other_facts_stand(filed: Filed) -> None:
    filed.approve(filed.world.phyto)
    change = filed.ask(BorderTransportMeans=OTHER_LORRY)
    assert change.state == ChangeState.ASKED
    assert change.decider == filed.world.customs.organisation
    assert filed.declaration.current.number == 1
    filed.grant(change)
    assert filed.states() == {"phyto": "approved", "vet": "open", "customs": "waiting"}
    assert filed.declaration.current.number == 2
    assert filed.state() == State.UNDER_REVIEW


def test_a_decision_on_goods_that_changed_is_made_again(filed: Filed) -> None:
    filed.approve(filed.world.phyto)
    filed.approve(filed.world.vet)
    assert filed.states()["customs"] == "open"
    change = filed.ask(GoodsShipment=filed.with_item(Description="Sparkling wine"))
    filed.grant(change)
    assert filed.states() == {"phyto": "open", "vet": "open", "customs": "waiting"}
    assert filed.kinds().count(EventKind.REVIEW_REOPENED) == 2
    filed.declaration.refresh_from_db()
    assert filed.declaration.goods == "Sparkling wine"
    filed.approve(filed.world.phyto)
    filed.approve(filed.world.vet)
    filed.approve(filed.world.customs)
    assert filed.state() == State.RELEASED


def test_an_agency_that_is_no_longer_asked_stops(filed: Filed) -> None:
    filed.approve(filed.world.phyto)
    water = [{"ID": "220110", "IdentificationTypeCode": "HS"}]
    filed.grant(filed.ask(
        GoodsShipment=filed.with_item(Classification=water, Description="Mineral water")))
    assert filed.states() == {"phyto": "approved", "vet": "lapsed", "customs": "open"}
    filed.approve(filed.world.customs)
    assert filed.state() == State.RELEASED


def test_an_agency_that_is_asked_now_is_added(filed: Filed) -> None:
    """Ethyl alcohol is for the vets only, by a rule that goes beyond wine."""
    filed.approve(filed.world.vet)
    spirits = [{"ID": "220820", "IdentificationTypeCode": "HS"}]
    change = filed.ask(
        GoodsShipment=filed.with_item(Classification=spirits, Description="Grape brandy"))
    filed.grant(change)
    assert filed.states() == {"phyto": "lapsed", "vet": "open", "customs": "waiting"}
    wine = filed.ask(GoodsShipment=filed.data["GoodsShipment"])
    assert wine.state == ChangeState.GRANTED  # nobody has taken it up again
    assert filed.states() == {"phyto": "open", "vet": "open", "customs": "waiting"}


def test_a_denial_says_why_and_lets_go_what_all_have_agreed_to(filed: Filed) -> None:
    filed.approve(filed.world.phyto)
    filed.approve(filed.world.vet)
    change = filed.ask(BorderTransportMeans=OTHER_LORRY)
    officer = filed.approve(filed.world.customs)
    assert filed.state() == State.UNDER_REVIEW  # the release waits for the decision
    with pytest.raises(DecisionError, match="Write why"):
        amendments.deny(change.pk, officer, " ")
    amendments.deny(change.pk, officer, "The lorry is here already.")
    assert filed.state() == State.RELEASED
    assert filed.declaration.current.number == 1
    denied = Event.objects.of(filed.declaration.pk).get(kind=EventKind.AMENDMENT_DENIED)
    assert denied.payload["reason"] == "The lorry is here already."
    body = bytes(filed.declaration.responses.get(event=denied.pk).body)
    assert b"<NameCode>REF</NameCode>" in body
    assert b"The lorry is here already." in body


def test_a_faulty_amendment_changes_nothing_and_says_why(filed: Filed) -> None:
    before = filed.kinds()
    change = filed.ask(GoodsShipment=filed.data["GoodsShipment"] | {
        "ExportCountry": {"ID": "QQ"}})
    assert change.state == ChangeState.REJECTED
    assert [fault["layer"] for fault in change.faults if fault["severity"] == "error"] == ["rule"]
    assert filed.declaration.current.number == 1
    assert filed.state() == State.UNDER_REVIEW
    assert filed.kinds()[len(before):] == [
        EventKind.AMENDMENT_REQUESTED, EventKind.AMENDMENT_REJECTED]
    answer = bytes(filed.declaration.responses.latest("issued_at").body)
    assert b"<NameCode>REJ</NameCode>" in answer
    assert b"QQ" in answer
    schema = filed.ask(InvoiceAmount={"value": "1.00", "currencyID": None})
    assert schema.state == ChangeState.REJECTED
    assert schema.faults[0]["layer"] == "xsd"
    same = filed.ask()
    assert [fault["code"] for fault in same.faults] == ["SW-AMEND-NOTHING"]
    assert filed.ask(BorderTransportMeans=OTHER_LORRY).state == ChangeState.GRANTED


def test_what_waits_for_the_trader_waits_on(filed: Filed) -> None:
    _user, officer = make_officer(filed.world.phyto)
    review = decisions.claim(filed.review(filed.world.phyto).pk, officer)
    from datetime import timedelta

    from django.utils import timezone

    question = requests.ask(review.pk, officer, "What?", timezone.now() + timedelta(days=2))
    filed.grant(filed.ask(BorderTransportMeans=OTHER_LORRY))
    assert filed.state() == State.INFORMATION_REQUIRED
    question.refresh_from_db()
    assert question.state == RequestState.OPEN
    requests.answer(question.pk, filed.trader, "This.")
    assert filed.state() == State.UNDER_REVIEW


def test_the_trader_takes_it_back(filed: Filed) -> None:
    filed.approve(filed.world.phyto)
    change = filed.ask(BorderTransportMeans=OTHER_LORRY)
    with pytest.raises(IntakeRefused, match="asked for already"):
        filed.ask(BorderTransportMeans=OTHER_LORRY)
    filed.approve(filed.world.vet)
    filed.approve(filed.world.customs)
    assert filed.state() == State.UNDER_REVIEW
    _user, stranger = make_member(make_organisation())
    with pytest.raises(ChangeRequest.DoesNotExist):
        amendments.withdraw(change.pk, stranger)
    amendments.withdraw(change.pk, filed.trader)
    assert filed.state() == State.RELEASED
    with pytest.raises(DecisionError, match="closed: Withdrawn"):
        amendments.withdraw(change.pk, filed.trader)
    _user, customs = make_officer(filed.world.customs)
    with pytest.raises(DecisionError, match="closed: Withdrawn"):
        amendments.grant(change.pk, customs)


def test_a_cancellation_can_be_taken_back_too(filed: Filed) -> None:
    wish = cancellations.ask(filed.declaration.pk, filed.trader, "Filed twice.")
    filed.approve(filed.world.phyto)
    filed.approve(filed.world.vet)
    filed.approve(filed.world.customs)
    assert filed.state() == State.UNDER_REVIEW
    cancellations.withdraw(wish.pk, filed.trader)
    assert filed.state() == State.RELEASED
    assert filed.kinds()[-2:] == [EventKind.CANCELLATION_WITHDRAWN, EventKind.RELEASED]
    with pytest.raises(DecisionError, match="closed: Withdrawn"):
        cancellations.withdraw(wish.pk, filed.trader)


def test_the_end_of_the_case_ends_the_wish(filed: Filed) -> None:
    filed.approve(filed.world.phyto)
    change = filed.ask(BorderTransportMeans=OTHER_LORRY)
    _user, vet = make_officer(filed.world.vet)
    review = decisions.claim(filed.review(filed.world.vet).pk, vet)
    decisions.refuse(review.pk, vet, "other", "No.")
    change.refresh_from_db()
    assert change.state == ChangeState.LAPSED
    assert EventKind.AMENDMENT_LAPSED in filed.kinds()


def test_only_customs_and_never_the_filers_people_decide(filed: Filed) -> None:
    filed.approve(filed.world.phyto)
    change = filed.ask(BorderTransportMeans=OTHER_LORRY)
    _user, vet = make_officer(filed.world.vet)
    with pytest.raises(ChangeRequest.DoesNotExist):
        amendments.grant(change.pk, vet)
    with pytest.raises(DecisionError, match="Only an officer"):
        amendments.grant(change.pk, filed.trader)
    both = Membership.objects.create(
        user=filed.user, organisation=filed.world.customs.organisation, role=Role.OFFICER).actor()
    with pytest.raises(DecisionError, match="filed this declaration yourself"):
        amendments.grant(change.pk, both)
    colleague, _actor = make_member(filed.declaration.organisation)
    asker = Membership.objects.create(
        user=colleague, organisation=filed.world.customs.organisation, role=Role.OFFICER).actor()
    with pytest.raises(DecisionError, match="belong to the organisation that filed"):
        amendments.deny(change.pk, asker, "No.")


def released(filed: Filed) -> None:
    for agency in (filed.world.phyto, filed.world.vet, filed.world.customs):
        filed.approve(agency)
    assert filed.state() == State.RELEASED


def test_after_release_the_record_is_corrected_and_the_goods_stay_released(filed: Filed) -> None:
    released(filed)
    closed_at = filed.declaration.closed_at
    change = filed.ask("Typing mistake.", BorderTransportMeans=OTHER_LORRY)
    assert change.state == ChangeState.ASKED
    filed.grant(change)
    assert filed.state() == State.RELEASED
    assert filed.declaration.closed_at == closed_at
    assert filed.declaration.current.number == 2
    event = Event.objects.of(filed.declaration.pk).get(kind=EventKind.AMENDED)
    assert event.payload["after_release"] is True
    assert set(filed.states().values()) == {ReviewState.APPROVED}


def test_after_release_goods_do_not_become_others(filed: Filed) -> None:
    released(filed)
    change = filed.ask(GoodsShipment=filed.with_item(Description="Sparkling wine"))
    _user, customs = make_officer(filed.world.customs)
    with pytest.raises(DecisionError, match="another review by Phyto, Vet"):
        amendments.grant(change.pk, customs)
    assert filed.declaration.current.number == 1
    amendments.deny(change.pk, customs, "The goods are gone.")
    assert filed.state() == State.RELEASED


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State.SUBMITTED, "still being checked"), (State.REJECTED, "file it again"),
        (State.INSPECTION, "when the inspection is over"), (State.CANCELLED, "closed"),
        (State.REFUSED, "closed"),
    ],
)
def test_what_cannot_be_amended_is_said_in_words(
    world: Any, state: State, says: str
) -> None:
    trader = make_organisation()
    user, _actor = make_member(trader)
    declaration = make_declaration(trader, user, state=state)
    words = amending.obstacle(declaration)
    assert words is not None
    assert says in words


def test_a_wish_is_checked_once_however_often_it_is_woken(filed: Filed) -> None:
    change = filed.ask(BorderTransportMeans=OTHER_LORRY)
    kinds = filed.kinds()
    run_change(change)
    assert filed.kinds() == kinds
    assert filed.declaration.versions.count() == 2
