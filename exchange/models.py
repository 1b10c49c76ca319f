"""Neighbours, keys, and every message that crossed the border or waits to."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Exists, F, FilteredRelation, Min, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from declarations.models import Declaration
from declarations.states import Kind
from exchange.limits import CHASE_EVERY, CHASE_FOR, CLOCK_SKEW
from exchange.transit.models import Guarantee, Hold, Movement, Notice, Stop  # noqa: F401
from exchange.transit.states import Step
from portal.identifiers import new_id
from portal.journal.kinds import EventKind

# The profile that every partner reads.
CAREC = "carec"


class WireKind(models.TextChoices):
    """What neighbours tell each other of a declaration or a transit. Values never change: they are
    part of the protocol.

    Each is the kind of journal event that causes the message.
    """

    ACCEPTED = EventKind.ACCEPTED.value, _("Accepted")
    RELEASED = EventKind.RELEASED.value, _("Released")
    REFUSED = EventKind.REFUSED.value, _("Refused")
    AMENDED = EventKind.AMENDED.value, _("Amended")
    CANCELLED = EventKind.CANCELLED.value, _("Cancelled")
    PERMIT_ISSUED = EventKind.PERMIT_ISSUED.value, _("Permit issued")
    TRANSIT_ANNOUNCED = EventKind.TRANSIT_ANNOUNCED.value, _("Transit: anticipated arrival")
    TRANSIT_PASSED = EventKind.TRANSIT_PASSED.value, _("Transit: border passage")
    TRANSIT_ARRIVED = EventKind.TRANSIT_ARRIVED.value, _("Transit: arrival advice")
    TRANSIT_CONTROLLED = EventKind.TRANSIT_CONTROLLED.value, _("Transit: result of the control")
    TRANSIT_DISCHARGED = EventKind.TRANSIT_DISCHARGED.value, _("Transit: discharge")
    TRANSIT_INCIDENT = EventKind.TRANSIT_INCIDENT.value, _("Transit: incident")
    TRANSIT_ENQUIRED = EventKind.TRANSIT_ENQUIRED.value, _("Transit: enquiry")
    TRANSIT_ANSWERED = EventKind.TRANSIT_ANSWERED.value, _("Transit: answer to an enquiry")
    TRANSIT_RECOVERED = EventKind.TRANSIT_RECOVERED.value, _("Transit: guarantee claimed")


# A message that has no effect: it is judged and answered like any other, and not kept.
TRIAL = "trial"
# Whoever was told of a declaration before hears of these too, whatever the subscriptions say.
FOLLOWING = frozenset({WireKind.AMENDED, WireKind.CANCELLED})


# What a transit's countries tell each other: documents of their own (exchange.transit.messages).
TRANSIT_KINDS = frozenset(Step.values)


def every_kind() -> list[str]:
    return list(WireKind.values)


class PartnerQuerySet(models.QuerySet["Partner"]):
    def with_traffic(self, limit: datetime) -> "PartnerQuerySet":
        """Each with ``unsent``, ``parked``, ``oldest_unsent`` (when it was written, or None), and
        ``late``: its oldest was written before ``limit``."""
        return self.alias(
            waiting=FilteredRelation("outbox", condition=Q(outbox__state__in=NOT_DELIVERED))
        ).annotate(
            unsent=Count("waiting", filter=Q(waiting__state=OutboxState.PENDING)),
            parked=Count("waiting", filter=Q(waiting__state__in=STUCK)),
            oldest_unsent=Min("waiting__created_at"),
        ).annotate(late=Q(oldest_unsent__isnull=False) & Q(oldest_unsent__lt=limit))


class Partner(models.Model):
    """A neighbouring customs administration."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(_("country"), max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=140)
    base_url = models.CharField(
        _("address"), max_length=200,
        help_text=_("Address before /exchange/v1; only this host is ever called."),
    )
    networks = ArrayField(
        models.CharField(max_length=43), verbose_name=_("networks"), default=list, blank=True,
        help_text=_(
            "Where the host may be, such as 10.20.0.0/16, if that is not the public internet. Where "
            "any is named, the partner is called nowhere else."
        ),
    )
    # --- what was agreed with it ------------------------------------------------------------
    message_kinds = ArrayField(
        models.CharField(max_length=40), verbose_name=_("kinds of message"), default=every_kind,
    )
    profile = models.CharField(
        _("profile"), max_length=40, default=CAREC,
        help_text=_("A declaration under another profile is sent in the carec form."),
    )
    elements = ArrayField(
        models.CharField(max_length=200), verbose_name=_("elements"), default=list, blank=True,
        help_text=_("Which elements it gets, as paths of WCO names; none: the whole declaration."),
    )
    clock_skew_seconds = models.PositiveSmallIntegerField(
        _("clocks may differ by"), default=int(CLOCK_SKEW.total_seconds()), help_text=_("Seconds.")
    )
    compresses = models.BooleanField(
        _("messages are compressed"), default=False,
        help_text=_("By gzip, in both directions. Others may still send them plain."),
    )
    paused_at = models.DateTimeField(_("paused since"), null=True, blank=True)
    paused_by = models.CharField(max_length=150, blank=True)
    paused_why = models.CharField(max_length=250, blank=True)
    # Since when its oldest unsent message is older than the operator should learn of at once.
    late_since = models.DateTimeField(null=True, blank=True, editable=False)
    # While a partner does not answer, one message probes it and the others wait.
    silent_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def clock_skew(self) -> timedelta:
        return timedelta(seconds=self.clock_skew_seconds)

    @property
    def is_silent(self) -> bool:
        return self.silent_until is not None and self.silent_until > timezone.now()


