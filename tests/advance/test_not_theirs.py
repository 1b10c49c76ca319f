"""What a neighbour cannot make true: exports of others, receivers with a like number, and what an
amendment takes away again."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exchange.advance import consent
from exchange.advance.models import Advance
from exchange.advance.states import Answer
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from tests.advance.conftest import UCR, Tell, export_of, the_advance, work
from tests.factories import make_member, make_organisation


def bound_for(country: str, consignee: Organisation) -> dict[str, Any]:
    export = export_of(consignee, UCR)
    export["GoodsShipment"]["Destination"] = {"CountryCode": country}
    return export


def test_an_export_of_another_country_is_left_alone(tell: Tell, trader: Organisation) -> None:
    tell(export_of(trader, UCR, ID="26KZ0000000000001X"))
    work()
    assert not Advance.objects.exists()


@pytest.mark.parametrize(("country", "is_told"), [("TR", False), ("GE", True), (None, True)])
def test_a_like_number_of_another_country_is_somebody_else(
    tell: Tell, trader: Organisation, declarant: Actor, country: str | None, is_told: bool
) -> None:
    export = export_of(trader, UCR)
    if country:
        export["GoodsShipment"]["Consignee"]["Address"] = {
            "Line": "1 Liman", "CityName": "Port", "CountryCode": country}
    tell(export)
    work()
    assert the_advance() is not None
    assert Advance.objects.told_to(declarant).exists() == is_told


def test_who_is_named_instead_may_confirm_and_reads_nothing_of_the_former(
    tell: Tell, trader: Organisation, declarant: Actor, client: Client
) -> None:
    other, movement = make_organisation(name="Rioni Wines LLC"), uuid.uuid4()
    user, instead = make_member(other)
    tell(export_of(trader, UCR), movement=movement)
    work()
    consent.answer(the_advance().pk, declarant, Answer.OURS)
    tell(export_of(other, UCR), "amended", movement=movement, position=2)
    work()
    client.force_login(user)
    page = client.get(reverse("announcement", args=[the_advance().pk])).content.decode()
    assert trader.name not in page and "Yes, it is ours" in page
    assert consent.answer(the_advance().pk, instead, Answer.OURS).organisation == other


def test_an_amendment_that_leads_it_elsewhere_withdraws_it_and_one_back_brings_it_back(
    tell: Tell, trader: Organisation, declarant: Actor
) -> None:
    movement = uuid.uuid4()
    for position, (country, waits) in enumerate([("GE", 1), ("TR", 0), ("GE", 1)], start=1):
        kind = "accepted" if position == 1 else "amended"
        tell(bound_for(country, trader), kind, movement=movement, position=position)
        work()
        assert Advance.objects.waiting_for(declarant).count() == waits
