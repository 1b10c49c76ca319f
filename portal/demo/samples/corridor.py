"""What two neighbours say of the same goods: Azerbaijan's exports, and Georgia's imports of them."""

from datetime import date, timedelta
from decimal import Decimal

from declarations.wco import Declaration, Quantity, dataset
from portal.demo.azerbaijan import BROKER as BAKU_BROKER
from portal.demo.azerbaijan import FISHERY, OFFICES, POLYMERS
from portal.demo.azerbaijan import TRADER as ABSERON
from portal.demo.georgia import BROKER as TBILISI_BROKER
from portal.demo.georgia import PLASTICS, TRADER
from portal.demo.samples.build import (
    Carriage,
    Goods,
    Paper,
    Sale,
    day,
    declaration,
    exported,
    imported,
    party,
    shipment,
)

HOME_USE, OUTRIGHT = ("40", "00"), ("10", "00")
# The rail waybill of the polyethylene, by which both sides know the consignment.
WAYBILL = "SMGS 31010102"


def polyethylene_out(today: date) -> Declaration:
    """24.75 t leave Sumqayit."""
    return _polyethylene_out(today, "XGB-26-02207", WAYBILL, "SP-EX-26-2098")


def second_lot_out(today: date) -> Declaration:
    """A lot that is declared, and then sold to somebody else."""
    return _polyethylene_out(today, "XGB-26-02211", "SMGS 31010117", "SP-EX-26-2110")


def _polyethylene_out(today: date, lrn: str, waybill: str, invoice: str) -> Declaration:
    return exported(POLYMERS, PLASTICS, "AZ000202", declaration(
        type_code="EXA", lrn=lrn, office="AZ000104", today=today, declarant=BAKU_BROKER,
        sent_from="AZ", sent_to="GE", procedure=OUTRIGHT,
        travel=Carriage("2", "61093902", "AZ"),
        sale=Sale(invoice, "USD", "CPT", "Rustavi", age_days=6),
        goods=(_polyethylene(waybill, "24750", "25300", "28710.00", 990),),
    ))


def polyethylene_in(today: date) -> Declaration:
    """The same waybill in Rustavi: a tenth of the mass and a sixth of the value are missing."""
    return imported(POLYMERS, PLASTICS, declaration(
        type_code="IMA", lrn="CCB-2026-1144", office="GE000106", today=today,
        declarant=TBILISI_BROKER, sent_from="AZ", sent_to="GE", procedure=HOME_USE,
        travel=Carriage("2", "61093902", "AZ"),
        sale=Sale("SP-EX-26-2098", "USD", "CPT", "Rustavi", age_days=6),
        goods=(_polyethylene(WAYBILL, "22275", "22770", "24116.40", 891),),
    ))


def _polyethylene(waybill: str, net: str, gross: str, price: str, bags: int) -> Goods:
    return Goods(
        "390110", "Low-density polyethylene, film grade, granules in bags of 25 kg", "AZ", net=net,
        gross=gross, price=price, packages=bags, package="5H", marks="SP LDPE F",
        papers=(Paper("722", waybill), Paper("861", "ST-1 AZ 26 004198")),
    )


def juice_out(today: date) -> Declaration:
    """Juice to the Georgian trader, who has not declared it yet."""
    return _juice_out(today, 600)


def juice_out_corrected(today: date) -> Declaration:
    """Twenty cartons were left in the cellar."""
    return _juice_out(today, 580)


def _juice_out(today: date, cartons: int) -> Declaration:
    return exported(ABSERON, TRADER, "AZ000201", declaration(
        type_code="EXA", lrn="XGB-26-02216", office="AZ000101", today=today,
        declarant=BAKU_BROKER, sent_from="AZ", sent_to="GE", procedure=OUTRIGHT,
        travel=Carriage("3", "10-BT-530", "AZ"),
        sale=Sale("AQT-GE-0151", "USD", "DAP", "Tbilisi", age_days=2),
        goods=(
            Goods(
                "200989", "Pomegranate juice, not from concentrate, in glass bottles of 1 litre",
                "AZ", net=f"{cartons * Decimal('6.3'):f}", gross=f"{cartons * Decimal('9.4'):f}",
                price=f"{cartons * Decimal('11.40'):.2f}", packages=cartons, package="CT",
                marks="ABSERON NAR 2026", quantity=f"{cartons * 6}", unit="LTR",
                papers=(Paper("730", "CMR AZ 0098431"),),
            ),
        ),
    ))


# --- a permit of Azerbaijan, used in Georgia ------------------------------------------------
def export_permit(today: date) -> Declaration:
    """The fish farm applies in Baku for the CITES export permit of 60 kg of caviar."""
    authority = next(office for office in OFFICES if office.code == "cites").body
    made = declaration(
        type_code="LP", lrn="XGB-26-P004", office=None, today=today, declarant=BAKU_BROKER,
        sent_from="AZ", sent_to="GE", procedure=None, travel=Carriage("3", "90-KR-622", "AZ"),
        sale=Sale("NA-2026-0084", "USD", "DAP", "Tbilisi", age_days=2),
        goods=(_caviar("60", ()),),
    )
    made.Exporter = party(dataset.Exporter, FISHERY)
    shipment(made).Consignee = party(dataset.Consignee, TRADER)
    made.LPCO = dataset.LPCO(
        TypeCode="CIT", EffectiveDateTime=day(today),
        ExpirationDateTime=day(today + timedelta(days=180)),
        PurposeDescription="Sale to Tbilisi, in several deliveries",
        TotalQuantity=Quantity(Decimal(60), "KGM"),
        Applicant=party(dataset.Applicant, FISHERY),
        IssuingAgency=dataset.IssuingAgency(ID=authority.identifier, Name=authority.name),
    )
    commodity = shipment(made).GovernmentAgencyGoodsItem[0].Commodity
    assert commodity is not None
    commodity.Specimen = [dataset.Specimen(
        ScientificName="Acipenser baerii", CommonName="Siberian sturgeon", AppendixCode="II",
        SourceCode="C", PurposeCode="T", DescriptionCode="CAV",
    )]
    return made


def delivery(today: date, number: int, kilograms: str, permit: str) -> Declaration:
    """A delivery on that permit, declared in Tbilisi."""
    papers = (Paper("CIT", permit), Paper("853", f"AZ-V 26 00099{40 + number}"),
              Paper("730", f"CMR AZ 00985{number:02}"))
    return imported(FISHERY, TRADER, declaration(
        type_code="IMA", lrn=f"KFF-2026-044{number}", office="GE000101", today=today,
        declarant=TRADER, sent_from="AZ", sent_to="GE", procedure=HOME_USE,
        travel=Carriage("3", "90-KR-622", "AZ"),
        sale=Sale(f"NA-2026-0084-{number}", "USD", "DAP", "Tbilisi", age_days=1),
        goods=(_caviar(kilograms, papers),),
    ))


def _caviar(kilograms: str, papers: tuple[Paper, ...]) -> Goods:
    return Goods(
        "160431", "Caviar of farmed Siberian sturgeon (Acipenser baerii), in tins of 125 g", "AZ",
        net=kilograms, gross=f"{Decimal(kilograms) * 2:f}",
        price=f"{Decimal(kilograms) * 720:.2f}", packages=6, package="4H",
        marks="NEFTCHALA BAE/C/AZ/2026/AZ004/142", papers=papers,
    )
