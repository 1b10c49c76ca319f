"""A use abroad: what a partner country's declaration takes from a permit of ours."""

from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.permits.states import UseState
from portal.accounts.actors import Actor
from portal.identifiers import new_id

# A reservation abroad of which nothing was heard that long after the permit's last day is shown to
# the officer. It is agreed with the partners (docs/permits.md), and never given back by itself.
SILENCE = timedelta(days=30)


class Reason(models.TextChoices):
    """Why a use abroad was not granted. Values are part of the protocol (docs/permits.md)."""

    UNKNOWN = "unknown", _("No permit has this number.")
    STOPPED = "stopped", _("The permit is suspended, revoked, replaced or not signed yet.")
    DAY = "day", _("The permit was not valid on the day of filing.")
    TYPE = "type", _("The permit is of another type.")
    HOLDER = "holder", _("Nobody in the declaration is the holder of the permit.")
    COUNTRY = "country", _("The permit is for other countries.")
    GOODS = "goods", _("The permit does not cover these goods.")
    UNIT = "unit", _("The quantity is not told in the unit of the permit.")
    QUANTITY = "quantity", _("Less than this quantity is left.")
    CURRENCY = "currency", _("The value is not told in the currency of the permit.")
    VALUE = "value", _("Less than this value is left.")
    CONFLICT = "conflict", _("This use was told of another permit before.")
    ITEM = "item", _("The permit is cited for the whole declaration, and not at a goods item.")
    RETURNED = "returned", _("The reservation was given back, as nothing was heard of it.")


class UseAbroadQuerySet(models.QuerySet["UseAbroad"]):
    def of_agency(self, actor: Actor) -> "UseAbroadQuerySet":
        """Of permits that the actor's own agency issued."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(permit__scheme__agency__organisation_id=actor.organisation_id)

    def silent(self, today: date) -> "UseAbroadQuerySet":
        """Reservations of which nothing was heard long after their permit's last day."""
        return self.filter(state=UseState.RESERVED, permit__valid_to__lt=today - SILENCE)

    def uncovered(self) -> "UseAbroadQuerySet":
        """Goods that were released abroad beyond what the permit allows."""
        return self.filter(asked=UseState.WRITTEN_OFF).exclude(reason="")


class UseAbroad(models.Model):
    """What one item of a declaration in another country takes from a line, as that country says.

    ``state``, ``line``, ``quantity``, ``value``: what it holds on the balance, in the line's unit;
    ``asked…``: what the country said last, which is another where it could not be granted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(max_length=2)
    reference = models.UUIDField(help_text=_("The country's own id of the use."))
    number = models.CharField(max_length=60)
    permit = models.ForeignKey(
        "agencies.Permit", on_delete=models.PROTECT, null=True, related_name="uses_abroad"
    )
    line = models.ForeignKey(
        "agencies.PermitLine", on_delete=models.PROTECT, null=True, related_name="uses_abroad"
    )
    mrn = models.CharField(max_length=18)
    item = models.PositiveSmallIntegerField()
    # Numbers of its consignment, and the declaration here that is the same one (abroad.sharing).
    # Without a constraint: that would lock the declaration, which whoever changes it locks before
    # the permit.
    consignment = ArrayField(models.CharField(max_length=80), default=list)
    home = models.ForeignKey(
        "declarations.Declaration", on_delete=models.PROTECT, null=True, db_constraint=False,
        related_name="uses_abroad",
    )
    state = models.CharField(max_length=11, choices=UseState.choices, blank=True)
    quantity = models.DecimalField(max_digits=22, decimal_places=6, default=Decimal(0))
    value = models.DecimalField(max_digits=19, decimal_places=3, default=Decimal(0))
    # A message of a lower revision than the last is late, and changes nothing.
    revision = models.PositiveIntegerField(default=0)
    asked = models.CharField(max_length=11, choices=UseState.choices)
    asked_quantity = models.DecimalField(max_digits=22, decimal_places=6, null=True)
    asked_unit = models.CharField(max_length=3, blank=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    told_at = models.DateTimeField()

    objects = UseAbroadQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "reference"], name="use_abroad_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["permit"], name="uses_abroad_reserved", condition=Q(state="reserved")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.mrn} / {self.item}: {self.number}"

    @property
    def is_uncovered(self) -> bool:
        return self.asked == UseState.WRITTEN_OFF and self.reason != ""
