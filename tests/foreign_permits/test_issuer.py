"""A use of our permit in another country: the same balance, the same rules, whatever comes late."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.cases import DecisionError
from agencies.permits import changing
from agencies.permits.abroad import closing
from agencies.permits.abroad.models import UseAbroad
from agencies.permits.abroad.settling import Goods, Verdict, Word, settle
from agencies.permits.issuing import today
from agencies.permits.models import Permit, PermitMovement
from agencies.permits.states import PermitState, UseState
from declarations.lifecycle import Action
from portal.accounts.actors import Actor
from portal.journal.models import Event
from tests.intake.conftest import together
from tests.permits.world import World, act, left

AZ = Actor(label="Azerbaijan customs")
HOLDER = "Kolkheti Trade LLC"


def goods(mass: str = "30", unit: str = "KGM", **more: Any) -> Goods:
    values: dict[str, Any] = {
        "permit_type": "PHI", "hs": "220421", "quantity": Decimal(mass), "unit": unit,
        "day": today(), "parties": (("AZ-1400001", HOLDER),),
    }
    return Goods(**(values | more))


def word(permit: Permit | str, revision: int = 1, aim: str = UseState.RESERVED,
         reference: UUID | None = None, of: Goods | None = None, **more: Any) -> Word:
    values: dict[str, Any] = {
        "country": "AZ", "reference": reference or uuid4(), "revision": revision,
        "number": str(permit), "mrn": "26AZ0000000000001X", "item": 1, "aim": UseState(aim),
        "at": timezone.now(), "goods": None if aim == UseState.FREED else of or goods(),
    }
    return Word(**(values | more))


def say(one: Word) -> Verdict | None:
    with transaction.atomic():
        return settle(one, AZ)


def balance(permit: Permit) -> list[Decimal]:
    line = permit.lines.get()
    return [line.reserved_quantity, line.used_quantity, line.left_quantity]


def kinds(permit: Permit) -> list[str]:
    return list(PermitMovement.objects.filter(line__permit=permit).order_by("id")
                .values_list("kind", flat=True))


def test_reserved_then_written_off_with_less_and_the_rest_returned(world: World) -> None:
    permit = world.permit("100")
    first = word(permit)
    verdict = say(first)
    assert verdict is not None and verdict.reason == "" and verdict.line is not None
    assert balance(permit) == [30, 0, 70]
    say(replace(first, revision=2, aim=UseState.WRITTEN_OFF, goods=goods("25.5")))
    assert balance(permit) == [0, Decimal("25.5"), Decimal("74.5")]
    assert kinds(permit) == ["grant", "reserve", "write_off", "free"]
    event = Event.objects.of(permit.pk).filter(kind="permit_written_off").get()
    assert (event.actor, event.payload["country"], event.payload["mrn"]) == (
        "Azerbaijan customs", "AZ", "26AZ0000000000001X")
    assert PermitMovement.objects.filter(abroad__reference=first.reference).count() == 3


def test_twice_late_and_out_of_order_change_nothing_twice(world: World) -> None:
    permit = world.permit("100")
    asked = word(permit)
    used = replace(asked, revision=2, aim=UseState.WRITTEN_OFF, goods=goods("20"))
    assert say(used) is not None, "the write-off overtook the question"
    assert say(asked) is None and say(used) is None
    assert balance(permit) == [0, 20, 80]
    back = replace(asked, revision=3, aim=UseState.FREED, goods=None)
    say(back)
    assert say(back) is None and say(used) is None
    assert balance(permit) == [0, 0, 100]
    assert kinds(permit) == ["grant", "write_off", "reverse"]


def test_new_amounts_count_what_the_use_holds_itself_as_free(world: World) -> None:
    permit = world.permit("100")
    first = word(permit, of=goods("90"))
    say(first)
    verdict = say(replace(first, revision=2, goods=goods("95")))
    assert verdict is not None and verdict.reason == ""
    assert balance(permit) == [95, 0, 5]
    verdict = say(replace(first, revision=3, goods=goods("101")))
    assert verdict is not None and verdict.reason == "quantity"
    assert balance(permit) == [95, 0, 5], "what was held stays"
    say(replace(first, revision=4, goods=goods("40")))
    assert balance(permit) == [40, 0, 60]


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("type", {"permit_type": "851"}), ("goods", {"hs": "160431"}),
        ("holder", {"parties": (("1", "Somebody Else LLC"),)}), ("holder", {"parties": ()}),
        ("quantity", {"quantity": Decimal("100.5")}), ("unit", {"unit": "LTR"}),
        ("unit", {"quantity": Decimal(0)}),
        ("day", {"day": today() - timedelta(days=1)}), ("day", {"day": today() + timedelta(days=91)}),
    ],
)
def test_refused_with_the_reason(world: World, reason: str, changes: dict[str, Any]) -> None:
    permit = world.permit("100")
    verdict = say(word(permit, of=goods(**changes)))
    assert verdict is not None and verdict.reason == reason
    assert balance(permit) == [0, 0, 100] and kinds(permit) == ["grant"]


def test_refused_for_what_the_permit_is(world: World) -> None:
    verdict = say(word("GE-WINE-2026-999999"))
    assert verdict is not None and verdict.reason == "unknown"
    permit = world.permit("100")
    one = word(permit, country="TR")
    verdict = say(one)
    assert verdict is not None and verdict.reason == "country", "it is for Azerbaijan and Georgia"
    changing.suspend(permit.pk, world.officer, "The cellar is being inspected.")
    asked = word(permit)
    verdict = say(asked)
    assert verdict is not None and verdict.reason == "stopped"
    changing.resume(permit.pk, world.officer, "Nothing was found.")
    verdict = say(replace(asked, revision=2))
    assert verdict is not None and verdict.reason == "", "asked again it is granted"
    verdict = say(replace(asked, revision=3, number=world.permit("1").number))
    assert verdict is not None and verdict.reason == "conflict"


@pytest.mark.parametrize(("exports", "imports", "used_in", "reason"), [
    ("", "", "TR", ""), ("GE", "", "TR", ""), ("GE", "AZ", "AZ", ""), ("GE", "AZ", "TR", "country"),
    ("", "AZ", "TR", "country"), ("", "AZ", "AZ", ""), ("AZ", "", "TR", "country"),
    ("TR", "GE", "AZ", "country"),
])
def test_only_the_countries_that_it_names_may_use_it(
    world: World, exports: str, imports: str, used_in: str, reason: str
) -> None:
    permit = world.permit("100")
    Permit.objects.update(export_country=exports, destination_country=imports)
    verdict = say(word(permit, country=used_in))
    assert verdict is not None and verdict.reason == reason


def test_nothing_is_filed_on_a_day_to_come(world: World) -> None:
    permit = world.permit("100")
    for days, reason in ((1, ""), (2, "day")):
        verdict = say(word(permit, of=goods(day=today() + timedelta(days=days))))
        assert verdict is not None and verdict.reason == reason


def test_units_and_value_are_judged_as_at_home(world: World) -> None:
    permit = world.permit("1", line={"unit": "TNE", "value": Decimal(1000), "currency": "USD"})
    verdict = say(word(permit, of=goods("250")))
    assert verdict is not None and verdict.reason == "currency"
    first = word(permit, of=goods("250", value=Decimal("600"), currency="USD"))
    say(first)
    line = permit.lines.get()
    assert [line.reserved_quantity, line.reserved_value] == [Decimal("0.25"), 600]
    verdict = say(word(permit, of=goods("250", value=Decimal("600"), currency="USD")))
    assert verdict is not None and verdict.reason == "value"
    say(replace(first, revision=2, aim=UseState.WRITTEN_OFF,
                goods=goods("200", value=Decimal("480"), currency="USD")))
    line.refresh_from_db()
    assert [line.used_quantity, line.used_value, line.left_value] == [Decimal("0.2"), 480, 520]


def test_what_was_granted_is_written_off_whatever_became_of_the_permit(world: World) -> None:
    permit = world.permit("30")
    first = word(permit)
    say(first)
    changing.revoke(permit.pk, world.officer, "The cellar burnt down.")
    verdict = say(replace(first, revision=2, aim=UseState.WRITTEN_OFF))
    assert verdict is not None and verdict.reason == ""
    assert balance(permit) == [0, 30, 0]


def test_goods_released_beyond_the_permit_are_shown_and_never_overdraw(world: World) -> None:
    permit = world.permit("20")
    verdict = say(word(permit, aim=UseState.WRITTEN_OFF))
    assert verdict is not None and verdict.reason == "quantity"
    assert balance(permit) == [0, 0, 20]
    assert UseAbroad.objects.uncovered().get().permit == permit
    assert Event.objects.of(permit.pk).filter(kind="permit_use_uncovered").exists()


def test_used_up_abroad_is_used_up(world: World) -> None:
    permit = world.permit("30")
    say(word(permit, aim=UseState.WRITTEN_OFF))
    permit.refresh_from_db()
    assert permit.state == PermitState.EXHAUSTED


def test_a_silent_reservation_is_shown_and_only_an_officer_gives_it_back(world: World) -> None:
    permit = world.permit("100")
    first = word(permit)
    say(first)
    use = UseAbroad.objects.get()
    with pytest.raises(DecisionError, match="not silent"):
        closing.close(use.pk, world.officer, "Never heard of it.")
    Permit.objects.filter(pk=permit.pk).update(
        valid_from=today() - timedelta(days=90), valid_to=today() - timedelta(days=31)
    )
    assert list(UseAbroad.objects.of_agency(world.officer).silent(today())) == [use]
    assert balance(permit) == [30, 0, 70], "it is never given back by itself"
    with pytest.raises(DecisionError, match="Write"):
        closing.close(use.pk, world.officer, " ")
    closing.close(use.pk, world.officer, "Baku says that the goods never came.")
    assert balance(permit) == [0, 0, 100]
    assert not UseAbroad.objects.silent(today()).exists()
    verdict = say(replace(first, revision=2, aim=UseState.WRITTEN_OFF,
                          goods=goods("30", day=today() - timedelta(days=40))))
    assert verdict is not None and verdict.reason == "", "a write-off that comes yet is judged anew"
    assert balance(permit) == [0, 30, 70]


@pytest.mark.django_db(transaction=True)
def test_at_home_and_abroad_at_once_never_draw_more_than_there_is() -> None:
    world = World()
    permit = world.permit("100")
    home = [world.declare(permit, "20") for _ in range(3)]
    abroad = [word(permit, of=goods("25")) for _ in range(3)]
    results = together(
        *[lambda d=d: act(d, Action.RELEASE) for d in home], *[lambda w=w: say(w) for w in abroad]
    )
    assert results[:3] == [None] * 3
    reasons = sorted(verdict.reason for verdict in results[3:])
    assert reasons == ["", "quantity", "quantity"]
    assert balance(permit) == [25, 60, 15]


@pytest.mark.django_db(transaction=True)
def test_the_same_word_on_many_connections_has_one_effect() -> None:
    world = World()
    permit = world.permit("100")
    one = word(permit)
    used = replace(one, revision=2, aim=UseState.WRITTEN_OFF)
    results = together(*[lambda w=w: say(w) for w in (one, one, used, used)])
    assert not [result for result in results if isinstance(result, Exception)]
    assert balance(permit) == [0, 30, 70]
    assert UseAbroad.objects.get().revision == 2
    assert left(permit) == 70
