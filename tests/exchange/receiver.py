"""A receiver of the exchange protocol, written from docs/exchange.md alone, that breaks on demand.

It shares no code with the portal: HTTP by the standard library, Ed25519 by cryptography, XML by lxml.
Whole, it keeps the protocol; each fault of ``FAULTS`` breaks it in one way.
"""

import base64
import hashlib
import json
import re
import threading
import time
import uuid
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from lxml import etree

from tests.exchange.peer import MESSAGE, QUESTION, Key, base64url, digest_field, signature_base

LIMIT = 10 * 1024 * 1024
KINDS = ("accepted", "released", "refused", "amended", "cancelled", "permit_issued", "trial")
AGREED = ("accepted", "released", "refused", "trial")
MEMBER = re.compile(r'([a-z*][\w.*-]*)=(\(([^)]*)\)((?:;\w+=(?:"[^"]*"|-?\d+))*))')
TITLES = {"type": "about:blank", "title": "Refused", "detail": "As docs/exchange.md has it."}


@dataclass
class Problem(Exception):
    status: int
    code: str
    errors: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Kept:
    place: tuple[str, ...]
    sha256: str
    receipt: str


class Receiver:
    def __init__(self, country: str, sender: str, sender_keys: dict[str, Ed25519PublicKey],
                 fault: str = "", compresses: bool = False) -> None:
        self.country, self.sender, self.sender_keys = country, sender, sender_keys
        self.fault, self.compresses = fault, compresses
        self.key = Key()
        self.kept: dict[str, Kept] = {}
        self.nonces: set[tuple[str, str]] = set()
        self.lock = threading.Lock()
        receiver = self

        class Handler(_Handler):
            def setup(self) -> None:
                self.receiver = receiver
                super().setup()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # --- what a message must be ---------------------------------------------------------
    def take(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        """Status and receipt. Raises Problem."""
        media_type = headers.get("content-type", "").split(";")[0]
        encoding = headers.get("content-encoding")
        needed = MESSAGE if encoding is None else (*MESSAGE, "content-encoding")
        signed = '"content-encoding"' in headers.get("signature-input", "")
        if media_type not in ("application/xml", "text/xml"):
            raise Problem(415, "media-type")
        if encoding is not None and (encoding != "gzip" or not signed):
            raise Problem(415, "media-type")
        place = self.place(headers)
        nonce = self.authenticate("POST", url, headers, needed)
        if headers["content-digest"] != digest_field(body) and self.fault != "any-digest":
            raise Problem(400, "digest-wrong")
        with self.lock:
            self.once(nonce)
        if encoding is not None:
            body = self.expand(body)
        sha256, message_id = hashlib.sha256(body).hexdigest(), headers["message-id"].lower()
        with self.lock:
            if place[0] == "trial":
                _validate(body)
                if self.fault == "keeps-trials":
                    self.kept[message_id] = Kept(place, sha256, self.receipt(headers, sha256))
                return 200, self.receipt(headers, sha256)
            known = self.kept.get(message_id)
            if known is not None and self.fault != "forgets":
                if known.sha256 != sha256:
                    raise Problem(409, "digest-conflict")
                if known.place != place:
                    raise Problem(409, "place-conflict")
                receipt = known.receipt
                if self.fault == "other-receipt":
                    receipt = self.receipt(headers, sha256)
                return 200, receipt
            if place[0] not in AGREED and self.fault != "any-kind":
                raise Problem(403, "kind-not-agreed")
            _validate(body)
            if any(place[1:] == kept.place[1:] for key, kept in self.kept.items()
                   if key != message_id):
                raise Problem(409, "position-taken")
            if self.fault == "no-gaps" and not self.follows(place):
                raise Problem(409, "out-of-order")
            self.kept[message_id] = Kept(place, sha256, self.receipt(headers, sha256))
            return 201, self.kept[message_id].receipt

    def expand(self, encoded: bytes) -> bytes:
        if not self.compresses:
            raise Problem(415, "media-type")
        reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            body = reader.decompress(encoded, 0 if self.fault == "bombs" else LIMIT + 1)
        except zlib.error as error:
            raise Problem(422, "message-invalid", [{"message": str(error)}]) from error
        if len(body) > LIMIT and self.fault != "bombs":
            raise Problem(413, "too-large")
        if not reader.eof or reader.unused_data:
            raise Problem(422, "message-invalid", [{"message": "not one whole member"}])
        return body

    def find(self, url: str, headers: dict[str, str]) -> tuple[int, str]:
        self.once(self.authenticate("GET", url, headers, QUESTION))
        known = self.kept.get(url.rpartition("/")[2])
        if known is None:
            raise Problem(404, "message-unknown")
        return 200, known.receipt

    def follows(self, place: tuple[str, ...]) -> bool:
        before = (place[1], str(int(place[2]) - 1))
        return place[2] == "1" or any(kept.place[1:] == before for kept in self.kept.values())

    def once(self, nonce: tuple[str, str]) -> None:
        if nonce in self.nonces and self.fault != "replays":
            raise Problem(409, "replayed")
        self.nonces.add(nonce)

    def place(self, headers: dict[str, str]) -> tuple[str, ...]:
        wrong = [name for name in ("message-id", "movement") if not _is_uuid(headers.get(name, ""))]
        if headers.get("message-kind") not in KINDS:
            wrong.append("message-kind")
        position = headers.get("position", "")
        if not re.fullmatch("[1-9][0-9]{0,6}", position) or int(position) > 1_000_000:
            wrong.append("position")
        if wrong:
            raise Problem(400, "header-invalid", [{"header": name, "message": "?"} for name in wrong])
        return headers["message-kind"], headers["movement"].lower(), position

    def authenticate(self, method: str, url: str, headers: dict[str, str],
                     needed: tuple[str, ...]) -> tuple[str, str]:
        """Key id and nonce. Raises Problem."""
        if "signature" not in headers or "signature-input" not in headers:
            raise Problem(401, "signature-missing")
        found = []
        for label, parameters, components, text in MEMBER.findall(headers["signature-input"]):
            given = {name: value.strip('"') for name, value in
                     re.findall(r';(\w+)=("[^"]*"|-?\d+)', text)}
            if given.get("tag") == "exchange-v1":
                found.append((label, parameters, components, given))
        if not found:
            raise Problem(401, "signature-wrong")
        if len(found) > 1:
            raise Problem(401, "signature-malformed")
        label, parameters, components, given = found[0]
        covered = tuple(re.findall(r'"([^"]+)"', components))
        if not set(needed) <= set(covered) and self.fault != "covers-less":
            raise Problem(401, "signature-incomplete")
        if not {"created", "expires", "keyid", "nonce"} <= set(given):
            raise Problem(401, "signature-malformed")
        if not 1 <= len(given["nonce"]) <= 64:
            raise Problem(401, "signature-malformed")
        if given.get("alg", "ed25519") != "ed25519" and self.fault != "any-algorithm":
            raise Problem(401, "signature-wrong")
        self.judge_times(int(given["created"]), int(given["expires"]))
        key = self.sender_keys.get(given["keyid"])
        if key is None:
            raise Problem(401, "key-unknown")
        base = signature_base(headers | {"@method": method, "@target-uri": url}, covered, parameters)
        made = re.search(rf"(?:^|[ ,]){re.escape(label)}=:([^:]*):", headers["signature"])
        signature = base64.b64decode(made[1] if made else "")
        try:
            key.verify(signature, base)
        except InvalidSignature:
            if self.fault != "any-signature":
                raise Problem(401, "signature-wrong") from None
        return given["keyid"], given["nonce"]

    def judge_times(self, created: int, expires: int) -> None:
        if self.fault == "no-clock":
            return
        if created > time.time() + 60:
            raise Problem(401, "signature-from-future")
        if not created <= expires <= created + 300:
            raise Problem(401, "signature-malformed")
        if created < time.time() - 360:
            raise Problem(401, "signature-too-old")
        if expires < time.time() - 60:
            raise Problem(401, "signature-expired")

    def receipt(self, headers: dict[str, str], sha256: str) -> str:
        header = {"alg": "Ed25519", "kid": self.key.id, "typ": "exchange-receipt+jws"}
        payload = {
            "message_id": headers["message-id"].lower(),
            "sha256": "0" * 64 if self.fault == "wrong-receipt" else sha256,
            "kind": headers["message-kind"], "movement": headers["movement"].lower(),
            "position": int(headers["position"]), "sender": self.sender, "receiver": self.country,
            "received_at": datetime.now(UTC).isoformat(),
        }
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, payload))
        return f"{signed}.{base64url(self.key.private.sign(signed.encode()))}"

    def jwks(self) -> dict[str, Any]:
        other = base64url(b"x" * 32) if self.fault == "other-key" else base64url(self.key.raw)
        return {"keys": [{
            "kty": "OKP", "crv": "Ed25519", "x": other, "kid": self.key.id,
            "use": "sig", "alg": "Ed25519", "nbf": int(time.time()) - 60,
        }]}


