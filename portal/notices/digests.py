"""The daily digest: once a day, at the hour that a person chose, what has come since the last."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.accounts.models import User
from portal.notices.models import Mail, Notice, Preference


def prepare(now: datetime | None = None) -> list[UUID]:
    """Write the mails of the digests that are due; their keys. Safe to run twice and at once."""
    local = (now or timezone.now()).astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE))
    waiting = Notice.objects.filter(for_digest=True).values("user")
    people = (
        User.objects.filter(pk__in=waiting).select_related("notice_preference")
        .exclude(pk__in=Mail.objects.filter(digest_of=local.date()).values("user"))
    )
    made = []
    for user in people.iterator():
        preference = getattr(user, "notice_preference", None) or Preference()
        if local.hour >= preference.digest_hour and (mail := _digest(user, local)) is not None:
            made.append(mail)
    return made


def _digest(user: User, local: datetime) -> UUID | None:
    with transaction.atomic():
        made = Mail.objects.bulk_create(
            [Mail(user=user, digest_of=local.date())], ignore_conflicts=True
        )[0]
        if not Mail.objects.filter(pk=made.pk).exists():  # another worker was faster
            return None
        Notice.objects.filter(user=user, for_digest=True).update(mail=made, for_digest=False)
    return made.pk
