"""Getting messages to webhooks: at least once, under one id for each.

A worker takes a message by lease, calls outside any transaction, and reports. One that dies leaves
the lease to lapse, and the message is sent again under its id. A webhook that fails is left alone
for a growing while, and after ``BLOCK_AFTER`` failures until a manager resumes it.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils import timezone

from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.record import record
from portal.notices import signatures
from portal.notices.calls import Answer, post
from portal.notices.models import (
    Attempt,
    Delivery,
    DeliveryState,
    Webhook,
    WebhookState,
)
from portal.retries import BackOff

LEASE = timedelta(seconds=60)
back_off = BackOff(timedelta(seconds=5), timedelta(hours=6))
# 12 failures in a row are about 6 hours of silence.
BLOCK_AFTER = 12
# A message that the receiver alone refuses, while it takes others, is given up then.
GIVE_UP_AFTER = 12


@dataclass(frozen=True, slots=True)
class Lease:
    delivery: Delivery
    until: datetime


def deliver(delivery_id: UUID) -> bool:
    """Send one message if it is due; whether it was taken."""
    lease = claim(delivery_id)
    if lease is None:
        return False
    answer = call(lease.delivery)
    report(lease, answer)
    return answer.taken


def claim(delivery_id: UUID) -> Lease | None:
    """Take a message that is due; None if it is not, or another worker has it."""
    now = timezone.now()
    with transaction.atomic():
        delivery = (
            Delivery.objects.due(now).filter(pk=delivery_id).select_related("webhook")
            .select_for_update(skip_locked=True, of=("self",)).first()
        )
        if delivery is None:
            return None
        delivery.leased_until = until = now + LEASE
        delivery.attempts = min(delivery.attempts + 1, 32_000)
        delivery.save(update_fields=["leased_until", "attempts"])
    return Lease(delivery, until)


def call(delivery: Delivery) -> Answer:
    webhook = delivery.webhook
    try:
        secrets = [signatures.unlocked(webhook.secret)]
        if webhook.previous_secret and webhook.previous_until > timezone.now():  # type: ignore[operator]
            secrets.append(signatures.unlocked(webhook.previous_secret))
    except InvalidToken:
        return Answer(False, None, 0, "the secret cannot be decrypted: rotate it")
    headers = signatures.headers(secrets, str(delivery.pk), int(time.time()), delivery.body)
    return post(webhook.url, headers, delivery.body)


def report(lease: Lease, answer: Answer) -> None:
    """Write down how a call ended, and what follows for the message and for its webhook."""
    now = timezone.now()
    with transaction.atomic():
        webhook = (
            Webhook.objects.select_for_update(no_key=True)
            .filter(pk=lease.delivery.webhook_id).first()
        )
        if webhook is None:  # removed meanwhile
            return
        delivery = Delivery.objects.select_for_update().get(pk=lease.delivery.pk)
        Attempt.objects.create(
            delivery=delivery, http_status=answer.http_status, duration_ms=answer.duration_ms,
            detail=answer.detail,
        )
        # A worker that overstayed its lease may still say that it was taken, but nothing else.
        if delivery.leased_until != lease.until and not answer.taken:
            return
        _follow(delivery, answer, now)
        _note_health(webhook, delivery, answer, now)


def _follow(delivery: Delivery, answer: Answer, now: datetime) -> None:
    delivery.leased_until = None
    if answer.taken:
        delivery.state, delivery.delivered_at = DeliveryState.DELIVERED, now
    elif delivery.attempts >= GIVE_UP_AFTER:
        delivery.state = DeliveryState.FAILED
    else:
        delivery.next_attempt_at = now + back_off(delivery.attempts)
    delivery.save(update_fields=["state", "delivered_at", "leased_until", "next_attempt_at"])


def _note_health(webhook: Webhook, delivery: Delivery, answer: Answer, now: datetime) -> None:
    if answer.taken:
        webhook.failures, webhook.silent_until, webhook.last_success_at = 0, None, now
    else:
        # Calls that were under way together when it fell silent are one failure.
        if webhook.silent_until is None or webhook.silent_until <= now:
            webhook.failures += 1
        webhook.silent_until = now + back_off(webhook.failures)
        if webhook.state == WebhookState.ACTIVE and (
            answer.gone or webhook.failures >= BLOCK_AFTER
        ):
            webhook.state = WebhookState.BLOCKED
            record(webhook.pk, EventKind.WEBHOOK_BLOCKED, SYSTEM,
                   webhook.about | {"reason": answer.detail[:200]})
            # Its message waits for the webhook to be resumed, like those behind it.
            Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.FAILED).update(
                state=DeliveryState.PENDING
            )
    webhook.save(update_fields=["failures", "silent_until", "last_success_at", "state"])