def _validate(body: bytes) -> None:
    try:
        tree = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise Problem(422, "message-invalid", [{"message": str(error)}]) from error
    declaration = tree.find("{*}Declaration")
    if declaration is None or tree.getroottree().docinfo.doctype:
        raise Problem(422, "message-invalid", [{"message": "a DOCTYPE, or no declaration"}])
    wrong = [name for name in ("ID", "AcceptanceDateTime")
             if declaration.find(f"{{*}}{name}") is None]
    if not (declaration.findtext("{*}GoodsItemQuantity") or "").isdigit():
        wrong.append("GoodsItemQuantity")
    if wrong:
        raise Problem(422, "message-invalid", [{"message": name} for name in wrong])


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        length = self.headers.get("content-length")
        body = self.rfile.read(int(length)) if length else b""
        if len(body) < int(length or 0) and self.receiver.fault != "takes-halves":
            self.close_connection = True
        elif length is None:
            self.answer(lambda: _raise(Problem(411, "length-required")))
        elif int(length) > LIMIT:
            self.answer(lambda: _raise(Problem(413, "too-large")))
        else:
            self.answer(lambda: self.receiver.take(self.address, self.fields, body))

    def do_GET(self) -> None:
        if self.path == "/exchange/v1/keys":
            return self.write(200, "application/jwk-set+json", self.receiver.jwks())
        self.answer(lambda: self.receiver.find(self.address, self.fields))

    def do_PUT(self) -> None:
        self.answer(lambda: _raise(Problem(405, "method")))

    def do_DELETE(self) -> None:
        self.do_PUT()

    @property
    def address(self) -> str:
        return self.receiver.url + self.path

    @property
    def fields(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def answer(self, work: Any) -> None:
        try:
            status, receipt = work()
        except Problem as problem:
            document = TITLES | {"status": problem.status, "code": problem.code}
            if problem.errors:
                document |= {"errors": problem.errors}  # type: ignore[dict-item]
            plain = self.receiver.fault == "plain-problems"
            media_type = "application/json" if plain else "application/problem+json"
            return self.write(problem.status, media_type, document)
        self.write(status, "application/json", {"receipt": receipt})

    def write(self, status: int, media_type: str, document: dict[str, Any]) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


def _raise(problem: Problem) -> tuple[int, str]:
    raise problem
