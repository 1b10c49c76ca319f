"""Writing the journal: one event, chained to the one before, inside the caller's transaction."""

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.models import ChainHead, Event

# Of the column: a long name is cut there, the ids beside it say who it was.
MAX_ACTOR = 150


class Subscriber(Protocol):
    def __call__(self, event: Event) -> None: ...


def digest(event: Event) -> str:
    """SHA-256 over the event's canonical JSON (sorted keys, no spaces, UTF-8), hash left out."""
    content = {
        "id": str(event.id),
        "subject": str(event.subject),
        "sequence": event.sequence,
        "kind": str(event.kind),
        "actor": event.actor,
        "user": str(event.user) if event.user else None,
        "organisation": str(event.organisation) if event.organisation else None,
        "at": event.at.astimezone(UTC).isoformat(),
        "payload": event.payload,
        "previous": event.previous_hash,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _check_plain(value: Any) -> None:
    """Raise TypeError for what would read back from JSON as something else, and break the hash."""
    if isinstance(value, dict):
        for key, content in value.items():
            if not isinstance(key, str):
                raise TypeError(f"The key {key!r} of a journal payload must be text.")
            _check_plain(content)
    elif isinstance(value, list | tuple):
        for content in value:
            _check_plain(content)
    elif value is not None and not isinstance(value, str | int | bool):
        raise TypeError(f"{value!r} in a journal payload must be text, a whole number, yes or no.")


@cache
def subscribers() -> tuple[Subscriber, ...]:
    return tuple(import_string(path) for path in settings.JOURNAL_SUBSCRIBERS)


def record(
    subject: UUID,
    kind: EventKind,
    actor: Actor,
    payload: dict[str, Any] | None = None,
    *,
    at: datetime | None = None,
) -> Event:
    """Append one event to the subject's chain and tell the subscribers, all in one transaction.

    ``payload`` must be plain JSON without floats, which have no canonical text: TypeError otherwise.
    Raises RuntimeError outside a transaction: a change without its event would be a lie.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("journal.record() belongs inside the transaction of the change.")
    if actor.client_id is not None and actor.user_id is not None:
        # A person's doing, by the hand of a program: both are named.
        payload = (payload or {}) | {"client": str(actor.client_id)}
    _check_plain(payload)
    ChainHead.objects.bulk_create(
        [ChainHead(subject=subject, sequence=0, hash="")], ignore_conflicts=True
    )
    head = ChainHead.objects.select_for_update().get(pk=subject)
    event = Event(
        subject=subject,
        sequence=head.sequence + 1,
        kind=kind,
        actor=actor.label[:MAX_ACTOR],
        user=actor.user_id,
        organisation=actor.organisation_id,
        at=at or timezone.now(),
        payload=payload or {},
        previous_hash=head.hash,
    )
    event.hash = digest(event)
    event.save(force_insert=True)
    head.sequence, head.hash = event.sequence, event.hash
    head.save(update_fields=["sequence", "hash"])
    for tell in subscribers():
        tell(event)
    return event
