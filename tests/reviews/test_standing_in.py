"""A deputy takes over, on the page, what an absent officer holds; nobody else does."""

from datetime import timedelta

import pytest
from django.urls import reverse

from agencies.calendars import Absence
from agencies.forms import today
from agencies.queues.sweeps import cover_absences
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.notices.models import Notice
from tests.agencies.conftest import World
from tests.agencies.test_pages import signed_in
from tests.factories import make_officer
from tests.reviews.conftest import Desk

pytestmark = pytest.mark.django_db


def test_the_deputy_takes_over_and_nobody_else_may(world: World, desk: Desk) -> None:
    deputy, _actor = make_officer(world.phyto, name="nino")
    colleague, _actor = make_officer(world.phyto)
    absent = desk.review.claimed_by
    address = reverse("review", args=[desk.review.pk])
    assert "Take it over" not in signed_in(deputy).get(address).content.decode()
    Absence.objects.create(
        agency=world.phyto, officer=absent, deputy=deputy,
        first_day=today(), last_day=today() + timedelta(days=3))
    assert "Take it over" in signed_in(deputy).get(address).content.decode()
    assert "Take it over" not in signed_in(colleague).get(address).content.decode()
    claim = reverse("review_claim", args=[desk.review.pk])
    refused = signed_in(colleague).post(claim, follow=True).content.decode()
    assert "has taken this review up" in refused
    signed_in(deputy).post(claim)
    desk.review.refresh_from_db()
    assert desk.review.claimed_by_id == deputy.pk
    taken = Event.objects.filter(
        subject=desk.review.declaration_id, kind=EventKind.REVIEW_CLAIMED).last()
    assert taken is not None and taken.payload["stands_in_for"] == str(absent)
    answer = signed_in(deputy).post(reverse("review_approve", args=[desk.review.pk]), follow=True)
    assert "Approved." in answer.content.decode()


def test_a_case_that_falls_to_the_deputy_is_told(world: World, desk: Desk) -> None:
    deputy, _actor = make_officer(world.phyto)
    absence = Absence.objects.create(
        agency=world.phyto, officer=desk.review.claimed_by, deputy=deputy,
        first_day=today(), last_day=today())
    type(desk.review).objects.filter(pk=desk.review.pk).update(
        claimed_at=desk.review.claimed_at - timedelta(days=2))  # type: ignore[operator]
    assert absence.deputy == deputy and cover_absences() == 1
    assert Notice.objects.filter(user=deputy, kind=EventKind.REVIEW_ASSIGNED).exists()
