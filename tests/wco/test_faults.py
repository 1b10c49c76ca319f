"""What a trader is told: every fault at once, each named, in plain words."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from declarations.wco import MessageKind, PointerStep, validate

from .samples import PROFILE, wine, wine_xml

ITEM = "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[1]"
(IMPORTER,) = re.findall(r"\s*<Importer>.*</Importer>", wine_xml().decode(), re.DOTALL)
PRICE = f"{ITEM}/Commodity/InvoiceLine/ItemChargeAmount"
BAD_DATE = "<DateTimeString formatCode='304'>20250231999999Z</DateTimeString>"
TYPE = "<TypeCode>IMA</TypeCode>"
ONE_FAULT = [
    ((IMPORTER, ""), "SW-XSD-MISSING", "/Declaration/GoodsShipment/Importer"),
    (
        ("<CurrentCode>40</CurrentCode>", ""),
        "SW-XSD-MISSING",
        f"{ITEM}/GovernmentProcedure[1]/CurrentCode",
    ),
    (("<FunctionCode>9", "<FunctionCode>7"), "SW-XSD-ENUM", "/Declaration/FunctionCode"),
    (("LRN-0001", "L" * 23), "SW-XSD-LENGTH", "/Declaration/FunctionalReferenceID"),
    (("LRN-0001", ""), "SW-XSD-EMPTY", "/Declaration/FunctionalReferenceID"),
    (("LRN-0001", "LRN-0001\n"), "SW-XSD-SPACE", "/Declaration/FunctionalReferenceID"),
    ((">MD<", ">md<"), "SW-XSD-PATTERN", "/Declaration/Exporter/Address/CountryCode"),
    (("10.50", "10,50"), "SW-XSD-NUMBER", PRICE),
    (("10.50", "10.5001"), "SW-XSD-DIGITS", PRICE),
    (("10.50", "-10.50"), "SW-XSD-RANGE", PRICE),
    ((' currencyID="GEL"', ""), "SW-XSD-ATTR-MISSING", f"{PRICE}/@currencyID"),
    (("<TypeCode>", '<TypeCode x="1">'), "SW-XSD-ATTR-UNKNOWN", "/Declaration/TypeCode/@x"),
    (("<TypeCode>", "<Odd/><TypeCode>"), "SW-XSD-UNKNOWN", "/Declaration/Odd"),
    ((TYPE, TYPE * 2), "SW-XSD-TOO-MANY", "/Declaration/TypeCode"),
    (
        ("<Description>", '<Description xmlns="urn:x">'),
        "SW-XSD-NAMESPACE",
        f"{ITEM}/Commodity/Description",
    ),
    (("<Commodity>", "text<Commodity>"), "SW-XSD-TEXT", ITEM),
    (
        ("<TypeCode>", f"<IssueDateTime>{BAD_DATE}</IssueDateTime><TypeCode>"),
        "SW-XSD-DATE",
        "/Declaration/IssueDateTime/DateTimeString",
    ),
]


@pytest.mark.parametrize(("change", "code", "path"), ONE_FAULT, ids=range(len(ONE_FAULT)))
def test_one_fault_is_told_once(change: tuple[str, str], code: str, path: str) -> None:
    verdict = validate(wine_xml(change), PROFILE)
    told = [
        (fault.code, re.sub(r"TypeCode\[\d\]", "TypeCode", fault.path)) for fault in verdict.faults
    ]
    assert (code, path) in told
    for fault in verdict.faults:
        assert not re.search(r"facet|xs:|\{urn|CVC|atomic|particle", fault.message)
        assert fault.message.endswith(".")


def test_moved_element_is_told() -> None:
    text = wine_xml().decode()
    moved = re.search(r"\s*<FunctionCode>9</FunctionCode>", text)
    assert moved
    body = text.replace(moved.group(), "").replace(
        "<Declarant>", "<FunctionCode>9</FunctionCode><Declarant>"
    )
    faults = validate(body.encode(), PROFILE).faults
    assert [fault.code for fault in faults] == ["SW-XSD-ORDER"]


def test_a_structural_fault_masks_no_other() -> None:
    body = wine_xml(
        (IMPORTER, ""),
        ("<Declarant>\n      <ID>GE100</ID>\n    </Declarant>", ""),
        ("<FunctionCode>9", "<FunctionCode>7"),
        ("10.50", "ten"),
        (">MD<", ">Moldova<"),
        ("<Description>Wine of fresh grapes</Description>", ""),
    )
    faults = validate(body, PROFILE).faults
    assert {fault.path for fault in faults} == {
        "/Declaration/GoodsShipment/Importer",
        "/Declaration/Declarant",
        "/Declaration/FunctionCode",
        "/Declaration/Exporter/Address/CountryCode",
        f"{ITEM}/Commodity/InvoiceLine/ItemChargeAmount",
        f"{ITEM}/Commodity/Description",
    }


def test_missing_importer_in_plain_words() -> None:
    fault = validate(wine_xml((IMPORTER, "")), PROFILE).faults[0]
    assert fault.message == (
        "Importer is missing. Add the importer (name, identifier and address)."
    )
    assert fault.pointer == (
        PointerStep(None, "42A"),
        PointerStep(None, "67A"),
        PointerStep(None, "74A"),
    )


def test_fault_is_translated_with_its_label() -> None:
    fault = validate(wine_xml((IMPORTER, "")), PROFILE).faults[0]
    said = fault.translated(lambda text: {"Importer": "Импортёр"}.get(text, text))
    assert said.startswith("Импортёр is missing.")


def test_the_item_is_named_by_its_number() -> None:
    made = wine()
    assert made.GoodsShipment
    text = wine_xml().decode()
    item = text[text.index("<GovernmentAgencyGoodsItem>") : text.index("<Importer>")]
    body = text.replace(item, item + item.replace("22042100", "2" * 19)).encode()
    (fault,) = validate(body, PROFILE).faults
    assert fault.path == (
        "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/Commodity/Classification[1]/ID"
    )
    assert fault.pointer[2] == PointerStep(2, "68A")
    assert fault.pointer[-1] == PointerStep(1, "21A", "145")
    assert fault.line and fault.line > 20


def test_another_kind_than_is_due() -> None:
    verdict = validate(wine_xml(), PROFILE, MessageKind.EXPORT)
    assert not verdict.accepted
    assert verdict.layer == "root"


def test_threads_get_their_own_faults() -> None:
    codes = ["FunctionCode", "FunctionalReferenceID", "ID", "Description"] * 2
    bodies = [
        wine_xml(("<FunctionCode>9", "<FunctionCode>7")),
        wine_xml(("LRN-0001", "L" * 30)),
        wine_xml(("GE100", "G" * 18)),
        wine_xml(("Wine of fresh grapes", "w" * 513)),
    ] * 2

    def paths(at: int) -> set[str]:
        found: set[str] = set()
        for _ in range(40):
            found |= {
                fault.path.rpartition("/")[2] for fault in validate(bodies[at], PROFILE).faults
            }
        return found

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(paths, range(8)))
    assert results == [{code} for code in codes]
