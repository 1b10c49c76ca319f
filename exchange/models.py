"""Neighbours, keys, and every message that crossed the border or waits to."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from declarations.models import Declaration
from declarations.states import Kind
from portal.identifiers import new_id
from portal.journal.kinds import EventKind


class Partner(models.Model):
    """A neighbouring customs administration."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=140)
    base_url = models.URLField(help_text=_("Its exchange service; only this host is ever called."))
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.CharField(max_length=150, blank=True)
    paused_why = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class KeyQuerySet(models.QuerySet):
    def valid(self) -> "KeyQuerySet":
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gt=Now()), valid_from__lte=Now(), revoked_at=None
        ).order_by("-valid_from")


class PartnerKey(models.Model):
    """A partner's public Ed25519 key, with the window in which it may sign."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="keys")
    key_id = models.CharField(max_length=64, unique=True)
    public_key = models.TextField(help_text=_("PEM, Ed25519."))
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = KeyQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key_id


class OwnKey(models.Model):
    """This portal's signing key. The private half is encrypted at rest (Fernet)."""

    key_id = models.CharField(max_length=64, unique=True)
    private_key = models.BinaryField(editable=False)
    public_key = models.TextField(editable=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = KeyQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key_id


class Addressee(models.TextChoices):
    EXPORT_COUNTRY = "export_country", _("The country of export")
    DESTINATION_COUNTRY = "destination_country", _("The country of destination")
    ITINERARY = "itinerary", _("Every country on the itinerary")


class Subscription(models.Model):
    """Which event sends a message to whom."""

    event_kind = models.CharField(max_length=40, choices=EventKind.choices)
    declaration_kind = models.CharField(max_length=10, choices=Kind.choices)
    addressee = models.CharField(max_length=20, choices=Addressee.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event_kind", "declaration_kind", "addressee"], name="one_subscription_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_kind} {self.declaration_kind} ▸ {self.get_addressee_display()}"


class OutboxState(models.TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    DELIVERED = "delivered", _("Delivered")
    PARKED = "parked", _("Parked for an officer")
    EXPIRED = "expired", _("Expired")


class OutboxMessage(models.Model):
    """A message to one partner. Its id is the message id on the wire, forever."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="outbox")
    declaration = models.ForeignKey(
        Declaration, on_delete=models.PROTECT, null=True, related_name="outbox"
    )
    # Messages of one movement reach a partner in the order they were written.
    movement = models.UUIDField()
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=40, choices=EventKind.choices)
    event = models.UUIDField(help_text=_("The journal event that caused it."))
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10, choices=OutboxState.choices, default=OutboxState.PENDING
    )
    attempts = models.PositiveIntegerField(default=0)
    # The peer may have it although we saw no answer: ask before sending again.
    outcome_unknown = models.BooleanField(default=False)
    next_attempt_at = models.DateTimeField()
    # A worker's lease on the row while it talks to the partner, outside any transaction.
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    receipt = models.TextField(blank=True, help_text=_("The partner's signed receipt (JWS)."))
    receipt_verified_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "event"], name="one_message_per_event"),
            models.UniqueConstraint(
                fields=["partner", "movement", "position"], name="outbox_in_order"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(state="pending"), name="outbox_due"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class DeliveryAttempt(models.Model):
    """One call to a partner and how it ended."""

    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    asked = models.BooleanField(default=False, help_text=_("Only asked whether it had arrived."))
    http_status = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=20)
    detail = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["at"]


class InboxMessage(models.Model):
    """A message from a partner, kept as received with the receipt that we gave."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="inbox")
    message_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    movement = models.UUIDField()
    position = models.PositiveIntegerField()
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    headers = models.JSONField()
    key_id = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)
    receipt = models.TextField()
    repeats = models.PositiveIntegerField(default=0)
    # Projected from the message, for the list.
    mrn = models.CharField(max_length=18, blank=True)
    lrn = models.CharField(max_length=35, blank=True)
    summary = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-received_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "message_id"], name="effect_exactly_once")
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.message_id}"
