"""The kit as a receiver that fails on purpose, to see how the partner's sender behaves.

Each message that comes is given the next of the acts of ``exchange.conformance.sending``; what came
about it, when, and what was answered is noted. Whoever listens decides nothing: it only acts.
"""

import base64
import hashlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange import compression
from exchange.conformance.authentic import NotAuthentic, check
from exchange.conformance.messages import Identity
from exchange.conformance.proof import SKEW, TrustedKey
from exchange.conformance.wire import MAX_BYTES

_PATH = "/exchange/v1/messages"
_RESET = struct.pack("ii", 1, 0)


class Act(StrEnum):
    """What is done with a request that sends a message."""

    TAKE = "taken in, receipt"
    SLOW = "taken in, receipt after a while"
    LOSE = "taken in, cut before the answer"
    FAIL = "taken in, 500"
    LIE = "taken in, receipt of another message"
    FORGE = "taken in, receipt that another key signed"
    NO_RECEIPT = "taken in, 201 without a receipt"
    REPEAT = "taken in, 200 as for a repeat"
    CUT = "not taken in, cut"
    MISLEAD = "not taken in, cut; asked, 404 without a code"
    COPIED = "not taken in, 409 replayed"
    REFUSE = "not taken in, 422 message-invalid"
    BUSY = "not taken in, 503 with Retry-After"
    BUSY_PLAIN = "not taken in, 503"
    REDIRECT = "not taken in, 307"


