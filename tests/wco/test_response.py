"""Answers: a rejection carries the faults; foreign notices are read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from declarations.wco import (
    Fault,
    FunctionCode,
    Layer,
    MessageError,
    MessageKind,
    notice,
    profile_from_folder,
    read_response,
    rejection,
    validate,
    write_response,
)
from declarations.wco.dataset import Pointer

from .samples import CORPUS, PROFILE, wine_xml

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def test_rejection_carries_each_fault() -> None:
    faults = validate(wine_xml(("10.50", "ten"), (">MD<", ">md<")), PROFILE).faults
    body = write_response(rejection("LRN-0001", faults, at=NOW), PROFILE, "GE")
    response = read_response(body)
    assert response.FunctionCode == FunctionCode.REJECTED
    assert response.Declaration
    assert response.Declaration.FunctionalReferenceID == "LRN-0001"
    assert response.Declaration.RejectionDateTime
    assert response.Declaration.RejectionDateTime.as_datetime() == NOW
    assert [error.ValidationCode for error in response.Error] == [fault.code for fault in faults]
    assert response.Error[-1].Pointer[2] == Pointer(1, "68A")


def test_text_from_a_sender_cannot_break_the_answer() -> None:
    fault = Fault(
        "SW-X", Layer.RULE, "%(value)s", {"value": "a\x00\x1b\ud800<b>\uffff" + "x" * 600}
    )
    response = read_response(write_response(rejection(None, [fault]), PROFILE, "GE"))
    assert (response.Error[0].Description or "").startswith("a<b>x")


@pytest.mark.parametrize("code", FunctionCode)
def test_every_notice_is_valid(code: FunctionCode) -> None:
    made = notice(code, "LRN-1", "26GE00000000000001", status="39", statements=["Wait."], at=NOW)
    assert read_response(write_response(made, PROFILE, "AZ")) == made


def test_what_is_no_response_is_refused() -> None:
    with pytest.raises(MessageError):
        read_response(wine_xml())


@pytest.mark.skipif(not CORPUS.exists(), reason=f"no corpus at {CORPUS}")
def test_uk_notices_are_read() -> None:
    profile = profile_from_folder(
        "uk", "2", CORPUS / "schemas", {MessageKind.RESPONSE: "notification.xsd"}, date(2020, 1, 1)
    )
    paths = sorted((CORPUS / "responses/ns_repaired").glob("*.xml"))
    assert paths
    for path in paths:
        response = read_response(path.read_bytes(), profile)
        assert response.Declaration
        again = write_response(response, profile, "GB")
        assert read_response(again, profile) == response
