"""Reading the journal as a person does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.journal.kinds import EventKind
from portal.journal.models import Event


@dataclass(frozen=True)
class Entry:
    """One line of a timeline."""

    sequence: int
    kind: str
    label: str
    actor: str
    at: datetime
    payload: dict[str, Any]
    hash: str


def timeline(subject: UUID) -> list[Entry]:
    """What happened to ``subject``, the oldest first, in the reader's language."""
    labels = {str(kind): kind.label for kind in EventKind}
    return [
        Entry(event.sequence, event.kind, str(labels.get(event.kind, event.kind)), event.actor,
              event.at, event.payload, event.hash)
        for event in Event.objects.of(subject)
    ]
