"""Subscriptions by partner and corridor, permits, and what of a declaration a partner gets."""

import hashlib
from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.permits import changing, issuing
from declarations import wco
from declarations.models import Declaration
from declarations.wco import MessageKind
from exchange import composition, keys, minimisation, outbox
from exchange.models import OutboxMessage, OutboxState, Partner, Subscription
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.record import record
from tests.exchange.conftest import make_declaration
from tests.exchange.peer import Key, Peer
from tests.factories import make_officer, wine_dataset
from tests.permits.world import World

Queue = Callable[..., OutboxMessage]


def told(declaration: Declaration) -> list[str]:
    with transaction.atomic():
        event = record(declaration.pk, EventKind.RELEASED, SYSTEM)
    found = OutboxMessage.objects.filter(event=event.pk).order_by("partner__country")
    return list(found.values_list("partner__country", flat=True))


@pytest.fixture
def armenia(peer: Peer) -> Partner:
    key = Key()
    return keys.register_partner("AM", "Armenia customs", peer.url, key.pem, key.id)


def subscribe(**more: object) -> None:
    Subscription.objects.create(
        **{"event_kind": "released", "declaration_kind": "import", "addressee": "itinerary"} | more
    )


@pytest.mark.parametrize(
    ("more", "whom"),
    [
        ({}, ["AM", "AZ"]),
        ({"export_country": "AZ", "destination_country": "GE"}, ["AM", "AZ"]),
        ({"export_country": "TR"}, []),
        ({"destination_country": "KZ"}, []),
        ({"declaration_kind": "export"}, []),
        ({"addressee": "export_country"}, ["AZ"]),
        ({"addressee": "destination_country"}, []),
    ],
)
def test_a_subscription_means_a_relation_on_a_corridor(
    partner: Partner, armenia: Partner, more: dict[str, str], whom: list[str]
) -> None:
    route = [{"SequenceNumeric": n, "RoutingCountryCode": code}
             for n, code in enumerate(("AM", "AZ", "GE"), 1)]
    subscribe(**more)
    assert told(make_declaration(Consignment={"Itinerary": route})) == whom


def test_a_subscription_of_one_partner_tells_no_other(partner: Partner, armenia: Partner) -> None:
    subscribe(partner=armenia, addressee="export_country")
    assert told(make_declaration()) == [], "the country of export is not Armenia"
    subscribe(partner=partner, addressee="export_country")
    assert told(make_declaration()) == ["AZ"]


def test_a_partner_gets_the_elements_agreed_and_no_others(
    queue: Queue, partner: Partner, peer: Peer, declaration: Declaration
) -> None:
    whole = composition.compose(declaration, partner)
    Partner.objects.update(elements=["TotalGrossMassMeasure", "GoodsShipment/Importer"])
    message = queue()
    outbox.deliver(message.pk)
    message.refresh_from_db()
    assert message.state == OutboxState.DELIVERED
    assert message.original_sha256 == whole.sha256
    assert message.sha256 == hashlib.sha256(peer.taken[str(message.pk)].body).hexdigest()
    verdict = wco.validate(bytes(message.body), wco.get_profile("carec"))
    sent = wco.from_xml(verdict.message.root, wco.get_profile("carec"))
    assert (sent.ID, sent.AcceptanceDateTime is not None) == (declaration.mrn, True)
    assert sent.TotalGrossMassMeasure is not None
    assert sent.GoodsShipment.Importer.Name
    assert sent.InvoiceAmount is None
    assert "InvoiceAmount" in message.left_out
    assert not any(path.startswith("GoodsShipment/Importer") for path in message.left_out)


def test_reducing_keeps_what_the_schema_demands() -> None:
    for agreed in (["GoodsItemQuantity"], ["GoodsShipment/GovernmentAgencyGoodsItem/Commodity"]):
        sent, left_out = minimisation.reduce(wine_dataset(), agreed, MessageKind.IMPORT)
        body = wco.to_xml(wco.from_json(sent), wco.get_profile("carec"), country="GE")
        assert wco.validate(body, wco.get_profile("carec")).accepted
        assert left_out


@pytest.mark.parametrize("agreed", [
    (), ("ObligationGuarantee",), ("ObligationGuarantee/AccessCode", "TotalGrossMassMeasure"),
])
def test_the_access_code_of_a_guarantee_never_leaves(agreed: tuple[str, ...]) -> None:
    guarantee = {"SecurityDetailsCode": "1", "ReferenceID": "26GE0001",
                 "AccessCode": "7Q4K"}
    dataset = wine_dataset(ObligationGuarantee=[guarantee])
    sent, left_out = minimisation.reduce(dataset, agreed, MessageKind.TRANSIT)
    assert "7Q4K" not in str(sent)
    assert "ObligationGuarantee/AccessCode" in left_out
    assert str(sent).count("26GE0001") == (agreed[:1] != ("ObligationGuarantee/AccessCode",))
    assert dataset["ObligationGuarantee"][0]["AccessCode"] == "7Q4K"
    if not agreed:
        assert sent == dataset | {"ObligationGuarantee": [
            {name: value for name, value in guarantee.items() if name != "AccessCode"}]}


def test_paths_are_checked_and_listed() -> None:
    known = [place.path for place in minimisation.places(MessageKind.IMPORT)]
    assert minimisation.unknown(known) == []
    assert minimisation.unknown(["ID", "Nonsense", "ID/Below"]) == ["Nonsense", "ID/Below"]


@pytest.mark.parametrize("second_signature", [False, True])
def test_a_permit_in_force_is_told_to_the_destination_with_its_number(
    partner: Partner, second_signature: bool
) -> None:
    subscribe(event_kind="permit_issued", declaration_kind="lpco", addressee="destination_country")
    world = World(second_signature=second_signature)
    application = world.application()
    Declaration.objects.filter(pk=application.pk).update(
        destination_country="AZ", mrn="26GE0000000000001L", accepted_at=timezone.now())
    permit = issuing.issue(application.pk, world.scheme, world.officer, world.terms())
    if second_signature:
        assert not OutboxMessage.objects.exists(), "it is not in force yet"
        _user, colleague = make_officer(world.agency)
        changing.sign(permit.pk, colleague)
    message = OutboxMessage.objects.get()
    assert (message.kind, message.state, message.last_error) == (
        "permit_issued", OutboxState.PENDING, "")
    verdict = wco.validate(bytes(message.body), wco.get_profile("carec"))
    sent = wco.from_xml(verdict.message.root, wco.get_profile("carec"))
    assert permit.number == sent.LPCO.ID
    assert sent.LPCO.ExpirationDateTime is not None
