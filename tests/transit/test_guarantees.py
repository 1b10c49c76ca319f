"""Guarantees under concurrency, and what follows when goods do not arrive."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from declarations.lifecycle import IllegalTransition
from exchange.models import OutboxMessage, Partner
from exchange.transit import departures, enquiries, messages, tasks
from exchange.transit.models import Guarantee, Hold, Movement
from exchange.transit.refusals import OutOfPlace
from exchange.transit.states import HoldState, Stage, Step
from portal.accounts.actors import Actor
from portal.journal.models import Event
from tests.transit.conftest import make_guarantee, make_transit, release
from tests.transit.test_steps import told


@pytest.mark.django_db(transaction=True)
def test_releases_at_once_never_overdraw_a_guarantee() -> None:
    guarantee = make_guarantee(limit="100000.00")
    declarations = [make_transit(amount="30000.00") for _n in range(6)]
    start, ends = threading.Barrier(6), []

    def run(number: int) -> None:
        start.wait()
        try:
            release(declarations[number])
            ends.append("released")
        except IllegalTransition:
            ends.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["refused"] * 3 + ["released"] * 3
    assert guarantee.taken == Decimal("90000.00")
    assert Movement.objects.count() == Hold.objects.count() == 3


@pytest.fixture
def movement(guarantee: Guarantee, neighbours: list[Partner]) -> Movement:
    return release(make_transit(amount="100000.00"))


def late(movement: Movement) -> None:
    Movement.objects.filter(pk=movement.pk).update(time_limit=timezone.now() - timedelta(hours=1))


@pytest.mark.django_db
@pytest.mark.parametrize(("amount", "held"), [("0.001", "0.01"), ("99.995", "100.00"), ("7", "7.00")])
def test_a_part_of_a_cent_is_held_as_a_cent(guarantee: Guarantee, amount: str, held: str) -> None:
    assert release(make_transit(amount=amount)).holds.get().amount == Decimal(held)


@pytest.mark.django_db
def test_what_a_discharge_frees_can_be_held_again(
    movement: Movement, officer: Actor
) -> None:
    with pytest.raises(IllegalTransition, match=r"0\.00 EUR left"):
        release(make_transit(amount="1.00"))
    told(movement, Step.ARRIVE, "KZ", office="KZ000103")
    told(movement, Step.CONTROL, "KZ", result="considered", seal_state="unchecked")
    departures.discharge(movement.pk, officer)
    release(make_transit(amount="100000.00"))
    seen = Guarantee.objects.with_use().get()
    assert (seen.held, seen.free) == (Decimal(100000), Decimal(0))


@pytest.mark.django_db
def test_a_passed_time_limit_opens_one_enquiry(movement: Movement) -> None:
    assert tasks.enquire_overdue() == 0, "not late yet"
    late(movement)
    assert tasks.enquire_overdue() == 1
    assert tasks.enquire_overdue() == 0, "once"
    movement.refresh_from_db()
    assert movement.stage == Stage.ENQUIRED and movement.answer_by > timezone.now()
    sent = OutboxMessage.objects.filter(kind="transit_enquired")
    assert sorted(sent.values_list("partner__country", flat=True)) == ["AZ", "KZ"]
    assert messages.read("transit_enquired", bytes(sent[0].body)).data["answer_by"]
    assert Event.objects.of(movement.pk).filter(kind="transit_enquired").count() == 1
    assert movement.holds.get().state == HoldState.HELD


@pytest.mark.django_db
def test_goods_that_turn_up_end_the_enquiry(movement: Movement, officer: Actor) -> None:
    late(movement)
    tasks.enquire_overdue()
    told(movement, Step.ARRIVE, "KZ", office="KZ000103")
    assert tasks.enquire_overdue() == 0, "late, and here"
    told(movement, Step.CONTROL, "KZ", result="satisfactory", seal_state="intact")
    departures.discharge(movement.pk, officer)
    assert movement.holds.get().state == HoldState.FREED


@pytest.mark.django_db
def test_the_guarantee_is_claimed_after_the_answer_or_after_none(
    movement: Movement, officer: Actor
) -> None:
    enquiries.enquire(movement.pk, officer, "The consignee asks where it is.")
    with pytest.raises(OutOfPlace, match="time to answer"):
        enquiries.claim(movement.pk, officer, "Impatient.")
    told(movement, Step.ANSWER, "KZ", remark="Never presented at Aktau.")
    assert movement.stage == Stage.MISSING
    enquiries.claim(movement.pk, officer, "Not arrived; the principal has no proof.")
    movement.refresh_from_db()
    assert movement.stage == Stage.RECOVERED and movement.ended_at is not None
    assert movement.holds.get().state == HoldState.CLAIMED
    assert Guarantee.objects.with_use().get().free == 0, "what is claimed is spent"


@pytest.mark.django_db
def test_no_answer_in_time_is_an_answer(movement: Movement, officer: Actor) -> None:
    enquiries.enquire(movement.pk, officer)
    Movement.objects.update(answer_by=timezone.now() - timedelta(seconds=1))
    enquiries.claim(movement.pk, officer, "No answer in 28 days.")
    assert movement.holds.get().state == HoldState.CLAIMED
