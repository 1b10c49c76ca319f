"""Messages to partners, and every call about them."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from declarations.models import Declaration
from exchange.limits import CHASE_EVERY, CHASE_FOR
from exchange.models.partners import Partner
from exchange.models.states import DONE, STUCK, OutboxState, Outcome, WireKind
from exchange.transit.models import Movement
from portal.identifiers import new_id


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def of_declaration(self, declaration: UUID) -> "OutboxQuerySet":
        return self.filter(declaration=declaration).select_related("partner").order_by("created_at")

    def with_blocker(self) -> "OutboxQuerySet":
        """Each with ``blocked``: an earlier message of its movement has not arrived; and with
        ``transit_mrn`` where it is about a transit."""
        of_transit = Movement.objects.filter(pk=OuterRef("movement")).values("mrn")
        return self.annotate(
            blocked=Exists(_not_arrived_before()), transit_mrn=Subquery(of_transit)
        )

    def due(self, now: datetime) -> "OutboxQuerySet":
        """Those that a worker may send now: in order, unpaused, and in nobody's hands."""
        return self.filter(
            ~Exists(_not_arrived_before()),
            Q(leased_until=None) | Q(leased_until__lte=now),
            Q(partner__silent_until=None) | Q(partner__silent_until__lte=now),
            state=OutboxState.PENDING, next_attempt_at__lte=now, partner__paused_at=None,
        )

    def to_chase(self, now: datetime) -> "OutboxQuerySet":
        """Those that are no longer sent but may have arrived: their receipt is asked for."""
        return self.filter(
            Q(partner__silent_until=None) | Q(partner__silent_until__lte=now),
            state__in=STUCK, outcome_unknown=True, next_attempt_at__lte=now - CHASE_EVERY,
            created_at__gt=now - CHASE_FOR, partner__paused_at=None,
        )

    def postpone_expiry(self, by: timedelta) -> None:
        self.filter(state=OutboxState.PENDING).update(expires_at=F("expires_at") + by)


def _not_arrived_before() -> "models.QuerySet[OutboxMessage]":
    """Of the row at hand: earlier messages of its movement to its partner, not delivered."""
    return OutboxMessage.objects.filter(
        partner=OuterRef("partner"), movement=OuterRef("movement"),
        position__lt=OuterRef("position"),
    ).exclude(state__in=DONE)


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
    kind = models.CharField(max_length=40, choices=WireKind.choices)
    event = models.UUIDField(help_text=_("The journal event that caused it."))
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # Where elements were left out as agreed: which, and the digest of the whole message.
    left_out = ArrayField(models.CharField(max_length=200), default=list)
    original_sha256 = models.CharField(max_length=64, blank=True)
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
    skipped_why = models.CharField(max_length=250, blank=True)
    last_error = models.TextField(blank=True)

    objects = OutboxQuerySet.as_manager()

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
            ),
            models.Index(
                fields=["partner", "created_at"],
                condition=Q(state__in=["pending", "parked", "expired"]), name="outbox_waiting",
            ),
            models.Index(fields=["-created_at"], name="outbox_newest"),
            models.Index(fields=["partner", "-created_at"], name="outbox_of_partner"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def about(self) -> str:
        """The number of the declaration or the movement that it tells of."""
        if self.declaration is not None:
            return self.declaration.mrn or self.declaration.lrn
        known: str | None = getattr(self, "transit_mrn", None)
        if known is None:
            movement = Movement.objects.filter(pk=self.movement)
            known = movement.values_list("mrn", flat=True).first()
        return known or ""

    @property
    def may_be_resent(self) -> bool:
        return self.state in (*STUCK, OutboxState.SKIPPED)

    @property
    def may_be_skipped(self) -> bool:
        return self.state in STUCK

    def blocker(self) -> "OutboxMessage | None":
        """The earliest message of the same movement that has not arrived; this one waits for it."""
        if self.state != OutboxState.PENDING:
            return None
        return (
            OutboxMessage.objects.filter(
                partner=self.partner_id, movement=self.movement, position__lt=self.position
            )
            .exclude(state__in=DONE)
            .order_by("position")
            .first()
        )


class DeliveryAttempt(models.Model):
    """One call to a partner and how it ended."""

    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    asked = models.BooleanField(default=False, help_text=_("Only asked whether it had arrived."))
    http_status = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    detail = models.TextField(blank=True)
    headers = models.JSONField(default=dict, help_text=_("As sent, with the signature."))

    class Meta:
        ordering: ClassVar = ["at"]
