"""Goods on the Middle Corridor: Kazakhstan, over the Caspian to Azerbaijan, through Georgia."""

from datetime import date, timedelta
from decimal import Decimal

from declarations.wco import Declaration, dataset
from portal.demo.georgia import BROKER
from portal.demo.samples.build import (
    Carriage,
    Goods,
    Paper,
    Sale,
    at_noon,
    declaration,
    money,
    party,
    shipment,
)
from portal.demo.samples.parties import AKTOBE_FERRO, STEEL_MILL


def ferrochrome(today: date) -> Declaration:
    boxes = {
        "CMAU3145907": ("KZ8840112",), "TGHU9051243": ("KZ8840113",),
        "TRLU7713084": ("KZ8840114",), "MSCU6239745": ("KZ8840115",),
    }
    made = declaration(
        type_code="TRA", lrn="CCB-2026-T077", office=None, today=today, declarant=BROKER,
        sent_from="KZ", sent_to="TR", procedure=None,
        travel=Carriage("2", "54829130", "KZ", seals=boxes, contained=True),
        sale=Sale("AFE-26-1190", "USD", "CIF", "Iskenderun", age_days=15),
        goods=(
            Goods(
                "720241", "High-carbon ferro-chromium, 68 % chromium, in big bags of 1 t",
                "KZ", net="80000", gross="80160", price="118400.00", packages=80, package="43",
                marks="AFE FECR HC", papers=(Paper("722", "SMGS 27120958"),),
                containers=tuple(boxes),
            ),
        ),
    )
    made.Exporter = party(dataset.Exporter, AKTOBE_FERRO)
    shipment(made).Consignee = party(dataset.Consignee, STEEL_MILL)
    made.TransitPrincipal = party(dataset.TransitPrincipal, BROKER)
    made.TransitDepartureOffice = dataset.TransitDepartureOffice(ID="KZ000103")
    made.TransitDestinationOffice = dataset.TransitDestinationOffice(ID="GE000302")
    made.TransitOffice = [
        dataset.TransitOffice(
            SequenceNumeric=n, ID=office, ArrivalDateTime=at_noon(today + timedelta(days=days))
        )
        for n, (office, days) in enumerate(
            (("AZ000103", 2), ("AZ000202", 4), ("GE000203", 4)), start=1
        )
    ]
    made.Consignment = dataset.HeaderConsignment(
        Carrier=dataset.Carrier(Name="Caspian Corridor Rail LLC", ID="405771903"),
        Itinerary=[
            dataset.Itinerary(SequenceNumeric=n, RoutingCountryCode=country)
            for n, country in enumerate(("KZ", "AZ", "GE"), start=1)
        ],
    )
    made.ObligationGuarantee = [
        dataset.ObligationGuarantee(
            SecurityDetailsCode="1",
            ReferenceID="26GE000101U00412",
            AmountAmount=money(Decimal("45000.00"), "EUR"),
            AccessCode="7Q4K",
            GuaranteeOffice=dataset.GuaranteeOffice(ID="GE000101"),
        )
    ]
    return made
