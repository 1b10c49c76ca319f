"""Reserved at acceptance, written off at release, given back, and right when many draw at once."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.permits import balance, changing
from agencies.permits.models import PermitMovement, PermitUse
from agencies.permits.states import MovementKind, PermitState
from declarations import lifecycle
from declarations.lifecycle import Action, IllegalTransition
from declarations.models import Declaration
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.intake.conftest import together
from tests.permits.world import World, act, keep_version, left


def moved(permit: Any) -> list[str]:
    movements = PermitMovement.objects.filter(line__permit=permit).order_by("id")
    return [str(one.kind) for one in movements]


def test_reserved_at_acceptance_and_written_off_at_release(world: World) -> None:
    permit = world.permit("100")
    declaration = world.declare(permit, "30")
    line = permit.lines.get()
    assert [line.reserved_quantity, line.used_quantity] == [30, 0]
    act(declaration, Action.RELEASE)
    line.refresh_from_db()
    assert [line.reserved_quantity, line.used_quantity, line.left_quantity] == [0, 30, 70]
    assert moved(permit) == ["grant", "reserve", "write_off"]
    event = Event.objects.of(permit.pk).last()
    assert event is not None and event.kind == "permit_written_off"
    assert event.payload["movements"][0]["left"] == "70.000000"


@pytest.mark.parametrize("end", [Action.CANCEL, Action.REFUSE])
def test_given_back_when_the_declaration_ends_otherwise(world: World, end: Action) -> None:
    permit = world.permit("100")
    declaration = world.declare(permit, "30")
    act(declaration, end)
    assert left(permit) == 100
    assert moved(permit) == ["grant", "reserve", "free"]


def test_an_amendment_reserves_what_the_new_version_says(world: World) -> None:
    permit = world.permit("100")
    declaration = world.declare(permit, "90")
    amend(declaration, world.dataset(permit, "95"))
    assert left(permit) == 5
    assert moved(permit) == ["grant", "reserve", "free", "reserve"]


def test_an_amendment_that_the_permit_does_not_cover_changes_nothing(world: World) -> None:
    permit = world.permit("100")
    declaration = world.declare(permit, "90")
    with pytest.raises(IllegalTransition, match="SW-R-PRM-047"), transaction.atomic():
        amend(declaration, world.dataset(permit, "101"))
    assert left(permit) == 10


def test_an_amendment_after_the_release_writes_off_anew(world: World) -> None:
    permit = world.permit("100")
    declaration = world.declare(permit, "90")
    act(declaration, Action.RELEASE)
    amend(declaration, world.dataset(permit, "60"))
    line = permit.lines.get()
    assert [line.used_quantity, line.reserved_quantity] == [60, 0]
    assert moved(permit) == ["grant", "reserve", "write_off", "reverse", "write_off"]


def amend(declaration: Declaration, dataset: dict[str, Any]) -> None:
    """A new version comes into force; what the subscriber hears of it."""
    keep_version(declaration, dataset)
    with transaction.atomic():
        balance.on_event(Event(
            subject=declaration.pk, kind=EventKind.AMENDED, actor="officer", at=timezone.now(),
            payload={"version": declaration.current.number},
        ))


def test_the_same_event_twice_moves_nothing_twice(world: World) -> None:
    permit = world.permit("100")
    declaration = world.declare(permit, "30")
    act(declaration, Action.RELEASE)
    event = Event.objects.of(declaration.pk).last()
    assert event is not None
    with transaction.atomic():
        balance.on_event(event)
    assert moved(permit) == ["grant", "reserve", "write_off"]
    assert PermitUse.objects.count() == 1


def test_a_write_off_is_reversed(world: World) -> None:
    """As when a release is declared invalid: the hook is the event, whatever the lifecycle allows."""
    permit = world.permit("30")
    declaration = world.declare(permit, "30")
    act(declaration, Action.RELEASE)
    permit.refresh_from_db()
    assert permit.state == PermitState.EXHAUSTED
    released = Event.objects.of(declaration.pk).last()
    assert released is not None
    with transaction.atomic():
        balance.settle(declaration, balance.UseState.FREED, released)
    permit.refresh_from_db()
    assert [left(permit), permit.state] == [30, PermitState.IN_FORCE]
    assert moved(permit)[-1] == MovementKind.REVERSE


def test_units_are_converted_where_that_is_exact(world: World) -> None:
    permit = world.permit("1", line={"unit": "TNE"})
    world.declare(permit, "250")
    assert left(permit) == Decimal("0.75")
    world.declare(permit, write_off={"QuantityQuantity": {"value": "50000", "unitCode": "GRM"}})
    assert left(permit) == Decimal("0.7")


def test_value_is_drawn_too(world: World) -> None:
    permit = world.permit(line={"value": Decimal(20000), "currency": "USD"})
    world.declare(permit, "10")
    line = permit.lines.get()
    assert [line.reserved_value, line.left_value] == [18600, 1400]


def test_a_release_is_held_while_the_permit_is_suspended(world: World) -> None:
    permit = world.permit("100")
    declaration = world.declare(permit, "30")
    changing.suspend(permit.pk, world.officer, "The farm is being inspected.")
    with pytest.raises(IllegalTransition, match=permit.number):
        act(declaration, Action.RELEASE)
    declaration.refresh_from_db()
    assert declaration.state == "under_review"
    changing.resume(permit.pk, world.officer, "Nothing was found.")
    act(declaration, Action.RELEASE)
    assert left(permit) == 70


def test_what_a_replaced_permit_has_reserved_is_written_off_there(world: World) -> None:
    permit = world.permit("100")
    declaration = world.declare(permit, "30")
    new = changing.replace(permit.pk, world.officer, world.terms("70"), "Another consignor")
    act(declaration, Action.RELEASE)
    assert permit.lines.get().used_quantity == 30
    assert left(new) == 70


@pytest.mark.django_db(transaction=True)
def test_two_releases_at_once_leave_the_right_balance() -> None:
    world = World()
    permit = world.permit("100")
    declarations = [world.declare(permit, mass) for mass in ("40", "35", "25")]
    together(*[lambda d=d: act(d, Action.RELEASE) for d in declarations])
    line = permit.lines.get()
    assert [line.used_quantity, line.reserved_quantity] == [100, 0]
    permit.refresh_from_db()
    assert permit.state == PermitState.EXHAUSTED


@pytest.mark.django_db(transaction=True)
def test_of_two_releases_at_once_that_want_more_than_there_is_one_is_held() -> None:
    """Declarations accepted without a reservation, as under a profile without rules."""
    world = World()
    permit = world.permit("50")
    declarations = [_unreserved(world, permit, "40") for _ in range(2)]
    results = together(*[lambda d=d: act(d, Action.RELEASE) for d in declarations])
    assert sorted(type(one).__name__ for one in results) == ["IllegalTransition", "NoneType"]
    states = sorted(Declaration.objects.filter(kind="import").values_list("state", flat=True))
    assert states == ["released", "under_review"]
    line = permit.lines.get()
    assert [line.used_quantity, line.reserved_quantity, line.left_quantity] == [40, 0, 10]


def _unreserved(world: World, permit: Any, mass: str) -> Declaration:
    made = world.declare(permit, mass, kind="380")  # not as a permit: nothing is reserved
    version = made.current
    version.dataset["GoodsShipment"]["GovernmentAgencyGoodsItem"][0]["AdditionalDocument"][0][
        "TypeCode"] = "PHI"
    version.save()
    return made


def test_a_declaration_of_another_country_s_permit_draws_nothing(world: World) -> None:
    world.permit()
    with transaction.atomic():
        declaration = world.declare("AZ/2026/0187", "30")  # type: ignore[arg-type]
    assert not PermitUse.objects.exists()
    with transaction.atomic():
        lifecycle.perform(declaration, Action.RELEASE, SYSTEM)
