"""Whatever happens at once to a permit, and however often it is said: never more than there is."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from agencies.permits import changing
from agencies.permits.abroad.models import UseAbroad
from agencies.permits.models import Permit, PermitMovement
from agencies.permits.states import UseState
from declarations.lifecycle import Action
from tests.foreign_permits.test_issuer import balance, goods, say, word
from tests.intake.conftest import together
from tests.permits.world import World, act

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "The cellar is being inspected."


def proven(permit: Permit) -> None:
    """Nothing below zero, and the ledger says what the balance does."""
    line = permit.lines.get()
    assert line.left_quantity >= 0 and line.reserved_quantity >= 0 and line.used_quantity >= 0
    signs = {"reserve": 1, "free": -1, "write_off": 0, "reverse": 0}
    held: dict[str, list[Decimal]] = {}
    for one in PermitMovement.objects.filter(line=line).exclude(kind="grant").order_by("id"):
        key = str(one.use_id or one.abroad_id)
        reserved, used = held.setdefault(key, [Decimal(0), Decimal(0)])
        if one.kind in ("write_off", "reverse"):
            used += one.quantity if one.kind == "write_off" else -one.quantity
            if one.kind == "write_off" and reserved:
                reserved -= one.quantity
        else:
            reserved += signs[one.kind] * one.quantity
        held[key] = [reserved, used]
    assert sum(one[0] for one in held.values()) == line.reserved_quantity
    assert sum(one[1] for one in held.values()) == line.used_quantity


@pytest.mark.parametrize("change", ["suspend", "revoke"])
def test_the_permit_is_stopped_while_it_is_asked_for(change: str) -> None:
    world = World()
    permit = world.permit("50")
    words = [word(permit, of=goods("20")) for _ in range(4)]
    results = together(
        lambda: getattr(changing, change)(permit.pk, world.officer, WHY),
        *[lambda w=w: say(w) for w in words],
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    granted = [w for w, r in zip(words, results[1:], strict=True) if r is not None and not r.reason]
    assert len(granted) <= 2
    assert balance(permit)[0] == 20 * len(granted)
    verdicts = [say(replace(w, revision=2, aim=UseState.WRITTEN_OFF)) for w in words]
    assert [not v.reason for v in verdicts if v] == [w in granted for w in words]
    assert balance(permit) == [0, 20 * len(granted), 50 - 20 * len(granted)]
    proven(permit)


def test_less_is_used_than_asked_and_it_is_said_many_times() -> None:
    world = World()
    permit = world.permit("100")
    first = word(permit, of=goods("60"))
    say(first)
    used = replace(first, revision=2, aim=UseState.WRITTEN_OFF, goods=goods("25"))
    results = together(*[lambda: say(used)] * 4, *[lambda: say(first)] * 2)
    assert [one is not None for one in results].count(True) == 1
    assert balance(permit) == [0, 25, 75], "the rest came back once"
    proven(permit)


def test_asked_again_while_the_first_answer_is_on_its_way() -> None:
    world = World()
    permit = world.permit("100")
    first = word(permit, of=goods("60"))
    again = replace(first, revision=2, goods=goods("70"))
    other = word(permit, of=goods("40"))
    results = together(*[lambda w=w: say(w) for w in (first, again, first, again, other)])
    assert not [one for one in results if isinstance(one, Exception)], results
    use = UseAbroad.objects.get(reference=first.reference)
    assert use.revision == 2 and balance(permit)[0] in (40, 70, 100)
    proven(permit)


def test_a_storm_of_both_sides_never_overdraws() -> None:
    """Reserved, written off, given back, repeated and late, from here and from abroad."""
    world, dice = World(), random.Random(7)
    permit = world.permit("60")
    homes = [world.declare(permit, "10") for _ in range(3)]
    works = [lambda d=d, a=a: act(d, a) for d, a in zip(
        homes, (Action.RELEASE, Action.CANCEL, Action.RELEASE), strict=True)]
    for _ in range(5):
        first = word(permit, of=goods(str(dice.randint(5, 25))))
        said = [first, replace(first, revision=2, aim=UseState.WRITTEN_OFF,
                               goods=goods(str(dice.randint(1, 25))))]
        if dice.random() < 0.5:
            said.append(replace(first, revision=3, aim=UseState.FREED, goods=None))
        works += [lambda w=w: say(w) for w in said * 2]
    dice.shuffle(works)
    results = [one for at in range(0, len(works), 6) for one in together(*works[at:at + 6])]
    assert not [one for one in results if isinstance(one, Exception)], results
    proven(permit)
    assert sum(balance(permit)) == 60
