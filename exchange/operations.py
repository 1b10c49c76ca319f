"""What an operator may do to the exchange: send again, pause, resume. Each leaves an event."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from exchange import composition, tasks
from exchange.limits import LIFE
from exchange.models import OutboxMessage, OutboxState, Partner
from exchange.outbox import next_of, record_of
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record


def resend(message_id: UUID, actor: Actor, reason: str) -> OutboxMessage:
    """Put a parked or expired message on its way again. Does nothing to any other.

    One that could not be written is written now, from the declaration as it is; it stays parked,
    with the reason, if that fails again.
    """
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update().get(pk=message_id)
        if not message.may_be_resent:
            return message
        now = timezone.now()
        if message.sha256:
            message.state = OutboxState.PENDING
        else:
            composition.write(message)
        message.next_attempt_at = now
        message.expires_at = now + LIFE
        message.attempts = 0
        message.skipped_why = ""
        message.save(update_fields=[
            "skipped_why",
            "state", "next_attempt_at", "expires_at", "attempts", "body", "sha256", "last_error",
        ])
        if message.state == OutboxState.PARKED:
            return message
        record_of(message, EventKind.MESSAGE_RESENT, actor, reason=reason)
        transaction.on_commit(lambda: tasks.start(message.pk), robust=True)
    return message


def skip(message_id: UUID, actor: Actor, reason: str) -> OutboxMessage:
    """Give up a parked or expired message, so that the later ones of its movement go on.

    The partner sees a gap. The message may still be sent later. Does nothing to any other.
    """
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(of=("self",))
            .select_related("partner").get(pk=message_id)
        )
        if not message.may_be_skipped:
            return message
        message.state, message.skipped_why = OutboxState.SKIPPED, reason
        message.save(update_fields=["state", "skipped_why"])
        record_of(message, EventKind.MESSAGE_SKIPPED, actor, reason=reason)
        following = next_of(message)
        if following is not None:
            transaction.on_commit(lambda: tasks.start(following), robust=True)
    return message


def pause(partner_id: UUID, actor: Actor, why: str) -> Partner:
    """The kill switch: nothing goes to this partner or is taken from it. Its messages wait."""
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=partner_id)
        if partner.paused_at is None:
            partner.paused_at = timezone.now()
            partner.paused_by = actor.label
            partner.paused_why = why
            partner.save(update_fields=["paused_at", "paused_by", "paused_why"])
            record(partner.pk, EventKind.PARTNER_PAUSED, actor,
                   {"partner": partner.country, "why": why})
    return partner


def resume(partner_id: UUID, actor: Actor) -> Partner:
    """Let messages flow again. The pause does not count towards their expiry."""
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=partner_id)
        if partner.paused_at is not None:
            partner.outbox.postpone_expiry(timezone.now() - partner.paused_at)
            partner.paused_at, partner.paused_by, partner.paused_why = None, "", ""
            partner.silent_until = None
            partner.save(
                update_fields=["paused_at", "paused_by", "paused_why", "silent_until"]
            )
            record(partner.pk, EventKind.PARTNER_RESUMED, actor, {"partner": partner.country})
    return partner
