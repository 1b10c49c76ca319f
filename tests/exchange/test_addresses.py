"""Where a partner may be called, and that the address which was judged is the one called."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from exchange import addresses, outbox
from exchange.addresses import AddressRefused
from exchange.models import OutboxMessage, OutboxState, Partner
from tests.exchange.peer import Peer

PUBLIC = "93.184.216.34"
NAME = "window.example.az"


def leads_to(monkeypatch: pytest.MonkeyPatch, *found: list[str]) -> list[str]:
    """Let every name lead to the first list of addresses, then to the next; the names asked for."""
    asked: list[str] = []
    answers = list(found)

    def resolver(host: str, port: int, **_rest: Any) -> list[Any]:
        asked.append(host)
        these = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in these]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return asked


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "192.168.1.1", "172.16.9.9", "169.254.169.254", "100.64.0.1", "0.0.0.0",
     "::", "fe80::1", "fc00::7", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1",
     "240.0.0.1", "255.255.255.255", "192.0.0.8", "192.88.99.1", "3fff::1"],
)
def test_what_is_not_public_is_not_called(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    leads_to(monkeypatch, [address])
    with pytest.raises(AddressRefused):
        addresses.resolve(NAME, 443, [])


def test_one_bad_answer_among_good_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, [PUBLIC, "10.0.0.1"])
    with pytest.raises(AddressRefused, match="not public"):
        addresses.resolve(NAME, 443, [])


def test_the_loopback_is_for_the_demo(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    leads_to(monkeypatch, ["127.0.0.1"])
    assert addresses.resolve("localhost", 8000, []) == "127.0.0.1"
    settings.EXCHANGE_ALLOW_PLAIN_HTTP = False
    with pytest.raises(AddressRefused):
        addresses.resolve("localhost", 8000, [])
    with pytest.raises(AddressRefused, match="https"):
        addresses.checked("http://window.example.az")


def test_a_configured_network_opens_itself_and_closes_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leads_to(monkeypatch, ["10.20.1.1"])
    assert addresses.resolve(NAME, 443, ["10.20.0.0/16"]) == "10.20.1.1"
    leads_to(monkeypatch, ["10.21.1.1"])
    with pytest.raises(AddressRefused, match="outside the networks"):
        addresses.resolve(NAME, 443, ["10.20.0.0/16", "fd00::/8"])
    leads_to(monkeypatch, [PUBLIC])
    with pytest.raises(AddressRefused, match="outside the networks"):
        addresses.resolve(NAME, 443, ["10.20.0.0/16"])


@pytest.mark.parametrize(
    "address",
    ["https://10.0.0.1", "https://[fe80::1]", "https://169.254.169.254/latest", "ftp://a.example",
     "https://user@a.example", "https://@a.example", "https://a.example?x=1", "https://a.example#x",
     "https://a.example:0", "https://a.example:99999", "https://[1", "https://a example", "https://",
     "https://a..example", "https://.example", f"https://{'a' * 64}.example"],
)
def test_an_address_that_must_not_be_called_is_not_taken(address: str) -> None:
    with pytest.raises(AddressRefused):
        addresses.checked(address)


def test_networks_are_read_and_the_whole_internet_is_none() -> None:
    assert addresses.checked_networks("10.0.0.0/8, fd00::/8\n10.0.0.0/8") == ["10.0.0.0/8", "fd00::/8"]
    assert addresses.checked("https://10.0.0.1/", ["10.0.0.0/8"]) == "https://10.0.0.1"
    for bad in ("10.0.0.1/8", "0.0.0.0/0", "::/0", "elsewhere", "224.0.0.0/4"):
        with pytest.raises(AddressRefused):
            addresses.checked_networks(bad)


def test_a_name_is_resolved_once_and_pinned(
    queue: Callable[..., OutboxMessage], peer: Peer, partner: Partner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second answer of a rebinding name is never asked for; the name stays what is signed."""
    Partner.objects.update(base_url=f"http://neighbour.example:{peer.port}")
    peer.host = f"neighbour.example:{peer.port}"
    message = queue()
    asked = leads_to(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    outbox.deliver(message.pk)
    message.refresh_from_db()
    assert message.state == OutboxState.DELIVERED, message.last_error
    assert asked.count("neighbour.example") == 1


def test_a_name_that_leads_inside_parks_the_message_and_sends_nothing(
    queue: Callable[..., OutboxMessage], peer: Peer, partner: Partner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Partner.objects.update(base_url=f"http://neighbour.example:{peer.port}")
    message = queue()
    leads_to(monkeypatch, ["169.254.169.254"])
    outbox.deliver(message.pk)
    message.refresh_from_db()
    assert message.state == OutboxState.PARKED
    assert "169.254.169.254" in message.last_error
    assert not peer.requests


def test_a_name_that_does_not_resolve_is_tried_again(
    queue: Callable[..., OutboxMessage], peer: Peer, partner: Partner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Partner.objects.update(base_url="https://nowhere.example")
    message = queue()

    def unknown(*_all: Any, **_rest: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    outbox.deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.outcome_unknown) == (OutboxState.PENDING, False)
    assert message.tries.get().outcome == "unreachable"
