"""A neighbour whose program is broken, or worse: each answer is understood as far as it goes,
written down, and holds no worker."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.db import connections

from exchange import limits, outbox, transport
from exchange.models import OutboxMessage, OutboxState, Partner
from tests.exchange.peer import MESSAGE, Outgoing, Peer, base64url

Queue = Callable[..., OutboxMessage]
Answering = Callable[[socket.socket], None]


class Raw:
    """A server that answers every request with whatever bytes a test likes."""

    def __init__(self) -> None:
        self.answer: Answering = lambda connection: None
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection:
            try:
                request = connection.makefile("rb")
                length = 0
                while (line := request.readline().strip()) != b"":
                    name, _, value = line.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                request.read(length)
                self.answer(connection)
            except OSError:
                pass  # the portal has hung up, as it should

    def says(self, status: int, content: bytes, *headers: str) -> None:
        head = [f"HTTP/1.1 {status} As told", f"Content-Length: {len(content)}",
                "Connection: close", *headers, "", ""]
        self.answer = lambda connection: connection.sendall("\r\n".join(head).encode() + content)


@pytest.fixture
def raw(partner: Partner) -> Iterator[Raw]:
    server = Raw()
    Partner.objects.update(base_url=server.url)
    yield server
    server.listening.close()


def deliver(message: OutboxMessage) -> OutboxMessage:
    outbox.deliver(message.pk)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("document", [
    {"code": "zero", "detail": "a\0b"},
    {"code": "half a character", "detail": "a\ud800b"},
    {"code": "\udfff\0"},
    {"code": "listed", "errors": [{"message": "a\ud800\0b"}]},
    {"code": {"deep": ["\0"]}, "detail": 7},
], ids=json.dumps)
def test_words_that_the_database_cannot_hold_are_written_down(
    queue: Queue, raw: Raw, document: dict[str, Any]
) -> None:
    raw.says(422, json.dumps(document).encode())
    message = deliver(queue())
    assert message.state == OutboxState.PARKED
    assert message.last_error
    assert message.tries.get().http_status == 422


@pytest.mark.parametrize("status, content, state", [
    (422, b"[" * 60_000, OutboxState.PARKED),
    (500, b'{"detail":' * 6_000, OutboxState.PENDING),
    (201, b"[" * 60_000, OutboxState.PENDING),
    (201, json.dumps({"receipt": base64url(b"[" * 20_000) + ".e30.e30"}).encode(),
     OutboxState.PENDING),
    (201, json.dumps({"receipt": f"{base64url(b'{}')}.{base64url(b'[' * 20_000)}.e30"}).encode(),
     OutboxState.PENDING),
    (201, b'{"receipt": "\\ud800"}', OutboxState.PENDING),
    (201, b"\xff\xfe", OutboxState.PENDING),
], ids=range(7))
def test_answers_that_are_no_documents_are_written_down(
    queue: Queue, raw: Raw, status: int, content: bytes, state: OutboxState
) -> None:
    raw.says(status, content)
    message = deliver(queue())
    assert message.state == state
    assert message.tries.get().http_status == status


@pytest.mark.parametrize("value", [
    "Mon, 01 Jan 0001 00:00:00 +1400", "Fri, 31 Dec 9999 23:59:59 -1400", "soon", "-5", "9" * 400,
    "Mon, 32 Foo 2026", "\u00b2",
])
def test_any_retry_after_is_survived(queue: Queue, raw: Raw, value: str) -> None:
    raw.says(503, b"{}", f"Retry-After: {value}")
    message = deliver(queue())
    assert message.state == OutboxState.PENDING
    assert message.tries.get().outcome == "busy"


@pytest.mark.parametrize("begin", [
    b"", b"HTTP/1.1 ", b"HTTP/1.1 201 Created\r\nX-Slow: ",
    b"HTTP/1.1 201 Created\r\nContent-Length: 60000\r\n\r\n",
], ids=["silent", "status", "headers", "body"])
def test_a_partner_that_drips_holds_a_worker_no_longer_than_one_call(
    queue: Queue, raw: Raw, begin: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "CALL_SECONDS", 1.0)
    over, tired = threading.Event(), threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(begin)
        # A byte now and then, for a minute: the caller's own deadline ends the call long before.
        for _ in range(600):
            if over.wait(0.1):
                return
            if begin:
                connection.sendall(b"x")
        tired.set()

    raw.answer = drip
    try:
        message = deliver(queue())
    finally:
        over.set()
    assert not tired.is_set()
    assert message.state == OutboxState.PENDING
    assert message.outcome_unknown
    assert message.tries.get().outcome == "unknown"


def test_a_call_ends_before_its_lease() -> None:
    assert limits.LEASE.total_seconds() > limits.CALL_SECONDS


def test_a_caller_with_an_event_loop_of_its_own_may_deliver(
    queue: Queue, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    message = queue()

    async def within() -> None:
        outbox.deliver(message.pk)
        connections.close_all()

    with ThreadPoolExecutor(1) as thread:  # a browser test may have left this one with a loop
        thread.submit(asyncio.run, within()).result()
    message.refresh_from_db()
    assert message.state == OutboxState.DELIVERED


@pytest.mark.parametrize("changes", [
    {"nonce": 5}, {"created": "yesterday"}, {"expires": "tomorrow"}, {"keyid": 7}, {"tag": 3},
    {"created": 10**18}, {"alg": 1}, {"nonce": " " * 64},
])
def test_parameters_of_other_types_are_refused(
    peer: Peer, wine: bytes, changes: dict[str, Any]
) -> None:
    answer = peer.send(Outgoing(wine, parameters=changes))
    assert answer.status_code in {201, 401}, answer.text
    assert (answer.status_code == 201) == (changes == {"nonce": " " * 64})


@pytest.mark.parametrize("name, value", [
    ("signature-input", "sig1"), ("signature-input", "sig1=1"), ("signature-input", "sig1=()"),
    ("signature-input", "sig1=(1)"), ("signature-input", "sig1=(sig)"),
    ("signature-input", 'sig1=("@method";req)'), ("signature-input", 'sig1=("@nothing")'),
    ("signature-input", 'sig1=("@query-param";name=1)'), ("signature-input", 'sig1=("\x7f")'),
    ("signature-input", 'sig1=("@method" "@method")'), ("signature-input", "sig1=:YQ==:"),
    ("signature-input", 'sig2=("@method")'), ("signature-input", "(" * 3000),
    ("signature", "sig1"), ("signature", "sig1=1"), ("signature", "sig1=(:YQ==:)"),
    ("signature", "sig1=::"), ("signature", "sig1=:!:"), ("signature", "x=:YQ==:"),
    ("content-digest", "sha-256=1"), ("content-digest", "sha-256=::"),
    ("content-digest", "sha-256=(1)"), ("content-digest", "md5=:YQ==:"), ("content-digest", "\x7f"),
])
def test_headers_of_other_forms_are_refused(
    peer: Peer, wine: bytes, name: str, value: str
) -> None:
    answer = peer.send(Outgoing(wine, headers={name: value}))
    assert answer.status_code in {400, 401}, answer.text


@pytest.mark.parametrize("value", ["sha-256=1", "sha-256=(1)", "sha-256", "sha-256=::", "sha-256=,"])
def test_a_signed_digest_of_another_form_is_refused(peer: Peer, wine: bytes, value: str) -> None:
    url = f"{peer.portal_url}/exchange/v1/messages"
    headers = {
        "content-type": "application/xml", "content-digest": value, "position": "1",
        "message-id": str(Outgoing(wine).id), "message-kind": "released",
        "movement": str(Outgoing(wine).movement),
    }
    answer = httpx.post(
        url, content=wine, headers=headers | peer.sign("POST", url, headers, MESSAGE)
    )
    assert answer.status_code in {400, 401}, answer.text
