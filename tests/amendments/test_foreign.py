"""The messages of the UK set that change a declaration, over REST, with its profile installed."""

import re
from typing import Any

import pytest

from agencies import amendments
from agencies.models import Queue
from agencies.states import CancellationState
from declarations import wco
from declarations.change_request import ChangeRequest
from declarations.models import Declaration
from declarations.profiles import store
from declarations.states import ChangeState, State
from portal.accounts.actors import Actor
from tests.amendments.conftest import run_change
from tests.amendments.test_messages import COR, CORPUS
from tests.factories import make_officer, run_pipeline
from tests.intake.conftest import DECLARATIONS, Trader
from tests.profiles.conftest import (  # noqa: F401
    admin,
    administrator,
    cache,
    install_uk,
    needs_corpus,
    queue,
    trader,
)

pytestmark = [needs_corpus, pytest.mark.django_db]

INV = "valid/TT_EX010a_TT_EX010a_Cancellation.xml"
UK = f"{DECLARATIONS}?profile=uk-dms"


def named(file: str, mrn: str) -> bytes:
    """A message of the corpus about a declaration that is here."""
    text = (CORPUS / file).read_text()
    return re.sub(r"<ID>\w{18}</ID>", f"<ID>{mrn}</ID>", text, count=1).encode()


def base() -> bytes:
    """An import of the corpus whose first item has what the correction repeats unchanged."""
    for path in sorted((CORPUS / "valid").glob("*IM*.xml")):
        text = path.read_text()
        if "<TypeCode>COR" in text or not all(
            f"<{name}>" in text for name in ("Exporter", "Packaging", "TotalPackageQuantity")
        ):
            continue
        text = re.sub(r"<MarksNumbersID>[^<]*<", "<MarksNumbersID>PK12345<", text, count=1)
        pack = re.search(r"<Packaging>.*?</Packaging>", text, re.DOTALL)
        assert pack is not None
        own = re.sub(r"<TypeCode>[^<]*<", "<TypeCode>IG<", pack.group())
        exporter = re.search(r"<Exporter>.*?</Exporter>", text, re.DOTALL)
        if exporter is None or "<Address>" not in exporter.group():
            continue
        there = re.sub(r"<CountryCode>[^<]*<", "<CountryCode>US<", exporter.group())
        return text.replace(pack.group(), own, 1).replace(exporter.group(), there, 1).encode()
    pytest.fail("no import of the corpus has packages and an exporter with an address")


@pytest.fixture
def filed(admin: Actor, trader: Trader, queue: Queue) -> Declaration:  # noqa: F811
    install_uk(admin, trader.organisation)
    answer = trader.send(base(), path=UK)
    declaration = run_pipeline(Declaration.objects.get(pk=answer.json()["id"]))
    assert declaration.state == State.UNDER_REVIEW, declaration.current.faults
    return declaration


def send(trader: Trader, body: bytes) -> ChangeRequest:  # noqa: F811
    answer = trader.send(body, path=UK)
    assert answer.status_code == 202, answer.content
    return run_change(ChangeRequest.objects.get(pk=answer.json()["id"]))


def test_cor_amends(filed: Declaration, trader: Trader) -> None:  # noqa: F811
    change = send(trader, named(COR, filed.mrn or ""))
    assert change.state == ChangeState.GRANTED, change.faults
    assert change.reason.startswith("Amend TotalPackageQuantity")
    version = filed.current
    assert version.number == 2
    assert version.dataset["Exporter"]["Name"] == "Detroit Cocoa Company"
    assert version.dataset["TotalPackageQuantity"]["value"] == "53"
    profile = store.pinned(filed.profile, filed.profile_version)
    assert wco.validate(bytes(version.body), profile).accepted
    answer = bytes(filed.responses.latest("issued_at").body)
    assert b"urn:wco:datamodel:WCO:RES-DMS:2" in answer
    assert b"U.78475764QX0M" in answer
    read = trader.get(f"{DECLARATIONS}/{filed.pk}/changes/{change.pk}").json()
    assert "/Declaration/Exporter/Address/CityName" in [d["path"] for d in read["differences"]]


def test_cor_that_guesses_is_refused_with_its_path(
    filed: Declaration, trader: Trader  # noqa: F811
) -> None:
    body = named(COR, filed.mrn or "").replace(b"<TypeCode>IG<", b"<TypeCode>BX<")
    change = send(trader, body)
    assert change.state == ChangeState.REJECTED
    [fault] = change.faults
    assert fault["code"] == "SW-COR-UNNAMED"
    assert fault["path"].endswith("Packaging[1]/TypeCode")
    assert filed.current.number == 1
    assert b"SW-COR-U" in bytes(filed.responses.latest("issued_at").body)


def test_inv_asks_to_cancel(filed: Declaration, trader: Trader, queue: Queue) -> None:  # noqa: F811
    change = send(trader, named(INV, filed.mrn or ""))
    assert change.state == ChangeState.HANDED_ON, change.faults
    wish: Any = filed.cancellation_requests.get()
    assert wish.state == CancellationState.ASKED
    assert wish.reason.startswith("This is a duplicate, please can")
    faulty = (CORPUS / "invalid/065_long_cancel_stmt_513.xml").read_text()
    body = re.sub(r"<ID>\w{18}</ID>", f"<ID>{filed.mrn}</ID>", faulty, count=1).encode()
    refused = send(trader, body)
    assert refused.state == ChangeState.REJECTED
    assert refused.faults[0]["layer"] == "xsd"
    _user, customs = make_officer(queue.agency)
    with pytest.raises(ChangeRequest.DoesNotExist):
        amendments.grant(refused.pk, customs)
