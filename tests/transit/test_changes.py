"""A released transit is amended or cancelled: what follows for the movement, here and abroad."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from agencies.cases import DecisionError
from agencies.models import Agency
from declarations import wco
from declarations.models import Declaration
from declarations.states import State
from exchange.models import OutboxMessage, Partner
from exchange.transit import departures, messages
from exchange.transit.models import Guarantee, Movement, TransitNotice
from exchange.transit.states import HoldState, NoticeState, Stage, Step
from portal.accounts.actors import Actor
from portal.journal.models import Event
from tests.exchange.peer import Peer
from tests.factories import make_officer
from tests.transit.conftest import (
    IN,
    OUT,
    Teller,
    amend,
    cancel,
    itinerary,
    make_guarantee,
    make_partner,
    make_transit,
    release,
)
from tests.transit.documents import announcement, passage, stamp
from tests.transit.test_steps import sent, told

Peers = Callable[[str], Peer]
LAGODEKHI = "AZ000201"  # another office between Georgia and Azerbaijan


@pytest.fixture
def declaration(guarantee: Guarantee, neighbours: list[Partner]) -> Declaration:
    return make_transit()


@pytest.fixture
def movement(declaration: Declaration) -> Movement:
    return release(declaration)


def seals(*numbers: str) -> Callable[[wco.Declaration], None]:
    def change(message: wco.Declaration) -> None:
        box = message.GoodsShipment.Consignment.TransportEquipment[0]
        box.Seal = [wco.dataset.Seal(SequenceNumeric=n, ID=seal)
                    for n, seal in enumerate(numbers, start=1)]

    return change


def amount(value: str) -> Callable[[wco.Declaration], None]:
    def change(message: wco.Declaration) -> None:
        message.ObligationGuarantee[0].AmountAmount = wco.Amount(Decimal(value), "EUR")

    return change


def last_of(movement: Movement, country: str) -> messages.Message:
    row = OutboxMessage.objects.filter(movement=movement.pk, partner__country=country).latest("position")
    return messages.read(row.kind, bytes(row.body))


def offices(movement: Movement) -> list[str]:
    return [stop.office for stop in movement.itinerary]


# --- as the country of departure ------------------------------------------------------------
@pytest.mark.django_db
def test_new_seals_are_told_to_every_country_once(
    declaration: Declaration, movement: Movement
) -> None:
    movement = amend(declaration, seals("GE900", "GE901"))
    assert movement.seals[:2] == ["GE900", "GE901"] and movement.stage == Stage.RELEASED
    assert sent(movement)[2:] == [("AZ", "transit_changed", 2), ("KZ", "transit_changed", 2)]
    data = last_of(movement, "AZ").data
    assert data == {"seals": movement.seals}, "only what differs"
    event = Event.objects.of(movement.pk).get(kind="transit_changed")
    assert event.payload["changed"] == ["means"]
    amend(declaration, lambda message: setattr(message, "InvoiceAmount", wco.Amount(Decimal(7), "EUR")))
    assert len(sent(movement)) == 4, "what does not concern the way is nobody's business abroad"


@pytest.mark.django_db
def test_seals_of_an_incident_stay_where_the_amendment_says_nothing_of_them(
    declaration: Declaration, movement: Movement
) -> None:
    told(movement, Step.INCIDENT, "AZ", office="AZ000202", incident="seals", seals=["AZ1"], remark="Cut")
    movement = amend(declaration, itinerary(LAGODEKHI, "AZ000103", "KZ000103"))
    assert movement.seals == ["AZ1"]
    assert "seals" not in last_of(movement, "KZ").data


@pytest.mark.django_db
def test_another_itinerary_reaches_those_of_the_old_and_of_the_new_one(
    declaration: Declaration, movement: Movement
) -> None:
    make_partner("TM")
    told(movement, Step.PASS, "AZ", office="AZ000202", seal_state="intact")
    movement = amend(declaration, itinerary("AZ000202", "AZ000103", "TM000101"))
    assert offices(movement) == ["GE000101", "AZ000202", "AZ000103", "TM000101"]
    assert movement.former_countries == {"KZ"} and movement.stage == Stage.UNDER_WAY
    assert sent(movement)[2:] == [
        ("TM", "transit_announced", 1), ("AZ", "transit_changed", 2), ("KZ", "transit_changed", 2)]
    new = last_of(movement, "TM")
    assert new.data["itinerary"][1]["passed"] and new.data["principal"] == movement.principal
    movement = amend(declaration, itinerary("AZ000202", "AZ000103", "KZ000103"))
    assert movement.former_countries == {"TM"}
    assert [kind for country, kind, _n in sent(movement) if country == "TM"] == [
        "transit_announced", "transit_changed"], "who was told of it hears that it does not come"


@pytest.mark.django_db
def test_what_was_passed_stays_and_what_arrived_is_not_led_elsewhere(
    declaration: Declaration, movement: Movement
) -> None:
    told(movement, Step.PASS, "AZ", office="AZ000202", seal_state="intact")
    for change, words in (
        (itinerary(LAGODEKHI, "AZ000103", "KZ000103"), "have passed AZ000202"),
        (itinerary("AZ000103", "AZ000202", "KZ000103"), "have passed AZ000202"),
        (itinerary("GE000302"), "still lead abroad"),
        (lambda m: setattr(m.TransitDepartureOffice, "ID", "GE000302"), "have passed AZ000202"),
    ):
        with pytest.raises(DecisionError, match=words):
            amend(declaration, change)
    told(movement, Step.ARRIVE, "KZ", office="KZ000103")
    with pytest.raises(DecisionError, match=r"“Arrived”.*itinerary"):
        amend(declaration, itinerary("AZ000202", "AZ000103", "KZ000101"))
    assert declaration.versions.count() == 1 and len(sent(movement)) == 2, "nothing was changed"
    assert amend(declaration, seals("GE7")).seals[0] == "GE7", "the record is still put right"


@pytest.mark.django_db
def test_more_and_less_of_the_guarantee_is_held(
    declaration: Declaration, movement: Movement, guarantee: Guarantee, officer: Actor
) -> None:
    amend(declaration, amount("80000.00"))
    assert guarantee.taken == Decimal(80000)
    with pytest.raises(DecisionError, match=r"100000\.00 EUR left; this transit needs 100000\.01"):
        amend(declaration, amount("100000.01"))
    assert guarantee.taken == Decimal(80000)
    amend(declaration, amount("10000.00"))
    assert guarantee.taken == Decimal(10000) and len(sent(movement)) == 2, "told to nobody"
    other = make_guarantee("26GE000101U00777")
    amend(declaration, lambda m: setattr(m.ObligationGuarantee[0], "ReferenceID", other.reference))
    assert (guarantee.taken, other.taken) == (Decimal(0), Decimal(10000))
    kinds = [(e.kind, e.payload.get("amount")) for e in Event.objects.of(guarantee.pk)][1:]
    assert kinds == [
        ("guarantee_held", "45000.00"), ("guarantee_held", "35000.00"),
        ("guarantee_freed", "70000.00"), ("guarantee_freed", "10000.00")]
    amend(declaration, lambda m: setattr(m.ObligationGuarantee[0], "ReferenceID", guarantee.reference))
    told(movement, Step.ARRIVE, "KZ", office="KZ000103")
    told(movement, Step.CONTROL, "KZ", result="satisfactory", seal_state="intact")
    departures.discharge(movement.pk, officer)
    assert {hold.state for hold in movement.holds.all()} == {HoldState.FREED}
    amend(declaration, amount("90000.00"))
    assert guarantee.taken == 0, "an ended movement stays as it ended"


@pytest.mark.django_db
def test_a_transit_that_has_not_begun_is_cancelled(
    declaration: Declaration, movement: Movement, guarantee: Guarantee
) -> None:
    movement = cancel(declaration)
    assert movement.stage == Stage.CANCELLED and movement.is_ended
    assert movement.holds.get().state == HoldState.FREED and guarantee.taken == 0
    assert sent(movement)[2:] == [("AZ", "transit_cancelled", 2), ("KZ", "transit_cancelled", 2)]
    told(movement, Step.PASS, "AZ", office="AZ000202", seal_state="intact")
    assert movement.stage == Stage.CANCELLED, "kept in the journal, and reopens nothing"


@pytest.mark.django_db
def test_a_transit_under_way_is_not_cancelled(
    declaration: Declaration, movement: Movement, guarantee: Guarantee
) -> None:
    told(movement, Step.PASS, "AZ", office="AZ000202", seal_state="intact")
    with pytest.raises(DecisionError, match="the goods have left"):
        cancel(declaration)
    declaration.refresh_from_db()
    assert declaration.state == State.RELEASED and guarantee.taken == Decimal(45000)
    inland = make_transit(("GE000101", "GE000302"))
    with pytest.raises(Movement.DoesNotExist):
        release(inland)
    Declaration.objects.filter(pk=inland.pk).update(state=State.RELEASED)
    with pytest.raises(DecisionError, match="no movement of them is watched"):
        cancel(inland)
    assert not OutboxMessage.objects.filter(kind="transit_cancelled").exists()


@pytest.mark.django_db
def test_a_guarantee_of_another_country_is_refused_with_what_to_do(
    declaration: Declaration, movement: Movement
) -> None:
    for reference, words in (
        ("26AZ000202U00007", "in another country"), ("26GE999", "not registered here")
    ):
        with pytest.raises(DecisionError, match=words):
            amend(declaration, lambda m, one=reference: setattr(  # type: ignore[misc]
                m.ObligationGuarantee[0], "ReferenceID", one))
    assert movement.holds.get().state == HoldState.HELD


@pytest.mark.django_db
def test_the_page_says_what_was_changed(
    declaration: Declaration, movement: Movement, customs: Agency
) -> None:
    amend(declaration, seals("GE900"))
    amend(declaration, itinerary("AZ000202", "AZ000103"))
    client = Client()
    client.force_login(make_officer(customs)[0])
    page = client.get(f"/transit/{movement.pk}/").content.decode()
    assert "Kazakhstan" in page, "what a country was told that is left out now stays to be seen"
    assert "Transit changed by an amendment" in page and "seals or vehicle" in page
    cancel(declaration)
    page = client.get(f"/transit/{movement.pk}/").content.decode()
    assert "Cancelled before it began" in page and "the movement has ended" in page


# --- as the others ---------------------------------------------------------------------------
def stops(*names: str) -> str:
    return announcement(*names).partition("</TimeLimit>")[2]


def test_a_change_is_applied_once_and_in_any_order(peer_of: Peers) -> None:
    kz, az = Teller(peer_of("KZ")), Teller(peer_of("AZ"))
    early = kz.message("transit_announced", announcement(*IN), at=stamp(timedelta(hours=-3)))
    change = kz.message("transit_changed", "<Seal>NEW1</Seal>")
    assert kz.peer.send(change).status_code == 201, "before the announcement"
    assert TransitNotice.objects.get().state == NoticeState.WAITING
    assert kz.peer.send(early).status_code == 201
    movement = Movement.objects.get()
    assert movement.seals == ["NEW1"]
    assert kz.peer.send(change).status_code == 200
    assert Event.objects.of(movement.pk).filter(kind="transit_changed").count() == 1
    assert az.tell("transit_incident", "<Office>AZ000103</Office><Incident>seals</Incident>"
                   "<Seal>OLD</Seal><Remark>Cut</Remark>", at=stamp(timedelta(hours=-1))) == 201
    movement.refresh_from_db()
    assert movement.seals == ["NEW1"], "what happened earlier does not undo what came later"
    assert kz.tell("transit_changed", "<Seal>LATE</Seal>", at=stamp(timedelta(hours=-2))) == 201
    movement.refresh_from_db()
    assert movement.seals == ["NEW1"]
    assert not list(TransitNotice.objects.unsettled().values_list("reason", flat=True))


@pytest.mark.parametrize("change_first", [True, False])
def test_a_passage_and_a_change_that_crossed_come_to_the_same(
    peer_of: Peers, change_first: bool
) -> None:
    kz, az = Teller(peer_of("KZ")), Teller(peer_of("AZ"))
    kz.tell("transit_announced", announcement(*IN))
    crossing = [
        (kz, kz.message("transit_changed", stops("KZ000103", "AZ000104", "AZ000202", "GE000101"))),
        (az, az.message("transit_passed", passage("AZ000103"), at=stamp(timedelta(seconds=-30)))),
    ]
    for teller, message in crossing if change_first else crossing[::-1]:
        assert teller.peer.send(message).status_code == 201
    movement = Movement.objects.get()
    assert {one.state for one in TransitNotice.objects.all()} == {NoticeState.APPLIED}
    assert movement.stage == Stage.UNDER_WAY
    assert offices(movement) == ["KZ000103", "AZ000103", "AZ000104", "AZ000202", "GE000101"]
    assert [bool(stop.passed_at) for stop in movement.itinerary] == [True, True, False, False, False]


def test_we_are_left_out_and_taken_in_again(peer_of: Peers) -> None:
    kz = Teller(peer_of("KZ"))
    kz.tell("transit_announced", announcement(*IN))
    kz.tell("transit_changed", stops("KZ000103", "AZ000103", "TR000101"))
    movement = Movement.objects.get()
    assert movement.stage == Stage.LEFT_OUT and movement.former_countries == {"GE"}
    assert not Movement.objects.awaiting("GE").exists()
    kz.tell("transit_changed", stops(*IN), at=stamp(timedelta(seconds=1)))
    movement.refresh_from_db()
    assert movement.stage == Stage.RELEASED and offices(movement) == list(IN)
    kz.tell("transit_cancelled")
    movement.refresh_from_db()
    assert movement.stage == Stage.CANCELLED


def test_only_the_departure_changes_and_never_its_own_office(peer_of: Peers) -> None:
    kz, az = Teller(peer_of("KZ")), Teller(peer_of("AZ"))
    kz.tell("transit_announced", announcement(*IN))
    az.tell("transit_changed", "<Seal>AZ1</Seal>")
    az.tell("transit_cancelled")
    kz.tell("transit_changed", stops("KZ000101", *IN[1:]))
    lying = stops(*IN).replace("<Country>AZ</Country>", "<Country>TM</Country>", 1)
    kz.tell("transit_changed", lying)
    movement = Movement.objects.get()
    assert movement.seals == ["KZ8840112", "KZ8840113"] and offices(movement) == list(IN)
    aside = TransitNotice.objects.filter(state=NoticeState.SET_ASIDE)
    assert aside.count() == 4 and movement.stage == Stage.RELEASED


def test_goods_that_reached_the_former_destination_wait_for_an_amendment(peer_of: Peers) -> None:
    kz = peer_of("KZ")
    peer_of("AZ")
    make_guarantee()
    declaration = make_transit()
    release(declaration)
    movement = amend(declaration, itinerary("AZ000202", "AZ000103"))
    assert movement.destination_country == "AZ"
    teller = Teller(kz, movement.mrn, "GE")
    assert teller.tell("transit_arrived", "<Office>KZ000103</Office>") == 201
    assert teller.tell("transit_controlled", "<Result>satisfactory</Result><Seals>intact</Seals>") == 201
    assert {one.state for one in TransitNotice.objects.all()} == {NoticeState.WAITING}
    assert "must amend it again" in TransitNotice.objects.earliest("position").reason
    movement = amend(declaration, itinerary(*OUT[1:]))
    assert movement.stage == Stage.CONTROLLED, "what waited is applied at once"
    assert {one.state for one in TransitNotice.objects.all()} == {NoticeState.APPLIED}
