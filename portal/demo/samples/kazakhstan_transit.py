"""What is filed in Kazakhstan: batteries and copper wire, by rail and ferry to Tbilisi."""

from datetime import date, timedelta
from decimal import Decimal

from declarations.wco import Declaration, dataset
from portal.demo.cast import Body
from portal.demo.kazakhstan import BROKER, COPPER, TRADER
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
from portal.demo.samples.parties import CABLE_MAKER, CAR_PARTS

GUARANTEE = "26KZ000101U00077"
# Almaty, by rail to Aktau, over the Caspian to Alat, by rail through Böyük Kəsik and Gardabani.
ALMATY, TBILISI = "KZ000101", "GE000101"
WAY = (("KZ000103", 2), ("AZ000103", 4), ("AZ000202", 5), ("GE000203", 5))


def batteries(today: date) -> Declaration:
    boxes = {"CSNU6174421": ("KZ9017741", "KZ9017742"), "TCKU1893362": ("KZ9017743",)}
    return _transit(today, declaration(
        type_code="TRA", lrn="ACB-2026-T0311", office=None, today=today, declarant=BROKER,
        sent_from="KZ", sent_to="GE", procedure=None,
        travel=Carriage("2", "94712205", "KZ", seals=boxes, contained=True),
        sale=Sale("ZHA-EX-26-0542", "USD", "CPT", "Tbilisi", age_days=6),
        goods=(
            Goods(
                "850710", "Lead-acid starter batteries for passenger cars, 12 V, 60 to 75 Ah, on "
                "pallets",
                "KZ", net="41600", gross="43100", price="96800.00", packages=64, package="PX",
                marks="ZHETYSU AKB", papers=(Paper("722", "SMGS 27130044"),
                                             Paper("861", "CT-1 KZ 6 104 00812")),
                containers=tuple(boxes),
            ),
        ),
    ), TRADER, CAR_PARTS, "9200000.00")


def copper_wire(today: date) -> Declaration:
    boxes = {"MSKU0452217": ("KZ9017802",)}
    return _transit(today, declaration(
        type_code="TRA", lrn="ACB-2026-T0314", office=None, today=today, declarant=BROKER,
        sent_from="KZ", sent_to="GE", procedure=None,
        travel=Carriage("2", "94712510", "KZ", seals=boxes, contained=True),
        sale=Sale("BCW-26-0087", "USD", "CPT", "Tbilisi", age_days=3),
        goods=(
            Goods(
                "740811", "Refined copper wire, 8 mm, in coils", "KZ", net="21400", gross="21760",
                price="203300.00", packages=8, package="CL", marks="BALKHASH CU",
                papers=(Paper("722", "SMGS 27130091"),), containers=tuple(boxes),
            ),
        ),
    ), COPPER, CABLE_MAKER, "14500000.00")


def _transit(
    today: date, made: Declaration, exporter: Body, consignee: Body, amount: str
) -> Declaration:
    """Along the corridor, under the broker's comprehensive guarantee; amounts in tenge."""
    made.Exporter = party(dataset.Exporter, exporter)
    shipment(made).Consignee = party(dataset.Consignee, consignee)
    made.TransitPrincipal = party(dataset.TransitPrincipal, BROKER)
    made.TransitDepartureOffice = dataset.TransitDepartureOffice(ID=ALMATY)
    made.TransitDestinationOffice = dataset.TransitDestinationOffice(ID=TBILISI)
    made.TransitOffice = [
        dataset.TransitOffice(
            SequenceNumeric=n, ID=office, ArrivalDateTime=at_noon(today + timedelta(days=days))
        )
        for n, (office, days) in enumerate(WAY, start=1)
    ]
    made.Consignment = dataset.HeaderConsignment(
        Carrier=dataset.Carrier(Name="Kazakh Corridor Rail JSC", ID="020540003431"),
        Itinerary=[
            dataset.Itinerary(SequenceNumeric=n, RoutingCountryCode=country)
            for n, country in enumerate(("KZ", "AZ", "GE"), start=1)
        ],
    )
    made.ObligationGuarantee = [
        dataset.ObligationGuarantee(
            SecurityDetailsCode="1", ReferenceID=GUARANTEE,
            AmountAmount=money(Decimal(amount), "KZT"), AccessCode="4TR9",
            GuaranteeOffice=dataset.GuaranteeOffice(ID=ALMATY),
        )
    ]
    return made
