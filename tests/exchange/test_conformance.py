"""The conformance kit: our own portal is clean, and a broken neighbour fails what it breaks."""

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from exchange import keys, outbox
from exchange.conformance import messages, report, sending, trial, wire
from exchange.conformance.listening import Listener, Pace
from exchange.conformance.trial import Result
from exchange.management.commands.exchange_conformance import listener_of, trial_of
from exchange.models import OutboxMessage, OutboxState, Partner
from portal.accounts.actors import SYSTEM
from tests.exchange.peer import Outgoing, Peer
from tests.exchange.receiver import Receiver


@pytest.fixture
def ourselves(peer: Peer, live_server: Any) -> str:
    """This portal as its own neighbour: the endpoint under trial knows the key that tries it."""
    own = keys.ensure_own_key()
    keys.register_partner("GE", "Georgia customs", live_server.url, own.public_key, own.key_id)
    return str(live_server.url)


def conformance(*arguments: object) -> str:
    told = StringIO()
    call_command("exchange_conformance", *map(str, arguments), stdout=told)
    return told.getvalue()


@pytest.mark.parametrize("compresses", [False, True])
def test_our_own_portal_is_clean_and_the_report_verifies(
    ourselves: str, peer: Peer, wine: bytes, tmp_path: Path, compresses: bool
) -> None:
    foreign = Outgoing(wine)
    assert peer.send(foreign).status_code == 201
    file = tmp_path / "report.json"
    Partner.objects.filter(country="GE").update(
        message_kinds=["released", "accepted", "refused"], compresses=compresses
    )
    told = conformance(ourselves, "--country", "GE", "--foreign", foreign.id, "--report", file)
    due = [case for case in trial.cases() if case.applies(trial_of(ourselves, "GE"))]
    assert f"{len(due)} pass, 0 fail, 0 inconclusive" in told
    shown = conformance("--verify", file)
    assert shown.startswith(f"Signed by GE, key {keys.ensure_own_key().key_id}")
    assert shown.splitlines()[-1] == told.splitlines()[-1]


# What each fault of the receiver breaks: these cases and no others.
BROKEN = {
    "": set(),
    "any-signature": {"signature-wrong", "field-changed", "other-address", "question-signed-otherwise"},
    "any-digest": {"digest-wrong", "bytes-changed"},
    "covers-less": {"signature-covers-less", "question-signed-otherwise"},
    "no-clock": {"created-in-the-future", "created-long-ago", "expired", "lives-too-long"},
    "replays": {"replayed", "nonce-used-again", "question-replayed"},
    "wrong-receipt": {"receipt-verifies", "lost-receipt", "trial-taken"},
    "other-receipt": {"duplicate", "duplicates-at-once", "lost-receipt", "same-id-in-capitals"},
    "forgets": {"duplicate", "duplicates-at-once", "same-id-other-bytes", "same-id-other-place",
                "lost-receipt", "same-id-in-capitals"},
    "keeps-trials": {"trial-taken", "trial-takes-no-position"},
    "any-kind": {"kind-not-agreed"},
    "any-algorithm": {"other-algorithm"},
    "other-key": {"published-keys"},
    "no-gaps": {"out-of-order"},
    "plain-problems": {"problem-documents"},
}
# Where compression was agreed.
BROKEN_WITH_GZIP = {"": set(), "bombs": {"gzip-bomb"}}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("fault", "compresses"), [
    *((fault, False) for fault in BROKEN), *((fault, True) for fault in BROKEN_WITH_GZIP),
])
def test_a_broken_neighbour_fails_what_it_breaks(fault: str, compresses: bool) -> None:
    own = keys.ensure_own_key()
    trusted = {own.key_id: keys.public_key(own.public_key)}
    receiver = Receiver("AZ", "GE", trusted, fault, compresses)
    try:
        keys.register_partner("AZ", "Azerbaijan customs", receiver.url, receiver.key.pem,
                              receiver.key.id)
        Partner.objects.update(message_kinds=["accepted", "released", "refused"],
                               compresses=compresses)
        tried = trial_of(receiver.url, None, foreign=uuid4())
        tried.slowly = 0.1
        results = trial.run(tried)
    finally:
        receiver.stop()
    failed = {result.name: result.came for result in results if result.verdict == "fail"}
    assert set(failed) == (BROKEN_WITH_GZIP if compresses else BROKEN)[fault], failed
    assert not [result for result in results if result.verdict == "inconclusive"]


