"""A trader who is signed in, and the words that a wine import is typed with."""

from dataclasses import dataclass
from datetime import date, timedelta

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
                {"doc": [{"type": "380", "id": "GS-2026-0417"}]},
            )
        ],
    )


def _party(prefix: str, trader: Trader) -> dict[str, str]:
    return {
        f"{prefix}_name": trader.organisation.name, f"{prefix}_id": trader.organisation.identifier,
        f"{prefix}_line": "12 Rustaveli Avenue", f"{prefix}_city": "Tbilisi",
        f"{prefix}_postcode": "0108", f"{prefix}_country": "GE",
    }


def ferrochrome(trader: Trader, lrn: str = "TRANSIT-1") -> Typed:
    """Rail transit over the Caspian: two sealed containers, three offices on the way."""
    today = date.today()
    return Typed(
        {
            "lrn": lrn, "export_country": "KZ", "destination_country": "TR",
            "departure": "kz000103", "arrival": "GE000302", "itinerary": "kz, az, ge",
            "exporter_name": "Aktobe Ferro JSC", "exporter_id": "940140000101",
            "exporter_line": "44 Abay Avenue", "exporter_city": "Aktobe",
            "exporter_postcode": "030000", "exporter_country": "KZ",
            "consignee_name": "Iskenderun Steel AS", "consignee_id": "4810054321",
            "consignee_line": "7 Liman Caddesi", "consignee_city": "Iskenderun",
            "consignee_postcode": "31200", "consignee_country": "TR",
            **_party("principal", trader), **_party("declarant", trader),
            "border_mode": "2", "border_id": "54829130", "border_nationality": "KZ",
            "departure_mode": "2", "departure_id": "54829130", "container": "1",
            "carrier_name": "Caspian Corridor Rail LLC", "carrier_id": "405771903",
            "invoice_id": "AFE-26-1190", "invoice_currency": "USD",
            "ucr": "26KZ1190AFE", "terms": "CIF", "terms_place": "Iskenderun",
        },
        [
            TypedItem(
                {
                    "description": "High-carbon ferro-chromium in big bags of 1 t",
                    "hs_code": "720241", "origin_country": "KZ", "price": "118400",
                    "packages": "60", "package_type": "43", "marks": "AFE FECR HC",
                    "gross_mass": "80160", "net_mass": "80000",
                    "containers": "CMAU3145907, TGHU9051243",
                },
                {
                    "doc": [{"type": "722", "id": "SMGS 27120958", "issuer": "KTZ Express"}],
                    "pack": [{"packages": "20", "package_type": "43", "marks": "AFE FECR HC B"}],
                },
            )
        ],
        {
            "equipment": [
                {"id": "CMAU3145907", "seals": "KZ8840112, KZ8840115"},
                {"id": "TGHU9051243", "seals": "KZ8840113"},
            ],
            "office": [
                {"id": "AZ000103", "arrival": (today + timedelta(days=3)).isoformat()},
                {"id": "GE000203", "arrival": (today + timedelta(days=5)).isoformat()},
            ],
            "guarantee": [
                {"type": "1", "reference": "26GE000101U00412", "access_code": "7q4k",
                 "amount": "45 000", "currency": "EUR", "office": "GE000101"},
            ],
            "paper": [{"type": "722", "id": "27120958"}],
            "previous": [{"type": "785", "id": "MAN-2026-77", "line": "4"}],
        },
    )


def caviar(trader: Trader, agency: Organisation, lrn: str = "CITES-1") -> Typed:
    """An application for a CITES import permit."""
    today = date.today()
    return Typed(
        {
            "lrn": lrn, "permit_type": "CIT", "agency": agency.identifier,
            "purpose": "Retail sale in Tbilisi", "asked_quantity": "60", "asked_unit": "KGM",
            "valid_from": (today + timedelta(days=7)).isoformat(),
            "valid_until": (today + timedelta(days=187)).isoformat(),
            "export_country": "AZ", "destination_country": "GE", "itinerary": "AZ, GE",
            "exporter_name": "Neftchala Sturgeon Farm", "exporter_id": "1600012345",
            "exporter_line": "3 Sahil Street", "exporter_city": "Neftchala",
            "exporter_postcode": "AZ4700", "exporter_country": "AZ",
            **_party("applicant", trader), **_party("declarant", trader),
            "border_mode": "3", "border_id": "90-KR-618", "border_nationality": "AZ",
            "container": "0",
        },
        [
            TypedItem(
                {
                    "description": "Caviar of farmed Siberian sturgeon in tins of 125 g",
                    "hs_code": "160431", "origin_country": "AZ", "price": "43200",
                    "currency": "USD", "packages": "10", "package_type": "4H",
                    "marks": "BAE/C/AZ/2026/AZ004/131", "gross_mass": "118", "net_mass": "60",
                    "scientific_name": "Acipenser baerii", "common_name": "Siberian sturgeon",
                    "appendix": "II", "source": "C", "specimen_purpose": "T",
                    "specimen_code": "CAV",
                },
            )
        ],
    )