class KeyQuerySet(models.QuerySet):
    def valid(self) -> "KeyQuerySet":
        """Those that may sign now, the newest first."""
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gt=Now()), valid_from__lte=Now(), revoked_at=None
        ).order_by("-valid_from")

    def published(self) -> "KeyQuerySet":
        """Those that may sign now or later: what partners need to know."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=Now()), revoked_at=None).order_by(
            "valid_from"
        )


class ValidityWindow(models.Model):
    """From when until when a key may sign. Revoked keys are not trusted from that moment on."""

    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        abstract = True

    def valid_at(self, moment: datetime) -> bool:
        return self.valid_from <= moment and not any(
            end is not None and end <= moment for end in (self.valid_to, self.revoked_at)
        )

    @property
    def is_valid(self) -> bool:
        return self.valid_at(timezone.now())

    @property
    def standing(self) -> str:
        """"valid", "later", "ended" or "revoked"."""
        if self.revoked_at is not None:
            return "revoked"
        now = timezone.now()
        if self.valid_to is not None and self.valid_to <= now:
            return "ended"
        return "later" if self.valid_from > now else "valid"


class PartnerKey(ValidityWindow):
    """A partner's public Ed25519 key, with the window in which it may sign."""

    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="keys", verbose_name=_("partner")
    )
    key_id = models.CharField(_("key id"), max_length=64, unique=True)
    public_key = models.TextField(_("public key"), help_text=_("PEM, Ed25519."))

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key of a partner")
        verbose_name_plural = _("keys of partners")
        ordering: ClassVar = ["-valid_from"]

    def __str__(self) -> str:
        return self.key_id


class OwnKey(ValidityWindow):
    """This portal's signing key. The private half is encrypted at rest (Fernet)."""

    key_id = models.CharField(_("key id"), max_length=64, unique=True)
    private_key = models.BinaryField(editable=False)
    public_key = models.TextField(_("public key"), editable=False)

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key of this portal")
        verbose_name_plural = _("keys of this portal")
        ordering: ClassVar = ["-valid_from"]

    def __str__(self) -> str:
        return self.key_id


class Addressee(models.TextChoices):
    EXPORT_COUNTRY = "export_country", _("The country of export")
    DESTINATION_COUNTRY = "destination_country", _("The country of destination")
    ITINERARY = "itinerary", _("Every country on the itinerary")


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def shown(self) -> "SubscriptionQuerySet":
        return self.select_related("partner").order_by(
            "declaration_kind", "event_kind", "addressee", "partner__name", "export_country",
            "destination_country",
        )


class Subscription(models.Model):
    """Which event sends a message to whom: to a relation of the declaration, and of these to every
    partner or one, along every corridor or one."""

    event_kind = models.CharField(_("event"), max_length=40, choices=WireKind.choices)
    declaration_kind = models.CharField(_("kind of declaration"), max_length=10, choices=Kind.choices)
    addressee = models.CharField(_("sent to"), max_length=20, choices=Addressee.choices)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="subscriptions",
        verbose_name=_("partner"),
    )
    export_country = models.CharField(_("from"), max_length=2, blank=True)
    destination_country = models.CharField(_("to"), max_length=2, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event_kind", "declaration_kind", "addressee", "partner",
                        "export_country", "destination_country"],
                name="one_subscription_each", nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        event, kind = self.get_event_kind_display(), self.get_declaration_kind_display()
        return f"{event} {kind} ▸ {self.get_addressee_display()}"

    def means(self, declaration: Declaration) -> bool:
        """Whether the declaration is of this kind and on this corridor."""
        return (
            self.declaration_kind == declaration.kind
            and self.export_country in ("", declaration.export_country)
            and self.destination_country in ("", declaration.destination_country)
        )

    @property
    def is_agreed(self) -> bool:
        """False where its one partner has not agreed to such messages: then it sends nothing."""
        return self.partner is None or self.event_kind in self.partner.message_kinds


class OutboxState(models.TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    DELIVERED = "delivered", _("Delivered")
    PARKED = "parked", _("Parked for an officer")
    EXPIRED = "expired", _("Expired")
    SKIPPED = "skipped", _("Skipped")


# Nothing waits behind these.
DONE = (OutboxState.DELIVERED, OutboxState.SKIPPED)
# Neither delivered nor about to be: an officer must look, and later messages wait behind them.
STUCK = (OutboxState.PARKED, OutboxState.EXPIRED)
NOT_DELIVERED = (OutboxState.PENDING, *STUCK)


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


class Outcome(models.TextChoices):
    """How one call to a partner ended."""

    DELIVERED = "delivered", _("Delivered, receipt verified")
    ABSENT = "absent", _("The partner does not have it")
    UNREACHABLE = "unreachable", _("Not reached, nothing sent")
    UNKNOWN = "unknown", _("Sent, no usable answer")
    BUSY = "busy", _("The partner asked to come back later")
    REFUSED = "refused", _("Refused by the partner")
    EXPIRED = "expired", _("Expired before it arrived")


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
