"""Stopping one sort of e-mail by the link in it: signed, without a sign-in, for ever good."""

from uuid import UUID

from django.core import signing
from django.db import transaction

from portal.accounts.models import User
from portal.notices.kinds import MANDATORY, Group, Pace
from portal.notices.models import Mail, MailState, Notice, Preference

_SALT = "notices.unsubscribe"
_DIGEST = "digest"


class LinkRefused(ValueError):
    """The link is not one of ours, or leads to nobody."""


def token(user_id: UUID, group: Group | None) -> str:
    """``group``: None for the digest."""
    return signing.dumps([str(user_id), str(group or _DIGEST)], salt=_SALT, compress=True)


def read(text: str) -> tuple[User, Group | None]:
    """Whom and what a link is about. Raises LinkRefused."""
    try:
        user_id, name = signing.loads(text, salt=_SALT)
        group = None if name == _DIGEST else Group(name)
        return User.objects.get(pk=UUID(user_id)), group
    except (signing.BadSignature, ValueError, TypeError, User.DoesNotExist) as error:
        raise LinkRefused from error


def stop(user: User, group: Group | None) -> None:
    """Send no more of it; without a group, no digest. What may not be stopped goes on.

    Safe to repeat. Mails that wait to be sent are dropped too; the notices stay in the portal.
    """
    with transaction.atomic():
        Preference.objects.get_or_create(user=user)
        preference = Preference.objects.select_for_update().get(user=user)
        stopped = [group] if group else [
            one for one in Group if preference.pace(one) == Pace.DAILY
        ]
        stopped = [one for one in stopped if one not in MANDATORY]
        preference.paces |= {str(one): Pace.NEVER.value for one in stopped}
        preference.save(update_fields=["paces"])
        own = Notice.objects.filter(user=user, group__in=stopped)
        own.filter(for_digest=True).update(for_digest=False)
        Mail.objects.filter(
            user=user, state=MailState.PENDING, digest_of=None, leased_until=None,
            notices__group__in=stopped,
        ).delete()
