"""From filed to answered: accepted or rejected, once, whatever happens on the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from agencies.models import Queue, Review, RuleSet
from declarations import intake, mrn, wco
from declarations.models import Declaration, Response
from declarations.states import Channel, State
from declarations.wco import MessageKind, get_profile, read_response, validate
from portal import pipeline
from portal.journal.models import Event
from portal.pipeline import process, sweep
from tests.factories import run_pipeline, wine_dataset
from tests.intake.conftest import Trader, together

Filing = Callable[..., Declaration]


@pytest.fixture
def filed(trader: Trader) -> Filing:
    def file(**fields: Any) -> Declaration:
        return intake.submit(trader.actor, trader.message(**fields), channel=Channel.REST)

    return file


def kinds(declaration: Declaration) -> list[str]:
    return [event.kind for event in Event.objects.of(declaration.pk)]


def answer_of(declaration: Declaration) -> wco.Response:
    response = declaration.responses.get()
    body = bytes(response.body)
    assert validate(body, get_profile(), MessageKind.RESPONSE).accepted
    answer = read_response(body)
    assert answer.FunctionCode == response.function_code
    assert answer.FunctionalReferenceID == response.event.hex
    assert answer.Declaration.FunctionalReferenceID == declaration.lrn
    return answer


def test_accepted_routed_and_answered(filed: Filing, queue: Queue) -> None:
    declaration = run_pipeline(filed())
    assert declaration.state == State.UNDER_REVIEW
    assert mrn.is_valid(declaration.mrn or "")
    assert declaration.accepted_at is not None
    assert kinds(declaration) == ["submitted", "accepted", "routed", "review_opened"]
    assert Review.objects.get(declaration=declaration).queue == queue
    assert declaration.current.dataset["FunctionalReferenceID"] == declaration.lrn
    answer = answer_of(declaration)
    assert answer.FunctionCode == "01"
    assert declaration.mrn == answer.Declaration.ID
    assert answer.Declaration.AcceptanceDateTime is not None


def test_columns_are_projected_from_the_dataset(filed: Filing, queue: Queue) -> None:
    declaration = run_pipeline(filed())
    assert declaration.exporter == "Ganja Sharab 2 OJSC"
    assert declaration.hs_codes == ["220421"]
    assert (declaration.export_country, declaration.destination_country) == ("AZ", "GE")
    assert (declaration.transport_mode, declaration.office) == ("3", "GE000101")
    assert (str(declaration.invoice_amount), declaration.invoice_currency) == ("18600.00", "USD")
    assert (str(declaration.gross_mass_kg), declaration.item_count) == ("9800.000", 1)
    assert declaration.goods.startswith("Red grape wine")


def without_items() -> dict[str, Any]:
    shipment = wine_dataset()["GoodsShipment"]
    return {"GoodsShipment": shipment | {"GovernmentAgencyGoodsItem": []}}


def with_hs(code: str) -> dict[str, Any]:
    shipment = wine_dataset()["GoodsShipment"]
    shipment["GovernmentAgencyGoodsItem"][0]["Commodity"]["Classification"][0]["ID"] = code
    return {"GoodsShipment": shipment}


@pytest.mark.parametrize(
    ("fields", "layer", "place"),
    [
        (without_items(), "xsd", "GovernmentAgencyGoodsItem"),
        (with_hs("220499"), "rule", "Classification"),
        ({"Declarant": None}, "xsd", "Declarant"),
        ({"FunctionalReferenceID": "L" * 30}, "xsd", "FunctionalReferenceID"),
    ],
    ids=["0 items", "unknown HS code", "no declarant", "long LRN"],
)
def test_rejected_with_its_faults(
    fields: dict[str, Any], layer: str, place: str, filed: Filing, queue: Queue
) -> None:
    declaration = run_pipeline(filed(**fields))
    assert (declaration.state, declaration.mrn) == (State.REJECTED, None)
    assert kinds(declaration) == ["submitted", "rejected"]
    assert Event.objects.of(declaration.pk).last().payload["layer"] == layer
    faults = declaration.current.faults
    assert any(place in fault["path"] for fault in faults)
    assert all(fault["message"] for fault in faults)
    assert not Review.objects.exists()
    answer = answer_of(declaration)
    assert answer.FunctionCode == "03"
    errors = [fault for fault in faults if fault["severity"] == "error"]
    assert [error.ValidationCode for error in answer.Error] == [f["code"] for f in errors]
    assert answer.Error[0].Pointer[0].DocumentSectionCode == "42A"
    assert answer.Declaration.ID is None


def test_a_second_run_changes_nothing(filed: Filing, queue: Queue) -> None:
    declaration = run_pipeline(filed())
    before = kinds(declaration), declaration.changed_at
    declaration = run_pipeline(declaration)
    assert (kinds(declaration), declaration.changed_at) == before
    assert Response.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_accept_once(filed: Filing, queue: Queue) -> None:
    for _ in range(5):
        declaration = filed()
        results = together(*[lambda: process(str(declaration.pk))] * 4)  # noqa: B023
        assert results == [None] * 4
        declaration.refresh_from_db()
        assert declaration.state == State.UNDER_REVIEW
        assert kinds(declaration).count("accepted") == 1
        assert declaration.responses.count() == declaration.reviews.count() == 1


@pytest.mark.django_db(transaction=True)
def test_workers_do_not_wait_for_each_other(filed: Filing, queue: Queue) -> None:
    declarations = [filed() for _ in range(8)]
    results = together(*[lambda pk=d.pk: process(str(pk)) for d in declarations])
    assert results == [None] * 8
    numbers = sorted(d.mrn or "" for d in Declaration.objects.all())
    assert [int(number[7:17]) for number in numbers] == list(range(1, 9))


@pytest.mark.django_db(transaction=True)
def test_a_check_that_breaks_leaves_it_filed_and_the_number_free(
    filed: Filing, queue: Queue
) -> None:
    """Nothing is half done; once the cause is gone the same declaration goes through."""
    declaration = filed()
    RuleSet.objects.update(effective_to=timezone.now())
    with pytest.raises(RuntimeError):
        process(str(declaration.pk))
    declaration.refresh_from_db()
    assert (declaration.state, declaration.mrn) == (State.SUBMITTED, None)
    assert kinds(declaration) == ["submitted"]
    assert not Response.objects.exists()
    RuleSet.objects.update(effective_to=None)
    assert run_pipeline(declaration).mrn[7:17] == "0000000001"


def older(declaration: Declaration, seconds: int = 10) -> None:
    moment = timezone.now() - timedelta(seconds=seconds)
    Declaration.objects.filter(pk=declaration.pk).update(submitted_at=moment, check_after=None)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whom the broker was asked to wake; the broker itself is left out."""
    names: list[str] = []
    monkeypatch.setattr(process, "delay", names.append)
    return names


