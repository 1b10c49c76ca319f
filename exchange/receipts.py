"""Receipts: the receiver's signed word (JWS, RFC 7515) that it has these bytes since that moment.

A receipt proves arrival to anybody who has the receiver's public key, with no access to a portal.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from exchange.keys import ensure_own_key, private_half, public_key
from exchange.models import OwnKey, PartnerKey

# The fully specified name of EdDSA over Ed25519 (RFC 9864; plain "EdDSA" is deprecated there).
ALGORITHM = "Ed25519"
TYPE = "exchange-receipt+jws"
# What a receipt says of a message; the moment of receipt stands beside it.
_FIELDS = ("message_id", "sha256", "kind", "movement", "position", "sender", "receiver")


class ReceiptRefused(ValueError):
    """A receipt that proves nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a receipt says. Identifiers as text, countries as ISO 3166-1 alpha-2, times in UTC."""

    message_id: str
    sha256: str
    kind: str
    movement: str
    position: int
    sender: str
    receiver: str
    received_at: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.received_at)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def issue(statement: Statement) -> str:
    """Sign a receipt with our newest key; the compact form of the JWS."""
    key = ensure_own_key()
    header = {"alg": ALGORITHM, "kid": key.key_id, "typ": TYPE}
    payload = json.dumps(asdict(statement), separators=(",", ":"))
    return jws.serialize_compact(
        header, payload, OKPKey.import_key(private_half(key)), algorithms=[ALGORITHM]
    )


def verify(receipt: str, expected: Statement, key: PartnerKey | OwnKey) -> Statement:
    """The statement of a receipt, signed by ``key`` and about the ``expected`` message.

    The moment of receipt is the receipt's own; ``key`` must have been valid then. Raises
    ReceiptRefused.
    """
    header, statement = read(receipt)
    if header.get("typ") != TYPE:
        raise ReceiptRefused("It is not a receipt of this protocol.")
    if header.get("kid") != key.key_id:
        raise ReceiptRefused("It names another key.")
    try:
        jws.deserialize_compact(
            receipt, OKPKey.import_key(public_key(key.public_key)), algorithms=[ALGORITHM]
        )
    except (JoseError, ValueError) as error:
        raise ReceiptRefused("Its signature does not verify.") from error
    for field in _FIELDS:
        if getattr(statement, field) != getattr(expected, field):
            raise ReceiptRefused(f"Its {field} is not that of the message.")
    if not key.valid_at(statement.moment):
        raise ReceiptRefused("Its key was not valid at the moment that it states.")
    return statement


def key_id_of(receipt: str) -> str:
    """Who claims to have signed it. Raises ReceiptRefused."""
    return str(read(receipt)[0].get("kid", ""))


def read(receipt: str) -> tuple[dict[str, Any], Statement]:
    """Header and statement, unverified. Raises ReceiptRefused for what is no receipt at all."""
    try:
        parts = jws.extract_compact(receipt.encode())
        payload = json.loads(parts.payload)
        statement = Statement(**{name: payload[name] for name in (*_FIELDS, "received_at")})
        if statement.moment.tzinfo is None:
            raise ValueError("no time zone")
    except (
        JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError
    ) as error:
        raise ReceiptRefused("It is not a receipt of this protocol.") from error
    return parts.headers(), statement
