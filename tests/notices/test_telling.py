"""Who is told of what, in whose words, in the transaction of the event."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from portal.accounts.actors import SYSTEM
from portal.accounts.models import User
from portal.accounts.roles import OrganisationKind, Role
from portal.journal.kinds import EventKind
from portal.journal.record import record
from portal.notices import words
from portal.notices.catalogue import CATALOGUE
from portal.notices.kinds import Group, Pace, Scope
from portal.notices.models import Mail, Notice, Preference
from tests.factories import make_member, make_officer, make_organisation
from tests.notices.conftest import Case, Tell

pytestmark = pytest.mark.django_db


def told(kind: EventKind) -> set[User]:
    return {notice.user for notice in Notice.objects.filter(kind=kind).select_related("user")}


def test_whoever_filed_is_told_and_colleagues_who_want_all(case: Case, tell: Tell) -> None:
    make_member(case.organisation)
    curious, _actor = make_member(case.organisation)
    Preference.objects.create(user=curious, scope=Scope.ALL)
    make_member(make_organisation())
    tell(case.declaration.pk, EventKind.RELEASED)
    assert told(EventKind.RELEASED) == {case.user, curious}


def test_all_are_told_of_what_a_program_filed(case: Case, tell: Tell) -> None:
    colleague, _actor = make_member(case.organisation)
    case.declaration.filed_by = None
    case.declaration.save()
    tell(case.declaration.pk, EventKind.RELEASED)
    assert told(EventKind.RELEASED) == {case.user, colleague}


def test_nobody_is_told_what_they_did_themselves(case: Case, tell: Tell) -> None:
    tell(case.declaration.pk, EventKind.CANCELLED, case.actor)
    assert told(EventKind.CANCELLED) == set()


def test_the_officer_of_the_review_is_told_of_the_answer(case: Case, tell: Tell) -> None:
    make_officer(case.agency)
    tell(case.declaration.pk, EventKind.INFORMATION_GIVEN, case.actor, **case.about())
    assert told(EventKind.INFORMATION_GIVEN) == {case.officer}


def test_supervisors_are_told_while_nobody_has_the_review(case: Case, tell: Tell) -> None:
    supervisor, _actor = make_officer(case.agency, Role.SUPERVISOR)
    case.review.claimed_by, case.review.state = None, "open"
    case.review.save()
    tell(case.declaration.pk, EventKind.SERVICE_TIME_LOW, **case.about())
    assert told(EventKind.SERVICE_TIME_LOW) == {supervisor}


def test_operators_are_told_of_the_exchange(case: Case, tell: Tell) -> None:
    operator, _actor = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    tell(case.declaration.pk, EventKind.MESSAGE_PARKED, partner="AZ", message="", reason="x")
    assert told(EventKind.MESSAGE_PARKED) == {operator}
    assert not Notice.objects.get().params.get("reason")


def test_what_has_no_entry_is_told_to_nobody(case: Case, tell: Tell) -> None:
    assert EventKind.VIEWED not in CATALOGUE
    tell(case.declaration.pk, EventKind.VIEWED)
    assert not Notice.objects.exists()


def test_words_are_those_of_the_reader_at_the_time_of_reading(case: Case, tell: Tell) -> None:
    tell(case.declaration.pk, EventKind.INFORMATION_REQUESTED, case.officer_actor,
         **case.about(request="r", due_at=timezone.now().isoformat(), reason="Secret question"))
    notice = Notice.objects.get()
    assert "National Food Agency" in words.text(notice)
    assert "Secret" not in str(notice.params)
    with translation.override("ru"):
        assert words.title(notice) != "" and notice.reference == case.declaration.mrn


def test_every_entry_has_words_that_its_kept_values_fill(case: Case) -> None:
    for kind, entry in CATALOGUE.items():
        notice = Notice(kind=kind, params={}, subject=case.declaration.pk)
        assert words.title(notice) and words.icon(notice)
        assert "%(" not in words.text(notice)
        notice.params = {name: str(case.declaration.pk) for name in entry.keeps}
        assert "%(" not in words.text(notice)
        assert words.address(notice).startswith("/")


def test_a_mail_goes_at_once_in_the_digest_or_not(case: Case, tell: Tell) -> None:
    preference = Preference.objects.create(user=case.user, paces={Group.DECISIONS: Pace.DAILY})
    tell(case.declaration.pk, EventKind.RELEASED)
    assert Notice.objects.get().for_digest and not Mail.objects.exists()
    preference.paces = {}
    preference.save()
    tell(case.declaration.pk, EventKind.RELEASED)
    assert Mail.objects.count() == 1
    preference.paces = {Group.DECISIONS: Pace.NEVER, Group.QUESTIONS: Pace.NEVER}
    preference.save()
    tell(case.declaration.pk, EventKind.RELEASED)
    assert Mail.objects.count() == 1
    tell(case.declaration.pk, EventKind.INFORMATION_REQUESTED, **case.about())  # mandatory
    assert Notice.objects.filter(for_digest=True).count() == 2


def test_what_is_rolled_back_was_told_to_nobody(case: Case) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(case.declaration.pk, EventKind.RELEASED, SYSTEM, {})
        assert Notice.objects.exists() and Mail.objects.exists()
        raise ZeroDivisionError
    assert not Notice.objects.exists() and not Mail.objects.exists()


def test_telling_takes_few_statements(
    case: Case, django_assert_max_num_queries: object
) -> None:
    for _number in range(20):
        make_member(case.organisation)
    case.declaration.filed_by = None
    case.declaration.save()
    from portal.journal.models import Event
    from portal.notices.telling import on_event

    event = Event(subject=case.declaration.pk, kind=EventKind.RELEASED, at=timezone.now())
    with transaction.atomic(), django_assert_max_num_queries(6):  # type: ignore[operator]
        on_event(event)
    assert Notice.objects.count() == 21


# --- pages ----------------------------------------------------------------------------------
def test_bell_list_and_reading(case: Case, tell: Tell, client: Client) -> None:
    for _number in range(60):
        tell(case.declaration.pk, EventKind.RELEASED)
    client.force_login(case.user)
    page = client.get(reverse("notices")).content.decode()
    assert page.count("notice-unread") == 50 and "60 unread" in page and "before=" in page
    newest = Notice.objects.first()
    answer = client.get(reverse("notice", args=[newest.pk]))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("declaration", args=[case.declaration.pk])
    assert "59 unread" in client.get(reverse("notices_bell")).content.decode()
    client.post(reverse("notice_read", args=[Notice.objects.last().pk]))
    tell(case.declaration.pk, EventKind.RELEASED)
    client.post(reverse("notices_read"), {"newest": str(newest.pk)})
    assert Notice.objects.unread().count() == 1  # what came after the page was made


def test_notices_of_others_and_of_former_organisations_are_not_there(
    case: Case, tell: Tell, client: Client
) -> None:
    tell(case.declaration.pk, EventKind.RELEASED)
    notice = Notice.objects.get()
    stranger, _actor = make_member(case.organisation)
    client.force_login(stranger)
    assert client.get(reverse("notice", args=[notice.pk])).status_code == 404
    case.user.memberships.all().delete()
    client.force_login(case.user)
    assert client.get(reverse("notice", args=[notice.pk])).status_code == 404


def test_a_notice_leads_to_the_organisation_that_it_concerns(
    case: Case, tell: Tell, client: Client
) -> None:
    from portal.accounts.models import Membership

    user, _actor = make_member(make_organisation())
    Membership.objects.create(user=user, organisation=case.organisation, role=Role.DECLARANT)
    case.declaration.filed_by = user
    case.declaration.save()
    tell(case.declaration.pk, EventKind.RELEASED)
    client.force_login(user)
    answer = client.get(reverse("notice", args=[Notice.objects.get().pk]), follow=True)
    assert answer.status_code == 200
    assert "You now act for Kolkheti Trade LLC" in answer.content.decode()


def test_managers_are_told_of_mandates_on_both_sides(case: Case) -> None:
    from datetime import date

    from portal.notices.models import Mail
    from portal.organisations import mandates

    broker = make_organisation(OrganisationKind.BROKER, name="Caucasus Brokers LLC")
    manager, actor = make_member(broker, Role.MANAGER)
    mandates.ask(actor, case.organisation.identifier, ["import"], date(2030, 1, 1), date(2030, 2, 1))
    assert told(EventKind.MANDATE_ASKED) == {case.user}, "whoever asked knows"
    notice = Notice.objects.get()
    assert "Caucasus Brokers" in words.text(notice) and words.address(notice) == reverse("mandates")
    assert notice.reference == "" and Mail.objects.get().user == case.user
    assert manager not in told(EventKind.MANDATE_ASKED)


def test_the_holder_is_told_before_a_permit_expires(case: Case) -> None:
    from datetime import timedelta

    from agencies.permits.models import Permit, PermitScheme
    from agencies.permits.states import PermitState
    from portal.notices.reminders import remind

    scheme = PermitScheme.objects.create(agency=case.agency, permit_type="853", prefix="VET")
    today = timezone.now().date()
    permit = Permit.objects.create(
        scheme=scheme, year=2026, serial=1, number="VET-1", application=case.declaration,
        state=PermitState.IN_FORCE, holder=case.organisation, holder_name="x",
        holder_identifier="x", valid_from=today, valid_to=today + timedelta(days=20),
        issued_at=timezone.now(), issued_by=case.officer,
    )
    assert (remind(), remind()) == (1, 0)
    notice = Notice.objects.get()
    assert notice.user == case.user and notice.reference == "VET-1"
    assert words.address(notice) == reverse("our_permit", args=[permit.pk])
