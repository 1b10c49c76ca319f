"""What nobody would notice by himself: messages that wait too long, receipts that never came."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from exchange.limits import OLDEST_UNSENT
from exchange.models import OutboxMessage, Partner
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.record import record

# So many receipts are asked for at once; the others' turn comes.
_CHASED_AT_ONCE = 20


def raise_alarms() -> list[str]:
    """Note which partners are late, and which no longer are; the countries of those newly late.

    One that is paused is known to wait.
    """
    now = timezone.now()
    raised = []
    for partner in Partner.objects.with_traffic(now - OLDEST_UNSENT):
        late = partner.late and partner.paused_at is None  # type: ignore[attr-defined]
        if late == (partner.late_since is not None):
            continue
        with transaction.atomic():
            rows = Partner.objects.filter(pk=partner.pk, late_since__isnull=late)
            changed = rows.update(late_since=now if late else None)
            if changed and late:
                oldest = partner.oldest_unsent  # type: ignore[attr-defined]
                record(partner.pk, EventKind.PARTNER_LATE, SYSTEM,
                       {"partner": partner.country, "since": oldest.isoformat()})
                raised.append(partner.country)
    return raised


def late_countries() -> list[str]:
    return list(
        Partner.objects.exclude(late_since=None).order_by("country").values_list("country", flat=True)
    )


def to_chase() -> list[UUID]:
    """Messages whose receipt is asked for now; none is named again before its time."""
    now = timezone.now()
    with transaction.atomic():
        due = OutboxMessage.objects.to_chase(now).order_by("next_attempt_at")
        ids = list(
            due.select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", flat=True)[:_CHASED_AT_ONCE]
        )
        OutboxMessage.objects.filter(pk__in=ids).update(next_attempt_at=now)
    return ids
