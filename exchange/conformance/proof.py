"""Verifying a receipt offline, step by step as docs/exchange.md has it, with a public key alone."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.conformance.messages import Message

SKEW = timedelta(seconds=60)


class NotProven(Exception):
    """What is wrong with a receipt."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key of the partner, and from when until when it may sign."""

    public: Ed25519PublicKey
    valid_from: datetime
    valid_to: datetime | None = None


def prove(
    receipt: str, message: Message, sender: str, receiver: str, keys: Mapping[str, TrustedKey],
    sent_at: datetime, skew: timedelta = SKEW,
) -> str:
    """The id of the key that signed. Raises NotProven."""
    try:
        head, body, seal = receipt.split(".")
        header, payload = _json(head), _json(body)
        signature = _bytes(seal)
    except ValueError as error:
        raise NotProven("it is no JWS in compact form with JSON in it") from error
    if header.get("typ") != "exchange-receipt+jws":
        raise NotProven(f"typ is {header.get('typ')!r}, not 'exchange-receipt+jws'")
    if header.get("alg") != "Ed25519":
        raise NotProven(f"alg is {header.get('alg')!r}, not 'Ed25519'")
    key_id = str(header.get("kid"))
    key = keys.get(key_id)
    if key is None:
        raise NotProven(f"kid {key_id} is no key of this partner")
    try:
        key.public.verify(signature, f"{head}.{body}".encode())
    except InvalidSignature as error:
        raise NotProven("its signature does not verify") from error
    expected = {
        "message_id": str(message.id), "sha256": message.sha256, "kind": message.kind,
        "movement": str(message.movement), "position": message.position,
        "sender": sender, "receiver": receiver,
    }
    for name, value in expected.items():
        if payload.get(name) != value:
            raise NotProven(f"{name} is {payload.get(name)!r}, not {value!r}")
    moment = _moment(payload.get("received_at"))
    if not sent_at - skew <= moment <= datetime.now(UTC) + skew:
        raise NotProven(f"received_at {moment} is before the message was sent, or to come")
    if moment < key.valid_from or (key.valid_to is not None and moment >= key.valid_to):
        raise NotProven(f"its key was not valid at {moment}")
    return key_id


def moment_of(receipt: str) -> datetime:
    """When the receiver says that it was. Raises NotProven."""
    try:
        return _moment(_json(receipt.split(".")[1]).get("received_at"))
    except (ValueError, IndexError) as error:
        raise NotProven("it is no JWS in compact form with JSON in it") from error


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """RFC 7638, with SHA-256, of an Ed25519 key."""
    named = json.dumps({name: jwk.get(name) for name in ("crv", "kty", "x")}, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(named.encode()).digest()).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _json(text: str) -> dict[str, Any]:
    document = json.loads(_bytes(text))
    if not isinstance(document, dict):
        raise ValueError("no object")
    return document


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise NotProven(f"received_at is {value!r}, no moment") from error
    if moment.tzinfo is None:
        raise NotProven("received_at has no time zone")
    return moment
