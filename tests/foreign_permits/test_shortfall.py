"""Less arrived than left: the agency is told, and an officer says what becomes of the rest."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from agencies.cases import DecisionError
from agencies.permits.abroad import shortfalls
from agencies.permits.abroad.settling import Word
from agencies.permits.models import Permit, PermitUse
from agencies.permits.states import PermitState, UseState
from declarations.lifecycle import Action
from declarations.models import Declaration
from portal.journal.models import Event
from portal.notices.models import Notice
from tests.factories import make_agency, make_officer
from tests.foreign_permits.test_issuer import balance, say, word
from tests.foreign_permits.test_one_consignment import exported, same
from tests.intake.conftest import together
from tests.permits.world import World, act


def short(world: World, arrived: str = "60") -> tuple[Permit, Declaration, Word]:
    """All of a permit left, and less of it arrived."""
    permit = world.permit("100")
    home = exported(world, permit, "100")
    act(home, Action.RELEASE)
    used = word(permit, aim="written_off", of=same(arrived))
    say(used)
    return permit, home, used


def settle(world: World, permit: Permit, outcome: str, arrived: str = "60", why: str = "Lost at sea"
           ) -> PermitUse:
    use = PermitUse.objects.get(line__permit=permit)
    return shortfalls.settle(permit.pk, use.pk, world.officer, outcome, why, Decimal(arrived))


def told(permit: Permit, kind: str = "permit_shortfall") -> int:
    return Event.objects.of(permit.pk).filter(kind=kind).count()


@pytest.mark.parametrize(("outcome", "after", "state"), [
    ("returned", [0, 60, 40], PermitState.IN_FORCE), ("used_up", [0, 100, 0], PermitState.EXHAUSTED),
])
def test_settled_once(world: World, outcome: str, after: list[int], state: str) -> None:
    permit, _home, used = short(world)
    assert balance(permit) == [0, 100, 0] and told(permit) == 1
    with pytest.raises(DecisionError):
        settle(world, permit, outcome, why=" ")
    with pytest.raises(DecisionError):
        settle(world, permit, outcome, arrived="61")
    settle(world, permit, outcome)
    settle(world, permit, outcome)
    with pytest.raises(DecisionError):
        settle(world, permit, "used_up" if outcome == "returned" else "returned")
    say(replace(used, revision=2))
    permit.refresh_from_db()
    assert balance(permit) == after and permit.state == state
    assert told(permit) == 1 and told(permit, "permit_shortfall_settled") == 1


def test_another_quantity_told_later_is_another_shortfall(world: World) -> None:
    permit, _home, used = short(world)
    settle(world, permit, "returned")
    say(replace(used, revision=2, goods=same("50")))
    assert balance(permit) == [0, 100, 0] and told(permit) == 2
    say(replace(used, revision=3, goods=same("95")))
    assert balance(permit) == [0, 95, 5]
    with pytest.raises(DecisionError):
        settle(world, permit, "returned", arrived="50")
    say(replace(used, revision=4, aim=UseState.FREED, goods=None))
    assert balance(permit) == [0, 100, 0]


def test_the_import_is_written_off_before_the_export_is_released(world: World) -> None:
    permit = world.permit("100")
    home = exported(world, permit, "100")
    say(word(permit, aim="written_off", of=same("60")))
    assert told(permit) == 0, "the export can still be amended"
    act(home, Action.RELEASE)
    assert told(permit) == 1 and balance(permit) == [0, 100, 0]
    settle(world, permit, "returned")
    assert balance(permit) == [0, 60, 40]


def test_the_agency_is_told_and_settles_it_on_the_page(world: World, settings: Any) -> None:
    permit, home, used = short(world)
    assert Notice.objects.filter(user=world.user, kind="permit_shortfall").count() == 1
    use = PermitUse.objects.get(line__permit=permit)
    address = reverse("permit_shortfall_settle", args=[permit.pk, use.pk])
    given = {"outcome": "returned", "reason": "Stayed in the cellar", "arrived": "60.000000"}
    client = Client()
    client.force_login(make_officer(make_agency("other", name="Other agency"))[0])
    assert client.post(address, given).status_code == 404
    client.force_login(world.user)
    unknown = reverse("permit_shortfall_settle", args=[permit.pk, uuid4()])
    assert client.post(unknown, given).status_code == 404
    page = client.get(reverse("permit", args=[permit.pk])).content.decode()
    assert "Less arrived than left" in page and "What becomes of the rest" in page
    assert f"written off together with MRN {used.mrn}" in page
    assert f"written off together with MRN {home}" in page
    assert client.post(address, given).status_code == 302
    assert balance(permit) == [0, 60, 40]
    client.force_login(world.trader_user)
    page = client.get(reverse("our_permit", args=[permit.pk])).content.decode()
    assert "Stayed in the cellar" in page and "What becomes of the rest" not in page


@pytest.mark.django_db(transaction=True)
def test_two_officers_and_a_late_word_at_once() -> None:
    world = World()
    permit, _home, used = short(world)
    later = replace(used, revision=2, goods=same("50"))
    together(lambda: settle(world, permit, "returned"), lambda: settle(world, permit, "used_up"),
             lambda: say(later))
    assert balance(permit) == [0, 100, 0] and told(permit, "permit_shortfall_settled") <= 1
