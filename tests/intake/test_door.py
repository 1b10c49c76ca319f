"""What is refused at the door: a clear problem document, and nothing kept."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from declarations import intake
from portal.accounts.models import ApiClient
from portal.accounts.roles import Permission
from portal.accounts.tokens import create_client
from tests.factories import wine_dataset, wine_import
from tests.intake.conftest import DECLARATIONS, Trader, kept

GOOD = wine_import()
DTD = b'<!DOCTYPE MetaData [<!ENTITY a "b">]>\n'
NAMESPACE = b"urn:carec:sw:metadata:1"
LRN = b"FunctionalReferenceID"
XML, JSON = "application/xml", "application/json"

CASES: dict[str, tuple[bytes, str, int, str, str]] = {
    # body, media type, status, code, a word that the message must have
    "empty body": (b"", XML, 400, "SW-SIZE-02", "empty"),
    "white space": (b" \n ", XML, 400, "SW-SIZE-02", "empty"),
    "JSON where XML is due": (b'{"Declaration": {}}', XML, 400, "SW-SYNTAX-02", "JSON"),
    "truncated": (GOOD[: len(GOOD) // 2], XML, 400, "SW-SYNTAX-01", "line"),
    "no XML": (b"hello", XML, 400, "SW-SYNTAX-01", "XML"),
    "UTF-16 without mark": (GOOD.decode().encode("utf-16-le"), XML, 400, "SW-ENCODING-01", "UTF-8"),
    "DTD": (GOOD.replace(b"<md:MetaData", DTD + b"<md:MetaData", 1), XML, 400, "SW-DOCTYPE-01",
            "DOCTYPE"),
    "wrong namespace": (GOOD.replace(NAMESPACE, b"urn:other:1"), XML, 400, "SW-ROOT-01",
                        "urn:carec:sw:metadata:1"),
    "unknown type": (wine_import(TypeCode="ZZ"), XML, 400, "SW-ROOT-03", "type"),
    "cancellation of nothing": (wine_import(TypeCode="INV"), XML, 422, "SW-CHANGE-01", "MRN"),
    "amendment of nothing": (wine_import(FunctionCode="5"), XML, 422, "SW-CHANGE-01", "MRN"),
    "missing LRN": (wine_import(FunctionalReferenceID=None), XML, 422, "SW-LRN-01", "LRN"),
    "blank LRN": (wine_import(FunctionalReferenceID="  "), XML, 422, "SW-LRN-01", "LRN"),
    "endless LRN": (wine_import(FunctionalReferenceID="L" * 36), XML, 422, "SW-LRN-02", "36"),
    "XML where JSON is due": (GOOD, JSON, 400, "SW-SYNTAX-03", "application/xml"),
    "empty JSON": (b"", JSON, 400, "SW-SIZE-02", "empty"),
    "broken JSON": (b'{"TypeCode": ', JSON, 400, "SW-SYNTAX-03", "line"),
    "deep JSON": (b"[" * 200_000, JSON, 400, "SW-SYNTAX-03", "JSON"),
    "a name twice": (b'{"TypeCode": "IM", "TypeCode": "EX"}', JSON, 400, "SW-SYNTAX-03", "JSON"),
    "unknown element": (b'{"Colour": "red"}', JSON, 422, "SW-JSON-UNKNOWN", "Colour"),
    "list for an object": (b"[]", JSON, 422, "SW-JSON-TYPE", "braces"),
    "half a character": (b'{"TypeCode": "\\ud800", "\\ud800": 1}', JSON, 422, "SW-JSON-CHAR",
                         "character"),
    "a zero character": (b'{"TypeCode": "IM\\u0000"}', JSON, 422, "SW-JSON-CHAR", "character"),
    "JSON in latin-1": ('{"TypeCode": "é"}'.encode("latin-1"), JSON, 400, "SW-ENCODING-01",
                        "UTF-8"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_message_gets_a_clear_problem_and_leaves_nothing(case: str, trader: Trader) -> None:
    body, media_type, status, code, word = CASES[case]
    answer = trader.send(body, media_type)
    problem = assert_problem(answer, status)
    assert [error["code"] for error in problem["errors"]][:1] == [code]
    assert word in problem["errors"][0]["message"]
    assert {"pointer", "path", "code", "message"} <= problem["errors"][0].keys()
    assert kept() == [0] * 5


def test_a_missing_lrn_is_pointed_at(trader: Trader) -> None:
    problem = trader.send(wine_import(FunctionalReferenceID=None)).json()
    assert problem["errors"][0]["path"] == "/Declaration/FunctionalReferenceID"
    assert problem["errors"][0]["pointer"] == [
        {"SequenceNumeric": None, "DocumentSectionCode": "42A", "TagID": "D026"}
    ]


def test_60_megabytes_are_refused_unread(trader: Trader) -> None:
    class Unreadable:
        def read(self, *_: Any) -> bytes:
            raise AssertionError("read although too large")

        readline = read

    unread: dict[str, Any] = {"wsgi.input": Unreadable()}
    answer = Client().generic(
        "POST", DECLARATIONS, b"", CONTENT_TYPE=XML, CONTENT_LENGTH=str(60 * 1024 * 1024),
        headers={"Authorization": f"Bearer {trader.token}"}, **unread,
    )
    problem = assert_problem(answer, 413)
    assert str(60 * 1024 * 1024) in problem["detail"]
    assert kept() == [0] * 5


def test_60_megabytes_that_are_sent_get_the_same_answer(trader: Trader) -> None:
    assert_problem(trader.send(b" " * (60 * 1024 * 1024)), 413)
    assert kept() == [0] * 5


def test_too_large_from_within_is_refused_too(trader: Trader) -> None:
    with pytest.raises(intake.IntakeRefused) as refused:
        intake.submit(trader.actor, b"<" * (10 * 1024 * 1024 + 1), channel="file")
    assert refused.value.status == 413


def test_chunks_without_a_length_are_told_so(trader: Trader) -> None:
    answer = Client().generic(
        "POST", DECLARATIONS, b"", CONTENT_TYPE=XML,
        headers={"Authorization": f"Bearer {trader.token}", "Transfer-Encoding": "chunked"},
    )
    assert_problem(answer, 411)


@pytest.mark.parametrize("how", ["query", "header"])
def test_unknown_profile(how: str, trader: Trader) -> None:
    if how == "query":
        answer = trader.send(trader.message(), path=f"{DECLARATIONS}?profile=atlantis")
    else:
        answer = trader.send(trader.message(), Profile="atlantis")
    problem = assert_problem(answer, 422)
    assert problem["errors"][0]["code"].startswith("SW-PROFILE-")
    assert "atlantis" in problem["detail"] and "carec" in problem["detail"]
    assert kept() == [0] * 5


def test_a_profile_name_that_no_profile_can_have(trader: Trader) -> None:
    answer = trader.send(trader.message(), path=f"{DECLARATIONS}?profile=%00")
    assert_problem(answer, 400)
    assert kept() == [0] * 5


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_media_type(media_type: str, trader: Trader) -> None:
    problem = assert_problem(trader.send(trader.message(), media_type), 415)
    assert "application/xml" in problem["detail"]


def test_expired_token(trader: Trader) -> None:
    ApiClient.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = trader.send(trader.message())
    problem = assert_problem(answer, 401)
    assert "expired" in problem["detail"]
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert kept() == [0] * 5


@pytest.mark.parametrize("authorization", ["", "Bearer nonsense", "Basic dTpw"])
def test_no_token_or_an_unknown_one(authorization: str, trader: Trader) -> None:
    answer = Client().post(
        DECLARATIONS, trader.message(), content_type=XML, headers={"Authorization": authorization}
    )
    assert_problem(answer, 401)
    assert kept() == [0] * 5


def test_a_token_that_may_only_look(trader: Trader) -> None:
    _client, trader.token = create_client(trader.organisation, "reader", (Permission.VIEW_OWN,))
    assert_problem(trader.send(trader.message()), 403)
    assert trader.get(DECLARATIONS).status_code == 200


def test_another_method(trader: Trader) -> None:
    answer = Client().delete(DECLARATIONS, headers={"Authorization": f"Bearer {trader.token}"})
    assert_problem(answer, 405)


def test_a_wrong_value_in_json_is_pointed_at(trader: Trader) -> None:
    dataset = wine_dataset(trader.organisation) | {"InvoiceAmount": {"value": "1,5"}}
    problem = trader.send(json.dumps(dataset).encode(), JSON).json()
    assert problem["errors"][0]["path"] == "/Declaration/InvoiceAmount"
    assert problem["errors"][0]["code"] == "SW-JSON-TYPE"


def assert_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "errors"} <= problem.keys()
    assert problem["status"] == status
    assert problem["detail"]
    return problem
