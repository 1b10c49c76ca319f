"""What the clock alone makes happen, once each."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.correspondence import InformationRequest
from agencies.states import RequestState
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.notices.models import Notice, Reminder
from portal.notices.reminders import remind
from tests.notices.conftest import Case

pytestmark = pytest.mark.django_db


def ask(case: Case, asked: timedelta, due: timedelta) -> InformationRequest:
    now = timezone.now()
    case.review.paused_at = now - asked
    case.review.save()
    return InformationRequest.objects.create(
        review=case.review, text="?", asked_by=case.officer, asked_at=now - asked, due_at=now + due
    )


def kinds() -> list[str]:
    return list(Event.objects.order_by("sequence").values_list("kind", flat=True))


def test_an_answer_due_soon_then_overdue(case: Case) -> None:
    ask(case, timedelta(days=4), timedelta(hours=23))
    assert (remind(), remind()) == (1, 0)
    assert kinds() == [EventKind.ANSWER_DUE_SOON]
    assert Notice.objects.get().user == case.user
    assert remind(timezone.now() + timedelta(hours=24)) == 1
    assert kinds() == [EventKind.ANSWER_DUE_SOON, EventKind.ANSWER_OVERDUE]


def test_not_while_there_is_time_nor_once_answered(case: Case) -> None:
    question = ask(case, timedelta(hours=1), timedelta(hours=20))  # asked with a short term
    assert remind() == 0
    question.state, question.closed_at = RequestState.ANSWERED, timezone.now()
    question.save()
    assert remind(timezone.now() + timedelta(days=2)) == 0
    assert not Reminder.objects.exists()


def test_the_last_fifth_of_a_service_time(case: Case) -> None:
    case.review.due_at = timezone.now() + timedelta(hours=5)  # of 24
    case.review.save()
    assert remind() == 0
    assert remind(timezone.now() + timedelta(minutes=20)) == 1
    assert Notice.objects.get().user == case.officer
    assert remind(timezone.now() + timedelta(hours=9)) == 0


def test_the_clock_of_a_paused_review_stands(case: Case) -> None:
    ask(case, timedelta(hours=1), timedelta(days=5))
    assert remind(timezone.now() + timedelta(hours=30)) == 0
