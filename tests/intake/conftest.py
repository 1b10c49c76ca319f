"""A trader with a token, and one agency to which everything is routed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from agencies.models import Queue, RuleSet
from agencies.states import RuleSetStatus
from declarations.models import Declaration, Response, Version
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.accounts.tokens import create_client
from portal.journal.models import ChainHead, Event
from tests.factories import make_agency, make_member, make_organisation, wine_import

DECLARATIONS = "/api/v1/declarations"


@dataclass
class Trader:
    organisation: Organisation
    actor: Actor
    token: str
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.handler.load_middleware()  # once, not in each of several threads

    def message(self, **fields: Any) -> bytes:
        return wine_import(self.organisation, **fields)

    def send(
        self, body: bytes, content_type: str = "application/xml", path: str = DECLARATIONS,
        **headers: str,
    ) -> Any:
        # Said expressly: Django's client leaves the type of an empty body out.
        return self.client.generic(
            "POST", path, body, content_type, CONTENT_TYPE=content_type,
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers={"Authorization": f"Bearer {self.token}", **headers})


def make_trader() -> Trader:
    organisation = make_organisation()
    _user, actor = make_member(organisation)
    _client, token = create_client(organisation, "tests")
    return Trader(organisation, actor, token)


@pytest.fixture
def trader(db: None) -> Trader:
    return make_trader()


@pytest.fixture
def queue(db: None) -> Queue:
    """The queue of customs: the default of a rule set without rules."""
    queue = make_agency("customs").queues.get()
    RuleSet.objects.create(
        version=1, title="Everything to customs", status=RuleSetStatus.PUBLISHED,
        effective_from=timezone.now(), default_queue=queue,
    )
    return queue


def kept() -> list[int]:
    """How much there is of everything that a filing writes."""
    return [model.objects.count() for model in (Declaration, Version, Response, Event, ChainHead)]


def together(*works: Callable[[], Any]) -> list[Any]:
    """Do the works at once, each in a thread of its own; what each returned or raised."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return results
