"""What waits to be brought together: noted with its cause, woken on commit, found by the sweep."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from declarations.models import Declaration
from declarations.states import Kind
from exchange.advance import arriving, matching, putting_off
from exchange.advance.arriving import NotReadable, tells_of_export
from exchange.advance.models import Pending
from exchange.advance.putting_off import PATIENCE
from exchange.advance.states import TELLING, Side
from exchange.models import InboxMessage
from portal.journal.kinds import EventKind
from portal.journal.models import Event

logger = logging.getLogger(__name__)


def on_event(event: Event) -> None:
    """Journal subscriber: a neighbour's message about an export, an import accepted or amended."""
    if event.kind == EventKind.MESSAGE_RECEIVED and event.payload["kind"] in TELLING:
        message = InboxMessage.objects.defer("body", "encoded").get(pk=event.subject)
        if tells_of_export(message):
            note(event.subject, Side.EXPORT)
    elif event.kind in (EventKind.ACCEPTED, EventKind.AMENDED) and Declaration.objects.filter(
        pk=event.subject, kind=Kind.IMPORT
    ).exists():
        note(event.subject, Side.IMPORT)


def note(subject: UUID, side: Side) -> None:
    """In the caller's transaction. A broker that is down must not undo it: the sweep finds it."""
    from exchange.advance.tasks import bring_together

    Pending.objects.update_or_create(
        subject=subject, defaults={"side": side, "due_at": timezone.now() + PATIENCE})
    transaction.on_commit(lambda: bring_together.delay(str(subject)), robust=True)


def settle(subject: UUID) -> None:
    """Bring one together with the other side; nothing if it was done or is in other hands."""
    pending = Pending.objects.filter(pk=subject).first()
    if pending is None:
        return
    try:
        _settle(subject, Side(pending.side))
    except NotReadable as problem:
        logger.error("%s; it is tried again", problem)


def _settle(subject: UUID, side: Side) -> None:
    # Committed first, so that whoever of the other side looks meanwhile finds it.
    with transaction.atomic():
        seen = _locked(subject)
        if seen is None:
            return
        advance = arriving.take(subject) if side == Side.EXPORT else None
        trace = matching.trace_import(subject) if side == Side.IMPORT else None
    with transaction.atomic():
        if side == Side.IMPORT:  # before the row that whoever amends it waits for
            Declaration.objects.select_for_update(no_key=True).filter(pk=subject).first()
        if _locked(subject) is None:
            return
        if advance is not None:
            matching.match_export(advance, subject)
        if trace is not None:
            matching.match_import(trace)
        # Noted anew meanwhile, it stays: another version has come.
        Pending.objects.filter(pk=subject, due_at=seen.due_at).delete()


def due() -> list[UUID]:
    """What nobody seems to have, for the sweep."""
    return putting_off.take(Pending.objects.due())


def _locked(subject: UUID) -> Pending | None:
    return Pending.objects.select_for_update(skip_locked=True).filter(pk=subject).first()
