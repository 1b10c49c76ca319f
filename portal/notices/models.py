"""What people and programs are told, and how far the telling has come."""

from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from declarations.models import Declaration
from portal.accounts.actors import Actor
from portal.accounts.models import ApiClient, Membership, Organisation, User
from portal.accounts.roles import Permission
from portal.identifiers import new_id
from portal.notices.kinds import DEFAULT_PACE, MANDATORY, Group, Pace, Scope, Urgency


# --- people ---------------------------------------------------------------------------------
class Preference(models.Model):
    """How a person wants to be told. Who has none gets the defaults."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="notice_preference"
    )
    scope = models.CharField(max_length=5, choices=Scope.choices, default=Scope.MINE)
    digest_hour = models.PositiveSmallIntegerField(
        default=8, help_text=_("0 to 23, in the portal's time zone.")
    )
    paces = models.JSONField(default=dict, help_text=_("Group to pace, where not the default."))

    def __str__(self) -> str:
        return f"{self.user}"

    def pace(self, group: Group) -> Pace:
        chosen = Pace(self.paces.get(group, DEFAULT_PACE[group]))
        return Pace.DAILY if chosen == Pace.NEVER and group in MANDATORY else chosen


class MailState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Given up")


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> "MailQuerySet":
        """To be sent now: new, tried before, or left by a worker that died."""
        return self.filter(
            Q(leased_until=None) | Q(leased_until__lte=now),
            state=MailState.PENDING, next_attempt_at__lte=now,
        )


class Mail(models.Model):
    """One e-mail to one person about one notice, or a day's digest of many. Its words are made when
    it is sent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest_of = models.DateField(null=True, help_text=_("The day, for a digest."))
    state = models.CharField(
        max_length=8, choices=MailState.choices, default=MailState.PENDING
    )
    created_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest_of"], name="one_digest_a_day")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(state=MailState.PENDING), name="mail_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.state}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, actor: Actor) -> "NoticeQuerySet":
        """The person's own, as a member of the organisations that told them."""
        if actor.user_id is None:
            return self.none()
        return self.filter(
            user=actor.user_id,
            organisation__in=Membership.objects.filter(user=actor.user_id).values("organisation"),
        )

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(models.Model):
    """One person is told of one event: its kind and what its words need, not the words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", db_index=False,
        help_text=_("As whose member the person is told."),
    )
    event = models.UUIDField()
    kind = models.CharField(max_length=40)
    group = models.CharField(max_length=12, choices=Group.choices)
    urgency = models.CharField(max_length=6, choices=Urgency.choices)
    subject = models.UUIDField(help_text=_("What the event is about."))
    reference = models.CharField(max_length=140, help_text=_("MRN, LRN, or name of it."))
    params = models.JSONField(default=dict)
    at = models.DateTimeField(help_text=_("When the event happened."))
    read_at = models.DateTimeField(null=True)
    # Waits for the person's next digest.
    for_digest = models.BooleanField(default=False)
    mail = models.ForeignKey(
        Mail, on_delete=models.SET_NULL, null=True, related_name="notices", db_index=False
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notices_of_a_person"),
            models.Index(
                fields=["user", "-id"], condition=Q(read_at=None), name="notices_unread"
            ),
            models.Index(
                fields=["user"], condition=Q(for_digest=True), name="notices_for_digest"
            ),
            models.Index(
                fields=["mail"], condition=Q(mail__isnull=False), name="notices_of_a_mail"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Reminder(models.Model):
    """That a reminder of one thing was given: it is given once."""

    kind = models.CharField(max_length=40)
    about = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["about", "kind"], name="remind_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


# --- programs -------------------------------------------------------------------------------
class ProgramNoticeQuerySet(models.QuerySet["ProgramNotice"]):
    def waiting_for(self, client: ApiClient) -> "ProgramNoticeQuerySet":
        """Not acknowledged, the oldest first."""
        return self.filter(client=client, acknowledged_at=None).order_by("id")


class ProgramNotice(models.Model):
    """One event in the queue of one API client, until it is acknowledged."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(
        ApiClient, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    event = models.UUIDField()
    kind = models.CharField(max_length=40)
    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    lrn = models.CharField(max_length=35, blank=True)
    mrn = models.CharField(max_length=18, null=True)
    at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)

    objects = ProgramNoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["client", "id"], condition=Q(acknowledged_at=None),
                name="program_notices_waiting",
            ),
            models.Index(fields=["at"], name="program_notices_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.mrn or self.lrn}"


class WebhookState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    BLOCKED = "blocked", _("Blocked after failures")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def managed_by(self, actor: Actor) -> "WebhookQuerySet":
        """Those of the actor's organisation, if the actor may manage it."""
        if actor.organisation_id is None or not actor.may(Permission.MANAGE):
            return self.none()
        return self.filter(organisation=actor.organisation_id)


class Webhook(models.Model):
    """An address of an organisation to which events are posted, and its secrets (encrypted)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.URLField(_("address"), max_length=300)
    kinds = ArrayField(
        models.CharField(max_length=40), default=list, blank=True,
        help_text=_("Kinds of event that are sent; none chosen: all."),
    )
    state = models.CharField(
        max_length=8, choices=WebhookState.choices, default=WebhookState.ACTIVE
    )
    secret = models.BinaryField(editable=False)
    previous_secret = models.BinaryField(null=True, editable=False)
    previous_until = models.DateTimeField(
        null=True, help_text=_("Until when deliveries carry the former secret's signature too.")
    )
    failures = models.PositiveSmallIntegerField(
        default=0, help_text=_("Since the last delivery that was taken.")
    )
    silent_until = models.DateTimeField(null=True, help_text=_("Nothing is sent before."))
    last_success_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.url

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds

    @property
    def about(self) -> dict[str, str]:
        """What an event says of it: its host, not its whole address, which may hold a token."""
        return {
            "organisation": str(self.organisation_id), "host": urlsplit(self.url).hostname or "",
        }


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> "DeliveryQuerySet":
        """To be sent now to a webhook that is active and not left alone for a while."""
        return self.filter(
            Q(leased_until=None) | Q(leased_until__lte=now),
            Q(webhook__silent_until=None) | Q(webhook__silent_until__lte=now),
            state=DeliveryState.PENDING, next_attempt_at__lte=now,
            webhook__state=WebhookState.ACTIVE,
        )

    def managed_by(self, actor: Actor) -> "DeliveryQuerySet":
        return self.filter(webhook__in=Webhook.objects.managed_by(actor))


class Delivery(models.Model):
    """One message to one webhook, with the exact text that is signed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=140, blank=True)
    body = models.TextField()
    state = models.CharField(
        max_length=9, choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    created_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(state=DeliveryState.PENDING),
                name="delivery_due",
            ),
            models.Index(fields=["webhook", "-id"], name="deliveries_of_a_webhook"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Attempt(models.Model):
    """One call of a webhook: what it answered, and how fast."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField(db_default=Now())
    http_status = models.PositiveSmallIntegerField(null=True)
    duration_ms = models.PositiveIntegerField()
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.http_status or '—'} {self.detail}"
