"""The table of transit and its verbs, as the country of departure takes and hears of steps."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from declarations.lifecycle import IllegalTransition
from declarations.states import State
from exchange.models import OutboxMessage, Partner
from exchange.transit import arrivals, departures, enquiries, messages, passages, table
from exchange.transit.models import Guarantee, Movement
from exchange.transit.refusals import NotTheirs, OutOfPlace, StepRefused
from exchange.transit.states import ENDED, HoldState, IncidentKind, Part, Result, Stage, Step
from portal.accounts.actors import Actor
from portal.journal.models import Event
from tests.factories import make_agency, make_officer
from tests.transit.conftest import OUT, make_transit, release

pytestmark = pytest.mark.django_db
NEIGHBOUR = Actor(label="a neighbour")


@pytest.fixture
def movement(guarantee: Guarantee, neighbours: list[Partner]) -> Movement:
    return release(make_transit())


def told(movement: Movement, step: Step, country: str, **data: Any) -> None:
    """As a neighbour's message would have it."""
    with transaction.atomic():
        locked = Movement.objects.select_for_update().get(pk=movement.pk)
        table.perform(locked, step, country, data, NEIGHBOUR, timezone.now())
    movement.refresh_from_db()


def sent(movement: Movement) -> list[tuple[str, str, int]]:
    return list(OutboxMessage.objects.filter(movement=movement.pk)
                .order_by("position", "partner__country")
                .values_list("partner__country", "kind", "position"))


def test_a_release_begins_the_movement_and_tells_every_country(movement: Movement) -> None:
    assert movement.stage == Stage.RELEASED
    assert [(s.office, s.part, s.passed_at is not None) for s in movement.itinerary] == [
        ("GE000101", "departure", True), ("AZ000202", "transit", False),
        ("AZ000103", "transit", False), ("KZ000103", "destination", False),
    ]
    assert movement.countries == ["GE", "AZ", "KZ"]
    assert movement.time_limit > timezone.now()
    assert movement.seals and movement.vehicle == "54829130"
    assert sent(movement) == [("AZ", "transit_announced", 1), ("KZ", "transit_announced", 1)]
    body = bytes(OutboxMessage.objects.filter(movement=movement.pk)[0].body)
    read = messages.read("transit_announced", body)
    assert (read.mrn, read.departure_country) == (movement.mrn, "GE")
    assert [stop["office"] for stop in read.data["itinerary"]] == list(OUT)
    assert b"7Q4K" not in body and b"45000" not in body, "neither access code nor amount is told"
    hold = movement.holds.get()
    assert (hold.state, str(hold.amount)) == (HoldState.HELD, "45000.00")


def test_the_whole_way_to_the_discharge(movement: Movement, officer: Actor) -> None:
    told(movement, Step.PASS, "AZ", office="AZ000202", seal_state="intact")
    assert movement.stage == Stage.UNDER_WAY
    told(movement, Step.PASS, "AZ", office="AZ000103", seal_state="intact")
    told(movement, Step.ARRIVE, "KZ", office="KZ000103")
    assert movement.arrived_at is not None
    with pytest.raises(OutOfPlace):
        departures.discharge(movement.pk, officer)
    told(movement, Step.CONTROL, "KZ", result="satisfactory", seal_state="intact")
    departures.discharge(movement.pk, officer)
    movement.refresh_from_db()
    assert movement.stage == Stage.DISCHARGED and movement.is_ended
    assert movement.holds.get().state == HoldState.FREED
    assert sent(movement)[-2:] == [("AZ", "transit_discharged", 2), ("KZ", "transit_discharged", 2)]
    kinds = list(Event.objects.of(movement.pk).values_list("kind", flat=True))
    assert [kind for kind in kinds if kind.startswith("transit")] == [
        "transit_announced", "transit_passed", "transit_passed", "transit_arrived",
        "transit_controlled", "transit_discharged",
    ]
    guarded = list(Event.objects.of(movement.holds.get().guarantee.pk).values_list("kind", flat=True))
    assert guarded == ["guarantee_registered", "guarantee_held", "guarantee_freed"]


@pytest.mark.parametrize(
    ("step", "country", "data"),
    [
        (Step.ARRIVE, "AZ", {"office": "KZ000103"}),
        (Step.ARRIVE, "KZ", {"office": "AZ000202"}),
        (Step.PASS, "KZ", {"office": "AZ000202", "seal_state": "intact"}),
        (Step.PASS, "AZ", {"office": "KZ000103", "seal_state": "intact"}),
        (Step.PASS, "AM", {"office": "AZ000202", "seal_state": "intact"}),
        (Step.DISCHARGE, "KZ", {}),
        (Step.DISCHARGE, "AZ", {}),
        (Step.CONTROL, "AZ", {"result": "satisfactory"}),
        (Step.ENQUIRE, "AZ", {"answer_by": "2027-01-01T00:00:00Z"}),
        (Step.CLAIM, "KZ", {"remark": "ours"}),
        (Step.INCIDENT, "AZ", {"office": "KZ000103", "incident": "seals", "remark": "x"}),
        (Step.INCIDENT, "AM", {"office": "AZ000202", "incident": "seals", "remark": "x"}),
    ],
)
def test_nobody_speaks_for_another(
    movement: Movement, step: Step, country: str, data: dict[str, str]
) -> None:
    before = (movement.stage, Event.objects.of(movement.pk).count())
    with pytest.raises(NotTheirs):
        told(movement, step, country, **data)
    movement.refresh_from_db()
    assert (movement.stage, Event.objects.of(movement.pk).count()) == before
    assert movement.holds.get().state == HoldState.HELD


