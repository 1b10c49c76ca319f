"""Getting messages to partners: at least once over the wire, exactly once in effect.

A worker takes a message by lease, calls the partner outside any transaction, and reports. One that
dies holding a lease leaves a message of unknown outcome: whoever takes it next asks the partner
before sending. A movement's messages go in order; one that is stuck holds those behind it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from exchange import receipts, transport
from exchange.limits import FIRST_RETRY, LAST_RETRY, LEASE
from exchange.models import (
    DONE,
    STUCK,
    DeliveryAttempt,
    OutboxMessage,
    OutboxState,
    Outcome,
    Partner,
    PartnerKey,
)
from exchange.transport import Answer
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record
from portal.retries import BackOff

back_off = BackOff(FIRST_RETRY, LAST_RETRY)
# What a report changes; the bytes never are.
_REPORTED = (
    "state", "outcome_unknown", "next_attempt_at", "leased_until", "delivered_at", "receipt",
    "receipt_verified_at", "last_error",
)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to speak to the partner about one message, until a moment."""

    message: OutboxMessage
    until: datetime


def deliver(message_id: UUID) -> None:
    """Bring a message to its partner as far as that is possible now, then those that waited for it.

    Does nothing if the message is not due: delivered, waiting, blocked, or in another's hands.
    """
    following: UUID | None = message_id
    while following is not None:
        lease = claim(following)
        if lease is None:
            return
        answer = call(lease)
        following = report(lease, answer)
        note_silence(lease.message, answer)


def claim(message_id: UUID) -> Lease | None:
    """Take a message that is due; None if it is not, or another worker has it."""
    now = timezone.now()
    with transaction.atomic():
        message = (
            OutboxMessage.objects.due(now)
            .filter(pk=message_id)
            .select_related("partner")
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        if message is None:
            return None
        if message.leased_until is not None:
            # Its last worker never reported: it may have sent the message before it died.
            message.outcome_unknown = True
        message.leased_until = now + LEASE
        message.attempts += 1
        message.save(update_fields=["leased_until", "outcome_unknown", "attempts"])
    return Lease(message, message.leased_until)


def chase(message_id: UUID) -> UUID | None:
    """Ask for the receipt of a message that is no longer sent but may have arrived; never send.

    With a good receipt it is delivered. The message to go on with then, if any.
    """
    message = OutboxMessage.objects.select_related("partner").get(pk=message_id)
    if message.state not in STUCK or not message.outcome_unknown or message.partner.paused_at:
        return None
    answer = _judged(message, transport.ask(message))
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(of=("self",))
            .select_related("partner").get(pk=message_id)
        )
        _note_attempt(message, answer, asked=True)
        if message.state not in STUCK or message.leased_until is not None:
            return None
        following = None
        if answer.outcome is Outcome.DELIVERED:
            following = _follow(message, answer)
        elif answer.outcome is Outcome.ABSENT:
            message.outcome_unknown = False
        message.next_attempt_at = timezone.now()
        message.save(update_fields=_REPORTED)
    return following


def call(lease: Lease) -> Answer:
    """Speak to the partner, outside any transaction: ask if it may have the message, else send."""
    message = lease.message
    if message.outcome_unknown:
        answer = transport.ask(message)
    elif message.expires_at <= timezone.now():
        return Answer(Outcome.EXPIRED, "It did not arrive in time.")
    else:
        answer = transport.send(message)
    return _judged(message, answer)


def _judged(message: OutboxMessage, answer: Answer) -> Answer:
    """With its receipt checked, if it carries one."""
    if answer.outcome is Outcome.DELIVERED:
        try:
            check_receipt(message, answer.receipt)
        except receipts.ReceiptRefused as refused:
            # Asked and still without proof: only the partner's people can help.
            answer.outcome = Outcome.REFUSED if message.outcome_unknown else Outcome.UNKNOWN
            answer.detail = f"receipt refused: {refused}"
    return answer


def report(lease: Lease, answer: Answer) -> UUID | None:
    """Write down how a call ended and what follows; the message to go on with now, if any."""
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(of=("self",))
            .select_related("partner")
            .get(pk=lease.message.pk)
        )
        asked = lease.message.outcome_unknown
        _note_attempt(message, answer, asked)
        if message.state in DONE:
            return None
        # A worker that overstayed its lease may still bring proof of arrival, but nothing else.
        if message.leased_until != lease.until and answer.outcome is not Outcome.DELIVERED:
            return None
        following = _follow(message, answer)
        message.leased_until = None
        message.save(update_fields=_REPORTED)
    return following


