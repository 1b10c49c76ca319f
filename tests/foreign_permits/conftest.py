"""Georgia's portal with a neighbour on the wire, whose permits begin with AZ-."""

from decimal import Decimal

import pytest

from declarations.models import Declaration
from exchange.models import ForeignUse, OutboxMessage, Partner
from exchange.permits import messages
from exchange.permits.messages import Answered, Told
from tests.exchange.conftest import peer  # noqa: F401
from tests.exchange.peer import Outgoing, Peer
from tests.permits.world import World

THEIRS = "AZ-WINE-2026-000007"


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def partner(peer: Peer) -> Partner:  # noqa: F811
    found = Partner.objects.get(country="AZ")
    found.permit_series = ["AZ-"]
    found.save()
    return found


@pytest.fixture
def declaration(partner: Partner, world: World) -> Declaration:
    """Accepted; it takes 30 kilograms of a permit of Azerbaijan."""
    return world.declare(THEIRS, "30")  # type: ignore[arg-type]


def told(use: ForeignUse) -> list[Told]:
    """What the other country was told of a use, in order."""
    sent = OutboxMessage.objects.filter(movement=use.pk).order_by("position")
    read = [messages.read(one.kind, bytes(one.body)) for one in sent]
    assert all(isinstance(one, Told) for one in read)
    return read  # type: ignore[return-value]


def answer(peer: Peer, use: ForeignUse, revision: int = 1, reason: str = "",  # noqa: F811
           left: str = "70", position: int | None = None) -> Outgoing:
    """The other country's answer, as it is sent."""
    body = messages.write(Answered(
        use.pk, revision, use.said_at, use.number, reason, Decimal(left), "KGM"
    ))
    return Outgoing(body, kind="permit_use_answered", movement=use.pk, position=position or revision)
