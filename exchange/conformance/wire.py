"""One HTTP call to the endpoint under trial: exactly the fields given, one answer, bounded in time.

The address given is called and no other: redirects are answers like any other, proxies named by
the environment are not used. The head of a request goes before its body, so that an endpoint may
refuse by the head alone.
"""

import contextlib
import http.client
import json
import select
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

# What a sender of the protocol waits for, and more than any answer of it needs.
PATIENCE = 20.0
MAX_ANSWER_BYTES = 64 * 1024
# How long an endpoint has to refuse by the head alone before a body that is too large follows.
HEAD_START = 1.0
MAX_BYTES = 10 * 1024 * 1024
# In how many pieces a body is sent slowly.
_PIECES = 5


class NoAnswer(Exception):
    """The call ended without an answer; the message says how."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it will stand on the wire. ``body`` None for a question."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    media_type: str
    content: bytes
    seconds: float

    @property
    def document(self) -> dict[str, Any]:
        """The answer as a JSON object; empty if it is none."""
        try:
            document = json.loads(self.content)
        except (ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}

    @property
    def code(self) -> str:
        return str(self.document.get("code", ""))

    @property
    def receipt(self) -> str:
        receipt = self.document.get("receipt")
        return receipt if isinstance(receipt, str) else ""

    def __str__(self) -> str:
        words = self.code or ("receipt" if self.receipt else "")
        return f"{self.status} {words}".strip()


def call(
    request: Request, *, listen: bool = True, chunked: bool = False, cut: bool = False,
    slow: float = 0.0,
) -> Reply:
    """Send a request and read its answer. Raises NoAnswer.

    Not to ``listen`` is to hang up as soon as all is sent, to ``cut`` in the middle of the body.
    ``chunked`` announces no length. ``slow``: over how many seconds the body is sent.
    """
    begun = time.monotonic()
    try:
        with contextlib.closing(_connection(request.url)) as connection:
            _send(connection, request, chunked=chunked, cut=cut, slow=slow)
            if cut:
                raise NoAnswer("cut in the middle of the body, as planned")
            if not listen:
                raise NoAnswer("hung up without reading the answer, as planned")
            response = connection.getresponse()
            content = _read(response, begun + PATIENCE)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}".removesuffix(": ")) from error
    media_type = (response.getheader("content-type") or "").split(";")[0].strip().lower()
    return Reply(response.status, media_type, content, time.monotonic() - begun)


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=PATIENCE)


def _send(
    connection: http.client.HTTPConnection, request: Request, *, chunked: bool, cut: bool,
    slow: float,
) -> None:
    parts = urlsplit(request.url)
    body = request.body
    connection.putrequest(request.method, parts.path, skip_accept_encoding=True)
    for name, value in request.headers.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader(*(("Transfer-Encoding", "chunked") if chunked
                               else ("Content-Length", str(len(body)))))
    connection.putheader("Connection", "close")
    connection.endheaders()
    if body is None or (len(body) > MAX_BYTES and _answers(connection)):
        return
    # Whoever refuses early may stop reading; the answer is there all the same.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        if chunked:
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        if cut:
            body = body[: len(body) // 2]
        for piece in _pieces(body, _PIECES if slow else 1):
            connection.send(piece)
            time.sleep(slow / _PIECES)


def _pieces(body: bytes, count: int) -> Iterator[bytes]:
    size = max(1, -(-len(body) // count))
    for at in range(0, len(body), size):
        yield body[at:at + size]


def _answers(connection: http.client.HTTPConnection) -> bool:
    return bool(select.select([connection.sock], [], [], HEAD_START)[0])


def _read(response: http.client.HTTPResponse, deadline: float) -> bytes:
    content = b""
    while chunk := response.read1(MAX_ANSWER_BYTES):
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            raise NoAnswer(f"the answer has more than {MAX_ANSWER_BYTES} bytes")
        if time.monotonic() > deadline:
            raise NoAnswer(f"the answer takes more than {PATIENCE:.0f} s")
    return content
