"""What the clock alone does in the queues: escalating what is late, covering for the absent.

Each review in a transaction of its own, judged again under the lock. Safe to run twice and at once.
"""

from datetime import UTC, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from agencies import cases
from agencies.calendars import Absence
from agencies.cases import Case, about
from agencies.models import OVERDUE, Review
from agencies.queues.assigning import give, may_have, put_back
from agencies.states import ReviewState
from declarations.models import Declaration
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.record import record

AT_ONCE = 500
HIGHEST = 9


def escalate() -> int:
    """Mark reviews that are past due, once each; they rise in priority, and their supervisors are
    told by the event. Returns how many."""
    late = Review.objects.filter(OVERDUE, escalated_at=None).order_by("due_at")
    done = 0
    for pk, declaration in list(late.values_list("pk", "declaration_id")[:AT_ONCE]):
        with transaction.atomic():
            if (case := _lock_if_free(declaration)) is None or not late.filter(pk=pk).exists():
                continue
            review = case.review(pk)
            assert review.due_at is not None
            review.escalated_at = timezone.now()
            review.priority = min(review.priority + 1, HIGHEST)
            review.save(update_fields=["escalated_at", "priority"])
            record(declaration, EventKind.REVIEW_ESCALATED, SYSTEM,
                   about(review) | {"due_at": review.due_at.isoformat()})
            done += 1
    return done


def cover_absences() -> int:
    """Give what absent officers hold to their deputies, or back to the queue. What an officer took
    up after the leave had begun and was known stays with that officer. Returns how many."""
    done = 0
    today = timezone.now().astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()
    for absence in Absence.objects.on(today).select_related("deputy", "officer", "agency"):
        held = Review.objects.filter(
            queue__agency=absence.agency_id, state=ReviewState.CLAIMED, claimed_by=absence.officer_id,
            claimed_at__lt=_known_since(absence),
        ).order_by(F("due_at").asc(nulls_last=True))
        for pk, declaration in list(held.values_list("pk", "declaration_id")[:AT_ONCE]):
            with transaction.atomic():
                if (case := _lock_if_free(declaration)) is None or not held.filter(pk=pk).exists():
                    continue
                _cover(case, case.review(pk), absence)
                done += 1
    return done


def _cover(case: Case, review: Review, absence: Absence) -> None:
    why = {"absent": str(absence.officer)}
    deputy = absence.deputy
    if deputy is not None and may_have(case, deputy, absence.agency.organisation_id):
        give(review, deputy, SYSTEM, **why)
    else:
        put_back(review, SYSTEM, **why)


def _known_since(absence: Absence) -> datetime:
    """The later of the leave's first moment and its entry, which its UUIDv7 key tells."""
    entered = datetime.fromtimestamp((absence.pk.int >> 80) / 1000, UTC)
    zone = ZoneInfo(settings.PORTAL_TIME_ZONE)
    return max(datetime.combine(absence.first_day, time.min, zone), entered)


def _lock_if_free(declaration_id: UUID) -> Case | None:
    """Lock the case; nothing if somebody is at work on it: the next run finds it again."""
    rows = Declaration.objects.select_for_update(skip_locked=True).filter(pk=declaration_id)
    if not rows.values_list("pk").first():
        return None
    return cases.lock(declaration_id)
