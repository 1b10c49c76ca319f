"""Looking up, listing, batches and the description of the interface."""

import contextlib
import io
import json
import zipfile
from base64 import b64encode
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from drf_spectacular.validation import validate_schema
from rest_framework.exceptions import APIException

from agencies.models import Queue
from declarations import bundles
from declarations.models import Declaration, Version
from declarations.wco import read_response
from tests.factories import run_pipeline, wine_dataset
from tests.intake.conftest import DECLARATIONS, Trader, kept, make_trader
from tests.intake.test_door import assert_problem

BATCH = f"{DECLARATIONS}/batch"


def file(trader: Trader, **fields: Any) -> Declaration:
    answer = trader.send(trader.message(**fields))
    assert answer.status_code == 202, answer.content
    return run_pipeline(Declaration.objects.get(pk=answer.json()["id"]))


def test_a_declaration_is_followed_to_its_answer(trader: Trader, queue: Queue) -> None:
    declaration = file(trader)
    shown = trader.get(f"{DECLARATIONS}/{declaration.pk}").json()
    assert (shown["status"], shown["mrn"]) == ("under_review", declaration.mrn)
    assert shown["invoice_amount"] == "18600.00"
    assert shown["errors"] == []

    [listed] = trader.get(shown["links"]["responses"]).json()["results"]
    assert listed["function_code"] == "01"
    xml = trader.get(listed["links"]["xml"], Accept="application/xml")
    assert xml["Content-Type"] == "application/xml"
    assert declaration.mrn == read_response(xml.content).Declaration.ID

    events = trader.get(shown["links"]["events"]).json()["results"]
    assert [event["kind"] for event in events][:2] == ["submitted", "accepted"]
    assert events[1]["previous_hash"] == events[0]["hash"]


def test_a_rejected_declaration_says_why(trader: Trader, queue: Queue) -> None:
    declaration = file(trader, Declarant=None)
    shown = trader.get(f"{DECLARATIONS}/{declaration.pk}").json()
    assert shown["status"] == "rejected"
    assert "Declarant" in shown["errors"][0]["path"]
    assert shown["errors"][0]["pointer"][0]["DocumentSectionCode"] == "42A"


def test_another_organisations_declaration_is_not_there(trader: Trader, queue: Queue) -> None:
    declaration = file(trader)
    response = declaration.responses.get()
    other = make_trader()
    for path in ("", "/responses", "/events", f"/responses/{response.pk}"):
        assert_problem(other.get(f"{DECLARATIONS}/{declaration.pk}{path}"), 404)
    assert other.get(DECLARATIONS).json()["results"] == []


def test_a_response_of_another_declaration_is_not_there(trader: Trader, queue: Queue) -> None:
    first, second = file(trader), file(trader)
    response = first.responses.get()
    assert_problem(trader.get(f"{DECLARATIONS}/{second.pk}/responses/{response.pk}"), 404)


def test_the_list_is_read_page_by_page(trader: Trader, queue: Queue) -> None:
    filed = [str(file(trader).pk) for _ in range(5)]
    Declaration.objects.create(organisation=trader.organisation, kind="import")  # a draft
    found, path, pages = [], f"{DECLARATIONS}?limit=2", 0
    while path:
        page = trader.get(path).json()
        found += [one["id"] for one in page["results"]]
        path, pages = page["next"], pages + 1
    assert found == filed[::-1]
    assert pages == 3


def test_the_list_is_filtered(trader: Trader, queue: Queue) -> None:
    good, bad = file(trader), file(trader, Declarant=None)

    def ids(query: str) -> list[str]:
        return [one["id"] for one in trader.get(f"{DECLARATIONS}?{query}").json()["results"]]

    assert ids("state=rejected") == [str(bad.pk)]
    assert ids("state=under_review&kind=import") == [str(good.pk)]
    assert ids("kind=export") == []
    problem = assert_problem(trader.get(f"{DECLARATIONS}?state=lost"), 400)
    assert problem["errors"][0]["path"] == "state"
    assert "under_review" in problem["errors"][0]["message"]


@pytest.mark.parametrize("cursor", ["nonsense", b64encode(b"p=nonsense").decode()])
def test_a_wrong_cursor_is_told(cursor: str, trader: Trader, queue: Queue) -> None:
    declaration = file(trader)
    for path in ("", f"/{declaration.pk}/events", f"/{declaration.pk}/responses"):
        assert_problem(trader.get(f"{DECLARATIONS}{path}?cursor={cursor}"), 404)


# --- batches --------------------------------------------------------------------------------


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return packed.getvalue()