def test_the_independent_implementations_share_no_code_with_the_portal() -> None:
    folder = settings.BASE_DIR / "tests/exchange"
    ours = {path.parent.name for path in settings.BASE_DIR.glob("*/__init__.py")} - {"tests"}
    for name in ("peer.py", "receiver.py"):
        imported = set(re.findall(r"^(?:from|import) ([\w.]+)", (folder / name).read_text(), re.M))
        assert not {module.partition(".")[0] for module in imported} & (ours | {"django"})
        assert {module for module in imported if module.startswith("tests")} <= {"tests.exchange.peer"}


def test_every_case_cites_a_section_of_the_protocol() -> None:
    page = (settings.BASE_DIR / "docs/exchange.md").read_text()
    headings = set(re.findall(r"^#+ (.+)$", page, re.MULTILINE))
    steps = page.partition("### What the receiver does, in this order")[2].partition("###")[0]
    numbers = set(re.findall(r"^(\d+)\.", steps, re.MULTILINE))
    sections = {case.section for case in trial.cases()} | set(sending.SECTIONS)
    for section in sections:
        heading, _comma, cited = section.partition(", ")
        assert any(heading in (one, one.partition(",")[0]) for one in headings), section
        assert set(re.findall(r"\d+", cited)) <= numbers, section


@pytest.mark.django_db(transaction=True)
def test_an_endpoint_that_does_not_know_us_proves_nothing_against_itself() -> None:
    receiver = Receiver("AZ", "GE", {})
    try:
        keys.register_partner("AZ", "Azerbaijan customs", receiver.url, receiver.key.pem,
                              receiver.key.id)
        results = trial.run(trial_of(receiver.url, None))
    finally:
        receiver.stop()
    assert [result.name for result in results if result.verdict == "fail"] == ["good-message"]
    assert "key-unknown" in results[0].came


@pytest.mark.django_db(transaction=True)
def test_an_endpoint_that_is_down_is_inconclusive_and_an_error() -> None:
    receiver = Receiver("AZ", "GE", {})
    receiver.stop()
    keys.register_partner("AZ", "Azerbaijan customs", receiver.url, receiver.key.pem,
                          receiver.key.id)
    assert {result.verdict for result in trial.run(trial_of(receiver.url, None))} == {"inconclusive"}
    with pytest.raises(CommandError, match="no good message"):
        conformance(receiver.url)


@pytest.mark.django_db
def test_only_registered_addresses_are_called() -> None:
    with pytest.raises(CommandError, match="No partner is registered"):
        conformance("http://127.0.0.1:9")
    with pytest.raises(CommandError, match="https"):
        conformance("ftp://127.0.0.1")


@pytest.mark.django_db(transaction=True)
def test_a_report_that_was_changed_or_is_none_is_refused(tmp_path: Path) -> None:
    own = keys.ensure_own_key()
    receiver = Receiver("AZ", "GE", {})
    receiver.stop()
    keys.register_partner("AZ", "Azerbaijan customs", receiver.url, receiver.key.pem,
                          receiver.key.id)
    made = report.write(trial_of(receiver.url, None), [])
    good = report.sign(made)
    assert report.verify(good) == (made, f"GE, key {own.key_id}")
    other = json.loads(report.sign(made | {"partner": "KZ"}))
    mixed = json.dumps(json.loads(good) | {"payload": other["payload"]})
    with pytest.raises(report.ReportRefused, match="does not verify"):
        report.verify(mixed)
    with pytest.raises(report.ReportRefused, match="not by AZ"):
        report.verify(report.sign(made | {"tester": "AZ"}))
    for nothing in ("", "[]", "{}", '{"payload": 1}', "[" * 5000, good[:-9]):
        with pytest.raises(report.ReportRefused):
            report.verify(nothing)
    keys.revoke(own, SYSTEM)
    with pytest.raises(report.ReportRefused, match="not valid"):
        report.verify(good)
    with pytest.raises(CommandError, match="cannot be read"):
        conformance("--verify", tmp_path / "absent.json")


