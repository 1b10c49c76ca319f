"""Goods that leave Georgia: wine, hazelnuts, scrap steel."""

from datetime import date

from declarations.wco import Declaration
from portal.demo.azerbaijan import TRADER as BAKU_IMPORTER
from portal.demo.georgia import BROKER, HAZELNUTS, STEEL, TRADER
from portal.demo.samples.build import Carriage, Goods, Paper, Sale, declaration, exported
from portal.demo.samples.parties import ALMATY_WINE, NUT_BUYER, STEEL_MILL

OUTRIGHT = ("10", "00")


def wine(today: date) -> Declaration:
    return exported(TRADER, ALMATY_WINE, "GE000202", declaration(
        type_code="EXA", lrn="KFF-2026-0409", office="GE000101", today=today, declarant=TRADER,
        sent_from="GE", sent_to="KZ", procedure=OUTRIGHT,
        travel=Carriage("3", "AB-312-CD", "GE"),
        sale=Sale("KFF-EX-0226", "USD", "FCA", "Tbilisi", age_days=4),
        goods=(
            Goods(
                "220421", "Red dry grape wine Saperavi, 13.5 % vol, in glass bottles of 0.75 litre",
                "GE", net="7130", gross="13100", price="32640.00", packages=1600, package="CT",
                marks="KAKHETI SAPERAVI 2023", quantity="7200", unit="LTR",
                papers=(Paper("861", "CT-1 GE 26 011872"), Paper("3", "NWA 2026/40218")),
            ),
        ),
    ))


def sparkling_wine(today: date) -> Declaration:
    return exported(TRADER, BAKU_IMPORTER, "GE000202", declaration(
        type_code="EXA", lrn="KFF-2026-0412", office="GE000101", today=today, declarant=TRADER,
        sent_from="GE", sent_to="AZ", procedure=OUTRIGHT,
        travel=Carriage("3", "QX-087-TB", "GE"),
        sale=Sale("KFF-EX-0231", "USD", "DAP", "Baku", age_days=2),
        goods=(
            Goods(
                "220410", "White sparkling grape wine, brut, 12 % vol, in glass bottles of 0.75 "
                "litre",
                "GE", net="2210", gross="4480", price="11880.00", packages=495, package="CT",
                marks="KAKHETI BRUT", quantity="2227.5", unit="LTR",
                papers=(Paper("861", "CT-1 GE 26 011903"),),
            ),
        ),
    ))


def hazelnuts(today: date) -> Declaration:
    boxes = {"HLXU5077310": ("GE3304518",)}
    return exported(HAZELNUTS, NUT_BUYER, "GE000301", declaration(
        type_code="EXA", lrn="CCB-2026-1115", office="GE000104", today=today, declarant=BROKER,
        sent_from="GE", sent_to="DE", procedure=OUTRIGHT,
        travel=Carriage("1", "9264817", "DE", name="AURORA EXPRESS", seals=boxes, contained=True),
        sale=Sale("SHC-26-0171", "EUR", "FOB", "Poti", age_days=7),
        goods=(
            Goods(
                "080222", "Shelled natural hazelnuts, calibre 11 to 13 mm, crop of 2026, in bags "
                "of 25 kg",
                "GE", net="20000", gross="20240", price="143000.00", packages=800, package="5H",
                marks="SHC 11/13", papers=(Paper("851", "GE 26 0041227"),
                                           Paper("954", "EUR.1 GE 0091846"),
                                           Paper("1", "AFLA-2026-3318")),
                containers=tuple(boxes),
            ),
        ),
    ))


def scrap_steel(today: date) -> Declaration:
    return exported(STEEL, STEEL_MILL, "GE000301", declaration(
        type_code="EXA", lrn="CCB-2026-1134", office="GE000106", today=today, declarant=BROKER,
        sent_from="GE", sent_to="TR", procedure=OUTRIGHT,
        travel=Carriage("1", "9187526", "TR", name="KARADENIZ 7"),
        sale=Sale("RMR-26-044", "USD", "FOB", "Poti", age_days=3),
        goods=(
            Goods(
                "720449", "Heavy melting steel scrap HMS 1&2 (80:20), in bulk",
                "GE", net="2400000", gross="2400000", price="744000.00", packages=1, package="VS",
                papers=(Paper("14", "POTI-W 2026/0773"),),
            ),
        ),
    ))
