"""A consignment that is exported here and imported abroad under one permit is written off once."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from agencies.permits.abroad.models import UseAbroad
from agencies.permits.abroad.settling import Goods
from agencies.permits.models import Permit
from agencies.permits.register import Register
from agencies.permits.states import PermitState, UseState
from declarations import lifecycle, wco
from declarations.lifecycle import Action
from declarations.models import Declaration
from declarations.states import State
from portal.accounts.actors import SYSTEM
from tests.agencies.samples import make_declaration
from tests.foreign_permits.test_issuer import balance, goods, kinds, say, word
from tests.intake.conftest import together
from tests.permits.world import World, act, keep_version

UCR = "6GE400512345-PO7781"
KEY = ("ucr:6GE400512345PO7781",)


def export(world: World, permit: Permit, mass: str = "30", ucr: str = UCR) -> Declaration:
    """An export of so much under the permit, filed and not accepted yet."""
    made = make_declaration(world.trader, world.trader_user, kind="export", state=State.SUBMITTED,
                            mrn=None)
    data = world.dataset(permit, mass, TypeCode="EXA",
                         Exporter={"Name": world.trader.name, "ID": world.trader.identifier})
    data["GoodsShipment"]["UCR"] = {"ID": ucr}
    keep_version(made, data)
    made.mrn = f"26GE{made.pk.int % 10**14:014}"
    return made


def accept(made: Declaration) -> None:
    act(made, Action.ACCEPT)
    with transaction.atomic():
        lifecycle.move(made, Action.ROUTE, SYSTEM)


def exported(world: World, permit: Permit, mass: str = "30", **more: Any) -> Declaration:
    made = export(world, permit, mass, **more)
    accept(made)
    return made


def same(mass: str = "30", keys: tuple[str, ...] = KEY) -> Goods:
    return goods(mass, consignment=keys)


def test_the_export_first_then_its_import(world: World) -> None:
    permit = world.permit("100")
    home = exported(world, permit)
    assert balance(permit) == [30, 0, 70]
    asked = word(permit, of=same())
    verdict = say(asked)
    assert verdict is not None and verdict.reason == ""
    assert balance(permit) == [30, 0, 70], "one consignment, held once"
    assert UseAbroad.objects.get().home == home
    act(home, Action.RELEASE)
    assert balance(permit) == [30, 0, 70], "the use abroad holds it"
    say(replace(asked, revision=2, aim=UseState.WRITTEN_OFF))
    assert balance(permit) == [0, 30, 70]


def test_the_import_first_then_its_export(world: World) -> None:
    permit = world.permit("30")
    asked = word(permit, of=same())
    say(asked)
    assert balance(permit) == [30, 0, 0]
    home = export(world, permit)
    version = wco.from_json(home.current.dataset or {})
    assert not Register(home, home.submitted_at.date()).problems(version)  # type: ignore[union-attr]
    accept(home)
    assert balance(permit) == [30, 0, 0]
    act(home, Action.RELEASE)
    say(replace(asked, revision=2, aim=UseState.WRITTEN_OFF))
    assert balance(permit) == [0, 30, 0]
    permit.refresh_from_db()
    assert permit.state == PermitState.EXHAUSTED


def test_the_import_is_written_off_before_the_export_comes(world: World) -> None:
    permit = world.permit("100")
    say(word(permit, aim="written_off", of=same("28")))
    home = exported(world, permit, "30")
    assert balance(permit) == [0, 28, 72], "what arrived is what counts"
    act(home, Action.RELEASE)
    assert balance(permit) == [0, 28, 72]


def test_a_crumb_that_arrives_does_not_free_the_permit_for_another_export(world: World) -> None:
    permit = world.permit("100")
    home = exported(world, permit, "100")
    act(home, Action.RELEASE)
    say(word(permit, aim="written_off", of=same("0.5")))
    assert balance(permit) == [0, 100, 0], "it left, and nobody says where it is"
    other = export(world, permit, "99", ucr="6GE400512345-PO9999")
    version = wco.from_json(other.current.dataset or {})
    assert Register(other, other.submitted_at.date()).problems(version)  # type: ignore[union-attr]


def test_less_arrives_than_left_and_the_rest_is_returned_at_the_write_off(world: World) -> None:
    permit = world.permit("100")
    home = exported(world, permit, "50")
    act(home, Action.RELEASE)
    first = word(permit, of=same("40"))
    say(first)
    assert balance(permit) == [40, 10, 50], "until it is verified the greater of both counts"
    say(replace(first, revision=2, aim=UseState.WRITTEN_OFF, goods=same("40")))
    assert balance(permit) == [0, 50, 50], "too much is missing to be returned without a hand"
    say(replace(first, revision=3, aim=UseState.WRITTEN_OFF, goods=same("46")))
    assert balance(permit) == [0, 46, 54]
    say(replace(first, revision=4, aim=UseState.FREED, goods=None))
    assert balance(permit) == [0, 50, 50], "the import came to nothing: the export counts again"


def test_more_is_declared_there_than_here(world: World) -> None:
    permit = world.permit("60")
    exported(world, permit, "50")
    first = word(permit, of=same("60"))
    say(first)
    assert balance(permit) == [60, 0, 0]
    verdict = say(replace(first, revision=2, goods=same("61")))
    assert verdict is not None and verdict.reason == "quantity"
    assert balance(permit) == [60, 0, 0]


def test_items_of_one_consignment_share_what_is_held(world: World) -> None:
    permit = world.permit("50")
    exported(world, permit, "50")
    one, two = word(permit, of=same("30")), word(permit, of=same("20"), item=2)
    for said in (one, two):
        verdict = say(said)
        assert verdict is not None and verdict.reason == ""
        assert balance(permit) == [50, 0, 0]
    say(replace(one, revision=2, aim=UseState.WRITTEN_OFF))
    say(replace(two, revision=2, aim=UseState.WRITTEN_OFF, goods=same("15")))
    assert balance(permit) == [0, 45, 5]


@pytest.mark.parametrize("keys", [(), ("ucr:ANOTHER123",), ("doc:6GE400512345PO7781",)])
def test_another_consignment_draws_for_itself(world: World, keys: tuple[str, ...]) -> None:
    permit = world.permit("100")
    exported(world, permit)
    say(word(permit, of=same(keys=keys)))
    assert balance(permit) == [60, 0, 40]


def test_a_second_import_with_the_same_number_is_another_use(world: World) -> None:
    permit = world.permit("100")
    exported(world, permit)
    say(word(permit, of=same()))
    say(word(permit, of=same(), mrn="26AZ0000000000002X"))
    assert balance(permit) == [60, 0, 40], "one export is not two imports"


def test_named_by_its_mrn_it_is_the_same(world: World) -> None:
    permit = world.permit("100")
    home = exported(world, permit)
    say(word(permit, of=same(keys=(f"mrn:{home.mrn}",))))
    assert balance(permit) == [30, 0, 70]


def test_the_export_is_cancelled_and_the_import_stands(world: World) -> None:
    permit = world.permit("100")
    home = exported(world, permit, "50")
    say(word(permit, of=same("40")))
    act(home, Action.CANCEL)
    assert balance(permit) == [40, 0, 60]


def test_a_return_never_takes_what_others_hold_by_now(world: World) -> None:
    permit = world.permit("50")
    exported(world, permit, "50")
    first = word(permit, aim="written_off", of=same("46"))
    say(first)
    assert balance(permit) == [0, 46, 4]
    say(word(permit, of=goods("4")))
    say(replace(first, revision=2, aim=UseState.FREED, goods=None))
    assert balance(permit) == [50, 0, 0], "as much as is left, and the agency is shown the rest"
    assert kinds(permit)[-1] == "reserve"


@pytest.mark.django_db(transaction=True)
def test_both_sides_at_once_hold_it_once() -> None:
    world = World()
    for _round in range(4):
        at_once(world)


def at_once(world: World) -> None:
    permit = world.permit("30")
    home = export(world, permit)
    asked = word(permit, of=same())
    results = together(lambda: accept(home), lambda: say(asked), lambda: say(asked))
    assert not [one for one in results if isinstance(one, Exception)], results
    assert balance(permit) == [30, 0, 0]
    used = replace(asked, revision=2, aim=UseState.WRITTEN_OFF, goods=same("27"))
    results = together(lambda: act(home, Action.RELEASE), lambda: say(used), lambda: say(used))
    assert not [one for one in results if isinstance(one, Exception)], results
    assert balance(permit) == [0, 27, Decimal(3)]
