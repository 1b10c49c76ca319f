"""Words of neighbours that cross, come twice or late, or say what their sender cannot know."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from exchange.transit import arrivals, enquiries
from exchange.transit.models import Guarantee, Movement, TransitNotice
from exchange.transit.refusals import StepRefused
from exchange.transit.states import Result, Stage
from portal.accounts.actors import Actor
from tests.exchange.peer import Peer
from tests.transit.conftest import IN, OUT, Teller, make_transit, release
from tests.transit.documents import announcement, passage, stamp

Peers = Callable[[str], Peer]
CONTROLLED = "<Result>satisfactory</Result><Seals>intact</Seals>"


@pytest.fixture
def tellers(peer_of: Peers) -> tuple[Teller, Teller]:
    """Kazakhstan, which has announced a movement to Georgia, and Azerbaijan on its way."""
    kz, az = Teller(peer_of("KZ")), Teller(peer_of("AZ"))
    assert kz.tell("transit_announced", announcement(*IN)) == 201
    return kz, az


def movement() -> Movement:
    return Movement.objects.get()


def of(country: str) -> list[tuple[int, str]]:
    found = TransitNotice.objects.filter(country=country).order_by("position")
    return [(one.position, one.state.removeprefix("notice_")) for one in found]


def test_an_enquiry_that_crossed_the_arrival_does_not_hold_the_discharge(
    tellers: tuple[Teller, Teller], officer: Actor
) -> None:
    kz, _az = tellers
    arrivals.advise(movement().pk, officer, "GE000101")
    kz.tell("transit_enquired", f"<AnswerBy>{stamp(timedelta(days=28))}</AnswerBy>")
    arrivals.give_result(movement().pk, officer, Result.SATISFACTORY)
    kz.tell("transit_discharged")
    assert of("KZ") == [(1, "applied"), (2, "set_aside"), (3, "applied")]
    assert movement().stage == Stage.DISCHARGED


def test_a_claim_that_crossed_the_arrival_ends_the_movement_here_too(
    tellers: tuple[Teller, Teller], officer: Actor
) -> None:
    kz, _az = tellers
    kz.tell("transit_enquired", f"<AnswerBy>{stamp()}</AnswerBy>")
    arrivals.advise(movement().pk, officer, "GE000101")
    kz.tell("transit_recovered", "<Remark>Nothing was heard.</Remark>")
    assert movement().stage == Stage.RECOVERED


def test_the_departure_itself_does_not_claim_for_goods_that_arrived(
    peer_of: Peers, officer: Actor, guarantee: Guarantee
) -> None:
    kz = Teller(peer_of("KZ"))
    ours = release(make_transit(OUT))
    kz.mrn, kz.departure = ours.mrn, "GE"
    for kind, inside in (("transit_arrived", "<Office>KZ000103</Office>"),
                         ("transit_arrived", "<Office>KZ000103</Office>"),
                         ("transit_controlled", CONTROLLED)):
        assert kz.tell(kind, inside) == 201
        with pytest.raises(StepRefused, match="have arrived"):
            enquiries.claim(ours.pk, officer, "For nothing.")
    assert of("KZ") == [(1, "applied"), (2, "set_aside"), (3, "applied")], "nobody waits for the second"
    assert movement().stage == Stage.CONTROLLED


def test_nothing_passes_before_the_release(tellers: tuple[Teller, Teller]) -> None:
    _kz, az = tellers
    az.tell("transit_passed", passage("AZ000103"), at="2000-01-01T00:00:00Z")
    assert of("AZ") == [(1, "set_aside")]
    assert movement().stage == Stage.RELEASED


def test_nobody_announces_under_the_mrn_of_another_country(peer_of: Peers) -> None:
    az = Teller(peer_of("AZ"), mrn="26KZ0000000000001X", departure="AZ")
    assert az.tell("transit_announced", announcement("AZ000103", "AZ000202", "GE000101")) == 201
    assert of("AZ") == [(1, "set_aside")]
    assert not Movement.objects.exists()


def test_of_two_incidents_that_which_happened_later_counts(tellers: tuple[Teller, Teller]) -> None:
    kz, az = tellers
    az.tell("transit_incident", "<Office>AZ000103</Office><Incident>seals</Incident>"
            "<Vehicle>10-AZ-007</Vehicle><Seal>AZ1</Seal><Remark>Moved.</Remark>",
            at=stamp(timedelta(seconds=60)))
    kz.tell("transit_incident", "<Office>KZ000103</Office><Incident>seals</Incident>"
            "<Vehicle>KZ 001</Vehicle><Seal>KZ1</Seal><Remark>Broken.</Remark>")
    assert (movement().seals, movement().vehicle) == (["AZ1"], "10-AZ-007")
    assert {state for _position, state in of("KZ") + of("AZ")} == {"applied"}
