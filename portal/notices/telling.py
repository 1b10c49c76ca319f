"""Journal subscriber: from an event to notices, e-mails and messages to programs.

All in the event's own transaction and in a few statements: what happened and nobody was told, or
told and did not happen, cannot be. What leaves the portal is only queued here.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from portal.accounts.models import Membership
from portal.journal.models import Event
from portal.notices import tasks
from portal.notices.audiences import Concerned
from portal.notices.catalogue import CATALOGUE, Entry, kept
from portal.notices.kinds import Pace
from portal.notices.models import Mail, Notice, Preference
from portal.notices.programs import queue_for_programs
from portal.notices.webhooks import queue_for_webhooks


def on_event(event: Event) -> None:
    """Tell everyone whom the catalogue names for an event of this kind."""
    entry = CATALOGUE.get(event.kind)
    if entry is None:
        return
    concerned = entry.to(event)
    if concerned is None:
        return
    if entry.people:
        tell_people(event, entry, concerned)
    if entry.programs and concerned.organisation is not None:
        queue_for_programs(event, concerned)
        queue_for_webhooks(event, concerned)


def tell_people(event: Event, entry: Entry, concerned: Concerned) -> None:
    """One notice each, and an e-mail for those who want one at once. Whoever did it knows it."""
    notices, mails = [], []
    told: set[UUID] = set()
    for member in concerned.people():
        if member.user_id == event.user or member.user_id in told:
            continue
        told.add(member.user_id)
        notice = _notice(event, entry, concerned, member)
        pace = _pace(entry, member)
        if pace == Pace.NOW:
            mails.append(Mail(user_id=member.user_id))
            notice.mail = mails[-1]
        notice.for_digest = pace == Pace.DAILY
        notices.append(notice)
    if mails:
        Mail.objects.bulk_create(mails)
    if notices:
        Notice.objects.bulk_create(notices)
    for mail in mails:
        # A broker that is down must not undo what happened: the sweep finds the row.
        transaction.on_commit(_starting(mail.pk), robust=True)


def _notice(event: Event, entry: Entry, concerned: Concerned, member: Membership) -> Notice:
    return Notice(
        user_id=member.user_id, organisation_id=member.organisation_id, event=event.pk,
        kind=event.kind, group=entry.group, urgency=entry.urgency, subject=event.subject,
        reference=concerned.reference[:140], params=kept(entry, event.payload), at=event.at,
    )


def _pace(entry: Entry, member: Membership) -> Pace:
    if not member.user.email:
        return Pace.NEVER
    preference = getattr(member.user, "notice_preference", None) or Preference()
    return preference.pace(entry.group)


def _starting(mail_id: UUID) -> Callable[[], None]:
    return lambda: tasks.start_mail(mail_id)
