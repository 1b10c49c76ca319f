"""Goods that come into Georgia: wine, wheat, yarn, fruit, polymers, cashmere, rice, caviar."""

from datetime import date

from declarations.wco import Declaration
from portal.demo.azerbaijan import FISHERY, POLYMERS, WINERY
from portal.demo.georgia import BROKER, KNITWEAR, MILLS, PLASTICS, TRADER
from portal.demo.samples.build import Carriage, Goods, Paper, Sale, declaration, imported
from portal.demo.samples.parties import (
    CASHMERE,
    FERGANA_YARN,
    KOSTANAY_GRAIN,
    RICE_MILL,
    SAMARKAND_FRUIT,
)

HOME_USE = ("40", "00")


def wine(today: date) -> Declaration:
    return imported(WINERY, TRADER, declaration(
        type_code="IMA", lrn="KFF-2026-0417", office="GE000101", today=today, declarant=TRADER,
        sent_from="AZ", sent_to="GE", procedure=HOME_USE,
        travel=Carriage("3", "10-BT-421", "AZ"),
        sale=Sale("GS-2026-1183", "USD", "DAP", "Tbilisi"),
        goods=(
            Goods(
                "220421", "Red dry grape wine Madrasa, 13 % vol, in glass bottles of 0.75 litre",
                "AZ", net="4455", gross="8200", price="15600.00", packages=1000, package="CT",
                marks="GOYGOL / MADRASA 2024 / 1-1000", quantity="4500", unit="LTR",
                papers=(Paper("730", "CMR AZ 0098214"), Paper("861", "ST-1 AZ 26 004117")),
            ),
            Goods(
                "220421", "White dry grape wine Bayan Shira, 12 % vol, in glass bottles of 0.75 "
                "litre",
                "AZ", net="1337", gross="2460", price="4410.00", packages=300, package="CT",
                marks="GOYGOL / BAYAN SHIRA 2025 / 1-300", quantity="1350", unit="LTR",
                papers=(Paper("861", "ST-1 AZ 26 004118"),),
            ),
        ),
    ))


def wheat(today: date) -> Declaration:
    return imported(KOSTANAY_GRAIN, MILLS, declaration(
        type_code="IMA", lrn="CCB-2026-1120", office="GE000104", today=today, declarant=BROKER,
        sent_from="KZ", sent_to="GE", procedure=HOME_USE,
        travel=Carriage("2", "95284717", "KZ"),
        sale=Sale("KA-771/26", "USD", "CPT", "Poti", age_days=18),
        goods=(
            Goods(
                "100199", "Soft milling wheat, class 3, protein 13 %, crop of 2026, in bulk",
                "KZ", net="696400", gross="696400", price="161564.80", packages=10, package="VR",
                papers=(
                    Paper("722", "SMGS 27114403"), Paper("851", "KZ 26 0318842"),
                    Paper("861", "CT-1 KZ 6 113 00417"), Paper("3", "KZ-Q 2026/5571"),
                ),
            ),
        ),
    ))


def cotton_yarn(today: date) -> Declaration:
    return imported(FERGANA_YARN, KNITWEAR, declaration(
        type_code="IMA", lrn="CCB-2026-1131", office="GE000105", today=today, declarant=BROKER,
        sent_from="UZ", sent_to="GE", procedure=HOME_USE,
        travel=Carriage("3", "40 A 512 BA", "UZ"),
        sale=Sale("FTI-26/0884", "USD", "FCA", "Fergana", freight="4600.00", age_days=12),
        goods=(
            Goods(
                "520523", "Single combed cotton yarn, Ne 30/1, unbleached, on cones",
                "UZ", net="18900", gross="19850", price="57645.00", packages=420, package="CT",
                marks="FTI NE30/1 COMBED 1-420",
                papers=(Paper("730", "CMR UZ 0441902"), Paper("861", "CT-1 UZ 26 0021174")),
            ),
        ),
    ))


def fresh_fruit(today: date) -> Declaration:
    return imported(SAMARKAND_FRUIT, TRADER, declaration(
        type_code="IMA", lrn="KFF-2026-0421", office="GE000101", today=today, declarant=TRADER,
        sent_from="UZ", sent_to="GE", procedure=HOME_USE,
        travel=Carriage("3", "60 R 774 CA", "UZ"),
        sale=Sale("SME-2026-3310", "USD", "CPT", "Tbilisi", age_days=6),
        goods=(
            Goods(
                "081070", "Fresh persimmons, variety Hiakume, in wooden boxes of 6 kg",
                "UZ", net="11400", gross="12350", price="9690.00", packages=1900, package="4C",
                marks="SME PERSIMMON", papers=(Paper("851", "UZ 26 0774120"),
                                               Paper("730", "CMR UZ 0446718")),
            ),
            Goods(
                "080610", "Fresh table grapes, variety Taifi pink, in boxes of 7 kg",
                "UZ", net="7000", gross="7700", price="8050.00", packages=1000, package="4C",
                marks="SME TAIFI", papers=(Paper("851", "UZ 26 0774121"),),
            ),
        ),
    ))


