"""What the clock alone makes happen: answers due soon or overdue, times and permits nearly over.

Each is an event, recorded once; who is told, and how, the catalogue says as for
any other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Value,
)
from django.utils import timezone

from agencies.cases import about
from agencies.correspondence import InformationRequest
from agencies.models import Review
from agencies.permits.models import Permit
from agencies.permits.states import PermitState
from agencies.queues.running_out import nearly_over
from declarations.models import Declaration
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.record import record
from portal.notices.models import Reminder

# An answer is due soon when a day is left, and half of the time that was given is gone.
SOON = timedelta(days=1)
PERMIT_SOON = timedelta(days=30)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """What is due by the clock. ``locks``: which row of it or above it everything locks that
    changes it; ``subject``: whose event the reminder is."""

    kind: EventKind
    due: Callable[[datetime], QuerySet[Any]]
    locks: type[Declaration] | type[Permit]
    subject: str
    tells: Callable[[Any], dict[str, Any]]


def remind(now: datetime | None = None) -> int:
    """Record what is due; how many were. Safe to run twice and at once."""
    now = now or timezone.now()
    given = 0
    for rule in RULES:
        found = rule.due(now)
        fresh = found.exclude(Exists(Reminder.objects.filter(about=OuterRef("pk"), kind=rule.kind)))
        for pk, subject in list(fresh.values_list("pk", rule.subject)[:_AT_ONCE]):
            given += _remind(rule, found, pk, subject)
    return given


def _remind(rule: Rule, found: QuerySet[Any], pk: UUID, subject: UUID) -> bool:
    """Whether this call was the one that did it. What changed meanwhile is left alone."""
    with transaction.atomic():
        # One that is at work waits till later.
        rows = rule.locks.objects.select_for_update(skip_locked=True, of=("self",))
        if not rows.filter(pk=subject).exists():
            return False
        thing = found.filter(pk=pk).first()
        if thing is None or Reminder.objects.filter(about=pk, kind=rule.kind).exists():
            return False
        Reminder.objects.create(about=pk, kind=rule.kind)
        record(subject, rule.kind, SYSTEM, rule.tells(thing))
        return True


# --- what is due ----------------------------------------------------------------------------
def _answers_overdue(now: datetime) -> QuerySet[Any]:
    return InformationRequest.objects.open().filter(due_at__lte=now).order_by("due_at")


def _answers_due_soon(now: datetime) -> QuerySet[Any]:
    gone = ExpressionWrapper(_moment(now) - F("asked_at"), output_field=DurationField())
    return InformationRequest.objects.open().filter(
        due_at__gt=now, due_at__lte=now + SOON
    ).alias(gone=gone, left=_left(now)).filter(gone__gte=F("left")).order_by("due_at")


def _permits_nearly_over(now: datetime) -> QuerySet[Any]:
    today = now.astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()
    return Permit.objects.filter(
        state=PermitState.IN_FORCE, valid_to__gte=today, valid_to__lte=today + PERMIT_SOON
    ).order_by("valid_to")


def _moment(now: datetime) -> Value:
    return Value(now, output_field=DateTimeField())


def _left(now: datetime) -> ExpressionWrapper:
    return ExpressionWrapper(F("due_at") - _moment(now), output_field=DurationField())


# --- what its event says --------------------------------------------------------------------
def _request(request: InformationRequest) -> dict[str, Any]:
    return about(request.review) | {
        "request": str(request.pk), "due_at": request.due_at.isoformat()
    }


def _review(review: Review) -> dict[str, Any]:
    assert review.due_at is not None
    return about(review) | {"due_at": review.due_at.isoformat()}


def _permit(permit: Permit) -> dict[str, Any]:
    return {"permit": permit.number, "valid_to": permit.valid_to.isoformat()}


RULES = (
    Rule(EventKind.ANSWER_OVERDUE, _answers_overdue, Declaration, "review__declaration_id",
         _request),
    Rule(EventKind.ANSWER_DUE_SOON, _answers_due_soon, Declaration, "review__declaration_id",
         _request),
    Rule(EventKind.SERVICE_TIME_LOW, nearly_over, Declaration, "declaration_id", _review),
    Rule(EventKind.PERMIT_EXPIRES_SOON, _permits_nearly_over, Permit, "pk", _permit),
)