@pytest.mark.django_db(transaction=True)
def test_filing_wakes_a_worker_after_the_commit(filed: Filing, woken: list[str]) -> None:
    assert woken == [str(filed().pk)]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_undo_a_filing(
    trader: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(process, "delay", down)
    assert trader.send(trader.message()).status_code == 202
    assert Declaration.objects.get().state == State.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_the_sweep_finds_what_was_lost(filed: Filing, woken: list[str]) -> None:
    lost, fresh = filed(), filed()
    older(lost)
    woken.clear()
    sweep()
    assert woken == [str(lost.pk)]
    woken.clear()
    sweep()
    assert woken == [], "it is put off after each attempt"
    assert fresh.check_attempts == 0


@pytest.mark.django_db(transaction=True)
def test_the_sweep_passes_over_what_is_being_checked(filed: Filing, woken: list[str]) -> None:
    declaration = filed()
    older(declaration)
    woken.clear()
    with transaction.atomic():
        Declaration.objects.select_for_update().get(pk=declaration.pk)
        together(sweep)
    assert woken == []


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_checked_raises_an_alarm_and_blocks_nobody(
    filed: Filing, queue: Queue, woken: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    poisoned = filed()
    pauses = []
    for _ in range(pipeline.ALARM_AFTER + 1):
        older(poisoned)
        sweep()
        poisoned.refresh_from_db()
        pauses.append(poisoned.check_after - timezone.now())
    assert pauses == sorted(pauses)
    assert poisoned.check_attempts == pipeline.ALARM_AFTER + 1
    assert kinds(poisoned) == ["submitted", "check_delayed"]
    assert str(poisoned.pk) in caplog.text
    assert run_pipeline(filed()).state == State.UNDER_REVIEW
    assert run_pipeline(poisoned).state == State.UNDER_REVIEW


def test_heartbeat() -> None:
    pipeline.heartbeat()
    assert timezone.now() - cache.get("worker-heartbeat") < timedelta(seconds=5)


def test_tasks_go_to_the_queue_of_their_duty() -> None:
    from portal.celery import app

    for name in ("process", "sweep", "heartbeat"):
        route = app.amqp.router.route({}, f"portal.pipeline.{name}")
        assert route["queue"].name == "intake"