TAKING = {Act.TAKE, Act.SLOW, Act.LOSE, Act.FAIL, Act.LIE, Act.FORGE, Act.NO_RECEIPT, Act.REPEAT}
# After these nothing more need come.
SETTLING = {Act.TAKE, Act.SLOW, Act.REPEAT, Act.REDIRECT, Act.REFUSE}


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how long a slow answer takes, what Retry-After says, and after how long without a
    call nothing more is expected of a message that is settled."""

    slow: float = 15.0
    retry_after: int = 5
    quiet: float = 3.0


@dataclass(slots=True)
class Seen:
    """One call about a message: when it was there, when it was answered (monotonic seconds)."""

    method: str
    at: float
    answer: str = ""
    answered: float | None = None

    def __str__(self) -> str:
        return f"{self.method}: {self.answer or 'no answer yet'}"


@dataclass(slots=True)
class Heard:
    """A message that came, and all that was seen of it. ``settled``: since when it needs no more."""

    id: str
    kind: str
    movement: str
    position: int
    sha256: str
    acts: list[Act]
    seen: list[Seen] = field(default_factory=list)
    taken: bool = False
    misled: bool = False  # the next question is answered by somebody who knows nothing
    receipt: str = ""
    settled: float | None = None

    @property
    def place(self) -> tuple[str, str, int]:
        return self.kind, self.movement, self.position


class Listener:
    """An endpoint of ours, known to the partner as ``base``. ``close`` when done."""

    def __init__(self, address: tuple[str, int], base: str, who: Identity, sender: str,
                 keys: Mapping[str, TrustedKey], acts: Iterable[tuple[Act, ...]],
                 pace: Pace, skew: timedelta = SKEW) -> None:
        self.who, self.sender, self.keys, self.pace = who, sender, keys, pace
        self.skew = skew
        self.plans = list(acts)
        self.heard: dict[str, Heard] = {}
        self.wrong: list[str] = []
        self.strayed: list[str] = []
        self.nonces: set[str] = set()
        self.lock = threading.Lock()
        listener = self

        class Handler(_Handler):
            def setup(self) -> None:
                self.listener = listener
                super().setup()

        self.server = ThreadingHTTPServer(address, Handler)
        self.base = base or f"http://{address[0]}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def is_done(self) -> bool:
        """Whether every act has been played, and nothing more is expected."""
        now = time.monotonic()
        with self.lock:
            return len(self.heard) >= len(self.plans) and all(
                heard.settled is not None and now > heard.settled + self.pace.quiet
                for heard in self.heard.values()
            )

    # --- what comes ------------------------------------------------------------------------
    def came(self, method: str, path: str, headers: Mapping[str, str],
             body: bytes | None) -> tuple[Heard, Seen, Act | None]:
        """The message, the call as noted, and what is to be done with it. Raises NotAuthentic."""
        now = time.monotonic()
        nonce = check(method, self.base + path, headers, body, self.keys, self.skew)
        with self.lock:
            if nonce in self.nonces:
                raise NotAuthentic("the nonce was used before")
            self.nonces.add(nonce)
            if body is None:
                heard = self.heard.get(path.rpartition("/")[2])
                if heard is None:
                    raise LookupError(path)
            else:
                heard = self._message(headers, body)
            heard.seen.append(Seen(method, now))
            act = (heard.acts.pop(0) if heard.acts else Act.TAKE) if body is not None else None
            if act in TAKING:
                heard.taken = True
                heard.receipt = heard.receipt or self._receipt(heard, heard.sha256)
            heard.misled |= act is Act.MISLEAD
            return heard, heard.seen[-1], act

    def _message(self, headers: Mapping[str, str], body: bytes) -> Heard:
        if headers.get("content-encoding") == "gzip":
            body = compression.decode(body)
        found = Heard(
            headers["message-id"], headers["message-kind"], headers["movement"],
            int(headers["position"]), hashlib.sha256(body).hexdigest(), [],
        )
        known = self.heard.get(found.id)
        if known is None:
            played = len(self.heard)
            found.acts = list(self.plans[played]) if played < len(self.plans) else []
            self.heard[found.id] = found
            return found
        if (known.place, known.sha256) != (found.place, found.sha256):
            self.wrong.append(f"message {found.id} came again with other bytes or another place")
        return known

    def lie(self, heard: Heard) -> str:
        return self._receipt(heard, hashlib.sha256(b"another message").hexdigest())

    def forgery(self, heard: Heard) -> str:
        return self._receipt(heard, heard.sha256, Ed25519PrivateKey.generate())

    def _receipt(self, heard: Heard, sha256: str, by: Ed25519PrivateKey | None = None) -> str:
        header = {"alg": "Ed25519", "kid": self.who.key_id, "typ": "exchange-receipt+jws"}
        payload = {
            "message_id": heard.id, "sha256": sha256, "kind": heard.kind,
            "movement": heard.movement, "position": heard.position, "sender": self.sender,
            "receiver": self.who.country, "received_at": datetime.now(UTC).isoformat(),
        }
        signed = ".".join(_base64url(json.dumps(part).encode()) for part in (header, payload))
        return f"{signed}.{_base64url((by or self.who.private).sign(signed.encode()))}"


class _Handler(BaseHTTPRequestHandler):
    listener: Listener
    timeout = 30
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what was seen is in the report."""

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if self.path != _PATH:
            self.listener.strayed.append(self.path)
            return self._problem(404, "not-found")
        if not length.isdigit() or int(length) > MAX_BYTES:
            return self._problem(411 if not length.isdigit() else 413, "length-required")
        came = self._came(self.rfile.read(int(length)))
        if came is not None:
            heard, seen, act = came
            assert act is not None, "A message that is sent has one."
            self._act(heard, act)
            seen.answer, seen.answered = act.value, time.monotonic()
            if act in SETTLING:
                heard.settled = seen.answered

    def do_GET(self) -> None:
        if not self.path.startswith(f"{_PATH}/"):
            return self._problem(404, "not-found")
        came = self._came(None)
        if came is None:
            return
        heard, seen, _act = came
        if heard.misled:
            heard.misled = False
            self._problem(404, "not-found", code=False)
            seen.answer, seen.answered = "404 without a code", time.monotonic()
            heard.settled = seen.answered
            return
        if heard.taken:
            self._answer(200, {"receipt": heard.receipt})
            heard.settled = time.monotonic()
        else:
            self._problem(404, "message-unknown")
        seen.answer = "receipt" if heard.taken else "404 message-unknown"
        seen.answered = time.monotonic()

    def _came(self, body: bytes | None) -> tuple[Heard, Seen, Act | None] | None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            return self.listener.came(self.command, self.path, headers, body)
        except NotAuthentic as problem:
            self.listener.wrong.append(f"{self.command}: {problem}")
            self._problem(401, "signature-wrong")
        except LookupError:
            self._problem(404, "message-unknown")
        except (ValueError, compression.NotReadable, compression.TooLarge) as problem:
            self.listener.wrong.append(f"{self.command}: {problem}")
            self._problem(400, "header-invalid")
        return None

    def _act(self, heard: Heard, act: Act) -> None:
        pace = self.listener.pace
        match act:
            case Act.LOSE | Act.CUT | Act.MISLEAD:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                self.close_connection = True
            case Act.FAIL:
                self._problem(500, "trouble")
            case Act.BUSY:
                self._problem(503, "busy", {"Retry-After": str(pace.retry_after)})
            case Act.BUSY_PLAIN:
                self._problem(503, "busy")
            case Act.REDIRECT:
                self._problem(307, "moved", {"Location": f"{self.listener.base}/elsewhere"})
            case Act.COPIED:
                self._problem(409, "replayed")
            case Act.REFUSE:
                self._problem(422, "message-invalid")
            case Act.LIE:
                self._answer(201, {"receipt": self.listener.lie(heard)})
            case Act.FORGE:
                self._answer(201, {"receipt": self.listener.forgery(heard)})
            case Act.NO_RECEIPT:
                self._answer(201, {})
            case Act.REPEAT:
                self._answer(200, {"receipt": heard.receipt})
            case _:
                if act is Act.SLOW:
                    time.sleep(pace.slow)
                self._answer(201, {"receipt": heard.receipt})

    def _problem(self, status: int, name: str, fields: Mapping[str, str] | None = None,
                 code: bool = True) -> None:
        document = {"type": f"urn:problem:exchange:{name}", "title": name, "status": status,
                    "detail": "A trial of the sender."} | ({"code": name} if code else {})
        self._answer(status, document, {"Content-Type": "application/problem+json"} | dict(fields or {}))

    def _answer(self, status: int, document: Mapping[str, Any],
                fields: Mapping[str, str] | None = None) -> None:
        content = json.dumps(document).encode()
        self.close_connection = True
        try:
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json"} | dict(fields or {})).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            pass  # nobody waits any more, which is seen by what comes next


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
