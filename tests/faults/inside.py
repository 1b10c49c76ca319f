"""What a test does as one of the portals: ``python -m tests.faults.inside WHAT …``, JSON as answer.

A process of its own: whose portal it is stands in its environment.
"""

import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

KINDS = ("accepted", "amended", "released")


def meet(country: str, url: str) -> str:
    """Leave the own key for the neighbour, await its key, register it; the own key's id."""
    from django.conf import settings

    from exchange import keys
    from tests.worker import until

    folder, own = Path(os.environ["DATA_DIR"]), keys.ensure_own_key()
    written = folder / f"{settings.PORTAL_COUNTRY}.new"
    written.write_text(json.dumps([own.public_key, own.key_id]))
    written.replace(written.with_suffix(".key"))
    theirs = folder / f"{country}.key"
    until(theirs.exists)
    keys.register_partner(country, f"Customs of {country}", url, *json.loads(theirs.read_text()))
    return own.key_id


def write(movements: str) -> int:
    """An outbox as events would have written it: so many movements of three messages each."""
    from django.conf import settings
    from django.utils import timezone

    from exchange.conformance.messages import declaration
    from exchange.limits import LIFE
    from exchange.models import OutboxMessage, Partner
    from portal.identifiers import new_id

    partner, now = Partner.objects.get(), timezone.now()
    written = []
    for _ in range(int(movements)):
        movement = new_id()
        for position, kind in enumerate(KINDS, 1):
            body = declaration(settings.PORTAL_COUNTRY)
            written.append(OutboxMessage(
                partner=partner, movement=movement, position=position, kind=kind, event=new_id(),
                body=body, sha256=hashlib.sha256(body).hexdigest(), next_attempt_at=now,
                expires_at=now + LIFE,
            ))
    OutboxMessage.objects.bulk_create(written)
    return len(written)


def prove() -> dict[str, Any]:
    """Everything that this portal sent and took in, each proven again from what was kept."""
    from exchange import proof
    from exchange.models import InboxMessage, OutboxMessage
    from portal.journal.kinds import EventKind
    from portal.journal.models import Event
    from portal.journal.verify import verify

    sent = OutboxMessage.objects.select_related("partner")
    taken = InboxMessage.objects.select_related("partner").order_by("received_at")
    return {
        "sent": {str(one.pk): [one.state, one.receipt] for one in sent},
        "taken": [[str(one.message_id), str(one.movement), one.position, one.receipt]
                  for one in taken],
        "unproven": [str(one) for one in sent if not _holds(proof.of_outgoing(one))]
                    + [str(one) for one in taken if not _holds(proof.of_incoming(one))],
        "unsound": [str(fault) for fault in verify(None, []).faults],
        # The journal: what had an effect, and how often.
        "delivered": Counter(_messages(Event, EventKind.MESSAGE_DELIVERED, "message")),
        "received": Counter(_messages(Event, EventKind.MESSAGE_RECEIVED, "message_id")),
    }


def _holds(steps: list[Any]) -> bool:
    return all(step.holds is True for step in steps)


def _messages(events: Any, kind: str, name: str) -> list[str]:
    return [data[name] for data in events.objects.filter(kind=kind).values_list("payload", flat=True)]


WORKS: dict[str, Callable[..., Any]] = {work.__name__: work for work in (meet, write, prove)}

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()
    json.dump(WORKS[sys.argv[1]](*sys.argv[2:]), sys.stdout)
