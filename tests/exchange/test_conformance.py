"""The conformance kit: our own portal is clean, and a broken neighbour fails what it breaks."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from exchange import keys
from exchange.conformance import trial
from tests.exchange.peer import Outgoing, Peer


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
