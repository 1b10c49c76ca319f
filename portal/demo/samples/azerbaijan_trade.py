"""What is filed in Azerbaijan: mineral water, wheat, polymers, caviar, persimmons."""

from datetime import date

from declarations.wco import Declaration
from portal.demo.azerbaijan import BROKER, FISHERY, POLYMERS, TRADER
from portal.demo.georgia import PLASTICS
from portal.demo.georgia import TRADER as TBILISI_FOODS
from portal.demo.samples.build import Carriage, Goods, Paper, Sale, declaration, exported, imported
from portal.demo.samples.parties import KOSTANAY_GRAIN, PERSIMMON_BUYER

HOME_USE, OUTRIGHT = ("40", "00"), ("10", "00")


def georgian_wine(today: date) -> Declaration:
    return imported(TBILISI_FOODS, TRADER, declaration(
        type_code="IMA", lrn="AQT-26-00871", office="AZ000101", today=today, declarant=TRADER,
        sent_from="GE", sent_to="AZ", procedure=HOME_USE,
        travel=Carriage("3", "MN-440-VK", "GE"),
        sale=Sale("KFF-EX-0219", "USD", "DAP", "Baku", age_days=8),
        goods=(
            Goods(
                "220421", "White dry grape wine Tsinandali, 12.5 % vol, in glass bottles of 0.75 "
                "litre",
                "GE", net="3565", gross="6560", price="16800.00", packages=800, package="CT",
                marks="KAKHETI TSINANDALI 2024", quantity="3600", unit="LTR",
                papers=(Paper("730", "CMR GE 0113390"), Paper("861", "CT-1 GE 26 011790")),
            ),
        ),
    ))


def wheat(today: date) -> Declaration:
    return imported(KOSTANAY_GRAIN, TRADER, declaration(
        type_code="IMA", lrn="XGB-26-02214", office="AZ000103", today=today, declarant=BROKER,
        sent_from="KZ", sent_to="AZ", procedure=HOME_USE,
        travel=Carriage("1", "9341706", "AZ", name="PRESIDENT HEYDAR ALIYEV"),
        sale=Sale("KA-780/26", "USD", "CPT", "Alat", age_days=10),
        goods=(
            Goods(
                "100199", "Soft milling wheat, class 4, crop of 2026, in bulk",
                "KZ", net="1390000", gross="1390000", price="296070.00", packages=20, package="VR",
                papers=(Paper("722", "SMGS 27118877"), Paper("851", "KZ 26 0319007"),
                        Paper("861", "CT-1 KZ 6 113 00455")),
            ),
        ),
    ))


def polymers(today: date) -> Declaration:
    boxes = {"GESU4812711": ("AZ0452071",)}
    return exported(POLYMERS, PLASTICS, "AZ000202", declaration(
        type_code="EXA", lrn="XGB-26-02219", office="AZ000104", today=today, declarant=BROKER,
        sent_from="AZ", sent_to="GE", procedure=OUTRIGHT,
        travel=Carriage("2", "61093845", "AZ", seals=boxes, contained=True),
        sale=Sale("SP-EX-26-2103", "USD", "CPT", "Rustavi", age_days=2),
        goods=(
            Goods(
                "390110", "Low-density polyethylene, film grade, granules in bags of 25 kg",
                "AZ", net="24750", gross="25300", price="28710.00", packages=990, package="5H",
                marks="SP LDPE F", papers=(Paper("722", "SMGS 31010066"),
                                           Paper("861", "ST-1 AZ 26 004230")),
                containers=tuple(boxes),
            ),
        ),
    ))


def caviar(today: date) -> Declaration:
    return exported(FISHERY, TBILISI_FOODS, "AZ000201", declaration(
        type_code="EXA", lrn="XGB-26-02222", office="AZ000101", today=today, declarant=BROKER,
        sent_from="AZ", sent_to="GE", procedure=OUTRIGHT,
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


def persimmons(today: date) -> Declaration:
    return exported(TRADER, PERSIMMON_BUYER, "AZ000204", declaration(
        type_code="EXA", lrn="AQT-26-00880", office="AZ000101", today=today, declarant=TRADER,
        sent_from="AZ", sent_to="RU", procedure=OUTRIGHT,
        travel=Carriage("3", "10-CE-905", "AZ"),
        sale=Sale("AQT-RU-0144", "USD", "FCA", "Baku", age_days=1),
        goods=(
            Goods(
                "081070", "Fresh persimmons, variety Rojo Brillante, in boxes of 5 kg",
                "AZ", net="19000", gross="20330", price="17100.00", packages=3800, package="4G",
                marks="ABSERON PERSIMMON", papers=(Paper("851", "AZ 26 0088104"),),
            ),
        ),
    ))
