"""Webhooks of an organisation: registered, changed, and given messages to deliver.

Messages and signatures have the form of Standard Webhooks (docs/notices.md). The verbs raise
``Webhook.DoesNotExist`` for another organisation's and WebhookRefused with words for a person.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.identifiers import new_id
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record
from portal.notices import signatures, tasks
from portal.notices.addresses import AddressRefused, checked
from portal.notices.audiences import Concerned
from portal.notices.models import Delivery, DeliveryState, Webhook, WebhookState

MAX_PER_ORGANISATION = 10
# How long both secrets sign after a rotation.
OVERLAP = timedelta(hours=24)
TEST_KIND = "test"


class WebhookRefused(ValueError):
    """It cannot be done; the message is for the person who asked."""


# --- from events ----------------------------------------------------------------------------
def queue_for_webhooks(event: Event, concerned: Concerned) -> None:
    """One delivery for each webhook of the organisation that wants this kind.

    A blocked or paused webhook gets them too: they wait until it is resumed.
    """
    wanting = [
        webhook for webhook in Webhook.objects.filter(organisation=concerned.organisation)
        if webhook.wants(event.kind)
    ]
    if wanting:
        declaration = concerned.declaration
        data: dict[str, Any] = {
            "event": str(event.pk),
            "declaration": str(event.subject),
            "lrn": declaration["lrn"],
            "mrn": declaration["mrn"],
            "links": {"declaration": _link(event.subject, concerned.files)},
        }
        if not concerned.files and (review := event.payload.get("review")):
            data["review"] = review  # an agency's system asks for its review, not for the case
            data["links"]["review"] = _address("api_agency_review", review)
        _queue(wanting, event.kind, concerned.reference, _body(event.kind, event, data))


def _link(declaration: UUID, files: bool) -> str:
    return _address("api_declaration" if files else "declaration", declaration)


def _address(name: str, key: UUID | str) -> str:
    return settings.PORTAL_URL.rstrip("/") + reverse(name, args=[key])


def _body(kind: str, event: Event | None, data: dict[str, Any]) -> str:
    at = event.at if event else timezone.now()
    document = {
        "type": kind, "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": data,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _queue(webhooks: Sequence[Webhook], kind: str, reference: str, body: str) -> list[Delivery]:
    made = Delivery.objects.bulk_create([
        Delivery(webhook=webhook, kind=kind, reference=reference[:140], body=body)
        for webhook in webhooks
    ])
    for delivery in made:
        transaction.on_commit(_starting(delivery.pk), robust=True)
    return made


def _starting(delivery_id: UUID) -> Callable[[], None]:
    return lambda: tasks.start_delivery(delivery_id)


# --- what a manager does --------------------------------------------------------------------
def add(actor: Actor, url: str, kinds: Sequence[str]) -> tuple[Webhook, str]:
    """Register an address. The second value is its secret: it cannot be read again."""
    if actor.organisation_id is None or not actor.may(Permission.MANAGE):
        raise WebhookRefused(_("Only a manager of the organisation can do this."))
    url = _checked(url)
    secret = signatures.new_secret()
    with transaction.atomic():
        if Webhook.objects.filter(organisation=actor.organisation_id).count() >= MAX_PER_ORGANISATION:
            raise WebhookRefused(_("There are %(count)s webhooks already. Remove one first.")
                                 % {"count": MAX_PER_ORGANISATION})
        webhook = Webhook.objects.create(
            id=new_id(), organisation_id=actor.organisation_id, url=url, kinds=list(kinds),
            secret=signatures.locked(secret), created_by=actor.label[:150],
        )
        _note(webhook, EventKind.WEBHOOK_ADDED, actor, kinds=list(kinds))
    return webhook, secret


def change(webhook_id: UUID, actor: Actor, url: str, kinds: Sequence[str]) -> Webhook:
    """Another address or other kinds. What waits goes to the new address."""
    url = _checked(url)
    with transaction.atomic():
        webhook = _locked(webhook_id, actor)
        webhook.url, webhook.kinds = url, list(kinds)
        webhook.save(update_fields=["url", "kinds"])
        _note(webhook, EventKind.WEBHOOK_CHANGED, actor, kinds=list(kinds))
    return webhook


def rotate(webhook_id: UUID, actor: Actor) -> tuple[Webhook, str]:
    """A new secret, shown once; for a day deliveries carry the signatures of both."""
    secret = signatures.new_secret()
    with transaction.atomic():
        webhook = _locked(webhook_id, actor)
        webhook.previous_secret, webhook.secret = webhook.secret, signatures.locked(secret)
        webhook.previous_until = timezone.now() + OVERLAP
        webhook.save(update_fields=["previous_secret", "secret", "previous_until"])
        _note(webhook, EventKind.WEBHOOK_CHANGED, actor, secret="rotated")  # noqa: S106
    return webhook, secret


def pause(webhook_id: UUID, actor: Actor) -> Webhook:
    """Send nothing for now; what happens meanwhile waits."""
    with transaction.atomic():
        webhook = _locked(webhook_id, actor)
        if webhook.state == WebhookState.ACTIVE:
            webhook.state = WebhookState.PAUSED
            webhook.save(update_fields=["state"])
            _note(webhook, EventKind.WEBHOOK_CHANGED, actor, state=WebhookState.PAUSED.value)
    return webhook


def resume(webhook_id: UUID, actor: Actor) -> Webhook:
    """Send again, at once, what has waited."""
    with transaction.atomic():
        webhook = _locked(webhook_id, actor)
        if webhook.state != WebhookState.ACTIVE:
            webhook.state, webhook.failures = WebhookState.ACTIVE, 0
            webhook.silent_until = None
            webhook.save(update_fields=["state", "failures", "silent_until"])
            webhook.deliveries.filter(state=DeliveryState.PENDING).update(
                next_attempt_at=timezone.now(), attempts=0
            )
            _note(webhook, EventKind.WEBHOOK_RESUMED, actor)
            transaction.on_commit(tasks.start_sweep, robust=True)
    return webhook


def remove(webhook_id: UUID, actor: Actor) -> None:
    """Forget the webhook with all its deliveries."""
    with transaction.atomic():
        webhook = _locked(webhook_id, actor)
        _note(webhook, EventKind.WEBHOOK_REMOVED, actor)
        webhook.delete()


def test(webhook_id: UUID, actor: Actor) -> Delivery:
    """Queue a message of kind ``test``, which says nothing about any declaration."""
    with transaction.atomic():
        webhook = _locked(webhook_id, actor)
        if webhook.state != WebhookState.ACTIVE:
            raise WebhookRefused(_("The webhook is not active. Resume it first."))
        body = _body(TEST_KIND, None, {"organisation": str(webhook.organisation_id)})
        return _queue([webhook], TEST_KIND, "", body)[0]


def redeliver(delivery_id: UUID, actor: Actor) -> Delivery:
    """Send a message again under the same id. Raises ``Delivery.DoesNotExist`` for others'."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.managed_by(actor).select_for_update(of=("self",)).get(pk=delivery_id)
        )
        if delivery.state != DeliveryState.PENDING:
            delivery.state, delivery.attempts = DeliveryState.PENDING, 0
        delivery.next_attempt_at = timezone.now()
        delivery.save(update_fields=["state", "attempts", "next_attempt_at"])
        transaction.on_commit(_starting(delivery.pk), robust=True)
    return delivery


def _checked(url: str) -> str:
    try:
        return checked(url)
    except AddressRefused as refused:
        raise WebhookRefused(str(refused)) from refused


def _locked(webhook_id: UUID, actor: Actor) -> Webhook:
    return Webhook.objects.managed_by(actor).select_for_update(no_key=True).get(pk=webhook_id)


def _note(webhook: Webhook, kind: EventKind, actor: Actor, **more: Any) -> None:
    record(webhook.pk, kind, actor, webhook.about | more)

