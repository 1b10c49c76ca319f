"""Filing: one declaration, one version, one event; keys and references used once."""

import json

import pytest
from django.core.exceptions import PermissionDenied

from declarations import intake, wco
from declarations.models import Declaration, Version
from declarations.states import Channel, Kind, State
from portal.accounts.actors import NOBODY
from portal.journal.models import Event
from tests.factories import new_lrn, run_pipeline, wine_dataset
from tests.intake.conftest import DECLARATIONS, Trader, kept, make_trader, together


def test_a_message_is_kept_as_it_came(trader: Trader) -> None:
    body = trader.message(FunctionalReferenceID="WINE-1")
    answer = trader.send(body)
    assert answer.status_code == 202
    receipt = answer.json()
    assert (receipt["lrn"], receipt["status"]) == ("WINE-1", "submitted")
    assert receipt["links"]["self"] == answer["Location"]
    assert answer["Location"].endswith(f"{DECLARATIONS}/{receipt['id']}")

    declaration = Declaration.objects.get(pk=receipt["id"])
    assert (declaration.kind, declaration.state) == (Kind.IMPORT, State.SUBMITTED)
    assert declaration.organisation == trader.organisation
    assert declaration.submitted_at is not None
    version = declaration.current
    assert (bytes(version.body), version.channel, version.number) == (body, Channel.REST, 1)
    event = Event.objects.of(declaration.pk).get()
    assert event.kind == "submitted"
    assert event.payload["sha256"] == version.sha256


def test_json_becomes_the_same_xml(trader: Trader) -> None:
    dataset = wine_dataset(trader.organisation)
    answer = trader.send(json.dumps(dataset).encode(), "application/json; charset=utf-8")
    assert answer.status_code == 202, answer.content
    body = bytes(Version.objects.get().body)
    assert body == wco.to_xml(wco.from_json(dataset), wco.get_profile(), country="GE")


def test_numbers_in_json_keep_their_digits(trader: Trader) -> None:
    dataset = wine_dataset(trader.organisation)
    dataset["InvoiceAmount"]["value"] = "@"
    body = json.dumps(dataset).replace('"@"', "0.10").encode()
    assert trader.send(body, "application/json").status_code == 202
    assert b">0.10</InvoiceAmount>" in bytes(Version.objects.get().body)


def test_the_same_key_and_bytes_file_once(trader: Trader) -> None:
    body = trader.message()
    answers = [trader.send(body, **{"Idempotency-Key": "k-1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert kept() == [1, 1, 0, 1, 1]


def test_the_same_key_with_other_bytes_is_refused(trader: Trader) -> None:
    trader.send(trader.message(FunctionalReferenceID="FIRST"), **{"Idempotency-Key": "k-1"})
    answer = trader.send(trader.message(), **{"Idempotency-Key": "k-1"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "SW-KEY-01"
    assert "FIRST" in answer.json()["detail"]
    assert kept() == [1, 1, 0, 1, 1]


def test_keys_of_two_organisations_do_not_meet(trader: Trader) -> None:
    other = make_trader()
    first = trader.send(trader.message(), **{"Idempotency-Key": "k-1"}).json()
    second = other.send(other.message(), **{"Idempotency-Key": "k-1"}).json()
    assert first["id"] != second["id"]


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_must_have_a_sensible_length(key: str, trader: Trader) -> None:
    assert trader.send(trader.message(), **{"Idempotency-Key": key}).status_code == 400


def test_an_lrn_is_used_once(trader: Trader) -> None:
    trader.send(trader.message(FunctionalReferenceID="ONCE"))
    answer = trader.send(trader.message(FunctionalReferenceID="ONCE"))
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["errors"][0]["path"] == "/Declaration/FunctionalReferenceID"
    assert "ONCE" in problem["detail"] and "new number" in problem["detail"]
    assert kept() == [1, 1, 0, 1, 1]


def test_two_organisations_may_use_the_same_lrn(trader: Trader) -> None:
    other = make_trader()
    assert trader.send(trader.message(FunctionalReferenceID="SAME")).status_code == 202
    assert other.send(other.message(FunctionalReferenceID="SAME")).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_the_same_filing_twice_at_once_is_one(trader: Trader) -> None:
    for _ in range(5):
        body, key = trader.message(), new_lrn()
        answers = together(
            *[lambda: trader.send(body, **{"Idempotency-Key": key})] * 2  # noqa: B023
        )
        assert [answer.status_code for answer in answers] == [202, 202]
        assert len({answer.json()["id"] for answer in answers}) == 1
    assert Declaration.objects.count() == Version.objects.count() == Event.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_one_lrn_twice_at_once_is_taken_once(trader: Trader) -> None:
    bodies = [trader.message(FunctionalReferenceID="RACE", IssueLocationID=n) for n in "12"]
    answers = together(*[lambda body=body: trader.send(body) for body in bodies])
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    assert kept() == [1, 1, 0, 1, 1]


def test_a_rejected_filing_frees_its_lrn(trader: Trader, queue: object) -> None:
    bad = trader.message(FunctionalReferenceID="AGAIN", InvoiceAmount={"value": "1"})
    first = Declaration.objects.get(pk=trader.send(bad).json()["id"])
    assert run_pipeline(first).state == State.REJECTED
    good = trader.send(trader.message(FunctionalReferenceID="AGAIN"))
    assert good.status_code == 202
    assert run_pipeline(Declaration.objects.get(pk=good.json()["id"])).state == State.UNDER_REVIEW


def test_a_draft_becomes_the_declaration(trader: Trader) -> None:
    draft = Declaration.objects.create(
        organisation=trader.organisation, kind=Kind.IMPORT, draft={"typed": {}}
    )
    filed = intake.submit(trader.actor, trader.message(), channel=Channel.FORM, draft=draft)
    assert (filed.pk, filed.state, filed.draft) == (draft.pk, State.SUBMITTED, None)
    with pytest.raises(intake.IntakeRefused) as refused:
        intake.submit(trader.actor, trader.message(), channel=Channel.FORM, draft=draft)
    assert refused.value.status == 409
    assert Version.objects.count() == 1


def test_a_draft_that_is_refused_stays_a_draft(trader: Trader) -> None:
    intake.submit(trader.actor, trader.message(FunctionalReferenceID="USED"), channel="form")
    draft = Declaration.objects.create(
        organisation=trader.organisation, kind=Kind.IMPORT, draft={"typed": {"a": 1}}
    )
    with pytest.raises(intake.IntakeRefused):
        intake.submit(
            trader.actor, trader.message(FunctionalReferenceID="USED"), channel="form", draft=draft
        )
    draft.refresh_from_db()
    assert (draft.state, draft.draft, draft.lrn) == (State.DRAFT, {"typed": {"a": 1}}, "")


def test_another_organisations_draft_cannot_be_filed(trader: Trader) -> None:
    draft = Declaration.objects.create(organisation=make_trader().organisation, kind=Kind.IMPORT)
    with pytest.raises(Declaration.DoesNotExist):
        intake.submit(trader.actor, trader.message(), channel=Channel.FORM, draft=draft)


def test_only_who_may_file_files(trader: Trader) -> None:
    with pytest.raises(PermissionDenied):
        intake.submit(NOBODY, trader.message(), channel=Channel.FILE)
