"""The conformance kit: our own portal is clean, and a broken neighbour fails what it breaks."""

import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from exchange import keys
from exchange.conformance import report, trial
from exchange.management.commands.exchange_conformance import trial_of
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


def test_our_own_portal_is_clean_and_the_report_verifies(
    ourselves: str, peer: Peer, wine: bytes, tmp_path: Path
) -> None:
    foreign = Outgoing(wine)
    assert peer.send(foreign).status_code == 201
    file = tmp_path / "report.json"
    told = conformance(ourselves, "--country", "GE", "--foreign", foreign.id, "--report", file)
    assert f"{len(trial.cases())} pass, 0 fail, 0 inconclusive" in told
    shown = conformance("--verify", file)
    assert shown.startswith(f"Signed by GE, key {keys.ensure_own_key().key_id}")
    assert shown.splitlines()[-1] == told.splitlines()[-1]


# What each fault of the receiver breaks: these cases and no others.
BROKEN = {
    "": set(),
    "any-signature": {"signature-wrong", "field-changed", "other-address"},
    "any-digest": {"digest-wrong", "bytes-changed"},
    "covers-less": {"signature-covers-less"},
    "no-clock": {"created-in-the-future", "created-long-ago", "expired", "lives-too-long"},
    "replays": {"replayed", "nonce-used-again"},
    "wrong-receipt": {"receipt-verifies", "lost-receipt"},
    "other-receipt": {"duplicate", "duplicates-at-once", "lost-receipt"},
    "forgets": {"duplicate", "duplicates-at-once", "same-id-other-bytes", "same-id-other-place",
                "lost-receipt"},
    "no-gaps": {"out-of-order"},
    "plain-problems": {"problem-documents"},
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_neighbour_fails_what_it_breaks(fault: str) -> None:
    own = keys.ensure_own_key()
    receiver = Receiver("AZ", "GE", {own.key_id: keys.public_key(own.public_key)}, fault)
    try:
        keys.register_partner("AZ", "Azerbaijan customs", receiver.url, receiver.key.pem,
                              receiver.key.id)
        results = trial.run(trial_of(receiver.url, None, foreign=uuid4()))
    finally:
        receiver.stop()
    failed = {result.name: result.came for result in results if result.verdict == "fail"}
    assert set(failed) == BROKEN[fault], failed
    assert not [result for result in results if result.verdict == "inconclusive"]


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
