"""Messages from partners, and requests that were refused."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.models.partners import Partner
from exchange.models.states import PERMIT_USE_KINDS, TRANSIT_KINDS, WireKind
from portal.identifiers import new_id


class InboxQuerySet(models.QuerySet["InboxMessage"]):
    def with_gap(self) -> "InboxQuerySet":
        """Each with ``gap``: the message before it in its movement has not arrived."""
        before = InboxMessage.objects.filter(
            partner=OuterRef("partner"), movement=OuterRef("movement"),
            position=OuterRef("position") - 1,
        )
        return self.annotate(gap=Q(position__gt=1) & ~Exists(before))


class InboxMessage(models.Model):
    """A message from a partner, kept as received with the receipt that we gave."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="inbox")
    message_id = models.UUIDField()
    kind = models.CharField(max_length=40, choices=WireKind.choices)
    movement = models.UUIDField()
    position = models.PositiveIntegerField()
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # As it came over the wire, where that was compressed: the sender signed this.
    encoded = models.BinaryField(null=True)
    headers = models.JSONField(help_text=_("As received: @method, @target-uri and signed fields."))
    key_id = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    receipt = models.TextField()
    repeats = models.PositiveIntegerField(default=0)
    # Projected from the message, for the list.
    mrn = models.CharField(max_length=18, blank=True)
    lrn = models.CharField(max_length=35, blank=True)
    summary = models.JSONField(default=dict)

    objects = InboxQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-received_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "message_id"], name="effect_exactly_once"),
            models.UniqueConstraint(
                fields=["partner", "movement", "position"], name="inbox_in_order"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-received_at"], name="inbox_newest"),
            models.Index(fields=["partner", "-received_at"], name="inbox_of_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.message_id}"

    @property
    def is_document(self) -> bool:
        """Of a transit or a permit's use, and no declaration."""
        return self.kind in TRANSIT_KINDS | PERMIT_USE_KINDS


class RefusedInbound(models.Model):
    """A request of a partner, or of somebody who says so, that was refused; nothing else is left
    of it."""

    at = models.DateTimeField(default=timezone.now)
    # Whose key it names. Only where it is proven did the signature hold.
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, related_name="refused")
    proven = models.BooleanField()
    key_id = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=45, blank=True)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    detail = models.TextField()
    message_id = models.CharField(max_length=36, blank=True)
    message_kind = models.CharField(max_length=40, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["-at"], name="refused_newest"),
            models.Index(fields=["partner", "-at"], name="refused_of_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.code}"
