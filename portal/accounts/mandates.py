"""Mandates: a trader lets a broker file for it, for kinds of declaration and between two days.

A mandate is never deleted and its terms never change: what was filed under it stays explained.
"""

from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.actors import Actor
from portal.identifiers import new_id


class Representation(models.TextChoices):
    """How a broker acts for the trader; the codes are those of Agent/FunctionCode in a message."""

    EITHER = "", _("Direct or indirect")
    DIRECT = "2", _("Direct: in the trader's name")
    INDIRECT = "3", _("Indirect: in the broker's own name")


class MandateQuerySet(models.QuerySet["Mandate"]):
    def concerning(self, actor: Actor) -> "MandateQuerySet":
        """Those that the actor's organisation gives or holds; none for an actor without one."""
        if actor.organisation_id is None:
            return self.none()
        own = actor.organisation_id
        return self.filter(Q(principal_id=own) | Q(representative_id=own))

    def in_force(self, moment: datetime) -> "MandateQuerySet":
        """Granted before ``moment``, not revoked by then, on a day within the mandate's days."""
        day = moment.astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()
        return self.filter(
            Q(revoked_at=None) | Q(revoked_at__gt=moment),
            granted_at__lte=moment, valid_from__lte=day, valid_to__gte=day,
        )


class Mandate(models.Model):
    """What ``principal`` lets ``representative`` file for it; without ``granted_at``, a request."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    principal = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="mandates_given",
        verbose_name=_("trader"),
    )
    representative = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="mandates_held",
        verbose_name=_("broker"),
    )
    kinds = ArrayField(models.CharField(max_length=10), help_text=_("Kinds of declaration."))
    representation = models.CharField(
        max_length=1, choices=Representation.choices, default=Representation.EITHER, blank=True
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), help_text=_("The last day."))
    asked_at = models.DateTimeField(auto_now_add=True)
    granted_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="mandate_days_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(principal=F("representative")), name="mandate_between_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal} ▸ {self.representative}"

    @property
    def is_open(self) -> bool:
        """Asked for, and neither granted nor declined nor taken back."""
        return not (self.granted_at or self.declined_at or self.revoked_at)

    @property
    def is_live(self) -> bool:
        """Granted, and neither revoked nor past its last day: it can still be revoked."""
        return bool(self.granted_at and not self.revoked_at and self.valid_to >= _today())

    @property
    def state(self) -> str:
        if self.is_open:
            return "asked"
        if self.declined_at:
            return "declined"
        if self.revoked_at:
            return "revoked"
        if self.valid_to < _today():
            return "expired"
        return "in_force" if self.valid_from <= _today() else "ahead"

    @property
    def state_words(self) -> str | Promise:
        return STATES[self.state]


STATES: dict[str, str | Promise] = {
    "asked": _("Waiting for the trader"),
    "declined": _("Declined"),
    "revoked": _("Revoked"),
    "expired": _("Expired"),
    "in_force": _("In force"),
    "ahead": _("Begins later"),
}


def _today() -> date:
    return timezone.now().astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()
