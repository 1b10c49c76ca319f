"""Transit as Georgia sees it, with its neighbours on the wire: Azerbaijan and Kazakhstan."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from agencies import cases
from agencies.models import Agency
from declarations import wco
from declarations.change_request import ChangeRequest
from declarations.lifecycle import Action
from declarations.models import Declaration, Version
from declarations.states import ChangeKind, ChangeState, Channel, Kind, State
from exchange import keys
from exchange.models import Partner
from exchange.transit import guarantees
from exchange.transit.models import Guarantee, Movement
from portal.accounts.actors import SYSTEM, Actor
from portal.demo.samples.transit import ferrochrome
from portal.journal.kinds import EventKind
from portal.journal.record import record
from tests.exchange.peer import Key, Outgoing, Peer
from tests.factories import make_agency, make_officer, make_organisation, new_lrn
from tests.transit.documents import ROOTS, document

OUT = ("GE000101", "AZ000202", "AZ000103", "KZ000103")  # Tbilisi ▸ Böyük Kəsik ▸ Alat ▸ Aktau
IN = ("KZ000103", "AZ000103", "AZ000202", "GE000101")
GRN = "26GE000101U00412"


@pytest.fixture
def customs(db: None) -> Agency:
    return make_agency("customs")


@pytest.fixture
def officer(customs: Agency) -> Actor:
    return make_officer(customs)[1]


@pytest.fixture
def guarantee(db: None) -> Guarantee:
    return make_guarantee()


def make_guarantee(reference: str = GRN, limit: str = "100000.00") -> Guarantee:
    return guarantees.register(
        SYSTEM, reference=reference, holder="Caucasus Customs Brokers LLC", office="GE000101",
        limit=Decimal(limit), currency="EUR",
    )


def make_partner(country: str) -> Partner:
    key = Key()
    return keys.register_partner(country, f"{country} customs", "http://127.0.0.1:9", key.pem, key.id)


@pytest.fixture
def neighbours(db: None) -> list[Partner]:
    """Partners that do not answer: what is queued for them is looked at in the outbox."""
    return [make_partner(country) for country in ("AZ", "KZ")]


def make_transit(
    offices: tuple[str, ...] = OUT, amount: str = "45000.00", reference: str = GRN
) -> Declaration:
    """A transit declaration of ferro-chromium over these offices, as it stands once accepted."""
    trader = make_organisation()
    message = ferrochrome(date.today())
    first, *between, last = offices
    message.FunctionalReferenceID = new_lrn()
    message.TransitDepartureOffice.ID, message.TransitDestinationOffice.ID = first, last
    message.TransitOffice = [
        wco.dataset.TransitOffice(
            SequenceNumeric=n, ID=office,
            ArrivalDateTime=wco.DateTime.of(timezone.now() + timedelta(days=n)),
        )
        for n, office in enumerate(between, start=1)
    ]
    guarantee = message.ObligationGuarantee[0]
    guarantee.ReferenceID = reference
    guarantee.AmountAmount = wco.Amount(Decimal(amount), "EUR")
    number = Declaration.objects.count() + 1
    made = Declaration.objects.create(
        organisation=trader, kind=Kind.TRANSIT, state=State.UNDER_REVIEW, export_country=first[:2],
        destination_country=last[:2], lrn=message.FunctionalReferenceID,
        mrn=f"26GE{number:013d}X", accepted_at=timezone.now(),
    )
    Version.objects.create(
        declaration=made, number=1, channel=Channel.REST, body=b"", sha256="",
        dataset=wco.to_json(message), organisation=trader,
    )
    return made


def release(declaration: Declaration) -> Movement:
    """What the last review's approval does."""
    with transaction.atomic():
        record(declaration.pk, EventKind.RELEASED, SYSTEM)
        Declaration.objects.filter(pk=declaration.pk).update(state=State.RELEASED)
    return Movement.objects.get(declaration=declaration)


def amend(declaration: Declaration, change: Callable[[wco.Declaration], None]) -> Movement:
    """What the grant of an amendment of a released declaration does; ``change`` writes it."""
    with transaction.atomic():
        case = cases.lock(declaration.pk)
        before = case.declaration.current
        message = wco.from_json(before.dataset)
        change(message)
        Version.objects.create(
            declaration=case.declaration, number=before.number + 1, channel=Channel.REST, body=b"",
            sha256="", dataset=wco.to_json(message), organisation=before.organisation,
        )
        asked = ChangeRequest.objects.create(
            declaration=case.declaration, organisation=before.organisation, kind=ChangeKind.AMENDMENT,
            state=ChangeState.GRANTED, base_number=before.number, channel=Channel.REST,
            asked_at=timezone.now(), reason="Changed on the way.", body=b"",
            dataset=wco.to_json(message), granted_number=before.number + 1,
        )
        cases.move(case, Action.AMEND, SYSTEM, {
            "change": str(asked.pk), "version": before.number + 1, "after_release": True})
    return Movement.objects.get(declaration=declaration)


def cancel(declaration: Declaration) -> Movement:
    """What the grant of a cancellation does."""
    with transaction.atomic():
        cases.end(cases.lock(declaration.pk), Action.CANCEL, SYSTEM, {})
    return Movement.objects.get(declaration=declaration)


def itinerary(*offices: str) -> Callable[[wco.Declaration], None]:
    """Amends the offices after that of departure."""
    *between, last = offices

    def change(message: wco.Declaration) -> None:
        message.TransitDestinationOffice.ID = last
        message.TransitOffice = [
            wco.dataset.TransitOffice(SequenceNumeric=n, ID=office)
            for n, office in enumerate(between, start=1)
        ]

    return change


# --- neighbours on the wire -----------------------------------------------------------------
@pytest.fixture
def peer_of(transactional_db: None, live_server: Any) -> Iterator[Callable[[str], Peer]]:
    started: list[Peer] = []

    def make(country: str) -> Peer:
        peer = Peer(country, "GE", live_server.url)
        peer.start()
        started.append(peer)
        peer.trust_published_keys(keys.own_jwks())
        keys.register_partner(country, f"{country} customs", peer.url, peer.key.pem, peer.key.id)
        return peer

    yield make
    for peer in started:
        peer.stop()


class Teller:
    """One neighbour telling of one movement, its positions counted."""

    def __init__(self, peer: Peer, mrn: str = "26KZ0000000000001X", departure: str = "KZ") -> None:
        self.peer, self.mrn, self.departure = peer, mrn, departure
        self.movement = Outgoing(b"").movement
        self.position = 0

    def message(self, kind: str, inside: str = "", at: str = "", **more: Any) -> Outgoing:
        self.position += 1
        body = document(ROOTS[kind], self.mrn, self.departure, inside, at)
        values: dict[str, Any] = {"movement": self.movement, "position": self.position} | more
        return Outgoing(body, kind=kind, **values)

    def tell(self, kind: str, inside: str = "", at: str = "", **more: Any) -> int:
        return self.peer.send(self.message(kind, inside, at, **more)).status_code
