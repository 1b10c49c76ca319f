"""Proving a kept message again, step by step, from nothing but what was kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from exchange import compression, inbox, outbox, receipts, signing
from exchange.limits import MAX_CLOCK_SKEW
from exchange.models import InboxMessage, OutboxMessage, OwnKey, PartnerKey
from exchange.signing import SignatureRefused


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was checked. ``holds`` is None where there is nothing to check yet."""

    label: str
    holds: bool | None
    detail: str = ""

    @property
    def icon(self) -> str:
        return {True: "circle-check", False: "circle-x", None: "circle-dashed"}[self.holds]

    @property
    def tone(self) -> str:
        return {True: "good", False: "bad", None: "mute"}[self.holds]


def of_incoming(message: InboxMessage) -> list[Step]:
    """The sender's key, its signature at the moment of receipt, the digest, and our receipt."""
    key = PartnerKey.objects.filter(partner=message.partner, key_id=message.key_id).first()
    own = OwnKey.objects.filter(key_id=_key_id(message.receipt)).first()
    return [
        _digest(bytes(message.body), message.sha256),
        _key(_("The sender's key was valid"), key, message.received_at),
        _signature(message, key),
        _receipt(
            _("Our receipt, signed by our key, is about these bytes"),
            message.receipt, inbox.statement_of(message), own,
        ),
    ]


def of_outgoing(message: OutboxMessage) -> list[Step]:
    """The digest and the partner's receipt."""
    steps = [_digest(bytes(message.body), message.sha256)]
    label = _("The partner's receipt is about these bytes, this place and these countries")
    if not message.receipt:
        return [*steps, Step(label, None, _("No receipt yet."))]
    key = PartnerKey.objects.filter(
        partner=message.partner, key_id=_key_id(message.receipt)
    ).first()
    return [
        *steps,
        _key(_("The partner's key was valid"), key, receipts.read(message.receipt)[1].moment),
        _receipt(label, message.receipt, outbox.statement_of(message), key),
    ]


def _digest(body: bytes, sha256: str) -> Step:
    return Step(
        _("The bytes have the SHA-256 that was kept"),
        hashlib.sha256(body).hexdigest() == sha256, sha256,
    )


def _key(label: str, key: PartnerKey | None, moment: datetime) -> Step:
    if key is None:
        return Step(label, False, _("The key is not known."))
    return Step(label, key.valid_at(moment), key.key_id)


def _signature(message: InboxMessage, key: PartnerKey | None) -> Step:
    label = _("The sender's signature covers address, bytes, kind, movement and position")
    if key is None:
        return Step(label, False, _("The key is not known."))
    body = wire = bytes(message.body)
    if message.encoded is not None:
        wire = bytes(message.encoded)
        try:
            if compression.decode(wire) != body:
                return Step(label, False, _("What was signed is not the message that was kept."))
        except (compression.NotReadable, compression.TooLarge) as error:
            return Step(label, False, str(error))
    headers = dict(message.headers)
    request = signing.HttpRequest(headers.pop("@method"), headers.pop("@target-uri"), headers)
    try:
        signing.verify(
            request, wire, lambda _key_id: key.public_key, now=message.received_at,
            # What was agreed may have changed since.
            skew_of=lambda _key_id: MAX_CLOCK_SKEW,
        )
    except SignatureRefused as refused:
        return Step(label, False, refused.detail)
    return Step(label, True)


def _receipt(
    label: str, receipt: str, expected: receipts.Statement, key: PartnerKey | OwnKey | None
) -> Step:
    if key is None:
        return Step(label, False, _("The key is not known."))
    try:
        receipts.verify(receipt, expected, key)
    except receipts.ReceiptRefused as refused:
        return Step(label, False, str(refused))
    return Step(label, True, key.key_id)


def _key_id(receipt: str) -> str:
    try:
        return receipts.key_id_of(receipt)
    except receipts.ReceiptRefused:
        return ""
