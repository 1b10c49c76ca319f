"""Who may do what: every permission of the portal and every role that carries it, in one place."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """One thing that a person or a program may be allowed to do."""

    FILE = "declarations.file"  # file, draft and amend for one's own organisation
    VIEW_OWN = "declarations.view_own"  # see one's own organisation's declarations
    VIEW_CASES = "agencies.view_cases"  # see the declarations routed to one's own agency
    REVIEW = "agencies.review"  # claim and decide reviews of one's own agency
    SUPERVISE = "agencies.supervise"  # assign and reassign within one's own agency
    MANAGE = "accounts.manage"  # members, invitations, mandates, API clients, offices of one's own
    RISK = "agencies.risk"  # risk profiles: read, write and publish them, and see their hit rates
    EXCHANGE = "exchange.operate"  # watch, resend and pause the exchange
    ADMINISTER = "portal.administer"  # rule sets, partners, organisations, people


class OrganisationKind(models.TextChoices):
    TRADER = "trader", _("Trader")
    BROKER = "broker", _("Customs broker")
    AGENCY = "agency", _("Agency")
    OPERATOR = "operator", _("Portal operator")


class Role(models.TextChoices):
    DECLARANT = "declarant", _("Declarant")
    MANAGER = "manager", _("Manager")
    OFFICER = "officer", _("Officer")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMIN = "admin", _("Administrator")


_FILING = frozenset({Permission.FILE, Permission.VIEW_OWN})
_REVIEWING = frozenset({Permission.VIEW_CASES, Permission.REVIEW})

PERMISSIONS: dict[tuple[OrganisationKind, Role], frozenset[Permission]] = {
    (OrganisationKind.TRADER, Role.DECLARANT): _FILING,
    (OrganisationKind.TRADER, Role.MANAGER): _FILING | {Permission.MANAGE},
    (OrganisationKind.BROKER, Role.DECLARANT): _FILING,
    (OrganisationKind.BROKER, Role.MANAGER): _FILING | {Permission.MANAGE},
    (OrganisationKind.AGENCY, Role.OFFICER): _REVIEWING,
    (OrganisationKind.AGENCY, Role.SUPERVISOR): (
        _REVIEWING | {Permission.SUPERVISE, Permission.MANAGE}
    ),
    (OrganisationKind.OPERATOR, Role.ADMIN): frozenset(
        {Permission.ADMINISTER, Permission.EXCHANGE, Permission.RISK}
    ),
}


def permissions_of(kind: str, role: str) -> frozenset[Permission]:
    """Return what a member with ``role`` of an organisation of ``kind`` may do; nothing if unknown."""
    return PERMISSIONS.get((OrganisationKind(kind), Role(role)), frozenset())


def roles_of(kind: str) -> tuple[Role, ...]:
    """The roles that people can have in an organisation of ``kind``."""
    return tuple(role for (of, role) in PERMISSIONS if of == kind)


def scopes_of(kind: str) -> tuple[Permission, ...]:
    """What programs of an organisation of ``kind`` may be allowed: what the REST interface does.

    Never to manage, to supervise or to administer: those are for a person who can be asked. What
    a program does to a review it does for an officer, whom it names (``agencies.api_officer``).
    """
    granted = frozenset[Permission]().union(
        *(permissions for (of, _role), permissions in PERMISSIONS.items() if of == kind)
    )
    served = (Permission.FILE, Permission.VIEW_OWN, Permission.REVIEW, Permission.VIEW_CASES)
    return tuple(one for one in served if one in granted)
