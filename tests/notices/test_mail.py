"""E-mails: what they say, when they come, and how they are stopped."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.journal.kinds import EventKind
from portal.notices import digests, mail, unsubscribing
from portal.notices.kinds import Group, Pace
from portal.notices.models import Mail, MailState, Notice, Preference
from portal.notices.tasks import prune
from tests.notices.conftest import Case, Tell

pytestmark = pytest.mark.django_db


def test_a_mail_says_which_and_what_and_no_more(case: Case, tell: Tell) -> None:
    due = timezone.now() + timedelta(days=3)
    tell(case.declaration.pk, EventKind.INFORMATION_REQUESTED, case.officer_actor,
         **case.about(reason="Where are the caviar papers?", due_at=due.isoformat()))
    assert mail.send(Mail.objects.get().pk)
    [message] = outbox.outbox
    assert message.to == [case.user.email]
    assert message.subject.endswith(f"{case.declaration.mrn}: Information asked for")
    html = message.alternatives[0][0]  # type: ignore[attr-defined]
    for text in (str(message.body), html):
        assert case.declaration.mrn in text
        assert reverse("notice", args=[Notice.objects.get().pk]) in text
        for secret in ("caviar", "Kolkheti", "National Food"):
            assert secret not in text
    assert "List-Unsubscribe" not in message.extra_headers, "a mandatory one"


def test_it_is_sent_once(case: Case, tell: Tell) -> None:
    tell(case.declaration.pk, EventKind.RELEASED)
    pk = Mail.objects.get().pk
    assert mail.send(pk) and not mail.send(pk)
    assert len(outbox.outbox) == 1 and Mail.objects.get().state == MailState.SENT


def test_a_second_copy_after_a_lost_worker_has_the_same_message_id(
    case: Case, tell: Tell
) -> None:
    tell(case.declaration.pk, EventKind.RELEASED)
    pk = Mail.objects.get().pk
    lost = mail.claim(pk)
    assert lost is not None and mail.claim(pk) is None
    first = mail.compose(lost.mail)
    Mail.objects.update(leased_until=timezone.now())
    assert mail.send(pk)
    assert first is not None
    assert first.extra_headers["Message-ID"] == outbox.outbox[0].extra_headers["Message-ID"]


def test_a_server_that_does_not_answer_is_tried_again_later(
    case: Case, tell: Tell, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    tell(case.declaration.pk, EventKind.RELEASED)
    pk = Mail.objects.get().pk
    assert not mail.send(pk)
    waiting = Mail.objects.get()
    assert waiting.state == MailState.PENDING and waiting.last_error
    assert waiting.next_attempt_at > timezone.now() and not mail.send(pk)
    Mail.objects.update(attempts=mail.GIVE_UP_AFTER - 1, next_attempt_at=timezone.now())
    mail.send(pk)
    assert Mail.objects.get().state == MailState.FAILED


def test_in_the_language_of_the_person(case: Case, tell: Tell) -> None:
    case.user.language = "ru"
    case.user.save()
    tell(case.declaration.pk, EventKind.RELEASED)
    mail.send(Mail.objects.get().pk)
    assert 'lang="ru"' in outbox.outbox[0].alternatives[0][0]  # type: ignore[attr-defined]


def test_the_digest_comes_once_a_day_at_its_hour(
    case: Case, tell: Tell, settings: Any
) -> None:
    settings.PORTAL_TIME_ZONE = "Asia/Tbilisi"  # UTC+4
    Preference.objects.create(user=case.user, digest_hour=9, paces={Group.DECISIONS: Pace.DAILY})
    for _number in range(3):
        tell(case.declaration.pk, EventKind.RELEASED)
    day = datetime(2026, 3, 1, tzinfo=UTC)
    assert digests.prepare(day + timedelta(hours=4, minutes=59)) == []
    [made] = digests.prepare(day + timedelta(hours=5))
    assert mail.send(made)
    assert "3 notices" in outbox.outbox[0].subject
    assert "One-Click" in outbox.outbox[0].extra_headers["List-Unsubscribe-Post"]
    tell(case.declaration.pk, EventKind.RELEASED)
    assert digests.prepare(day + timedelta(hours=6)) == []
    assert len(digests.prepare(day + timedelta(days=1, hours=6))) == 1


def test_one_click_stops_a_group_without_signing_in(case: Case, tell: Tell) -> None:
    tell(case.declaration.pk, EventKind.RELEASED)
    mail.send(Mail.objects.get().pk)
    link = outbox.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    path = re.sub(r"^https?://[^/]+", "", link)
    machine = Client(enforce_csrf_checks=True)
    assert machine.get(path).status_code == 200
    assert not Preference.objects.exists(), "looking changes nothing"
    assert machine.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    tell(case.declaration.pk, EventKind.RELEASED)
    assert Mail.objects.filter(state=MailState.PENDING).count() == 0
    assert Notice.objects.count() == 2
    assert machine.get(path[:-3] + "xx/").status_code == 404


def test_stopping_drops_what_waits_but_nothing_mandatory(case: Case, tell: Tell) -> None:
    tell(case.declaration.pk, EventKind.RELEASED)
    tell(case.declaration.pk, EventKind.INFORMATION_REQUESTED, **case.about())
    unsubscribing.stop(case.user, Group.DECISIONS)
    unsubscribing.stop(case.user, Group.QUESTIONS)
    [left] = Mail.objects.all()
    assert left.notices.get().kind == EventKind.INFORMATION_REQUESTED


def test_preferences_page(case: Case, client: Client) -> None:
    client.force_login(case.user)
    page = client.get(reverse("notice_preferences")).content.decode()
    assert 'id="questions-never"' not in page and 'id="decisions-never"' in page
    assert "operation-now" not in page
    chosen = {"scope": "all", "digest_hour": "17", "questions": "daily", "decisions": "never",
              "progress": "daily", "permits": "now", "organisation": "now"}
    assert client.post(reverse("notice_preferences"), chosen).status_code == 302
    kept = Preference.objects.get()
    assert (kept.scope, kept.digest_hour) == ("all", 17)
    assert kept.pace(Group.QUESTIONS) == Pace.DAILY and kept.pace(Group.DECISIONS) == Pace.NEVER
    refused = client.post(reverse("notice_preferences"), chosen | {"questions": "never"})
    assert refused.status_code == 200


def test_what_is_old_is_forgotten(case: Case, tell: Tell) -> None:
    tell(case.declaration.pk, EventKind.RELEASED)
    mail.send(Mail.objects.get().pk)
    Mail.objects.update(created_at=timezone.now() - timedelta(days=31))
    prune()
    assert not Mail.objects.exists() and Notice.objects.get().mail is None


def test_a_line_break_in_a_reference_forges_nothing_and_stops_nothing(
    case: Case, tell: Tell
) -> None:
    case.declaration.mrn = None
    case.declaration.lrn = "A\r\nBcc: x@example.org\n\u2028B"
    case.declaration.save()
    case.user.first_name, case.user.language = "Nino\n\nOpen https://example.com", "en"
    case.user.save()
    tell(case.declaration.pk, EventKind.RELEASED)
    assert mail.send(Mail.objects.get().pk)
    [message] = outbox.outbox
    assert "A Bcc: x@example.org B" in message.subject
    assert message.recipients() == [case.user.email]
    assert message.message()["Bcc"] is None
    lines = str(message.body).splitlines()
    assert not [line for line in lines if line.startswith(("Bcc", "B:", "Open https://example.com"))]


def test_an_address_that_no_server_takes_is_given_up(case: Case, tell: Tell) -> None:
    case.user.email = "x@example.org\nBcc: y@example.org"
    case.user.save()
    tell(case.declaration.pk, EventKind.RELEASED)
    pk = Mail.objects.get().pk
    assert not mail.send(pk)
    assert Mail.objects.get().last_error
    Mail.objects.update(attempts=mail.GIVE_UP_AFTER - 1, next_attempt_at=timezone.now())
    assert not mail.send(pk)
    assert Mail.objects.get().state == MailState.FAILED and not outbox.outbox