def test_a_zip_gets_one_line_per_message(trader: Trader) -> None:
    dataset = json.dumps(wine_dataset(trader.organisation)).encode()
    answer = trader.send(
        zipped({
            "folder/": b"", "folder/good.xml": trader.message(), "../../etc/bad.xml": b"<nope",
            "good.json": dataset,
        }),
        "application/zip", BATCH,
    )
    assert answer.status_code == 202
    result = answer.json()
    assert (result["taken"], result["not_taken"]) == (2, 1)
    good, bad, from_json = result["messages"]
    assert (good["name"], good["status"]) == ("folder/good.xml", "submitted")
    assert good["links"]["self"].endswith(good["id"])
    assert (bad["name"], bad["status"]) == ("../../etc/bad.xml", "not_taken")
    assert bad["problem"]["errors"][0]["code"] == "SW-SYNTAX-01"
    assert from_json["status"] == "submitted"
    assert Declaration.objects.count() == 2


def test_a_multipart_does_the_same(trader: Trader) -> None:
    answer = Client().post(
        BATCH,
        {
            "files": [
                SimpleUploadedFile("a.xml", trader.message(), "application/xml"),
                SimpleUploadedFile("b.xml", trader.message(), "application/xml"),
            ],
            "more": SimpleUploadedFile("empty.xml", b"", "application/xml"),
        },
        headers={"Authorization": f"Bearer {trader.token}"},
    )
    assert answer.status_code == 202, answer.content
    assert [line["status"] for line in answer.json()["messages"]] == [
        "submitted", "submitted", "not_taken",
    ]


def test_a_batch_sent_again_files_nothing_twice(trader: Trader) -> None:
    packed = zipped({"a.xml": trader.message(), "b.xml": trader.message()})
    first, second = (
        trader.send(packed, "application/zip", BATCH, **{"Idempotency-Key": "batch-1"}).json()
        for _ in range(2)
    )
    assert first == second
    assert Version.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"no zip", "application/zip", 400),
        (b"", "application/zip", 400),
        (zipped({}), "application/zip", 400),
        (zipped({"bomb.xml": b" " * (2 * 1024 * 1024)}), "application/zip", 413),
        (zipped({f"{n}.xml": b"<a/>" for n in range(501)}), "application/zip", 413),
        (b"PK\x01\x02" * 2_000_000, "application/zip", 413),
        (b"x", "multipart/form-data", 400),
        (b"<a/>", "application/xml", 415),
    ],
    ids=["no zip", "nothing", "empty zip", "bomb", "too many", "endless directory", "no boundary",
         "one message"],
)
def test_a_bad_batch_is_refused_whole(
    body: bytes, content_type: str, status: int, trader: Trader
) -> None:
    assert_problem(trader.send(body, content_type, BATCH), status)
    assert kept() == [0] * 5


def test_a_large_batch_is_refused_by_its_announced_length(trader: Trader) -> None:
    for content_type in ("application/zip", "multipart/form-data; boundary=x"):
        answer = Client().generic(
            "POST", BATCH, b"", CONTENT_TYPE=content_type,
            headers={"Authorization": f"Bearer {trader.token}"},
            CONTENT_LENGTH=str(bundles.MAX_BUNDLE_BYTES + 1),
        )
        assert_problem(answer, 413)


@pytest.mark.parametrize("method", [
    zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA,
])
def test_no_damage_to_a_zip_is_an_error_of_ours(method: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a.xml", b"<a>one and two</a>" * 20)
        archive.writestr("b.json", b"{}")
    for place in range(len(packed.getvalue())):
        for bit in range(8):
            body = bytearray(packed.getvalue())
            body[place] ^= 1 << bit
            with contextlib.suppress(APIException):
                list(bundles.of_zip(bytes(body)))


def test_a_damaged_file_in_a_zip_stops_no_other(trader: Trader) -> None:
    good, damaged = trader.message(), b"<damaged/>" * 10
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("damaged.xml", damaged)
        archive.writestr("good.xml", good)
    body = packed.getvalue().replace(damaged, damaged.replace(b"d", b"D"))
    lines = trader.send(body, "application/zip", BATCH).json()["messages"]
    assert [line["status"] for line in lines] == ["not_taken", "submitted"]


# --- the description ------------------------------------------------------------------------


def test_the_schema_is_open_and_valid(client: Client) -> None:
    answer = client.get("/api/v1/schema")
    assert answer.status_code == 200
    schema = answer.json()
    assert schema["openapi"] == "3.1.0"
    validate_schema(schema)  # type: ignore[no-untyped-call]
    assert {
        "/api/v1/declarations", "/api/v1/declarations/batch", "/api/v1/declarations/{id}",
    } <= schema["paths"].keys()
    post = schema["paths"]["/api/v1/declarations"]["post"]
    assert {"application/xml", "application/json"} == post["requestBody"]["content"].keys()
    assert "application/problem+json" in post["responses"]["422"]["content"]
    assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