def test_a_passage_is_told_once(movement: Movement) -> None:
    told(movement, Step.PASS, "AZ", office="AZ000202", seal_state="intact")
    with pytest.raises(NotTheirs):
        told(movement, Step.PASS, "AZ", office="AZ000202", seal_state="broken")


def test_every_row_of_the_table_leads_somewhere_and_ends_are_ends() -> None:
    reached = {Stage.RELEASED, Stage.DISPUTED, Stage.LEFT_OUT} | {
        row.to for row in table.TRANSITIONS.values() if row.to is not None
    }
    assert reached == set(Stage)
    for (stage, step), row in table.TRANSITIONS.items():
        assert row.who, (stage, step)
        if stage in ENDED:
            assert row.to is None
    assert {step for _stage, step in table.TRANSITIONS} == set(Step) - {Step.ANNOUNCE}
    claims = [row.who for (_stage, step), row in table.TRANSITIONS.items()
              if step in (Step.DISCHARGE, Step.CLAIM, Step.ENQUIRE)]
    assert set(claims) == {frozenset({Part.DEPARTURE})}


def test_discrepancies_hold_the_guarantee_until_they_are_settled(
    movement: Movement, officer: Actor
) -> None:
    told(movement, Step.ARRIVE, "KZ", office="KZ000103")
    told(movement, Step.CONTROL, "KZ", result="discrepancies", seal_state="broken")
    assert movement.stage == Stage.DISPUTED
    with pytest.raises(OutOfPlace):
        departures.discharge(movement.pk, officer)
    told(movement, Step.CONTROL, "KZ", result="satisfactory", seal_state="broken")
    departures.discharge(movement.pk, officer)
    assert movement.holds.get().state == HoldState.FREED


def test_seals_and_vehicle_of_an_incident_replace_those_announced(movement: Movement) -> None:
    with transaction.atomic():
        locked = Movement.objects.select_for_update().get(pk=movement.pk)
        data = {"office": "AZ000103", "incident": str(IncidentKind.TRANSSHIPMENT),
                "vehicle": "90-KR-618", "seals": ["AZ77"], "remark": "Wagon defective."}
        table.perform(locked, Step.INCIDENT, "AZ", data, NEIGHBOUR, timezone.now())
    movement.refresh_from_db()
    assert (movement.stage, movement.vehicle, movement.seals) == (
        Stage.RELEASED, "90-KR-618", ["AZ77"])


def test_only_customs_takes_steps(movement: Movement, officer: Actor) -> None:
    _user, phyto = make_officer(make_agency("phyto"))
    with pytest.raises(PermissionDenied):
        enquiries.enquire(movement.pk, phyto)
    with pytest.raises(Movement.DoesNotExist):
        enquiries.enquire(uuid4(), officer)
    assert not Movement.objects.visible_to(phyto).exists()
    assert Movement.objects.visible_to(officer).get() == movement


def test_a_country_takes_only_its_own_steps_here(movement: Movement, officer: Actor) -> None:
    with pytest.raises(NotTheirs):
        arrivals.advise(movement.pk, officer, "KZ000103")
    with pytest.raises(NotTheirs):
        arrivals.give_result(movement.pk, officer, Result.SATISFACTORY)
    with pytest.raises(NotTheirs):
        passages.confirm(movement.pk, officer, "AZ000202")
    assert table.steps_for(movement, "GE") == [Step.INCIDENT, Step.ENQUIRE]
    assert table.steps_for(movement, "AZ") == [Step.PASS, Step.INCIDENT]
    assert table.steps_for(movement, "KZ") == [Step.INCIDENT, Step.ARRIVE]
    assert table.steps_for(movement, "AM") == []


def test_a_transit_that_begins_abroad_or_stays_at_home_makes_no_movement(
    guarantee: Guarantee, neighbours: list[Partner]
) -> None:
    for offices in (("KZ000103", "AZ000103", "GE000101"), ("GE000101", "GE000302")):
        with pytest.raises(Movement.DoesNotExist):
            release(make_transit(offices))
    assert not OutboxMessage.objects.exists()


def test_the_release_fails_where_the_guarantee_does_not_cover_it(
    neighbours: list[Partner], guarantee: Guarantee
) -> None:
    for reference, amount, words in (
        ("26GE000101U99999", "1", "not registered here"),
        (guarantee.reference, "100000.01", "100000.00 EUR left"),
    ):
        declaration = make_transit(reference=reference, amount=amount)
        with pytest.raises(IllegalTransition, match=words):
            release(declaration)
        declaration.refresh_from_db()
        assert declaration.state == State.UNDER_REVIEW
    assert not Movement.objects.exists() and not OutboxMessage.objects.exists()


def test_an_incident_needs_words(movement: Movement, officer: Actor) -> None:
    with pytest.raises(StepRefused):
        passages.report_incident(movement.pk, officer, "GE000101", IncidentKind.SEALS, " ")
    passages.report_incident(movement.pk, officer, "GE000101", IncidentKind.SEALS,
                             "Seal cut by\x07 thieves.", seals=("GE55",))
    movement.refresh_from_db()
    assert movement.seals == ["GE55"]
    body = bytes(OutboxMessage.objects.get(kind="transit_incident", partner__country="AZ").body)
    assert messages.read("transit_incident", body).data["remark"] == "Seal cut by thieves."
