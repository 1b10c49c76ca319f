"""Applications for permits."""

from datetime import date, timedelta
from decimal import Decimal

from declarations.wco import Declaration, Quantity, dataset
from portal.demo.azerbaijan import FISHERY
from portal.demo.georgia import OFFICES, TRADER
from portal.demo.samples.build import (
    Carriage,
    Goods,
    Sale,
    day,
    declaration,
    party,
    shipment,
)

CITES_AUTHORITY = next(office for office in OFFICES if office.code == "cites").body


def caviar(today: date) -> Declaration:
    """An application for the CITES import permit of a second lot of caviar."""
    made = declaration(
        type_code="LP", lrn="KFF-2026-P031", office=None, today=today, declarant=TRADER,
        sent_from="AZ", sent_to="GE", procedure=None,
        travel=Carriage("3", "90-KR-618", "AZ"),
        sale=Sale("NA-2026-0071", "USD", "DAP", "Tbilisi", age_days=1),
        goods=(
            Goods(
                "160431", "Caviar of farmed Siberian sturgeon (Acipenser baerii), in tins of 125 g",
                "AZ", net="60", gross="118", price="43200.00", packages=10, package="4H",
                marks="NEFTCHALA BAE/C/AZ/2026/AZ004/131",
            ),
        ),
    )
    made.Exporter = party(dataset.Exporter, FISHERY)
    made.LPCO = dataset.LPCO(
        TypeCode="CIT",
        EffectiveDateTime=day(today + timedelta(days=7)),
        ExpirationDateTime=day(today + timedelta(days=187)),
        PurposeDescription="Retail sale in Tbilisi, three deliveries before the new year",
        TotalQuantity=Quantity(Decimal(60), "KGM"),
        Applicant=party(dataset.Applicant, TRADER),
        IssuingAgency=dataset.IssuingAgency(
            ID=CITES_AUTHORITY.identifier, Name=CITES_AUTHORITY.name
        ),
    )
    commodity = shipment(made).GovernmentAgencyGoodsItem[0].Commodity
    assert commodity is not None
    commodity.Specimen = [
        dataset.Specimen(
            ScientificName="Acipenser baerii", CommonName="Siberian sturgeon", AppendixCode="II",
            SourceCode="C", PurposeCode="T", DescriptionCode="CAV",
        )
    ]
    return made
