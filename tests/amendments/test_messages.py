"""Over REST: whole messages, messages that correct places (COR), messages that cancel (INV)."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.urls import reverse

from agencies import amendments, cancellations, decisions
from agencies.decisions import DecisionError
from agencies.states import CancellationState
from declarations import wco
from declarations.change_request import ChangeRequest
from declarations.models import Declaration, Version
from declarations.states import ChangeState, State
from declarations.wco import MessageKind
from declarations.wco.corrections import corrected
from portal.accounts.tokens import create_client
from portal.journal.kinds import EventKind
from tests.amendments.conftest import Filed, run_change
from tests.factories import make_member, make_officer, make_organisation
from tests.intake.conftest import DECLARATIONS, Trader, together
from tests.wco.samples import CORPUS

OTHER_LORRY = {"ID": "77-XX-007", "RegistrationNationalityCode": "AZ", "ModeCode": "3"}


@pytest.fixture
def rest(filed: Filed) -> Trader:
    organisation = filed.declaration.organisation
    _client, token = create_client(organisation, "tests")
    return Trader(organisation, filed.trader, token)


def cancellation(filed: Filed, mrn: str | None = None, **fields: Any) -> bytes:
    told = {
        "FunctionCode": "1", "FunctionalReferenceID": "WISH-1", "TypeCode": "INV",
        "ID": mrn or filed.declaration.mrn,
        "AdditionalInformation": [{"StatementDescription": "Filed twice.",
                                   "StatementTypeCode": "AES"}],
    } | fields
    return wco.to_xml(wco.from_json(told), wco.get_profile(), country="GE")


def address(filed: Filed, more: str = "") -> str:
    return f"{DECLARATIONS}/{filed.declaration.pk}{more}"


def test_a_whole_message_is_asked_read_and_granted(filed: Filed, rest: Trader) -> None:
    filed.approve(filed.world.phyto)
    body = filed.message(BorderTransportMeans=OTHER_LORRY)
    without = rest.send(body, path=address(filed, "/amendments"))
    assert without.json()["errors"][0]["code"] == "SW-AMEND-REASON"
    path = address(filed, "/amendments?reason=Broken%20down.")
    answer = rest.send(body, path=path, **{"Idempotency-Key": "k1"})
    assert answer.status_code == 202, answer.content
    receipt = answer.json()
    assert receipt["status"] == "checking"
    assert receipt["lrn"] == filed.declaration.lrn
    assert rest.send(body, path=path, **{"Idempotency-Key": "k1"}).json()["id"] == receipt["id"]
    other = rest.send(filed.message(), path=path, **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "SW-KEY-01")
    again = rest.send(body, path=path)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "SW-AMEND-STATE")
    change = run_change(ChangeRequest.objects.get())
    read = rest.get(receipt["links"]["self"]).json()
    assert (read["status"], read["agency"], read["amends"]) == ("asked", "Customs", 1)
    assert [(d["path"], d["old"], d["new"]) for d in read["differences"]] == [
        ("/Declaration/BorderTransportMeans/ID", "90-AB-123", "77-XX-007")]
    assert [one["id"] for one in rest.get(address(filed, "/amendments")).json()] == [receipt["id"]]
    filed.grant(change)
    assert rest.get(receipt["links"]["self"]).json()["version"] == 2


def test_json_with_its_reason_and_withdrawing(filed: Filed, rest: Trader) -> None:
    filed.approve(filed.world.phyto)
    told = filed.data | {"FunctionCode": "5", "BorderTransportMeans": OTHER_LORRY}
    answer = rest.send(
        json.dumps({"reason": "Broken down.", "message": told}).encode(), "application/json",
        address(filed, "/amendments"))
    assert answer.status_code == 202, answer.content
    change = run_change(ChangeRequest.objects.get())
    assert (change.state, change.reason) == (ChangeState.ASKED, "Broken down.")
    withdraw = address(filed, f"/amendments/{change.pk}/withdraw")
    assert rest.send(b"", path=withdraw).json()["status"] == "withdrawn"
    assert rest.send(b"", path=withdraw).status_code == 409


def test_a_message_of_another_declaration_is_refused(filed: Filed, rest: Trader) -> None:
    path = address(filed, "/amendments?reason=x")
    other = rest.send(filed.message(FunctionalReferenceID="OTHER-1"), path=path)
    assert other.json()["errors"][0]["code"] == "SW-AMEND-OTHER"
    new = rest.send(filed.message(FunctionCode="9"), path=path)
    assert new.json()["errors"][0]["code"] == "SW-AMEND-FUNCTION"
    wish = rest.send(cancellation(filed), path=path)
    assert wish.json()["errors"][0]["code"] == "SW-ROOT-04"
    assert not ChangeRequest.objects.exists()


def test_a_replacement_posted_like_a_filing_amends(filed: Filed, rest: Trader) -> None:
    said = [{"StatementDescription": "Broken down.", "StatementTypeCode": "AES"}]
    answer = rest.send(filed.message(
        BorderTransportMeans=OTHER_LORRY, AdditionalInformation=said))
    assert answer.status_code == 202, answer.content
    change = run_change(ChangeRequest.objects.get())
    assert (change.state, change.reason) == (ChangeState.GRANTED, "Broken down.")
    assert Declaration.objects.count() == 1


def test_a_message_that_cancels_becomes_a_request_to_customs(filed: Filed, rest: Trader) -> None:
    body = cancellation(filed)
    answer = rest.send(body, **{"Idempotency-Key": "c1"})
    assert answer.status_code == 202, answer.content
    receipt = answer.json()
    assert rest.send(body, **{"Idempotency-Key": "c1"}).json()["id"] == receipt["id"]
    filing_key = rest.send(rest.message(), **{"Idempotency-Key": "c1"})
    assert filing_key.json()["errors"][0]["code"] == "SW-KEY-01"
    change = run_change(ChangeRequest.objects.get())
    assert change.state == ChangeState.HANDED_ON
    wish = filed.declaration.cancellation_requests.get()
    assert (wish.reason, wish.state) == ("Filed twice.", CancellationState.ASKED)
    assert rest.get(receipt["links"]["self"]).json()["status"] == "handed_on"
    _user, customs = make_officer(filed.world.customs)
    cancellations.grant(wish.pk, customs)
    assert filed.state() == State.CANCELLED
    late = run_change(ChangeRequest.objects.get(
        pk=rest.send(cancellation(filed, FunctionalReferenceID="WISH-2")).json()["id"]))
    assert late.state == ChangeState.REJECTED
    assert "can no longer be cancelled" in late.faults[0]["params"]["words"]
    told = bytes(filed.declaration.responses.latest("issued_at").body)
    assert b"<NameCode>REJ</NameCode>" in told
    assert b"WISH-2" in told
    assert filed.kinds()[-1] == EventKind.CANCELLATION_REJECTED


def test_a_cancellation_over_rest_is_withdrawn(filed: Filed, rest: Trader) -> None:
    wish = cancellations.ask(filed.declaration.pk, filed.trader, "Filed twice.")
    path = address(filed, f"/cancellations/{wish.pk}/withdraw")
    assert rest.send(b"", path=path).json()["state"] == "withdrawn"
    assert rest.send(b"", path=path).status_code == 409


def test_an_unknown_declaration_is_one_clear_error(filed: Filed, rest: Trader) -> None:
    stranger = make_organisation()
    _user, actor = make_member(stranger)
    _client, token = create_client(stranger, "tests")
    for trader, body in (
        (rest, cancellation(filed, "26GE0000000000000X")),
        (Trader(stranger, actor, token), cancellation(filed)),
    ):
        problem = trader.send(body)
        assert problem.status_code == 422
        [error] = problem.json()["errors"]
        assert (error["code"], error["path"]) == ("SW-CHANGE-01", "/Declaration/ID")
    assert not ChangeRequest.objects.exists()


# --- messages that correct places -----------------------------------------------------------


def uk(folder: Path) -> wco.Profile:
    return wco.profile_from_folder(
        "uk-dms", "1", folder,
        dict.fromkeys(
            (MessageKind.IMPORT, MessageKind.EXPORT, MessageKind.AMENDMENT),
            "customs/wrapper_submit.xsd",
        )
        | {MessageKind.CANCELLATION: "customs/wrapper_cancel.xsd"},
        date(2020, 1, 1), type_codes={
            "IM": MessageKind.IMPORT, "EX": MessageKind.EXPORT, "COR": MessageKind.AMENDMENT,
            "INV": MessageKind.CANCELLATION},
    )


COR = "valid/TT_IM082a_TT_IM002c_Complex_Multi_Amendment.xml"
IMPORT = "valid/TT_IM002c_TT_IM002c.xml"


@pytest.fixture(scope="module")
def foreign() -> wco.Profile:
    if not (CORPUS / COR).is_file():
        pytest.skip(f"The UK corpus is not at {CORPUS}.")
    return uk(CORPUS / "schemas")


def base_import(profile: wco.Profile) -> bytes:
    """An import of the corpus that has the places at which the correction points."""
    for path in sorted((CORPUS / "valid").glob("*IM*.xml")):
        if "Amend" in path.name:
            continue
        message = wco.read(path.read_bytes())
        dataset = wco.from_xml(message.root, profile)
        items = (dataset.GoodsShipment.GovernmentAgencyGoodsItem
                 if dataset.GoodsShipment else [])
        packs = items[0].Packaging if items else []
        if packs and dataset.Exporter and dataset.TypeCode and dataset.TypeCode[:2] == "IM":
            packs[0].MarksNumbersID, packs[0].TypeCode = "PK12345", "IG"
            return wco.to_xml(dataset, profile, country="GB")
    pytest.fail("no import of the corpus has packages and an exporter")


def test_the_uk_correction_is_put_into_the_version_in_force(foreign: wco.Profile) -> None:
    before = base_import(foreign)
    correction = wco.read((CORPUS / COR).read_bytes())
    after = corrected(wco.read(before).root, correction.root, foreign)
    dataset = wco.from_xml(wco.read(after).root, foreign)
    assert dataset.TotalPackageQuantity is not None
    assert int(dataset.TotalPackageQuantity.value) == 53
    assert dataset.Exporter is not None
    assert dataset.Exporter.Name == "Detroit Cocoa Company"
    assert dataset.Exporter.Address is not None
    assert dataset.Exporter.Address.CityName == "Detroit"
    assert dataset.TypeCode is not None
    assert dataset.TypeCode.startswith("IM")
    assert wco.validate(after, foreign).accepted


CORRECTION = """<md:MetaData xmlns:md="{md}" xmlns="{dec}"><Declaration>
<FunctionCode>4</FunctionCode><FunctionalReferenceID>C-1</FunctionalReferenceID>{content}{pointers}
</Declaration></md:MetaData>"""


def correction_of(content: str, *pointers: str) -> Any:
    """A correction in the carec namespace; each pointer as ``42A 67A 68A:1 23A/137``."""
    told = ""
    for pointer in pointers:
        steps = ""
        for step in pointer.split():
            section, _slash, tag = step.partition("/")
            section, _colon, number = section.partition(":")
            steps += f"<Pointer><SequenceNumeric>{number or 1}</SequenceNumeric>" \
                     f"<DocumentSectionCode>{section}</DocumentSectionCode>" \
                     + (f"<TagID>{tag}</TagID>" if tag else "") + "</Pointer>"
        told += f"<Amendment>{steps}</Amendment>"
    spaces = wco.get_profile().namespaces
    return wco.read(CORRECTION.format(
        md=spaces.metadata, dec=spaces.declaration, content=content, pointers=told).encode()).root


def put(filed: Filed, content: str, *pointers: str) -> Any:
    body = corrected(wco.read(bytes(filed.declaration.current.body)).root,
                     correction_of(content, *pointers), wco.get_profile())
    return wco.from_xml(wco.read(body).root, wco.get_profile())


ITEM = "<GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>{n}</SequenceNumeric>{inner}" \
       "</GovernmentAgencyGoodsItem></GoodsShipment>"


def test_places_are_changed_added_and_nothing_else(filed: Filed) -> None:
    office = put(filed, "<DeclarationOfficeID>GE000102</DeclarationOfficeID>", "42A/065")
    assert office.DeclarationOfficeID == "GE000102"
    added = put(
        filed, "<Agent><ID>204000001</ID><Name>Broker</Name></Agent>", "42A 05A")
    assert added.Agent.Name == "Broker"
    before = wco.from_xml(wco.read(bytes(filed.declaration.current.body)).root, wco.get_profile())
    added.Agent = None
    assert wco.to_json(added) == wco.to_json(before)
    second = put(filed, ITEM.format(n=2, inner="<Commodity><Description>Corks</Description>"
                                    "</Commodity>"), "42A 67A 68A:2")
    items = second.GoodsShipment.GovernmentAgencyGoodsItem
    assert [one.Commodity.Description for one in items][1:] == ["Corks"]


@pytest.mark.parametrize(
    ("content", "pointers", "code"),
    [
        ("", (), "SW-COR-NONE"),
        ("", ("42A 99Z",), "SW-COR-POINTER"),
        ("<ID>X</ID>", ("42A/D014",), "SW-COR-PLACE"),
        ("", ("42A/065",), "SW-COR-VALUE"),
        (ITEM.format(n=5, inner=""), ("42A 67A 68A:5",), "SW-COR-AHEAD"),
        ("<DeclarationOfficeID>GE000102</DeclarationOfficeID><Exporter><Name>Other</Name>"
         "</Exporter>", ("42A/065",), "SW-COR-UNNAMED"),
    ],
)
def test_what_would_be_a_guess_is_refused_with_its_place(
    filed: Filed, content: str, pointers: tuple[str, ...], code: str
) -> None:
    with pytest.raises(wco.MessageError) as caught:
        put(filed, content, *pointers)
    fault = caught.value.faults[0]
    assert fault.code == code
    assert fault.path


# --- races ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_last_approval_against_the_grant(filed: Filed) -> None:
    """Whoever is first: one state, one set of events, no deadlock."""
    filed.approve(filed.world.phyto)
    filed.approve(filed.world.vet)
    change = filed.ask(BorderTransportMeans=OTHER_LORRY)
    _user, customs = make_officer(filed.world.customs)
    _user, other = make_officer(filed.world.customs)
    review = decisions.claim(filed.review(filed.world.customs).pk, customs)
    results = together(
        lambda: decisions.approve(review.pk, customs),
        lambda: amendments.grant(change.pk, other),
        lambda: amendments.withdraw(change.pk, filed.trader),
    )
    change.refresh_from_db()
    assert filed.state() == State.RELEASED, results
    granted = change.state == ChangeState.GRANTED
    assert filed.declaration.current.number == (2 if granted else 1)
    assert sum(isinstance(one, DecisionError) for one in results) == 1
    assert filed.kinds().count(EventKind.RELEASED) == 1


@pytest.mark.django_db(transaction=True)
def test_one_message_sent_twice_at_once_is_taken_once(filed: Filed) -> None:
    from declarations import amending

    body = filed.message(BorderTransportMeans=OTHER_LORRY)
    results = together(*[
        lambda: amending.ask(filed.trader, filed.declaration.pk, body, "x", channel="rest",
                             idempotency_key="same")
        for _n in range(3)
    ])
    assert len({one.pk for one in results}) == 1, results
    change = results[0]

    def check() -> None:
        try:
            run_change(ChangeRequest.objects.get(pk=change.pk))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _n: check(), range(3)))
    assert Version.objects.filter(declaration=filed.declaration).count() == 2
    assert filed.kinds().count(EventKind.AMENDED) == 1


def test_a_message_that_cancels_comes_as_a_file_too(filed: Filed) -> None:
    client = Client()
    client.force_login(filed.user)
    sent = SimpleUploadedFile("cancel.xml", cancellation(filed), "application/xml")
    answer = client.post(reverse("declaration_upload"), {"files": [sent]})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "asks to cancel a declaration" in page
    assert f"{reverse('declaration', args=[filed.declaration.pk])}?tab=requests" in page
    assert ChangeRequest.objects.get().declaration == filed.declaration
    unknown = SimpleUploadedFile(
        "no.xml", cancellation(filed, mrn="26GE00000000000000"), "application/xml")
    answer = client.post(reverse("declaration_upload"), {"files": [unknown]})
    assert answer.status_code == 422
    assert ChangeRequest.objects.count() == 1
