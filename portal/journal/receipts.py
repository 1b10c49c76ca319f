"""Receipts: what the portal attests, signed so that anybody can check it without asking the portal.

A receipt is a JSON Web Signature (RFC 7515) by the portal's own key. The keys are public under
``/.well-known/jwks.json``; docs/receipts.md says what a receipt of acceptance holds.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from portal.identifiers import new_id
from portal.journal import keys
from portal.journal.models import Event, Receipt, SigningKey

# Of a receipt of acceptance; whatever else is signed has a type of its own, so that one can never
# pass for the other.
TYPE = "acceptance-receipt+jws"
# Ours have less than 1,000 characters.
MAX_CHARACTERS = 16_384


class ReceiptRefused(ValueError):
    """It is not a genuine receipt of this portal. ``code`` is stable, the text says why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def sign(payload: Mapping[str, Any], *, type: str = TYPE) -> str:
    """``payload`` (plain JSON) as a compact JWS by the key that signs now."""
    key = keys.current()
    content = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return jws.serialize_compact(
        {"alg": keys.ALGORITHM, "kid": key.key_id, "typ": type}, content.encode(),
        keys.private_half(key), algorithms=[keys.ALGORITHM],
    )


def verify(token: str, *, type: str = TYPE) -> dict[str, Any]:
    """What a token attests, once its signature by one of our keys is proven.

    Raises ReceiptRefused.
    """
    header, payload = read(token)
    if header.get("alg") != keys.ALGORITHM or header.get("typ") != type:
        raise ReceiptRefused("no-receipt", "It is not a receipt of this kind.")
    key = SigningKey.objects.filter(key_id=str(header.get("kid"))).first()
    if key is None:
        raise ReceiptRefused("unknown-key", "It is not signed by a key of this portal.")
    try:
        jws.deserialize_compact(
            token, OKPKey.import_key(key.public_key), algorithms=[keys.ALGORITHM]
        )
    except (JoseError, ValueError, TypeError) as error:
        raise ReceiptRefused("bad-signature", "Its signature does not verify.") from error
    return payload


def read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload, unverified. Raises ReceiptRefused for what is no receipt at all."""
    try:
        if len(token) > MAX_CHARACTERS:
            raise ValueError("too long")
        parts = jws.extract_compact(token.encode("ascii"))
        header, payload = parts.headers(), json.loads(parts.payload)
        if not isinstance(payload, dict):
            raise ValueError("no object")
    except (
        JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError
    ) as error:
        raise ReceiptRefused("no-receipt", "It is not a receipt.") from error
    return header, payload


def issue(event: Event, *, mrn: str, lrn: str, version: int, sha256: str) -> Receipt:
    """Sign and keep the receipt of the acceptance that ``event`` records, in its transaction."""
    receipt_id = new_id()
    token = sign({
        "jti": str(receipt_id),
        "country": settings.PORTAL_COUNTRY,
        "mrn": mrn,
        "lrn": lrn,
        "version": version,
        "sha256": sha256,
        "event": str(event.pk),
        "event_sha256": event.hash,
        "accepted_at": moment(event.at),
    })
    return Receipt.objects.create(
        id=receipt_id, subject=event.subject, event=event.pk, version=version, at=event.at,
        token=token,
    )


def find(token: str) -> tuple[dict[str, Any], Receipt]:
    """A receipt that is genuine and that we issued, with what it attests.

    More than ``verify``: the receipt is on record, and so is the event that it names. A receipt
    forged with a stolen key has neither. Raises ReceiptRefused.
    """
    payload = verify(token)
    receipt = Receipt.objects.filter(token=token, pk__in=_uuids(payload.get("jti"))).first()
    if receipt is None:
        raise ReceiptRefused("not-on-record", "The portal has no record of it.")
    recorded = Event.objects.filter(pk=receipt.event, hash=payload.get("event_sha256"))
    if not recorded.exists():
        raise ReceiptRefused("not-on-record", "The journal has no such event.")
    return payload, receipt


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _uuids(text: Any) -> list[UUID]:
    """The one that ``text`` is, or none."""
    try:
        return [UUID(str(text))]
    except ValueError:
        return []
