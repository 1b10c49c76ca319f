"""Celery tasks of the notices, all on the queue ``notify``. All may run twice, at once, or never:
the rows are the truth."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from portal.notices import deliveries, digests, mail, reminders
from portal.notices.models import Delivery, DeliveryState, Mail, MailState, Notice, ProgramNotice

_SWEEP_SIZE = 500
# While a row waits in the broker the sweep need not hand it out again. The note lives in the same
# server as the broker, so that a flush forgets both.
_HANDED_OUT_SECONDS = 60
# How long what is done is kept.
_KEPT = timedelta(days=30)
_NOTICES_KEPT = timedelta(days=400)
_PRUNED_AT_ONCE = 5000


def start_mail(mail_id: UUID) -> None:
    """Hand a mail to the workers, unless it waits for one already."""
    if cache.add(_note(mail_id), 1, timeout=_HANDED_OUT_SECONDS):
        send_mail.delay(str(mail_id))


def start_delivery(delivery_id: UUID) -> None:
    """The same for a message to a webhook."""
    if cache.add(_note(delivery_id), 1, timeout=_HANDED_OUT_SECONDS):
        deliver.delay(str(delivery_id))


def start_sweep() -> None:
    sweep.delay()


@shared_task(name="portal.notices.tasks.send_mail")
def send_mail(mail_id: str) -> None:
    """Send one e-mail."""
    cache.delete(_note(UUID(mail_id)))
    mail.send(UUID(mail_id))


@shared_task(name="portal.notices.tasks.deliver")
def deliver(delivery_id: str) -> None:
    """Send one message to a webhook."""
    cache.delete(_note(UUID(delivery_id)))
    deliveries.deliver(UUID(delivery_id))


@shared_task(name="portal.notices.tasks.sweep")
def sweep() -> None:
    """Hand out all that is due: new, tried before, or left by a worker that died."""
    now = timezone.now()
    mails = Mail.objects.due(now).order_by("next_attempt_at")
    for mail_id in list(mails.values_list("pk", flat=True)[:_SWEEP_SIZE]):
        start_mail(mail_id)
    messages = Delivery.objects.due(now).order_by("next_attempt_at")
    for delivery_id in list(messages.values_list("pk", flat=True)[:_SWEEP_SIZE]):
        start_delivery(delivery_id)


@shared_task(name="portal.notices.tasks.digest")
def digest() -> None:
    """Write and hand out the digests whose hour has come."""
    for mail_id in digests.prepare():
        start_mail(mail_id)


@shared_task(name="portal.notices.tasks.remind")
def remind() -> None:
    """Record the reminders that are due."""
    reminders.remind()


@shared_task(name="portal.notices.tasks.prune")
def prune() -> None:
    """Forget what was done long ago; the journal keeps what happened."""
    now = timezone.now()
    for old in (
        ProgramNotice.objects.filter(at__lt=now - _KEPT),
        Mail.objects.filter(created_at__lt=now - _KEPT).exclude(state=MailState.PENDING),
        Delivery.objects.filter(created_at__lt=now - _KEPT).exclude(state=DeliveryState.PENDING),
        Notice.objects.filter(at__lt=now - _NOTICES_KEPT),
    ):
        ids = list(old.values_list("pk", flat=True)[:_PRUNED_AT_ONCE])
        old.model.objects.filter(pk__in=ids).delete()


def _note(key: UUID) -> str:
    return f"notices-handed-out:{key}"
