"""The public page: what strangers are told in each state, and how often."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.permits import changing, public
from agencies.permits.models import Permit, PermitScheme
from declarations.lifecycle import Action
from portal.journal.models import Event
from tests.permits.world import World, act, in_days


def page(permit: Permit, client: Client, **headers: str) -> Any:
    return client.get(reverse("permit_verify_one", args=[permit.public_id]), headers=headers)


def used_up(world: World, permit: Permit) -> None:
    act(world.declare(permit, "100"), Action.RELEASE)


def not_yet(_world: World, permit: Permit) -> None:
    Permit.objects.filter(pk=permit.pk).update(valid_from=in_days(2))


def over(_world: World, permit: Permit) -> None:
    Permit.objects.filter(pk=permit.pk).update(valid_from=in_days(-9), valid_to=in_days(-1))


STATES: list[tuple[Any, str, bool, str]] = [
    (lambda w, p: None, "in_force", True, "Genuine and in force"),
    (not_yet, "in_force", False, "not valid yet"),
    (lambda w, p: changing.suspend(p.pk, w.officer, "Inquiry"), "suspended", False, "Suspended"),
    (lambda w, p: changing.revoke(p.pk, w.officer, "Fraud"), "revoked", False, "Revoked"),
    (lambda w, p: changing.replace(p.pk, w.officer, w.terms(), "Error"), "replaced", False,
     "Another permit stands in its place"),
    (over, "expired", False, "Expired"),
    (used_up, "exhausted", False, "Used up"),
]


@pytest.mark.parametrize(("change", "state", "valid", "words"), STATES,
                         ids=["stands", "not-yet", *[one[1] for one in STATES[2:]]])
def test_each_state_is_told_to_people_and_machines(
    world: World, client: Client, change: Any, state: str, valid: bool, words: str
) -> None:
    permit = world.permit("100")
    change(world, permit)
    shown = page(permit, client)
    assert shown.status_code == 200 and words in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    told = page(permit, client, Accept="application/json").json()
    assert (told["state"], told["valid"], told["holder"]) == (state, valid, world.trader.name)


def test_by_number_and_check_code_without_a_script(world: World, client: Client) -> None:
    permit = world.permit()
    address = reverse("permit_verify")
    assert client.get(address).status_code == 200
    check = f"{permit.check_code[:4]} {permit.check_code[4:].lower()}"
    found = client.get(address, {"number": permit.number.lower(), "check": check})
    assert found.status_code == 200 and "Genuine" in found.content.decode()
    wrong = client.get(address, {"number": permit.number, "check": "22222222"})
    assert wrong.status_code == 404 and "No such permit" in wrong.content.decode()
    assert client.get(address, {"number": "", "check": "1"}).status_code == 422
    bad = client.get(address, {"number": "", "check": "1", "format": "json"})
    assert bad.status_code == 400 and set(bad.json()["errors"]) == {"number", "check"}


def test_the_balance_is_told_only_where_the_agency_discloses_it(
    world: World, client: Client
) -> None:
    permit = world.permit("100")
    world.declare(permit, "30")
    told = page(permit, client, Accept="application/json").json()
    assert told["goods"][0]["remaining"] == "70"
    PermitScheme.objects.update(discloses_balance=False)
    told = page(permit, client, Accept="application/json").json()
    assert "remaining" not in told["goods"][0]
    assert world.trader.identifier not in page(permit, client).content.decode()


def test_whoever_asks_too_often_waits_and_others_do_not(world: World, client: Client) -> None:
    permit = world.permit()
    answers = [page(permit, client).status_code for _ in range(public.PER_MINUTE + 1)]
    assert answers == [200] * public.PER_MINUTE + [429]
    busy = page(permit, client)
    assert busy.headers["Retry-After"] == "60"
    other = Client(REMOTE_ADDR="203.0.113.9")
    assert page(permit, other).status_code == 200


def test_asking_leaves_nothing_behind(world: World, client: Client) -> None:
    permit = world.permit()
    before = Event.objects.count()
    page(permit, client)
    assert Event.objects.count() == before