def polymers(today: date) -> Declaration:
    boxes = {"TCLU6582036": ("AZ0451882",), "GESU4812666": ("AZ0451883",)}
    return imported(POLYMERS, PLASTICS, declaration(
        type_code="IMA", lrn="CCB-2026-1108", office="GE000106", today=today, declarant=BROKER,
        sent_from="AZ", sent_to="GE", procedure=HOME_USE,
        travel=Carriage("2", "94377066", "AZ", seals=boxes, contained=True),
        sale=Sale("SP-EX-26-2047", "USD", "CPT", "Rustavi", age_days=11),
        goods=(
            Goods(
                "390120", "High-density polyethylene, blow-moulding grade, granules in bags of "
                "25 kg",
                "AZ", net="48000", gross="49120", price="51840.00", packages=1920, package="5H",
                marks="SP HDPE BM", papers=(Paper("722", "SMGS 31009527"),
                                            Paper("861", "ST-1 AZ 26 003902")),
                containers=tuple(boxes),
            ),
        ),
    ))


def cashmere(today: date) -> Declaration:
    return imported(CASHMERE, KNITWEAR, declaration(
        type_code="IMA", lrn="CCB-2026-1127", office="GE000102", today=today, declarant=BROKER,
        sent_from="MN", sent_to="GE", procedure=HOME_USE,
        travel=Carriage("4", "TK386", "TR"),
        sale=Sale("GN-E-26-092", "USD", "CIP", "Tbilisi airport", age_days=5),
        goods=(
            Goods(
                "510211", "Dehaired cashmere of white Gobi goats, 15.5 micron, in pressed bales",
                "MN", net="1200", gross="1272", price="141600.00", packages=24, package="BL",
                marks="GOBI NOOLUUR 1-24",
                papers=(Paper("740", "235-48812074"), Paper("853", "MN-V 2026/01884"),
                        Paper("861", "MNCCI 26-7713")),
            ),
        ),
    ))


def rice(today: date) -> Declaration:
    boxes = {"MSKU7318468": ("PK7710021",), "MRKU4029177": ("PK7710022",)}
    return imported(RICE_MILL, TRADER, declaration(
        type_code="IMA", lrn="KFF-2026-0398", office="GE000301", today=today, declarant=TRADER,
        sent_from="PK", sent_to="GE", procedure=HOME_USE,
        travel=Carriage("1", "9341706", "LR", name="MAERSK NESTON", seals=boxes, contained=True),
        sale=Sale("PBM/EXP/2026/551", "USD", "CFR", "Poti", age_days=34),
        goods=(
            Goods(
                "100630", "Super basmati rice, milled, double polished, in bags of 25 kg",
                "PK", net="50000", gross="50240", price="49000.00", packages=2000, package="5H",
                marks="PBM SUPER BASMATI",
                papers=(Paper("705", "MAEU 241970385"), Paper("851", "DPP-KHI 2026/118402"),
                        Paper("861", "LCCI 26-04418")),
                containers=tuple(boxes),
            ),
        ),
    ))


def caviar(today: date) -> Declaration:
    return imported(FISHERY, TRADER, declaration(
        type_code="IMA", lrn="KFF-2026-0425", office="GE000101", today=today, declarant=TRADER,
        sent_from="AZ", sent_to="GE", procedure=HOME_USE,
        travel=Carriage("3", "90-KR-618", "AZ"),
        sale=Sale("NA-2026-0062", "USD", "DAP", "Tbilisi", age_days=3),
        goods=(
            Goods(
                "160431", "Caviar of farmed Siberian sturgeon (Acipenser baerii), in tins of 125 g",
                "AZ", net="48", gross="96", price="34560.00", packages=8, package="4H",
                marks="NEFTCHALA BAE/C/AZ/2026/AZ004/117",
                papers=(Paper("CIT", "AZ/2026/0187"), Paper("853", "AZ-V 26 0009914"),
                        Paper("730", "CMR AZ 0098377")),
            ),
        ),
    ))
