"""From a message as filed to its release, by the pipeline's own code."""

from agencies import decisions
from agencies.visibility import cases_of
from declarations import intake
from declarations.states import Channel, State
from tests.agencies.conftest import World
from tests.factories import (
    make_member,
    make_officer,
    make_organisation,
    run_pipeline,
    wine_import,
)


def test_a_filed_message_reaches_its_agencies_and_is_released(world: World) -> None:
    trader = make_organisation()
    _user, declarant = make_member(trader)
    declaration = intake.submit(declarant, wine_import(trader), channel=Channel.REST)
    declaration = run_pipeline(declaration)
    assert declaration.state == State.UNDER_REVIEW, declaration.current.faults
    for agency in (world.phyto, world.vet, world.customs):
        _user, officer = make_officer(agency)
        review = decisions.claim_next(officer)
        assert review is not None
        assert list(cases_of(officer)) == [declaration]
        decisions.approve(review.pk, officer)
    declaration.refresh_from_db()
    assert declaration.state == State.RELEASED
    assert {response.function_code for response in declaration.responses.all()} >= {"08"}
