"""Terms, offices, assigning, escalation and absence: what becomes of a review."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from agencies import decisions, forms
from agencies.calendars import Absence, Holiday, Office
from agencies.decisions import DecisionError
from agencies.models import Review
from agencies.queues import assigning, sweeps
from agencies.queues.running_out import nearly_over
from agencies.states import ReviewState
from portal.accounts.roles import Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.notices.models import Notice
from tests.agencies.conftest import World
from tests.agencies.samples import make_declaration
from tests.agencies.test_decisions import at_once
from tests.factories import make_officer


def kinds(review: Review) -> list[str]:
    return list(Event.objects.of(review.declaration_id).values_list("kind", flat=True))


def test_the_clock_keeps_the_agencys_days_and_hours(world: World) -> None:
    agency, today = world.phyto, forms.today()
    agency.working_days, agency.opens_at, agency.closes_at = [], time(0), time(23)
    agency.save()
    Holiday.objects.create(agency=agency, day=today + timedelta(days=1), name="Feast")
    review = world.review(world.route(), agency)
    assert timedelta(hours=48) <= review.due_at - review.opened_at <= timedelta(hours=50)


def test_a_review_goes_to_the_office_of_its_customs_office(world: World) -> None:
    office = Office.objects.create(
        agency=world.phyto, code="poti", name="Poti", customs_offices=["GE000202"])
    there = world.review(world.route(make_declaration(office="GE000202")), world.phyto)
    elsewhere = world.review(world.route(make_declaration(office="GE000101")), world.phyto)
    assert (there.office, elsewhere.office) == (office, None)


def test_a_supervisor_gives_a_case_to_an_officer_and_takes_it_away(world: World) -> None:
    _user, boss = make_officer(world.phyto, Role.SUPERVISOR)
    (one, actor), (two, _actor) = make_officer(world.phyto), make_officer(world.phyto)
    review = world.review(world.route(), world.phyto)
    with pytest.raises(DecisionError, match="Only a supervisor"):
        assigning.assign(review.pk, one.pk, actor)
    assigning.assign(review.pk, one.pk, boss)
    assert assigning.assign(review.pk, two.pk, boss).claimed_by == two
    assert kinds(review).count(EventKind.REVIEW_ASSIGNED) == 2
    assert Notice.objects.filter(user=two, kind=EventKind.REVIEW_ASSIGNED).exists()


def test_nobody_gets_what_is_not_theirs_to_decide(world: World) -> None:
    _user, boss = make_officer(world.phyto, Role.SUPERVISOR)
    stranger, _actor = make_officer(world.vet)
    absent, _actor = make_officer(world.phyto)
    today = forms.today()
    Absence.objects.create(agency=world.phyto, officer=absent, first_day=today, last_day=today)
    filer, _actor = make_officer(world.phyto)
    review = world.review(world.route(make_declaration(filed_by=filer)), world.phyto)
    for user in (stranger, absent, filer):
        with pytest.raises(DecisionError):
            assigning.assign(review.pk, user.pk, boss)
    with pytest.raises(Review.DoesNotExist):
        assigning.assign(review.pk, stranger.pk, make_officer(world.vet, Role.SUPERVISOR)[1])


def test_what_is_late_is_escalated_once_and_the_supervisor_is_told(world: World) -> None:
    boss, _actor = make_officer(world.phyto, Role.SUPERVISOR)
    review = world.review(world.route(), world.phyto)
    Review.objects.filter(pk=review.pk).update(due_at=timezone.now() - timedelta(hours=1))
    assert (sweeps.escalate(), sweeps.escalate()) == (1, 0)
    review.refresh_from_db()
    assert review.priority == 1 and review.escalated_at is not None
    assert kinds(review).count(EventKind.REVIEW_ESCALATED) == 1
    assert Notice.objects.filter(user=boss, kind=EventKind.REVIEW_ESCALATED).count() == 1


def test_a_review_that_waits_for_the_trader_is_not_late(world: World) -> None:
    review = world.review(world.route(), world.phyto)
    now = timezone.now()
    Review.objects.filter(pk=review.pk).update(due_at=now - timedelta(hours=1), paused_at=now)
    assert sweeps.escalate() == 0


def test_time_runs_out_in_working_hours(world: World) -> None:
    agency, friday = world.phyto, datetime(2026, 11, 27, 16, tzinfo=UTC)
    agency.working_days, agency.opens_at, agency.closes_at = [1, 2, 3, 4, 5], time(9), time(17)
    agency.time_zone = "Atlantic/Reykjavik"
    agency.save()
    review = world.review(world.route(), agency)
    monday = datetime(2026, 11, 30, tzinfo=UTC)
    # The last fifth of 24 hours: one is left on Friday, so it begins at 12:48 of Monday's hours.
    for due, over in ((monday.replace(hour=11), True), (monday.replace(hour=14), False)):
        Review.objects.filter(pk=review.pk).update(due_at=due)
        assert nearly_over(friday).filter(pk=review.pk).exists() is over
    Review.objects.filter(pk=review.pk).update(due_at=friday, paused_at=friday)
    assert not nearly_over(friday).filter(pk=review.pk).exists()


@pytest.mark.parametrize("with_deputy", [True, False])
def test_an_absent_officers_cases_go_on(world: World, with_deputy: bool) -> None:
    officer, actor = make_officer(world.phyto)
    deputy, _actor = make_officer(world.phyto)
    review = decisions.claim(world.review(world.route(), world.phyto).pk, actor)
    today = forms.today()
    # The key tells when it was entered, in milliseconds: after the case was taken up.
    Review.objects.filter(pk=review.pk).update(claimed_at=timezone.now() - timedelta(hours=1))
    Absence.objects.create(agency=world.phyto, officer=officer, first_day=today, last_day=today,
                           deputy=deputy if with_deputy else None)
    assert (sweeps.cover_absences(), sweeps.cover_absences()) == (1, 0)
    review.refresh_from_db()
    expected = (ReviewState.CLAIMED, deputy) if with_deputy else (ReviewState.OPEN, None)
    assert (review.state, review.claimed_by) == expected


@pytest.mark.django_db(transaction=True)
def test_taking_up_and_giving_at_once_leave_one_holder(world: World) -> None:
    _user, boss = make_officer(world.phyto, Role.SUPERVISOR)
    people = [make_officer(world.phyto) for _number in range(3)]
    review = world.review(world.route(), world.phyto)
    results = at_once(
        *[lambda a=actor: decisions.claim_next(a) for _user, actor in people],
        *[lambda u=user: assigning.assign(review.pk, u.pk, boss) for user, _actor in people],
    )
    assert all(r is None or isinstance(r, Review) for r in results), results
    review.refresh_from_db()
    assert review.claimed_by in [user for user, _actor in people]
