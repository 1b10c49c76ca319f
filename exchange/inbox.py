"""Taking in a partner's message: many may knock, each message has its effect exactly once.

The order of the checks is part of the protocol (docs/exchange.md): whoever is not known learns
nothing about the content, and nothing is written before everything is known to be good.
"""

import hashlib
import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg2
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from exchange import compression, contents, receipts, signing
from exchange.limits import (
    CLOCK_SKEW,
    MAX_AGE,
    MAX_CLOCK_SKEW,
    MAX_MESSAGE_BYTES,
    MAX_POSITION,
)
from exchange.models import (
    TRIAL,
    InboxMessage,
    Partner,
    PartnerKey,
    WireKind,
)
from exchange.problems import Refused as Refused
from exchange.signing import HttpRequest, SignatureRefused, Verified
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

logger = logging.getLogger(__name__)

MEDIA_TYPES = ("application/xml", "text/xml")
_PAUSE_SECONDS = 300
# What says that a message, or another at its place, is here already.
_UNIQUENESS = frozenset(constraint.name for constraint in InboxMessage._meta.constraints)
_POSITION = re.compile(r"[1-9]\d{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message belongs: its identity and its place among the others of its movement."""

    message_id: UUID
    kind: str
    movement: UUID
    position: int


def receive(request: HttpRequest, body: bytes) -> tuple[InboxMessage, bool]:
    """Take in one message; the message as kept, and whether it is new.

    A repeat gives the same message with the same receipt. Raises Refused, leaving nothing behind.
    """
    place = read_place(request.headers)
    partner, signature = authenticate(request, body)
    try:
        return _take_in(request, body, place, partner, signature)
    except Refused as refused:
        refused.key_id = signature.key_id
        raise


def _take_in(
    request: HttpRequest, body: bytes, place: Place, partner: Partner, signature: Verified
) -> tuple[InboxMessage, bool]:
    """What follows once it is known who signed."""
    if partner.paused_at is not None:
        raise Refused(503, "partner-paused", "The exchange with you is paused; try again later.",
                      retry_after=_PAUSE_SECONDS)
    encoded = body if signing.is_compressed(request.headers) else None
    body = _message_of(partner, request, body)
    if place.kind == TRIAL:
        return _tried(partner, place, body), False
    sha256 = hashlib.sha256(body).hexdigest()
    known = _repeat(partner, place, sha256)
    if known is not None:
        return known, False
    if place.kind not in partner.message_kinds:
        raise Refused(403, "kind-not-agreed", f"Messages of kind {place.kind} were not agreed.")
    content = contents.read(partner, place.kind, body)
    message = InboxMessage(
        partner=partner,
        message_id=place.message_id,
        kind=place.kind,
        movement=place.movement,
        position=place.position,
        body=body,
        sha256=sha256,
        encoded=encoded,
        headers=_kept(request),
        key_id=signature.key_id,
        received_at=timezone.now(),
        **content.columns,
    )
    message.receipt = receipts.issue(statement_of(message))
    try:
        with transaction.atomic():
            message.save(force_insert=True)
            _record(message)
            content.apply(message)
    except IntegrityError as error:
        if _violated(error) not in _UNIQUENESS:
            raise  # the effect's own fault: nothing is kept, and the sender comes back
        # Somebody was faster: the same message on another connection, or another at its place.
        known = _repeat(partner, place, sha256)
        if known is not None:
            return known, False
        raise Refused(
            409, "position-taken",
            f"Another message of movement {place.movement} has position {place.position}.",
        ) from None
    return message, True


def _violated(error: IntegrityError) -> str:
    """The name of the constraint that the database found broken; "" if it does not say."""
    cause = error.__cause__
    return (cause.diag.constraint_name or "") if isinstance(cause, psycopg2.Error) else ""


def _is_readable(headers: dict[str, str]) -> bool:
    """Plain, or compressed in a way that is known; that it is signed is proven later."""
    if not signing.is_compressed(headers):
        return True
    covered = f'"{signing.ENCODING}"' in headers.get("signature-input", "")
    return covered and headers[signing.ENCODING].lower() == "gzip"


def _message_of(partner: Partner, request: HttpRequest, body: bytes) -> bytes:
    """The message itself, of what came over the wire. Raises Refused."""
    if not signing.is_compressed(request.headers):
        return body
    if not partner.compresses:
        raise Refused(415, "media-type", "Compression was not agreed.")
    try:
        return compression.decode(body)
    except compression.TooLarge:
        raise Refused(
            413, "too-large", f"A message has at most {MAX_MESSAGE_BYTES} bytes."
        ) from None
    except compression.NotReadable as error:
        raise Refused(
            422, "message-invalid", "The body is not gzip.",
            errors=[{"code": "message-invalid", "message": str(error)}],
        ) from error


def _tried(partner: Partner, place: Place, body: bytes) -> InboxMessage:
    """Answer a trial: judged like any other message, and kept nowhere but in the journal."""
    contents.read_declaration(partner, body)
    message = InboxMessage(
        partner=partner, message_id=place.message_id, kind=place.kind, movement=place.movement,
        position=place.position, sha256=hashlib.sha256(body).hexdigest(),
        received_at=timezone.now(),
    )
    message.receipt = receipts.issue(statement_of(message))
    with transaction.atomic():
        record(partner.pk, EventKind.TRIAL_RECEIVED, Actor(label=partner.name),
               {"partner": partner.country, "message_id": str(place.message_id)})
    return message


def find(request: HttpRequest, message_id: UUID) -> InboxMessage:
    """Answer a partner's question whether its message has arrived. Raises Refused."""
    partner, _signature = authenticate(request, None)
    message = InboxMessage.objects.filter(partner=partner, message_id=message_id).first()
    if message is None:
        raise Refused(404, "message-unknown", "No message with this id has arrived from you.")
    return message


def statement_of(message: InboxMessage) -> receipts.Statement:
    """What our receipt says of a message."""
    return receipts.Statement(
        message_id=str(message.message_id),
        sha256=message.sha256,
        kind=message.kind,
        movement=str(message.movement),
        position=message.position,
        sender=message.partner.country,
        receiver=settings.PORTAL_COUNTRY,
        received_at=receipts.timestamp(message.received_at),
    )


def read_place(headers: dict[str, str]) -> Place:
    """Read the four fields that place a message. Raises Refused naming every one that is wrong."""
    media_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES or not _is_readable(headers):
        raise Refused(
            415, "media-type",
            "A message is application/xml, compressed only by gzip and if Content-Encoding is signed.",
        )
    errors: list[dict[str, Any]] = []

    def wrong(name: str, words: str) -> None:
        errors.append({"header": name, "code": "header-invalid", "message": words})

    message_id = _uuid(headers.get("message-id", ""))
    movement = _uuid(headers.get("movement", ""))
    kind = headers.get("message-kind", "")
    position = headers.get("position", "")
    if message_id is None:
        wrong("Message-Id", "It must be a UUID.")
    if movement is None:
        wrong("Movement", "It must be a UUID.")
    if kind not in WireKind.values and kind != TRIAL:
        wrong("Message-Kind", f"It must be one of {', '.join(WireKind.values)}.")
    if not _POSITION.fullmatch(position) or int(position) > MAX_POSITION:
        wrong("Position", f"It must be a whole number from 1 to {MAX_POSITION}.")
    if message_id is None or movement is None or errors:
        raise Refused(400, "header-invalid", "A header is missing or wrong.", errors=errors)
    return Place(message_id, kind, movement, int(position))


def authenticate(request: HttpRequest, body: bytes | None) -> tuple[Partner, Verified]:
    """Who signed this. ``body`` None for a question, which has none. Raises Refused."""
    found: dict[str, PartnerKey | None] = {}

    def key_of(key_id: str) -> PartnerKey | None:
        if key_id not in found:
            keys = PartnerKey.objects.select_related("partner")
            found[key_id] = keys.filter(key_id=key_id).first()
        return found[key_id]

    def pem_of(key_id: str) -> str:
        key = key_of(key_id)
        if key is None:
            raise SignatureRefused("key-unknown", "No partner has given us this key.")
        if not key.is_valid:
            raise SignatureRefused("key-expired", "This key is expired, revoked or not yet valid.")
        partners[key_id] = key.partner
        return key.public_key

    def skew_of(key_id: str) -> timedelta:
        key = key_of(key_id)
        return CLOCK_SKEW if key is None else key.partner.clock_skew

    partners: dict[str, Partner] = {}
    try:
        signature = signing.verify(request, body, pem_of, skew_of=skew_of)
    except SignatureRefused as problem:
        logger.warning("exchange request refused: %s: %s", problem.code, problem.detail)
        status = 400 if problem.code == "digest-wrong" else 401
        raise Refused(
            status, problem.code, problem.detail, key_id=problem.key_id
        ) from problem
    _refuse_replay(signature)
    return partners[signature.key_id], signature


def _refuse_replay(signature: Verified) -> None:
    """The same signature twice is somebody else's copy: a partner signs every attempt anew.

    The cache may forget: then the message is a repeat, which has no effect either.
    """
    life = (MAX_AGE + 2 * MAX_CLOCK_SKEW).total_seconds()
    # Hashed: a nonce may hold spaces and be as long as it likes, which a key of the cache may not.
    used = hashlib.sha256(f"{signature.key_id}\n{signature.nonce}".encode()).hexdigest()
    if not cache.add(f"exchange-nonce:{used}", 1, timeout=int(life)):
        raise Refused(409, "replayed", "This signature was used before; sign every attempt anew.",
                      key_id=signature.key_id)


def _repeat(partner: Partner, place: Place, sha256: str) -> InboxMessage | None:
    """The message if it is here already. Raises Refused if its id stands for something else."""
    known = InboxMessage.objects.filter(partner=partner, message_id=place.message_id).first()
    if known is None:
        return None
    if known.sha256 != sha256:
        raise Refused(409, "digest-conflict", "This message id came before with other bytes.")
    if (known.kind, known.movement, known.position) != (place.kind, place.movement, place.position):
        raise Refused(409, "place-conflict",
                      "This message id came before with another kind, movement or position.")
    InboxMessage.objects.filter(pk=known.pk).update(repeats=F("repeats") + 1)
    known.partner = partner
    return known


def _record(message: InboxMessage) -> None:
    record(
        message.pk,
        EventKind.MESSAGE_RECEIVED,
        Actor(label=message.partner.name),
        {
            "partner": message.partner.country,
            "message_id": str(message.message_id),
            "kind": message.kind,
            "movement": str(message.movement),
            "position": message.position,
            "sha256": message.sha256,
            "mrn": message.mrn,
            "key_id": message.key_id,
        },
        at=message.received_at,
    )


def _kept(request: HttpRequest) -> dict[str, str]:
    """Everything that the signature covers, and the signature, so that it can be checked again."""
    names = (
        "content-digest", signing.ENCODING, "content-type", *signing.PLACE, "signature-input",
        "signature",
    )
    return {"@method": request.method, "@target-uri": request.url} | {
        name: request.headers[name] for name in names if name in request.headers
    }


def _uuid(text: str) -> UUID | None:
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if str(value) == text.lower() else None
