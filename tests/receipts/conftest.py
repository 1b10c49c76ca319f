"""A trader whose declaration was accepted, for everything that a receipt is good for."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from agencies.models import Queue
from declarations import intake
from declarations.models import Declaration
from declarations.states import Channel
from portal.accounts.actors import Actor
from tests.factories import make_member, make_organisation, run_pipeline, wine_dataset, wine_import
from tests.intake.conftest import queue as queue


@pytest.fixture(autouse=True)
def _nobody_looked() -> Iterator[None]:
    """The addresses of other tests do not count against ours."""
    cache.clear()
    yield


@pytest.fixture
def owner(db: None) -> tuple[Client, Actor]:
    user, actor = make_member(make_organisation(name="Kolkheti Trade LLC"))
    return signed_in(user), actor


@pytest.fixture
def accepted(owner: tuple[Client, Actor], queue: Queue) -> Declaration:
    return file(owner[1])


def file(actor: Actor, **fields: Any) -> Declaration:
    """File the wine import and let the pipeline check it."""
    from portal.accounts.models import Organisation

    organisation = Organisation.objects.get(pk=actor.organisation_id)
    declaration = intake.submit(actor, wine_import(organisation, **fields), channel=Channel.REST)
    return run_pipeline(declaration)


def many_items(count: int) -> dict[str, Any]:
    """A goods shipment with ``count`` items, each with a description of its own."""
    shipment = wine_dataset()["GoodsShipment"]
    [first] = shipment["GovernmentAgencyGoodsItem"]
    items = [
        first | {
            "SequenceNumeric": n,
            "Commodity": first["Commodity"] | {"Description": f"Red grape wine, lot {n:04}"},
        }
        for n in range(1, count + 1)
    ]
    return shipment | {"GovernmentAgencyGoodsItem": items}


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
