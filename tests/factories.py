"""What tests need to exist: organisations, people, agencies and messages worth filing."""

from __future__ import annotations

import itertools
import uuid
from typing import TYPE_CHECKING, Any

from portal.accounts.actors import Actor
from portal.accounts.models import Membership, Organisation, User
from portal.accounts.roles import OrganisationKind, Role

if TYPE_CHECKING:
    from agencies.models import Agency
    from declarations.models import Declaration

_numbers = itertools.count(100_000_001)


def make_organisation(kind: OrganisationKind = OrganisationKind.TRADER, **fields: Any) -> Organisation:
    """An organisation with a number of its own; ``fields`` override."""
    number = str(next(_numbers))
    values = {"name": f"Organisation {number}", "identifier": number, "country": "GE",
              "city": "Tbilisi", "address": "1 Rustaveli Avenue", "postcode": "0108"}
    return Organisation.objects.create(kind=kind, **(values | fields))


def make_user(name: str = "", **fields: Any) -> User:
    """A person who signs in with the password ``demo``."""
    name = name or f"person-{next(_numbers)}"
    return User.objects.create_user(name, f"{name}@example.org", "demo", **fields)


def make_member(
    organisation: Organisation, role: Role = Role.DECLARANT, name: str = ""
) -> tuple[User, Actor]:
    """A person with ``role`` in ``organisation``, and the actor that this makes."""
    user = make_user(name)
    return user, Membership.objects.create(user=user, organisation=organisation, role=role).actor()


def make_agency(code: str = "customs", **fields: Any) -> Agency:
    """An agency with one queue, which has the agency's code."""
    from agencies.models import Agency, Queue

    name = fields.pop("name", code.replace("-", " ").capitalize())
    organisation = make_organisation(OrganisationKind.AGENCY, name=name)
    agency = Agency.objects.create(organisation=organisation, code=code, name=name, **fields)
    Queue.objects.create(agency=agency, code=code, name="General")
    return agency


def make_officer(
    agency: Agency, role: Role = Role.OFFICER, name: str = ""
) -> tuple[User, Actor]:
    return make_member(agency.organisation, role, name)


def new_lrn() -> str:
    return f"T{uuid.uuid4().hex[:16].upper()}"


def wine_dataset(organisation: Organisation | None = None, **fields: Any) -> dict[str, Any]:
    """An import of Azerbaijani wine into Georgia as JSON of the dataset, with an LRN of its own.

    Filed by ``organisation``; ``fields`` replace elements of the declaration, by WCO name, and
    one that is None is left out.
    """
    declarant = {
        "Name": organisation.name if organisation else "Kolkheti Trade LLC",
        "ID": organisation.identifier if organisation else "204876543",
        "Address": {"CityName": "Tbilisi", "CountryCode": "GE", "Line": "12 Agmashenebeli Avenue",
                    "PostcodeID": "0102"},
    }
    exporter = {
        "Name": "Ganja Sharab 2 OJSC", "ID": "1400057421",
        "Address": {"CityName": "Ganja", "CountryCode": "AZ", "Line": "47 Heydar Aliyev Avenue",
                    "PostcodeID": "AZ2000"},
    }
    dataset = {
        "FunctionCode": "9",
        "FunctionalReferenceID": new_lrn(),
        "TypeCode": "IMA",
        "GoodsItemQuantity": {"value": "1"},
        "DeclarationOfficeID": "GE000101",
        "InvoiceAmount": {"value": "18600.00", "currencyID": "USD"},
        "TotalGrossMassMeasure": {"value": "9800", "unitCode": "KGM"},
        "TotalPackageQuantity": {"value": "1000"},
        "BorderTransportMeans": {"ID": "90-AB-123", "RegistrationNationalityCode": "AZ",
                                 "ModeCode": "3"},
        "Declarant": declarant,
        "Exporter": exporter,
        "GoodsShipment": {
            "Destination": {"CountryCode": "GE"},
            "ExportCountry": {"ID": "AZ"},
            "GovernmentAgencyGoodsItem": [
                {
                    "SequenceNumeric": 1,
                    "StatisticalValueAmount": {"value": "18600.00", "currencyID": "USD"},
                    "Commodity": {
                        "Description": "Red grape wine in bottles of 0.75 litres",
                        "Classification": [{"ID": "220421", "IdentificationTypeCode": "HS"}],
                        "GoodsMeasure": {
                            "GrossMassMeasure": {"value": "9800", "unitCode": "KGM"},
                            "NetNetWeightMeasure": {"value": "9000", "unitCode": "KGM"},
                        },
                        "InvoiceLine": {
                            "ItemChargeAmount": {"value": "18600.00", "currencyID": "USD"}
                        },
                    },
                    "GovernmentProcedure": [{"CurrentCode": "40", "PreviousCode": "00"}],
                    "Origin": [{"CountryCode": "AZ"}],
                    "Packaging": [
                        {"SequenceNumeric": 1, "MarksNumbersID": "GANJA SHARAB",
                         "QuantityQuantity": {"value": "1000"}, "TypeCode": "CT"}
                    ],
                }
            ],
            "Importer": declarant,
            "Invoice": {"ID": "GS-2025-0417",
                        "IssueDateTime": {"value": "20250117", "formatCode": "102"}},
            "TradeTerms": {"ConditionCode": "DAP", "LocationName": "Tbilisi"},
        },
    }
    dataset |= fields
    return {name: value for name, value in dataset.items() if value is not None}


def wine_import(organisation: Organisation | None = None, **fields: Any) -> bytes:
    """The same import as the XML message of the carec profile; see ``wine_dataset``."""
    from declarations import wco

    declaration = wco.from_json(wine_dataset(organisation, **fields))
    return wco.to_xml(declaration, wco.get_profile("carec"), country="GE")


def run_pipeline(declaration: Declaration) -> Declaration:
    """Do at once what a worker would do with a filed declaration, and return it as it is then."""
    from portal.pipeline import process

    process(str(declaration.pk))
    declaration.refresh_from_db()
    return declaration