def _note_attempt(message: OutboxMessage, answer: Answer, asked: bool) -> None:
    DeliveryAttempt.objects.create(
        message=message, at=timezone.now(), duration_ms=answer.duration_ms, asked=asked,
        http_status=answer.http_status, outcome=answer.outcome, detail=answer.detail,
        headers=answer.headers,
    )


def note_silence(message: OutboxMessage, answer: Answer) -> None:
    """Let a partner's other messages wait while it does not answer, so that none holds a worker.

    In a statement of its own: the message's row is not locked while the partner's is.
    """
    partner = Partner.objects.filter(pk=message.partner_id)
    if answer.outcome in (Outcome.UNREACHABLE, Outcome.BUSY) or (
        answer.outcome is Outcome.UNKNOWN and answer.http_status is None
    ):
        again = OutboxMessage.objects.values_list("next_attempt_at", flat=True).get(pk=message.pk)
        partner.update(silent_until=again)
    elif answer.http_status is not None:
        partner.exclude(silent_until=None).update(silent_until=None)


def statement_of(message: OutboxMessage) -> receipts.Statement:
    """What a receipt for this message must say, its moment aside."""
    return receipts.Statement(
        message_id=str(message.pk),
        sha256=message.sha256,
        kind=message.kind,
        movement=str(message.movement),
        position=message.position,
        sender=settings.PORTAL_COUNTRY,
        receiver=message.partner.country,
        received_at="",
    )


def check_receipt(message: OutboxMessage, receipt: str) -> receipts.Statement:
    """Raises ReceiptRefused unless the receipt is the partner's, good, and about this message."""
    if not receipt:
        raise receipts.ReceiptRefused("The answer carries none.")
    key = PartnerKey.objects.filter(
        partner=message.partner, key_id=receipts.key_id_of(receipt)
    ).first()
    if key is None or key.revoked_at is not None:
        raise receipts.ReceiptRefused("It is not signed by a key of this partner.")
    statement = receipts.verify(receipt, statement_of(message), key)
    skew = message.partner.clock_skew
    if not message.created_at - skew <= statement.moment <= timezone.now() + skew:
        raise receipts.ReceiptRefused("Its moment is before the message was written, or to come.")
    return statement


def _follow(message: OutboxMessage, answer: Answer) -> UUID | None:
    """Change the message as the answer demands; the message to go on with now, if any."""
    now = timezone.now()
    message.last_error = "" if answer.outcome is Outcome.DELIVERED else answer.detail
    match answer.outcome:
        case Outcome.DELIVERED:
            message.state = OutboxState.DELIVERED
            message.delivered_at = message.receipt_verified_at = now
            message.receipt = answer.receipt
            message.outcome_unknown = False
            record_of(message, EventKind.MESSAGE_DELIVERED, receipt=answer.receipt)
            return next_of(message)
        case Outcome.ABSENT:
            message.outcome_unknown = False
            message.next_attempt_at = now
            return message.pk
        case Outcome.REFUSED:
            message.state = OutboxState.PARKED
            record_of(message, EventKind.MESSAGE_PARKED, reason=answer.detail[:500])
        case Outcome.EXPIRED:
            message.state = OutboxState.EXPIRED
            record_of(message, EventKind.MESSAGE_PARKED, reason=answer.detail)
        case Outcome.UNKNOWN | Outcome.UNREACHABLE | Outcome.BUSY:
            if message.outcome_unknown and message.expires_at <= now:
                message.state = OutboxState.EXPIRED
                record_of(message, EventKind.MESSAGE_PARKED, reason=f"expired: {answer.detail[:500]}")
                return None
            message.outcome_unknown |= answer.outcome is Outcome.UNKNOWN
            wait = max(back_off(message.attempts), timedelta(seconds=answer.retry_after or 0))
            message.next_attempt_at = now + wait
    return None


def next_of(message: OutboxMessage) -> UUID | None:
    return (
        OutboxMessage.objects.filter(
            partner=message.partner, movement=message.movement, position__gt=message.position
        )
        .exclude(state__in=DONE)
        .order_by("position")
        .values_list("pk", flat=True)
        .first()
    )


def record_of(
    message: OutboxMessage, kind: EventKind, actor: Actor = SYSTEM, **more: str
) -> None:
    """An event of the movement, so that it stands in the declaration's timeline."""
    record(
        message.movement, kind, actor,
        {
            "message": str(message.pk),
            "partner": message.partner.country,
            "kind": message.kind,
            "position": message.position,
            **more,
        },
    )
