"""A trader who is signed in, and the words that a wine import is typed with."""

from dataclasses import dataclass

import pytest
from django.test import Client

from declarations.forms.typed import Typed, TypedItem
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation, User
from tests.factories import make_member, make_organisation


@dataclass(frozen=True)
class Trader:
    organisation: Organisation
    user: User
    actor: Actor
    client: Client


def sign_up(organisation: Organisation | None = None) -> Trader:
    organisation = organisation or make_organisation(address="12 Rustaveli Avenue")
    user, actor = make_member(organisation)
    client = Client()
    client.force_login(user)
    return Trader(organisation, user, actor, client)


@pytest.fixture
def trader(db: None) -> Trader:
    return sign_up()


@pytest.fixture
def stranger(db: None) -> Trader:
    return sign_up()


@pytest.fixture
def colleague(trader: Trader) -> Trader:
    return sign_up(trader.organisation)


def wine(trader: Trader, lrn: str = "WINE-1") -> Typed:
    """An import of wine as a person types it: codes in small letters, spaces in numbers."""
    return Typed(
        {
            "lrn": lrn, "office": "GE000101", "export_country": "az", "destination_country": "GE",
            "transaction_nature": "1",
            "exporter_name": "Ganja Sharab 2 OJSC", "exporter_id": "1400057421",
            "exporter_line": "47 Heydar Aliyev Avenue", "exporter_city": "Ganja",
            "exporter_postcode": "AZ2000", "exporter_country": "AZ",
            "importer_name": trader.organisation.name,
            "importer_id": trader.organisation.identifier,
            "importer_line": "12 Rustaveli Avenue", "importer_city": "Tbilisi",
            "importer_postcode": "0108", "importer_country": "GE",
            "declarant_name": trader.organisation.name,
            "declarant_id": trader.organisation.identifier,
            "declarant_line": "12 Rustaveli Avenue", "declarant_city": "Tbilisi",
            "declarant_postcode": "0108", "declarant_country": "GE",
            "border_mode": "3", "border_id": "90-AB-123", "border_nationality": "AZ",
            "container": "0", "location_name": "Tbilisi clearance zone",
            "invoice_id": "GS-2026-0417", "invoice_date": "2026-01-17", "invoice_amount": "",
            "invoice_currency": "usd", "terms": "DAP", "terms_place": "Tbilisi",
        },
        [
            TypedItem(
                {
                    "description": "Red grape wine in bottles of 0.75 litres",
                    "hs_code": "2204.21", "origin_country": "AZ", "price": "18 600,00",
                    "packages": "1000", "package_type": "CT", "marks": "GANJA SHARAB",
                    "gross_mass": "9800", "net_mass": "9000.5", "quantity": "6000",
                    "quantity_unit": "LTR", "procedure": "40", "previous_procedure": "00",
                },
                [{"type": "380", "id": "GS-2026-0417"}],
            )
        ],
    )
