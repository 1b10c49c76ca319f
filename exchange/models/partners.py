"""Neighbours, what is agreed with each, and the keys of both sides."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, FilteredRelation, Min, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.limits import CLOCK_SKEW
from exchange.models.states import CAREC, NOT_DELIVERED, STUCK, OutboxState, every_kind
from portal.identifiers import new_id


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
    permit_series = ArrayField(
        models.CharField(max_length=20), verbose_name=_("series of its permits"), default=list,
        blank=True,
        help_text=_("What the numbers of its permits begin with, such as AZ-. Their use is told to it."),
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
