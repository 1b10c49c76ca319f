"""What the clock alone makes happen: answers due soon or overdue, service times nearly over.

Each is an event of the declaration, recorded once; who is told, and how, the catalogue says as for
any other.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Value
from django.utils import timezone

from agencies.cases import about
from agencies.correspondence import InformationRequest
from agencies.models import Review
from agencies.states import WORKING
from declarations.models import Declaration
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.record import record
from portal.notices.models import Reminder

# An answer is due soon when a day is left, and half of the time that was given is gone.
SOON = timedelta(days=1)
# The last fifth of a service time, in minutes per hour of it.
_LAST_PART = timedelta(minutes=12)
_AT_ONCE = 500


def remind(now: datetime | None = None) -> int:
    """Record what is due; how many were. Safe to run twice and at once."""
    now = now or timezone.now()
    given = 0
    for kind, found in (
        (EventKind.ANSWER_OVERDUE, _overdue(now)),
        (EventKind.ANSWER_DUE_SOON, _due_soon(now)),
        (EventKind.SERVICE_TIME_LOW, _nearly_over(now)),
    ):
        fresh = found.exclude(Exists(Reminder.objects.filter(about=OuterRef("pk"), kind=kind)))
        for pk, declaration in list(fresh.values_list("pk", _DECLARATION[found.model])[:_AT_ONCE]):
            given += _remind(kind, pk, declaration, found)
    return given


_DECLARATION: dict[type, str] = {
    InformationRequest: "review__declaration_id", Review: "declaration_id",
}


def _overdue(now: datetime) -> QuerySet[Any]:
    return InformationRequest.objects.open().filter(due_at__lte=now).order_by("due_at")


def _due_soon(now: datetime) -> QuerySet[Any]:
    gone = ExpressionWrapper(Value(now) - F("asked_at"), output_field=DurationField())
    left = ExpressionWrapper(F("due_at") - Value(now), output_field=DurationField())
    return InformationRequest.objects.open().filter(
        due_at__gt=now, due_at__lte=now + SOON
    ).alias(gone=gone, left=left).filter(gone__gte=F("left")).order_by("due_at")


def _nearly_over(now: datetime) -> QuerySet[Any]:
    part = ExpressionWrapper(
        F("queue__service_hours") * Value(_LAST_PART, output_field=DurationField()),
        output_field=DurationField(),
    )
    left = ExpressionWrapper(F("due_at") - Value(now), output_field=DurationField())
    return Review.objects.filter(
        state__in=WORKING, paused_at=None, due_at__isnull=False
    ).alias(left=left, part=part).filter(left__lte=F("part")).order_by("due_at")


def _remind(kind: EventKind, pk: UUID, declaration: UUID, found: QuerySet[Any]) -> bool:
    """Whether this call was the one that did it. What changed meanwhile is left alone."""
    with transaction.atomic():
        # The case is locked as by everything that changes it; one that is at work waits till later.
        if not Declaration.objects.select_for_update(skip_locked=True).filter(pk=declaration):
            return False
        thing = found.filter(pk=pk).first()
        if thing is None or Reminder.objects.filter(about=pk, kind=kind).exists():
            return False
        Reminder.objects.create(about=pk, kind=kind)
        record(declaration, kind, SYSTEM, _ABOUT[found.model](thing))
        return True


def _of_request(request: InformationRequest) -> dict[str, Any]:
    return about(request.review) | {
        "request": str(request.pk), "due_at": request.due_at.isoformat()
    }


def _of_review(review: Review) -> dict[str, Any]:
    assert review.due_at is not None
    return about(review) | {"due_at": review.due_at.isoformat()}


_ABOUT: dict[type, Callable[[Any], dict[str, Any]]] = {
    InformationRequest: _of_request, Review: _of_review,
}
