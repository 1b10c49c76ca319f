"""E-mails about notices: due rows taken by lease, written in the reader's language, sent once.

A mail says which declaration (MRN or LRN) and which state, and leads to the portal for the rest: no
goods, values, parties or questions leave it. A worker that dies between sending and reporting may
cause a second copy, under the same Message-ID; nothing is ever sent again knowingly.
"""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.notices import unsubscribing, words
from portal.notices.kinds import MANDATORY, Group
from portal.notices.models import Mail, MailState, Notice
from portal.retries import BackOff

LEASE = timedelta(seconds=120)
back_off = BackOff(timedelta(seconds=30), timedelta(hours=2))
GIVE_UP_AFTER = 15
# A digest names so many; the portal has them all.
MAX_IN_DIGEST = 200


@dataclass(frozen=True, slots=True)
class Lease:
    mail: Mail
    until: datetime


def send(mail_id: UUID) -> bool:
    """Send one mail if it is due; whether it went."""
    lease = claim(mail_id)
    if lease is None:
        return False
    error = ""
    try:
        if (message := compose(lease.mail)) is not None:
            message.send()
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        # ValueError: an address or header that no server takes; tried again and then given up.
        error = f"{type(problem).__name__}: {problem}"
    report(lease, error)
    return not error


def claim(mail_id: UUID) -> Lease | None:
    """Take a mail that is due; None if it is not, or another worker has it."""
    now = timezone.now()
    with transaction.atomic():
        mail = (
            Mail.objects.due(now).filter(pk=mail_id).select_related("user")
            .select_for_update(skip_locked=True, of=("self",)).first()
        )
        if mail is None:
            return None
        mail.leased_until = until = now + LEASE
        mail.attempts = min(mail.attempts + 1, 32_000)
        mail.save(update_fields=["leased_until", "attempts"])
    return Lease(mail, until)


def report(lease: Lease, error: str) -> None:
    """Write down how it went. A worker that overstayed its lease may only say that it was sent."""
    now = timezone.now()
    with transaction.atomic():
        mail = Mail.objects.select_for_update(of=("self",)).get(pk=lease.mail.pk)
        if mail.state != MailState.PENDING or (error and mail.leased_until != lease.until):
            return
        mail.leased_until, mail.last_error = None, error.replace("\0", "")[:500]
        if not error:
            mail.state, mail.sent_at = MailState.SENT, now
        elif mail.attempts >= GIVE_UP_AFTER:
            mail.state = MailState.FAILED
        else:
            mail.next_attempt_at = now + back_off(mail.attempts)
        mail.save(update_fields=["leased_until", "last_error", "state", "sent_at",
                                 "next_attempt_at"])


def compose(mail: Mail) -> EmailMultiAlternatives | None:
    """The message in the person's language; None when there is nobody or nothing to tell."""
    notices = list(mail.notices.order_by("id")[: MAX_IN_DIGEST + 1])
    if not notices or not mail.user.is_active or not mail.user.email:
        return None
    language = mail.user.language or settings.LANGUAGE_CODE
    zone = ZoneInfo(settings.PORTAL_TIME_ZONE)
    with translation.override(language), timezone.override(zone):
        return _composed(mail, notices)


def _composed(mail: Mail, notices: list[Notice]) -> EmailMultiAlternatives:
    digest = mail.digest_of is not None
    group = None if digest else Group(notices[0].group)
    way_out = _way_out(mail, group)
    if digest:
        count = mail.notices.count()
        subject = ngettext("%(count)s notice", "%(count)s notices", count) % {"count": count}
    else:
        subject = ": ".join(filter(None, [_on_one_line(notices[0].reference),
                                          words.title(notices[0])]))
    content = {
        "subject": subject,
        "lines": [_line(notice) for notice in notices[:MAX_IN_DIGEST]],
        "more": len(notices) > MAX_IN_DIGEST,
        "notices_url": _absolute(reverse("notices")),
        "preferences_url": _absolute(reverse("notice_preferences")),
        "unsubscribe_url": way_out,
        "portal_name": _(settings.PORTAL_NAME),
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "greeting": _("Good day %(name)s,") % {"name": _on_one_line(str(mail.user))},
    }
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{mail.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    if way_out:
        # RFC 8058: one POST to this address and no more comes, without any sign-in.
        headers |= {"List-Unsubscribe": f"<{way_out}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(
        f"[{_(settings.PORTAL_NAME)}] {subject}",
        render_to_string("notices/mail/notices.txt", content), to=[mail.user.email],
        headers=headers,
    )
    message.attach_alternative(render_to_string("notices/mail/notices.html", content), "text/html")
    return message


def _line(notice: Notice) -> dict[str, Any]:
    due = words.due_at(notice)
    return {
        "reference": _on_one_line(notice.reference), "title": words.title(notice),
        "at": words.moment_in_words(notice.at), "due_at": due and words.moment_in_words(due),
        "url": _absolute(reverse("notice", args=[notice.pk])),
    }


def _on_one_line(reference: str) -> str:
    """A trader chooses it: no line of it may pass for a header or for words of the portal."""
    return " ".join("".join(c if c.isprintable() else " " for c in reference).split())


def _way_out(mail: Mail, group: Group | None) -> str:
    """Where this sort of mail is stopped; empty for what nobody may stop."""
    if group in MANDATORY:
        return ""
    token = unsubscribing.token(mail.user_id, group)
    return _absolute(reverse("unsubscribe", args=[token]))


def _absolute(path: str) -> str:
    return settings.PORTAL_URL.rstrip("/") + path
