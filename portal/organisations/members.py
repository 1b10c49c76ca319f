"""The members of an organisation and their roles, and its address."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.actors import Actor
from portal.accounts.models import Membership, Organisation
from portal.accounts.roles import Permission, Role, permissions_of, roles_of
from portal.journal.kinds import EventKind
from portal.journal.record import record

ADDRESS = ("address", "city", "postcode")


class Refused(Exception):
    """It cannot be done; the text tells a person why, and what to do instead."""


def own(actor: Actor) -> Organisation:
    """The organisation that the actor manages. Raises PermissionDenied for anyone else."""
    if not actor.may(Permission.MANAGE) or actor.organisation_id is None:
        raise PermissionDenied
    return Organisation.objects.get(pk=actor.organisation_id)


def locked(actor: Actor) -> Organisation:
    """Like ``own``, and nobody else changes members, mandates or programs meanwhile."""
    return Organisation.objects.select_for_update().get(pk=own(actor).pk)


def change_address(actor: Actor, **address: str) -> None:
    """Set ``address``, ``city`` and ``postcode``. Name and number are the operator's to change."""
    with transaction.atomic():
        organisation = locked(actor)
        changed = [name for name in ADDRESS if getattr(organisation, name) != address[name]]
        if not changed:
            return
        for name in changed:
            setattr(organisation, name, address[name])
        organisation.save(update_fields=changed)
        record(organisation.pk, EventKind.ADDRESS_CHANGED, actor,
               {name: address[name] for name in changed})


def change_role(actor: Actor, member: int, role: str) -> Membership:
    """Give a member another role. Raises Refused, or Membership.DoesNotExist for a stranger."""
    with transaction.atomic():
        organisation = locked(actor)
        membership = _other(actor, member)
        if role not in roles_of(organisation.kind):
            raise Refused(_("Choose one of the roles of your organisation."))
        if membership.role == role:
            return membership
        before, membership.role = membership.role, Role(role)
        if not _managers(organisation, but=membership) and not _manages(organisation, role):
            raise Refused(_(
                "This is the last one who manages the organisation. Give somebody else that role "
                "first."
            ))
        membership.save(update_fields=["role"])
        record(organisation.pk, EventKind.ROLE_CHANGED, actor,
               {"person": str(membership.user), "user": str(membership.user_id),
                "from": before, "to": role})
        return membership


def remove(actor: Actor, member: int) -> Membership:
    """Take a person out: its next request is no longer for this organisation. Raises as above."""
    with transaction.atomic():
        organisation = locked(actor)
        membership = _other(actor, member)
        if not _managers(organisation, but=membership):
            raise Refused(_("The last one who manages the organisation cannot be removed."))
        person = membership.user
        membership.delete()
        record(organisation.pk, EventKind.MEMBER_REMOVED, actor,
               {"person": str(person), "user": str(person.pk), "role": membership.role})
        return membership


def _other(actor: Actor, member: int) -> Membership:
    membership = Membership.objects.of(actor).select_related("user").get(pk=member)
    if membership.user_id == actor.user_id:
        raise Refused(_(
            "Nobody changes their own role or leaves by themselves. Ask another manager, or the "
            "operator of the portal."
        ))
    return membership


def _manages(organisation: Organisation, role: str) -> bool:
    return Permission.MANAGE in permissions_of(organisation.kind, role)


def _managers(organisation: Organisation, but: Membership) -> list[UUID]:
    """The people, without ``but``, who can manage the organisation and can sign in."""
    roles = [role for role in roles_of(organisation.kind) if _manages(organisation, role)]
    return list(
        organisation.memberships.filter(role__in=roles, user__is_active=True)
        .exclude(pk=but.pk).values_list("user_id", flat=True)
    )