# --- our own sender, whose partner fails on purpose ------------------------------------------
@pytest.fixture
def failing(transactional_db: None) -> Iterator[Listener]:
    """Who sends is this portal; who listens is this portal too, as its own neighbour."""
    own = keys.ensure_own_key()
    keys.register_partner("GE", "Georgia customs", "http://127.0.0.1:1", own.public_key, own.key_id)
    listener = listener_of("127.0.0.1:0", "", "ge", Pace(slow=1, retry_after=2, quiet=1))
    Partner.objects.update(base_url=listener.base)
    yield listener
    listener.close()


def watched(listener: Listener, send: Callable[[], None], seconds: float = 40) -> dict[str, Result]:
    """What the listener found while four threads did their sending."""
    done = threading.Event()

    def work() -> None:
        try:
            while not done.wait(0.02):
                send()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    try:
        results = sending.watch(listener, seconds, lambda result: None)
    finally:
        done.set()
        for worker in workers:
            worker.join(30)
    return {result.name: result for result in results}


def deliver_what_is_due() -> None:
    # Silence lets one message at a time probe a partner: here all scenes are to be played at once.
    Partner.objects.update(silent_until=None)
    for pk in OutboxMessage.objects.due(timezone.now()).values_list("pk", flat=True):
        outbox.deliver(pk)


def test_our_own_sender_keeps_its_manners_with_a_partner_that_fails(failing: Listener) -> None:
    count = 2 * len(sending.SCENES)
    assert f"{count} messages wait for GE" in conformance("--send", count, "--country", "ge")
    movement = OutboxMessage.objects.last().movement
    pair = OutboxMessage.objects.filter(movement=movement).order_by("position")
    assert [message.kind for message in pair] == ["accepted", "released"]
    results = watched(failing, deliver_what_is_due)
    assert {name: result.came for name, result in results.items() if result.verdict != "pass"} == {}
    made = report.write(trial.Trial(failing.base, "GE", failing.who, failing.keys), results.values())
    assert report.verify(report.sign(made))[0] == made
    parked = OutboxMessage.objects.filter(state=OutboxState.PARKED)
    assert sorted(message.last_error.partition(":")[0] for message in parked) == [
        "A trial of the sender.", "HTTP 307", "message-invalid",
    ]


def test_a_sender_without_manners_fails(failing: Listener) -> None:
    """It sends again at once whatever happens, never asks, and keeps no order."""
    who, movement = failing.who, uuid4()
    sent = [messages.Message(messages.declaration("GE"), movement=movement, position=position)
            for position in range(1, len(sending.SCENES) + 1)]

    def send() -> None:
        for message in sent:
            with contextlib.suppress(wire.NoAnswer):
                wire.call(messages.posted(failing.base, message, who))

    failed = {name for name, result in watched(failing, send, 4).items() if result.verdict == "fail"}
    assert failed >= {"sender-slow-answer", "sender-busy", "sender-lost-receipt", "sender-partition",
                      "sender-server-error", "sender-wrong-receipt", "sender-backs-off",
                      "sender-forged-receipt", "sender-no-receipt", "sender-repeat",
                      "sender-replayed", "sender-misled", "sender-refused", "sender-order"}


def test_a_listener_that_hears_nothing_says_nothing(failing: Listener) -> None:
    failing.close()
    with pytest.raises(CommandError, match="no message came"):
        conformance("--listen", "127.0.0.1:0", "--country", "GE", "--seconds", "0.1")
    with pytest.raises(CommandError, match="--country"):
        conformance("--listen", "127.0.0.1:0")
