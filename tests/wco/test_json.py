"""JSON of the dataset: strict for the API, lenient for drafts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from declarations.wco import Declaration, MessageError, from_json, to_json

from .samples import wine

WRONG: list[tuple[Any, str]] = [
    ({"Odd": 1}, "/Declaration/Odd"),
    ({"FunctionCode": 9}, "/Declaration/FunctionCode"),
    ({"FunctionCode": True}, "/Declaration/FunctionCode"),
    ({"InvoiceAmount": {"value": 10.5, "currencyID": "GEL"}}, "/Declaration/InvoiceAmount"),
    ({"InvoiceAmount": {"value": "NaN"}}, "/Declaration/InvoiceAmount"),
    ({"InvoiceAmount": {"value": "1e9"}}, "/Declaration/InvoiceAmount"),
    ({"InvoiceAmount": {"value": "1", "odd": "x"}}, "/Declaration/InvoiceAmount"),
    ({"IssueDateTime": {"value": 20250101}}, "/Declaration/IssueDateTime"),
    ({"GoodsShipment": []}, "/Declaration/GoodsShipment"),
    ({"AdditionalInformation": "x"}, "/Declaration/AdditionalInformation"),
    (
        {"GoodsShipment": {"GovernmentAgencyGoodsItem": [{}, {"SequenceNumeric": "1.5"}]}},
        "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/SequenceNumeric",
    ),
    ({"FunctionalReferenceID": "a\x00b"}, "/Declaration/FunctionalReferenceID"),
    ({"FunctionalReferenceID": "a\ud800b"}, "/Declaration/FunctionalReferenceID"),
    ([], "/Declaration"),
    ("x", "/Declaration"),
]


@pytest.mark.parametrize(("data", "path"), WRONG, ids=range(len(WRONG)))
def test_what_does_not_fit_is_told_with_its_path(data: Any, path: str) -> None:
    with pytest.raises(MessageError) as caught:
        from_json(data)
    (fault,) = caught.value.faults
    assert fault.path == path
    assert fault.message
    assert isinstance(from_json(data, lenient=True), Declaration)


def test_lenient_keeps_what_fits() -> None:
    made = from_json({"Odd": 1, "FunctionCode": 9, "TypeCode": "IM"}, lenient=True)
    assert made == Declaration(TypeCode="IM")


def test_short_forms_and_the_wrapper() -> None:
    made = from_json(
        {"Declaration": {"TotalPackageQuantity": 5, "IssueDateTime": "20250101", "ID": None}}
    )
    assert made.TotalPackageQuantity
    assert made.TotalPackageQuantity.value == Decimal(5)
    assert made.IssueDateTime
    assert made.IssueDateTime.formatCode == "102"
    assert made.ID is None


def test_decimals_are_text() -> None:
    data = to_json(wine())
    item = data["GoodsShipment"]["GovernmentAgencyGoodsItem"][0]
    assert item["Commodity"]["InvoiceLine"]["ItemChargeAmount"] == {
        "value": "10.50",
        "currencyID": "GEL",
    }
    assert item["SequenceNumeric"] == 1


@pytest.mark.parametrize("wrong", [{"a": 1}, [1], True, 1.5])
def test_what_does_not_fit_is_told_in_plain_words(wrong: object) -> None:
    with pytest.raises(MessageError) as refused:
        from_json({"TypeCode": wrong, "GoodsShipment": [] if isinstance(wrong, dict) else wrong})
    told = " ".join(fault.message for fault in refused.value.faults)
    assert not any(name in told for name in ("dict", "“list”", "bool", "True”", "NoneType"))
    assert "does not fit here. Give text." in told
