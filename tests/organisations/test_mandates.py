"""Mandates: granted by the trader, asked for by the broker, in force at filing or not at all."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies import cancellations, decisions, requests
from agencies.correspondence import InformationRequest
from agencies.decisions import DecisionError
from agencies.models import Agency
from declarations import amending, amendment_drafts
from declarations.intake import IntakeRefused, submit
from declarations.models import Declaration
from declarations.states import Channel, State
from portal.accounts.mandates import Mandate
from portal.accounts.roles import OrganisationKind, Role
from portal.accounts.tokens import create_client
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.organisations import mandates
from portal.organisations.members import Refused
from tests.factories import (
    make_member,
    make_officer,
    make_organisation,
    run_pipeline,
    wine_dataset,
    wine_import,
)
from tests.organisations.conftest import Side, side

TODAY = timezone.localdate()


def days(first: int = 0, last: int = 30) -> tuple[date, date]:
    return TODAY + timedelta(days=first), TODAY + timedelta(days=last)


def granted(trader: Side, broker: Side, kinds: tuple[str, ...] = ("import",), first: int = 0,
            last: int = 30, representation: str = "") -> Mandate:
    return mandates.grant(trader.actor, broker.organisation.identifier, kinds,
                          *days(first, last), representation)


def filed_for(trader: Side, broker: Side, **fields: Any) -> Declaration:
    """An import that the broker files with the trader as importer, checked."""
    shipment = wine_dataset(trader.organisation)["GoodsShipment"]
    body = wine_import(broker.organisation, GoodsShipment=shipment, **fields)
    return run_pipeline(submit(broker.actor, body, channel=Channel.REST))


def codes(declaration: Declaration) -> list[str]:
    return [fault["code"] for fault in declaration.current.faults]


# --- at filing ------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _routed(db: None) -> None:
    from agencies.models import Queue, RuleSet
    from agencies.states import RuleSetStatus
    from tests.factories import make_agency

    make_agency("customs")
    RuleSet.objects.create(
        version=1, title="Rules", status=RuleSetStatus.PUBLISHED, default_queue=Queue.objects.get(),
        effective_from=timezone.now() - timedelta(days=1),
    )


def test_without_a_mandate_it_is_rejected_with_place_and_remedy(
    trader: Side, broker: Side
) -> None:
    declaration = filed_for(trader, broker)
    assert declaration.state == State.REJECTED
    fault = next(one for one in declaration.current.faults if one["code"] == "SW-REP-01")
    assert fault["path"] == "/Declaration/GoodsShipment/Importer/ID"
    assert fault["pointer"][-1]["TagID"] == "R038"
    assert trader.organisation.name in fault["message"]
    assert "Ask for one" in fault["message"]
    assert declaration.principal is None
    assert trader.client.get(f"/declarations/{declaration.pk}/").status_code == 404


def test_with_a_mandate_it_is_accepted_and_the_trader_reads_it(
    trader: Side, broker: Side
) -> None:
    granted(trader, broker)
    declaration = filed_for(trader, broker)
    assert declaration.state == State.UNDER_REVIEW
    assert declaration.principal == trader.organisation
    listing = trader.client.get("/declarations/for-us/").content.decode()
    assert declaration.lrn in listing
    assert broker.organisation.name in listing
    for path in ("", "?tab=timeline", "?tab=messages", "message.xml"):
        assert trader.client.get(f"/declarations/{declaration.pk}/{path}").status_code == 200
    page = trader.client.get(f"/declarations/{declaration.pk}/").content.decode()
    assert "by mandate" in page
    assert "Ask to cancel" not in page and "Copy to a new draft" not in page
    for path in ("copy/", "cancel/", "edit/"):
        assert trader.client.post(f"/declarations/{declaration.pk}/{path}").status_code == 404
    # Reading by the trader is not reading by an official.
    assert not Event.objects.of(declaration.pk).filter(kind=EventKind.VIEWED).exists()
    stranger = side(OrganisationKind.TRADER)
    assert stranger.client.get(f"/declarations/{declaration.pk}/").status_code == 404
    assert declaration.lrn not in stranger.client.get("/declarations/for-us/").content.decode()


def test_the_traders_program_reads_it_by_rest(trader: Side, broker: Side) -> None:
    granted(trader, broker)
    declaration = filed_for(trader, broker)
    _client, token = create_client(trader.organisation, "tests")
    headers = {"Authorization": f"Bearer {token}"}
    for path in ("", "/responses", "/events"):
        answer = Client().get(f"/api/v1/declarations/{declaration.pk}{path}", headers=headers)
        assert answer.status_code == 200
    answer = Client().post(f"/api/v1/declarations/{declaration.pk}/cancellations",
                           data={"reason": "x"}, content_type="application/json", headers=headers)
    assert answer.status_code == 404


def test_the_trader_does_not_see_the_brokers_drafts(trader: Side, broker: Side) -> None:
    granted(trader, broker)
    draft = Declaration.objects.create(
        organisation=broker.organisation, filed_by=broker.user, kind="import", draft={})
    assert trader.client.get(f"/declarations/{draft.pk}/").status_code == 404


@pytest.mark.parametrize(("change", "accepted"), [
    ({}, True),
    ({"kinds": ["export", "transit", "lpco"]}, False),
    ({"valid_from": TODAY + timedelta(days=2)}, False),
    ({"valid_from": TODAY - timedelta(days=9), "valid_to": TODAY - timedelta(days=2)}, False),
    ({"revoked_at": timezone.now()}, False),
    ({"granted_at": None}, False),
])
def test_it_must_be_in_force_for_the_kind(
    trader: Side, broker: Side, change: dict[str, Any], accepted: bool
) -> None:
    Mandate.objects.filter(pk=granted(trader, broker).pk).update(**change)
    declaration = filed_for(trader, broker)
    assert ("SW-REP-01" not in codes(declaration)) is accepted


def test_a_mandate_of_another_pair_does_not_help(trader: Side, broker: Side) -> None:
    other = side(OrganisationKind.BROKER)
    granted(trader, other)
    granted(side(OrganisationKind.TRADER), broker)
    assert "SW-REP-01" in codes(filed_for(trader, broker))


def test_revoking_after_filing_does_not_undo_it(trader: Side, broker: Side) -> None:
    mandate = granted(trader, broker)
    shipment = wine_dataset(trader.organisation)["GoodsShipment"]
    body = wine_import(broker.organisation, GoodsShipment=shipment)
    filed = submit(broker.actor, body, channel=Channel.REST)
    # In one test transaction the database's clock stands: the version came a moment ago.
    filed.versions.update(received_at=timezone.now())
    mandates.revoke(trader.actor, mandate.pk)
    assert run_pipeline(filed).state == State.UNDER_REVIEW
    assert "SW-REP-01" in codes(filed_for(trader, broker))


def test_a_number_with_spaces_is_the_same_number(trader: Side, broker: Side) -> None:
    dataset = wine_dataset(trader.organisation)["GoodsShipment"]
    number = trader.organisation.identifier
    dataset["Importer"] = dataset["Importer"] | {"ID": f"{number[:3]} {number[3:]}"}
    body = wine_import(broker.organisation, GoodsShipment=dataset)
    assert "SW-REP-01" in codes(run_pipeline(submit(broker.actor, body, channel=Channel.REST)))


def test_a_trader_that_is_not_registered_needs_none_here(broker: Side) -> None:
    dataset = wine_dataset()["GoodsShipment"]
    body = wine_import(broker.organisation, GoodsShipment=dataset)
    declaration = run_pipeline(submit(broker.actor, body, channel=Channel.REST))
    assert declaration.state == State.UNDER_REVIEW
    assert declaration.principal is None


def test_a_trader_files_for_itself_without_a_mandate_and_not_for_another(trader: Side) -> None:
    body = wine_import(trader.organisation)
    own = run_pipeline(submit(trader.actor, body, channel=Channel.REST))
    assert own.state == State.UNDER_REVIEW
    assert own.principal is None
    assert "SW-REP-01" in codes(filed_for(side(OrganisationKind.TRADER), trader))


@pytest.mark.parametrize(("allowed", "written", "good"), [
    ("", "2", True), ("", "3", True), ("2", "2", True), ("2", "3", False), ("3", "2", False),
])
def test_the_manner_of_representation_is_the_mandates(
    trader: Side, broker: Side, allowed: str, written: str, good: bool
) -> None:
    granted(trader, broker, representation=allowed)
    agent = {"Name": broker.organisation.name, "ID": broker.organisation.identifier,
             "FunctionCode": written}
    declaration = filed_for(trader, broker, Agent=agent)
    assert ("SW-REP-02" not in codes(declaration)) is good


# --- between the two ------------------------------------------------------------------------


def test_granting_is_in_both_journals(trader: Side, broker: Side) -> None:
    first, last = days()
    answer = trader.client.post("/organisation/mandates/grant/", {
        "number": broker.organisation.identifier, "kinds": ["import", "export"],
        "representation": "", "valid_from": f"{first}", "valid_to": f"{last}",
    })
    assert answer.status_code == 302
    for one in (trader, broker):
        event = Event.objects.of(one.organisation.pk).get()
        assert (event.kind, event.organisation) == (
            EventKind.MANDATE_GRANTED, trader.organisation.pk)
        assert event.payload["kinds"] == ["import", "export"]
        assert "In force" in one.client.get("/organisation/mandates/").content.decode()
        assert "Import, Export" in one.client.get("/organisation/journal/").content.decode()


def test_a_broker_asks_and_the_trader_confirms(trader: Side, broker: Side) -> None:
    first, last = days()
    broker.client.post("/organisation/mandates/ask/", {
        "number": trader.organisation.identifier, "kinds": ["import"],
        "valid_from": f"{first}", "valid_to": f"{last}",
    })
    mandate = Mandate.objects.get()
    assert "SW-REP-01" in codes(filed_for(trader, broker))
    assert broker.client.post(f"/organisation/mandates/{mandate.pk}/confirm/").status_code == 302
    mandate.refresh_from_db()
    assert mandate.granted_at is None, "nobody confirms their own request"
    trader.client.post(f"/organisation/mandates/{mandate.pk}/confirm/")
    assert "SW-REP-01" not in codes(filed_for(trader, broker))
    trader.client.post(f"/organisation/mandates/{mandate.pk}/revoke/")
    assert "SW-REP-01" in codes(filed_for(trader, broker))
    kinds = Event.objects.of(broker.organisation.pk).values_list("kind", flat=True)
    assert list(kinds) == [
        EventKind.MANDATE_ASKED, EventKind.MANDATE_GRANTED, EventKind.MANDATE_REVOKED]


def test_a_declined_request_is_closed_and_one_that_waits_is_not_doubled(
    trader: Side, broker: Side
) -> None:
    number = trader.organisation.identifier
    asked = mandates.ask(broker.actor, number, ["import"], *days())
    with pytest.raises(Refused, match="asked this trader already"):
        mandates.ask(broker.actor, number, ["export"], *days())
    mandates.decline(trader.actor, asked.pk)
    with pytest.raises(Refused, match="answered"):
        mandates.confirm(trader.actor, asked.pk)
    mandates.ask(broker.actor, number, ["import"], *days())


@pytest.mark.parametrize("verb", ["confirm", "decline", "revoke"])
def test_a_mandate_of_others_is_not_there(trader: Side, broker: Side, verb: str) -> None:
    stranger = side(OrganisationKind.TRADER)
    asked = mandates.ask(broker.actor, trader.organisation.identifier, ["import"], *days())
    path = f"/organisation/mandates/{asked.pk}/{verb}/"
    assert stranger.client.post(path).status_code == 404
    declarant, _actor = make_member(trader.organisation, Role.DECLARANT)
    client = Client()
    client.force_login(declarant)
    assert client.post(path).status_code == 403
    asked.refresh_from_db()
    assert asked.is_open


@pytest.mark.parametrize(("fields", "words"), [
    ({"broker": "000"}, "No customs broker"),
    ({"kinds": []}, "at least one kind"),
    ({"kinds": ["smuggling"]}, "at least one kind"),
    ({"valid_to": TODAY - timedelta(days=1)}, "before the first"),
    ({"valid_to": TODAY + timedelta(days=3000)}, "five years"),
])
def test_what_cannot_be_granted(
    trader: Side, broker: Side, fields: dict[str, Any], words: str
) -> None:
    first, last = days()
    terms: dict[str, Any] = {
        "broker": broker.organisation.identifier, "kinds": ["import"], "valid_from": first,
        "valid_to": last,
    } | fields
    with pytest.raises(Refused, match=words):
        mandates.grant(trader.actor, **terms)


def test_mandates_are_given_to_brokers_and_asked_for_by_them(trader: Side, broker: Side) -> None:
    with pytest.raises(Refused, match="No customs broker"):
        mandates.grant(trader.actor, make_organisation().identifier, ["import"], *days())
    with pytest.raises(Refused, match="Only a customs broker"):
        mandates.ask(trader.actor, broker.organisation.identifier, ["import"], *days())
    with pytest.raises(Refused, match="of its own"):
        mandates.grant(broker.actor, broker.organisation.identifier, ["import"], *days())
    assert trader.client.get("/organisation/mandates/ask/").status_code == 404


# --- after its end --------------------------------------------------------------------------


@pytest.fixture
def ended(trader: Side, broker: Side) -> Declaration:
    """Filed under a mandate that was revoked afterwards; customs has asked something."""
    mandate = granted(trader, broker)
    declaration = filed_for(trader, broker)
    _officer, actor = make_officer(Agency.objects.get())
    review = decisions.claim(declaration.reviews.get().pk, actor)
    requests.ask(review.pk, actor, "Which lot?", timezone.now() + timedelta(days=3))
    mandates.revoke(trader.actor, mandate.pk)
    declaration.refresh_from_db()
    assert declaration.state == State.INFORMATION_REQUIRED
    return declaration


def unchanged(declaration: Declaration, since: int) -> bool:
    return Event.objects.of(declaration.pk).exclude(kind=EventKind.VIEWED).count() == since


def test_after_its_end_the_broker_reads_and_does_no_more_on_pages(
    broker: Side, ended: Declaration
) -> None:
    events = Event.objects.of(ended.pk).count()
    home = f"/declarations/{ended.pk}/"
    for tab in ("data", "requests", "timeline", "messages"):
        answer = broker.client.get(f"{home}?tab={tab}")
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "has ended" in page and "ask for a new mandate" in page
        assert "Ask to cancel" not in page and "Answer" not in page.replace("Answered", "")
        assert f"{home}amend" not in page
    asked = InformationRequest.objects.get()
    answer = broker.client.post(f"{home}requests/{asked.pk}/answer/", {"answer": "L7", "send": "1"})
    assert answer.status_code == 409 and "has ended" in answer.content.decode()
    answer = broker.client.post(f"{home}cancel/", {"reason": "Not needed."})
    assert answer.status_code == 409 and "has ended" in answer.content.decode()
    answer = broker.client.post(f"{home}amend/begin/", follow=True)
    assert "has ended" in answer.content.decode()
    assert unchanged(ended, events) and not ended.changes.exists()
    asked.refresh_from_db()
    assert asked.is_open and not asked.answer


def test_after_its_end_the_brokers_program_is_refused(broker: Side, ended: Declaration) -> None:
    events = Event.objects.of(ended.pk).count()
    asked = InformationRequest.objects.get()
    _client, token = create_client(broker.organisation, "tests")
    headers = {"Authorization": f"Bearer {token}"}
    home = f"/api/v1/declarations/{ended.pk}"
    assert Client().get(home, headers=headers).status_code == 200
    body = wine_import(
        broker.organisation, FunctionalReferenceID=ended.lrn, ID=ended.mrn, FunctionCode="5",
        DeclarationOfficeID="GE000102",  # the importer is nobody of this portal any more
        AdditionalInformation=[
            {"StatementTypeCode": "AES", "StatementDescription": "Another office."}],
    )
    posts: list[tuple[str, Any, str]] = [
        (f"{home}/requests/{asked.pk}/answer", {"answer": "L7"}, "application/json"),
        (f"{home}/cancellations", {"reason": "x"}, "application/json"),
        (f"{home}/amendments?reason=x", body, "application/xml"),
        ("/api/v1/declarations", body, "application/xml"),
    ]
    for path, data, content_type in posts:
        answer = Client().post(path, data, content_type=content_type, headers=headers)
        assert answer.status_code == 409, (path, answer.content)
        assert "has ended" in answer.content.decode()
    assert unchanged(ended, events) and not ended.changes.exists()


def test_what_was_begun_before_its_end_is_not_filed_after(trader: Side, broker: Side) -> None:
    mandate = granted(trader, broker)
    declaration = filed_for(trader, broker)
    amendment_drafts.begin(broker.actor, declaration.pk)
    mandates.revoke(trader.actor, mandate.pk)
    body = wine_import(
        broker.organisation, FunctionalReferenceID=declaration.lrn, ID=declaration.mrn,
        FunctionCode="5", DeclarationOfficeID="GE000102",
        GoodsShipment=wine_dataset(trader.organisation)["GoodsShipment"],
    )
    with pytest.raises(IntakeRefused, match="has ended"):
        amending.ask(broker.actor, declaration.pk, body, "Office.", channel="form",
                     written=declaration.changes.get())
    granted(trader, broker)
    amending.ask(broker.actor, declaration.pk, body, "Office.", channel="form",
                 written=declaration.changes.get())


def test_after_its_end_the_trader_answers_itself(
    trader: Side, broker: Side, ended: Declaration
) -> None:
    page = trader.client.get(f"/declarations/{ended.pk}/?tab=requests").content.decode()
    assert "Send the answer" in page
    asked = InformationRequest.objects.get()
    answer = trader.client.post(
        f"/declarations/{ended.pk}/requests/{asked.pk}/answer/", {"answer": "L7", "send": "1"})
    assert answer.status_code == 302
    asked.refresh_from_db()
    assert (asked.answer, asked.answered_by) == ("L7", trader.user)
    ended.refresh_from_db()
    assert ended.state == State.UNDER_REVIEW


def test_while_it_is_in_force_the_broker_answers(trader: Side, broker: Side) -> None:
    granted(trader, broker)
    declaration = filed_for(trader, broker)
    _officer, actor = make_officer(Agency.objects.get())
    review = decisions.claim(declaration.reviews.get().pk, actor)
    asked = requests.ask(review.pk, actor, "Which lot?", timezone.now() + timedelta(days=3))
    page = trader.client.get(f"/declarations/{declaration.pk}/?tab=requests").content.decode()
    assert "Which lot?" in page and "Send the answer" not in page
    _client, token = create_client(trader.organisation, "tests")
    answer = Client().post(
        f"/api/v1/declarations/{declaration.pk}/requests/{asked.pk}/answer", {"answer": "L7"},
        content_type="application/json", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 409
    assert "answers it for you" in answer.content.decode()


def test_after_its_end_nothing_asked_for_is_withdrawn(trader: Side, broker: Side) -> None:
    mandate = granted(trader, broker)
    declaration = filed_for(trader, broker)
    wish = cancellations.ask(declaration.pk, broker.actor, "Filed twice.")
    mandates.revoke(trader.actor, mandate.pk)
    with pytest.raises(DecisionError, match="has ended"):
        cancellations.withdraw(wish.pk, broker.actor)
