"""A neighbour's exchange service, written from docs/exchange.md alone.

It shares no code with the portal: HTTP by the standard library and httpx, Ed25519 by cryptography.
It takes messages in, gives receipts, sends messages, and misbehaves as a test tells it to.
"""

import base64
import gzip
import hashlib
import json
import re
import secrets
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# By then there is an answer, says the protocol.
ANSWER_SECONDS = 20
QUESTION = ("@method", "@target-uri")
MESSAGE = (
    *QUESTION, "content-digest", "content-type", "message-id", "message-kind", "movement",
    "position",
)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Key:
    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def id(self) -> str:
        jwk = {"crv": "Ed25519", "kty": "OKP", "x": base64url(self.raw)}
        text = json.dumps(jwk, separators=(",", ":"), sort_keys=True)
        return base64url(hashlib.sha256(text.encode()).digest())

    @property
    def pem(self) -> str:
        return self.private.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).decode()


def digest_field(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def signature_base(values: dict[str, str], covered: tuple[str, ...], parameters: str) -> bytes:
    lines = [f'"{name}": {values[name]}' for name in covered]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


@dataclass
class Outgoing:
    """A request in the making. Tests change what they like before, or after, it is signed."""

    body: bytes
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    kind: str = "released"
    movement: uuid.UUID = field(default_factory=uuid.uuid4)
    position: int = 1
    age: float = 0.0
    life: float = 120.0
    covered: tuple[str, ...] = MESSAGE
    parameters: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    compressed: bool = False


@dataclass
class Taken:
    """A message that this neighbour took in."""

    headers: dict[str, str]
    body: bytes
    receipt: str


class Peer:
    def __init__(self, country: str, portal_country: str, portal_url: str = "") -> None:
        self.country, self.portal_country, self.portal_url = country, portal_country, portal_url
        self.key = Key()
        self.taken: dict[str, Taken] = {}
        self.arrivals: list[str] = []  # ids of the messages taken in, in order of arrival
        self.requests: list[tuple[str, str]] = []  # method and path of every request
        self.faults: deque[str] = deque()  # how the next requests go wrong, one each
        self.hold: threading.Event | None = None  # what a request waits for, if anything
        self.entered = threading.Event()
        self.portal_keys: dict[str, Ed25519PublicKey] = {}
        self.server: ThreadingHTTPServer | None = None
        self.port = 0
        self.host = ""  # the name that it is called by, where that is not its address

    # --- as a server --------------------------------------------------------------------
    @property
    def url(self) -> str:
        return f"http://{self.host or f'127.0.0.1:{self.port}'}"

    def start(self) -> None:
        peer = self

        class Handler(_Handler):
            def setup(self) -> None:
                self.peer = peer
                super().setup()

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def trust_published_keys(self, jwks: dict[str, Any]) -> None:
        self.portal_keys = {
            key["kid"]: Ed25519PublicKey.from_public_bytes(from_base64url(key["x"]))
            for key in jwks["keys"]
        }

    def verified(self, method: str, url: str, headers: dict[str, str], needed: tuple[str, ...]) -> bool:
        label, parameters = headers["signature-input"].split("=", 1)
        covered = tuple(re.findall(r'"([^"]+)"', parameters.split(")")[0]))
        given = dict(re.findall(r';(\w+)=("[^"]*"|\d+)', parameters))
        if not set(needed) <= set(covered) or given["tag"] != '"exchange-v1"':
            return False
        if not int(given["created"]) - 60 <= time.time() <= int(given["expires"]) + 60:
            return False
        signature = base64.b64decode(headers["signature"].split("=", 1)[1].strip(":"))
        values = headers | {"@method": method, "@target-uri": url}
        key = self.portal_keys[given["keyid"].strip('"')]
        try:
            key.verify(signature, signature_base(values, covered, parameters))
        except InvalidSignature:
            return False
        return label.isidentifier()

    def receipt(self, headers: dict[str, str], body: bytes, **changes: Any) -> str:
        header = {"alg": "Ed25519", "kid": self.key.id, "typ": "exchange-receipt+jws"}
        payload = {
            "message_id": headers["message-id"],
            "sha256": hashlib.sha256(body).hexdigest(),
            "kind": headers["message-kind"],
            "movement": headers["movement"],
            "position": int(headers["position"]),
            "sender": self.portal_country,
            "receiver": self.country,
            "received_at": datetime.now(UTC).isoformat(),
        } | changes
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, payload))
        return f"{signed}.{base64url(self.key.private.sign(signed.encode()))}"

    # --- as a client --------------------------------------------------------------------
    def send(self, message: Outgoing) -> httpx.Response:
        body, covered = message.body, message.covered
        headers = {"content-type": "application/xml"}
        if message.compressed:
            body, covered = gzip.compress(body), (*covered, "content-encoding")
            headers["content-encoding"] = "gzip"
        headers |= {
            "content-digest": digest_field(body),
            "message-id": str(message.id),
            "message-kind": message.kind,
            "movement": str(message.movement),
            "position": str(message.position),
        }
        url = f"{self.portal_url}/exchange/v1/messages"
        signed = headers | self.sign("POST", url, headers, covered, message.age,
                                     message.life, **message.parameters)
        headers = signed | message.headers
        return httpx.post(url, content=body, headers=headers, timeout=ANSWER_SECONDS)

    def ask(self, message_id: uuid.UUID) -> httpx.Response:
        url = f"{self.portal_url}/exchange/v1/messages/{message_id}"
        return httpx.get(
            url, headers=self.sign("GET", url, {}, QUESTION), timeout=ANSWER_SECONDS
        )

    def sign(
        self, method: str, url: str, headers: dict[str, str], covered: tuple[str, ...],
        age: float = 0.0, life: float = 120.0, **changes: Any,
    ) -> dict[str, str]:
        created = int(time.time() - age)
        parameters = {
            "created": created, "expires": int(created + life), "keyid": self.key.id,
            "alg": "ed25519", "nonce": secrets.token_hex(16), "tag": "exchange-v1",
        } | changes
        text = "(" + " ".join(f'"{name}"' for name in covered) + ")" + "".join(
            f";{name}={value}" if isinstance(value, int) else f';{name}="{value}"'
            for name, value in parameters.items() if value is not None
        )
        values = headers | {"@method": method, "@target-uri": url}
        signature = self.key.private.sign(signature_base(values, covered, text))
        return {
            "signature-input": f"sig1={text}",
            "signature": f"sig1=:{base64.b64encode(signature).decode()}:",
        }

    def check_receipt(self, receipt: str) -> dict[str, Any]:
        """What the portal's receipt says. Raises InvalidSignature."""
        header, payload, signature = receipt.split(".")
        key = self.portal_keys[json.loads(from_base64url(header))["kid"]]
        key.verify(from_base64url(signature), f"{header}.{payload}".encode())
        statement: dict[str, Any] = json.loads(from_base64url(payload))
        return statement


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    peer: Peer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        fault = self._begin()
        headers = {name.lower(): value for name, value in self.headers.items()}
        url = f"{self.peer.url}{self.path}"
        if not self.peer.verified("POST", url, headers, MESSAGE):
            return self._answer(401, {"code": "signature-wrong"})
        if headers["content-digest"] != digest_field(body):
            return self._answer(400, {"code": "digest-wrong"})
        if headers.get("content-encoding") == "gzip":
            if '"content-encoding"' not in headers["signature-input"]:
                return self._answer(415, {"code": "media-type"})
            body = gzip.decompress(body)
        if fault.isdigit():
            return self._answer(int(fault), {"code": "told-to", "detail": "as the test says"})
        if fault == "cut":
            return self._cut()
        if headers["message-kind"] == "trial":
            return self._answer(200, {"receipt": self.peer.receipt(headers, body)})
        known = self.peer.taken.get(headers["message-id"])
        if known is not None and known.body != body:
            return self._answer(409, {"code": "digest-conflict"})
        if known is None:
            known = Taken(headers, body, self.peer.receipt(headers, body))
            self.peer.taken[headers["message-id"]] = known
            self.peer.arrivals.append(headers["message-id"])
        match fault:
            case "receipt-lost":
                self._cut()
            case "no-receipt":
                self._answer(201, {})
            case "endless":
                self._answer(201, {"receipt": known.receipt, "padding": "x" * 200_000})
            case "wrong-receipt":
                self._answer(201, {"receipt": self.peer.receipt(headers, body, sha256="0" * 64)})
            case _:
                self._answer(201, {"receipt": known.receipt})

    def do_GET(self) -> None:
        fault = self._begin()
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not self.peer.verified("GET", f"{self.peer.url}{self.path}", headers, QUESTION):
            return self._answer(401, {"code": "signature-wrong"})
        if fault.isdigit():
            return self._answer(int(fault), {"code": "told-to"})
        if fault == "cut":
            return self._cut()
        known = self.peer.taken.get(self.path.rpartition("/")[2])
        if known is None:
            return self._answer(404, {"code": "message-unknown"})
        return self._answer(200, {"receipt": "nonsense" if fault == "no-receipt" else known.receipt})

    def _begin(self) -> str:
        self.peer.requests.append((self.command, self.path))
        self.peer.entered.set()
        if self.peer.hold is not None:
            self.peer.hold.wait(30)
        return self.peer.faults.popleft() if self.peer.faults else ""

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        if status in (429, 503):
            self.send_header("Retry-After", "120")
        if 300 <= status < 400:
            self.send_header("Location", f"{self.peer.url}/elsewhere")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass
