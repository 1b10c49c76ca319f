"""Inviting people by e-mail, and joining by the link of the e-mail.

The link is signed, works once and for 14 days, and is kept nowhere but in the e-mail. Whether an
address belongs to somebody who is known here is told to nobody: the e-mail and the manager's page
are the same for both.
"""

import hashlib
import logging
import secrets
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.accounts.actors import Actor
from portal.accounts.invitations import LIFETIME, Invitation, InvitationQuerySet
from portal.accounts.models import Membership, User
from portal.accounts.roles import roles_of
from portal.journal.kinds import EventKind
from portal.journal.record import record
from portal.organisations.members import Refused, locked

logger = logging.getLogger(__name__)

# Of one organisation: the portal is no machine for sending e-mail to strangers.
MOST_WAITING = 50
_signer = Signer(salt="portal.organisations.invitations")


def invite(actor: Actor, email: str, role: str) -> Invitation:
    """Invite whoever reads ``email`` to join with ``role``. Raises Refused."""
    email = email.strip().lower()
    with transaction.atomic():
        organisation = locked(actor)
        if role not in roles_of(organisation.kind):
            raise Refused(_("Choose one of the roles of your organisation."))
        waiting = Invitation.objects.of(actor).waiting()
        if waiting.filter(email=email).exists():
            raise Refused(_("This address is invited already. Send that invitation again."))
        if waiting.count() >= MOST_WAITING:
            raise Refused(_(
                "%(count)s invitations wait for an answer. Revoke those that nobody will accept."
            ) % {"count": MOST_WAITING})
        invitation = Invitation(
            organisation=organisation, email=email, role=role, invited_by_id=actor.user_id,
            language=translation.get_language() or settings.LANGUAGE_CODE,
        )
        _renew(invitation, actor)
        record(organisation.pk, EventKind.MEMBER_INVITED, actor, {"email": email, "role": role})
        return invitation


def resend(actor: Actor, pk: UUID) -> Invitation:
    """Send a new link; the former one is dead. Raises Invitation.DoesNotExist."""
    with transaction.atomic():
        organisation = locked(actor)
        invitation = Invitation.objects.of(actor).waiting().select_for_update().get(pk=pk)
        _renew(invitation, actor)
        record(organisation.pk, EventKind.INVITATION_RESENT, actor, {"email": invitation.email})
        return invitation


def revoke(actor: Actor, pk: UUID) -> Invitation:
    """Make the link worthless. Raises Invitation.DoesNotExist."""
    with transaction.atomic():
        organisation = locked(actor)
        invitation = Invitation.objects.of(actor).waiting().select_for_update().get(pk=pk)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record(organisation.pk, EventKind.INVITATION_REVOKED, actor, {"email": invitation.email})
        return invitation


def find(token: str) -> Invitation:
    """The invitation of a link that can still be used. Raises Invitation.DoesNotExist."""
    return _usable(token).select_related("organisation", "invited_by").get()


def hold(token: str) -> Invitation:
    """The same, locked until the caller's transaction ends: who comes second waits, and finds it
    used. Raises Invitation.DoesNotExist."""
    return _usable(token).select_for_update().get()


def accept(token: str, user: User) -> Membership:
    """Make ``user`` a member, once. Raises Invitation.DoesNotExist or Refused."""
    with transaction.atomic():
        invitation = hold(token)
        organisation = invitation.organisation
        if organisation.memberships.filter(user=user).exists():
            raise Refused(_(
                "You belong to %(organisation)s already. Sign out and open the link again if it is "
                "meant for somebody else."
            ) % {"organisation": organisation.name})
        membership = Membership.objects.create(
            user=user, organisation=organisation, role=invitation.role
        )
        invitation.accepted_at, invitation.accepted_by = timezone.now(), user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        record(organisation.pk, EventKind.MEMBER_JOINED, membership.actor(),
               {"person": str(user), "user": str(user.pk), "email": invitation.email,
                "role": invitation.role})
        return membership


def link(token: str) -> str:
    return settings.PORTAL_URL.rstrip("/") + reverse("invitation", args=[_signer.sign(token)])


def _usable(signed: str) -> InvitationQuerySet:
    try:
        token = _signer.unsign(signed)
    except BadSignature:
        return Invitation.objects.none()
    return Invitation.objects.usable().filter(token_hash=_hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _renew(invitation: Invitation, actor: Actor) -> None:
    """A new token; it goes out by e-mail once all is committed, and is then forgotten here."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash = _hash(token)
    invitation.expires_at = timezone.now() + LIFETIME
    invitation.sent_at = None
    invitation.save()
    address, sender = link(token), actor.label
    transaction.on_commit(lambda: _send(invitation, address, sender))


def _send(invitation: Invitation, address: str, sender: str) -> None:
    """A mail server that fails is told to the manager by ``sent_at``, which then stays empty."""
    # A person chooses the own name: in the mail it is one line, and no words of the portal.
    context = {"invitation": invitation, "link": address, "sender": " ".join(sender.split()),
               "portal": settings.PORTAL_NAME}
    with translation.override(invitation.language or settings.LANGUAGE_CODE):
        text = render_to_string("portal/organisation/mail/invitation.txt", context)
    subject, _blank, body = text.partition("\n\n")
    try:
        EmailMessage(" ".join(subject.split()), body, to=[invitation.email]).send()
    except (OSError, ValueError) as error:  # SMTPException is an OSError; ValueError: a bad address
        logger.warning("Invitation %s was not sent: %s", invitation.pk, error)
        return
    invitation.sent_at = timezone.now()
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=invitation.sent_at)
