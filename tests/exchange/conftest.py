"""One portal (Georgia, this process) and one neighbour (Azerbaijan, tests/exchange/peer.py)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from declarations import wco
from declarations.models import Declaration, Version
from declarations.states import Channel, Kind, State
from exchange import keys
from exchange.models import Addressee, OutboxMessage, Partner, Subscription, WireKind
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.record import record
from tests.exchange.peer import Peer
from tests.factories import make_organisation, wine_dataset


@pytest.fixture
def peer(transactional_db: None, live_server: Any) -> Iterator[Peer]:
    """A neighbour that runs, known to the portal and knowing the portal's keys."""
    neighbour = Peer("AZ", "GE", live_server.url)
    neighbour.start()
    neighbour.trust_published_keys(keys.own_jwks())
    keys.register_partner("AZ", "Azerbaijan customs", neighbour.url, neighbour.key.pem,
                          neighbour.key.id)
    yield neighbour
    neighbour.stop()


@pytest.fixture
def partner(peer: Peer) -> Partner:
    return Partner.objects.get(country="AZ")


@pytest.fixture
def declaration(partner: Partner) -> Declaration:
    return make_declaration()


@pytest.fixture
def queue(partner: Partner, declaration: Declaration) -> Callable[..., OutboxMessage]:
    """Make an event of a declaration that the neighbour is told of; the message it causes."""
    for kind in WireKind.values:
        Subscription.objects.create(event_kind=kind, declaration_kind=Kind.IMPORT,
                                    addressee=Addressee.EXPORT_COUNTRY)

    def make(kind: EventKind = EventKind.RELEASED,
             of: Declaration | None = None) -> OutboxMessage:
        with transaction.atomic():
            event = record((of or declaration).pk, kind, SYSTEM)
        return OutboxMessage.objects.get(event=event.pk)

    return make


def make_declaration(**dataset: Any) -> Declaration:
    """An import of wine from Azerbaijan as it stands once it is accepted."""
    trader = make_organisation()
    content = wine_dataset(trader, **dataset)
    number = Declaration.objects.count() + 1
    made = Declaration.objects.create(
        organisation=trader, kind=Kind.IMPORT, state=State.ACCEPTED, export_country="AZ",
        destination_country="GE", lrn=content["FunctionalReferenceID"],
        mrn=f"26GE{number:013d}X", accepted_at=timezone.now(),
    )
    Version.objects.create(
        declaration=made, number=1, channel=Channel.REST, body=b"", sha256="",
        dataset=content, organisation=trader,
    )
    return made


@pytest.fixture
def wine() -> bytes:
    """What a neighbour sends: an accepted declaration with its MRN."""
    message = wco.from_json(wine_dataset())
    message.ID = "26AZ0000000000001X"
    message.AcceptanceDateTime = wco.DateTime.of(timezone.now())
    return wco.to_xml(message, wco.get_profile("carec"), country="AZ")
