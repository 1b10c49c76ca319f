"""The table of states: nothing happens outside it, and only by those it names."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from declarations.lifecycle import TRANSITIONS, Action, IllegalTransition, may, perform
from declarations.models import Declaration
from declarations.states import Kind, State
from declarations.wco import read_response
from portal.accounts.actors import NOBODY, SYSTEM
from portal.journal.models import Event
from tests.factories import make_agency, make_officer, new_lrn
from tests.intake.conftest import Trader

# Of what is released, a transit alone may be cancelled.
ENDS = {State.REJECTED, State.REFUSED, State.CANCELLED}


def make(trader: Trader, state: State, mrn: str | None = None) -> Declaration:
    return Declaration.objects.create(
        organisation=trader.organisation, kind=Kind.IMPORT, state=state, lrn=new_lrn(), mrn=mrn
    )


def test_every_state_can_be_reached_and_left_or_is_an_end() -> None:
    reached = {transition.to for transition in TRANSITIONS.values()} | {State.DRAFT}
    left = {state for (state, _action), found in TRANSITIONS.items() if found.to != state}
    assert reached == set(State)
    assert set(State) - left == ENDS


@pytest.mark.parametrize("state", State)
def test_what_is_not_in_the_table_does_not_happen(state: State, trader: Trader) -> None:
    declaration = make(trader, state, mrn="25GE06000000000011")
    for action in Action:
        if (state, action) in TRANSITIONS:
            continue
        assert not may(declaration, action, SYSTEM)
        with transaction.atomic(), pytest.raises(IllegalTransition, match=r"cannot be done"):
            perform(declaration, action, SYSTEM)
    declaration.refresh_from_db()
    assert declaration.state == state
    assert not Event.objects.exists()


def test_only_those_named_may(trader: Trader) -> None:
    _user, officer = make_officer(make_agency())
    declaration = make(trader, State.UNDER_REVIEW, mrn="25GE06000000000011")
    with transaction.atomic():
        for actor in (NOBODY, trader.actor):
            assert not may(declaration, Action.RELEASE, actor)
            with pytest.raises(PermissionDenied):
                perform(declaration, Action.RELEASE, actor)
        with pytest.raises(PermissionDenied):
            perform(make(trader, State.ACCEPTED), Action.ROUTE, officer)
        assert may(declaration, Action.RELEASE, officer)
        perform(declaration, Action.RELEASE, officer)
    declaration.refresh_from_db()
    assert declaration.state == State.RELEASED
    assert declaration.closed_at == Event.objects.get().at


def test_guards_say_what_stands_in_the_way(trader: Trader) -> None:
    declaration = make(trader, State.SUBMITTED)
    with transaction.atomic(), pytest.raises(IllegalTransition, match="MRN"):
        perform(declaration, Action.ACCEPT, SYSTEM)


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (Action.RELEASE, "08"), (Action.REFUSE, "07"), (Action.CANCEL, "10"),
        (Action.REQUEST_INFORMATION, "06"), (Action.ORDER_INSPECTION, "05"),
    ],
)
def test_every_outcome_is_answered(action: Action, code: str, trader: Trader) -> None:
    declaration = make(trader, State.UNDER_REVIEW, mrn="25GE06000000000011")
    with transaction.atomic():
        event = perform(
            declaration, action, SYSTEM,
            {"reason_code": "document_missing", "reason": "The certificate\nis missing."},
        )
    response = declaration.responses.get()
    assert (response.event, response.function_code) == (event.pk, code)
    answer = read_response(bytes(response.body))
    assert declaration.mrn == answer.Declaration.ID
    [statement] = answer.AdditionalInformation
    assert statement.StatementCode == "document_missing"
    assert statement.StatementDescription == "The certificate is missing."
    if action is Action.REFUSE:
        assert answer.Status[0].NameCode == "REF"
    if action is Action.RELEASE:
        assert answer.Status[0].ReleaseDateTime is not None
