"""Trial messages, and signatures over them: right as docs/exchange.md has it, or wrong on purpose."""

import base64
import gzip
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.conformance.wire import Request

QUESTION = ("@method", "@target-uri")
MESSAGE = (
    *QUESTION, "content-digest", "content-type", "message-id", "message-kind", "movement",
    "position",
)
COMPRESSED = (*MESSAGE, "content-encoding")
_SAMPLE = (Path(__file__).parent / "message.xml").read_text()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs: the country, its private key and the name by which the partner knows it."""

    country: str
    key_id: str
    private: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Signing:
    """How a request is signed. ``parameters`` replace those of the signature; None leaves one out."""

    covered: tuple[str, ...] = MESSAGE
    age: int = 0
    life: int = 120
    parameters: Mapping[str, Any] = field(default_factory=dict)
    label: str = "sig1"


@dataclass(frozen=True, slots=True)
class Message:
    """A message with a place of its own. ``fields`` replace its HTTP fields before it is signed;
    ``encoded`` is what goes over the wire in place of the body."""

    body: bytes
    id: UUID = field(default_factory=uuid4)
    kind: str = "released"
    movement: UUID = field(default_factory=uuid4)
    position: int = 1
    fields: Mapping[str, str] = field(default_factory=dict)
    encoded: bytes | None = None

    @property
    def sent(self) -> bytes:
        return self.body if self.encoded is None else self.encoded

    @property
    def headers(self) -> dict[str, str]:
        return {
            "content-type": "application/xml",
            "content-digest": digest(self.sent),
            "message-id": str(self.id),
            "message-kind": self.kind,
            "movement": str(self.movement),
            "position": str(self.position),
            **self.fields,
        }

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def declaration(country: str) -> bytes:
    """An accepted import of wine, marked as a trial by its number, unlike any other."""
    values = {
        "@MRN@": f"{datetime.now(UTC):%y}{country}TRIAL{secrets.randbelow(10**8):08d}X",
        "@LRN@": f"TRIAL{secrets.token_hex(6).upper()}",
        "@MOMENT@": f"{datetime.now(UTC):%Y%m%d%H%M%S}Z",
        "@COUNTRY@": country,
    }
    text = _SAMPLE
    for name, value in values.items():
        text = text.replace(name, value)
    return text.encode()


def stretched(body: bytes, size: int) -> bytes:
    """The same document with ``size`` bytes, by blanks between its elements."""
    first, *lines = body.split(b"\n")
    gap, rest = divmod(size - len(body), len(lines))
    return first + b" " * rest + b"".join(b" " * gap + b"\n" + line for line in lines)


def compressed(message: Message, encoded: bytes | None = None) -> Message:
    """The same message in gzip, or in other bytes that claim to be it."""
    encoded = gzip.compress(message.body) if encoded is None else encoded
    return replace(message, encoded=encoded, fields={**message.fields, "content-encoding": "gzip"})


def posted(base: str, message: Message, who: Identity, how: Signing | None = None) -> Request:
    """The message as a signed request."""
    url, how = f"{base}/exchange/v1/messages", how or Signing()
    headers = message.headers
    return Request("POST", url, headers | signature("POST", url, headers, who, how), message.sent)


def asked(base: str, message_id: UUID, who: Identity, how: Signing | None = None) -> Request:
    """The signed question whether a message has arrived."""
    url, how = f"{base}/exchange/v1/messages/{message_id}", how or Signing(covered=QUESTION)
    return Request("GET", url, signature("GET", url, {}, who, how))


def signature(
    method: str, url: str, headers: Mapping[str, str], who: Identity, how: Signing
) -> dict[str, str]:
    """The two fields of RFC 9421."""
    created = int(time.time()) - how.age
    parameters: dict[str, Any] = {
        "created": created, "expires": created + how.life, "keyid": who.key_id, "alg": "ed25519",
        "nonce": secrets.token_urlsafe(16), "tag": "exchange-v1", **how.parameters,
    }
    named = " ".join(f'"{name}"' for name in how.covered)
    text = f"({named})" + "".join(
        f";{name}={value}" if isinstance(value, int) else f';{name}="{value}"'
        for name, value in parameters.items() if value is not None
    )
    values = {**headers, "@method": method, "@target-uri": url}
    lines = [f'"{name}": {values[name]}' for name in how.covered]
    signed = "\n".join([*lines, f'"@signature-params": {text}']).encode()
    made = base64.b64encode(who.private.sign(signed)).decode()
    return {"signature-input": f"{how.label}={text}", "signature": f"{how.label}=:{made}:"}


def digest(body: bytes) -> str:
    """Content-Digest of RFC 9530."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
