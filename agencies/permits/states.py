"""What a permit, and what a declaration takes from it, can be."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PermitState(models.TextChoices):
    UNSIGNED = "unsigned", _("Waiting for the second signature")
    IN_FORCE = "in_force", _("In force")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired")
    EXHAUSTED = "exhausted", _("Used up")
    REPLACED = "replaced", _("Replaced")


# What the agency has stopped: goods declared under it meanwhile are not released.
STOPPED = frozenset({PermitState.UNSIGNED, PermitState.SUSPENDED, PermitState.REVOKED})


class UseState(models.TextChoices):
    RESERVED = "reserved", _("Reserved")
    WRITTEN_OFF = "written_off", _("Written off")
    FREED = "freed", _("Given back")


class Settlement(models.TextChoices):
    """What an officer says of goods that left under a permit and did not arrive."""

    RETURNED = "returned", _("The rest returns to the balance")
    USED_UP = "used_up", _("The rest is used up: lost or consumed")


class MovementKind(models.TextChoices):
    GRANT = "grant", _("Granted")
    RESERVE = "reserve", _("Reserved")
    WRITE_OFF = "write_off", _("Written off")
    FREE = "free", _("Reservation given back")
    REVERSE = "reverse", _("Write-off reversed")


class Layout(models.TextChoices):
    """The international model that a certificate follows."""

    GENERAL = "general", _("General permit")
    CITES = "cites", _("CITES permit or certificate")
    PHYTOSANITARY = "phytosanitary", _("Phytosanitary certificate")
    VETERINARY = "veterinary", _("Veterinary certificate")
    ODS = "ods", _("Licence under the Montreal Protocol")
