"""Georgia, to which Azerbaijan tells of a wine export, and the trader who imports the wine."""

import uuid
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.models import Agency
from declarations import wco
from declarations.intake import submit
from declarations.models import Declaration
from declarations.states import Channel
from exchange import composition, keys
from exchange.advance import pending
from exchange.advance.models import Advance, Pending
from exchange.models import InboxMessage, Partner
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.journal.kinds import EventKind
from portal.journal.record import record
from tests.agencies.samples import make_rule, make_rule_set
from tests.exchange.peer import Key
from tests.factories import make_agency, make_member, make_organisation, run_pipeline, wine_dataset

UCR = {"ID": "6AZ3100672915-GS-1183"}
Json = dict[str, Any]


def export_of(consignee: Organisation | None, ucr: Json | None = None, **fields: Any) -> Json:
    """The export of the wine that ``factories.wine_dataset`` imports, told with its MRN."""
    found = wine_dataset(TypeCode="EXA", ID="26AZ0000000000001X", DeclarationOfficeID="AZ000101")
    found["AcceptanceDateTime"] = {
        "value": f"{timezone.now():%Y%m%d%H%M%S}Z", "formatCode": "304"}
    found["Declarant"] = deepcopy(found["Exporter"])
    shipment = found["GoodsShipment"]
    shipment.pop("Importer")
    if consignee is not None:
        shipment["Consignee"] = {"Name": consignee.name, "ID": consignee.identifier}
    if ucr is not None:
        shipment["UCR"] = ucr
    shipment["GovernmentAgencyGoodsItem"][0]["GovernmentProcedure"] = [
        {"CurrentCode": "10", "PreviousCode": "00"}]
    return found | fields


def import_of(
    trader: Organisation, ucr: Json | None = None, price: str = "18600.00", packages: str = "1000",
    **fields: Any,
) -> Json:
    amount = {"value": price, "currencyID": "USD"}
    found = wine_dataset(
        trader, InvoiceAmount=amount, TotalPackageQuantity={"value": packages}, **fields)
    (item,) = found["GoodsShipment"]["GovernmentAgencyGoodsItem"]
    item["Commodity"]["InvoiceLine"]["ItemChargeAmount"] = item["StatisticalValueAmount"] = amount
    item["Packaging"][0]["QuantityQuantity"] = {"value": packages}
    if ucr is not None:
        found["GoodsShipment"]["UCR"] = ucr
    return found


def xml_of(dataset: Json, country: str) -> bytes:
    return wco.to_xml(wco.from_json(dataset), wco.get_profile("carec"), country=country)


@pytest.fixture
def partner(db: None) -> Partner:
    key = Key()
    return keys.register_partner("AZ", "Azerbaijan customs", "http://127.0.0.1:9", key.pem, key.id)


@pytest.fixture
def customs(db: None) -> Agency:
    """It releases everything that comes in."""
    made = make_agency("customs")
    make_rule(make_rule_set(made.queues.get()), made, {"all": []}, code="release")
    return made


@pytest.fixture
def trader(customs: Agency) -> Organisation:
    return make_organisation(name="Kolkheti Trade LLC")


@pytest.fixture
def declarant(trader: Organisation) -> Actor:
    return make_member(trader)[1]


Tell = Callable[..., InboxMessage]


@pytest.fixture
def tell(partner: Partner) -> Tell:
    """Take in what the neighbour says, as the inbox does once the signature is proven."""
    return lambda *told, **more: take_in(partner, *told, **more)


def take_in(
    partner: Partner, dataset: Json, kind: str = "released", movement: uuid.UUID | None = None,
    position: int = 1,
) -> InboxMessage:
    body = xml_of(dataset, partner.country)
    verdict = wco.validate(body, wco.get_profile("carec"))
    assert verdict.accepted, verdict.faults
    message = InboxMessage(
        partner=partner, message_id=uuid.uuid4(), kind=kind, movement=movement or uuid.uuid4(),
        position=position, body=body, sha256=composition.sha256(body), headers={}, key_id="k",
        received_at=timezone.now(), receipt="r", **composition.project(wco.from_json(dataset)),
    )
    with transaction.atomic():
        message.save(force_insert=True)
        record(message.pk, EventKind.MESSAGE_RECEIVED, Actor(label=partner.name),
               {"partner": partner.country, "kind": kind})
    return message


def file(actor: Actor, dataset: Json) -> Declaration:
    """An import as the pipeline leaves it."""
    declaration = run_pipeline(submit(actor, xml_of(dataset, "GE"), channel=Channel.REST))
    assert declaration.mrn, declaration.current.faults
    return declaration


def work() -> None:
    """What workers do with everything that waits."""
    for subject in Pending.objects.values_list("pk", flat=True):
        pending.settle(subject)
    assert not Pending.objects.exists()


def the_advance() -> Advance:
    return Advance.objects.get()
