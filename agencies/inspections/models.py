"""Sites, visits, who takes part in them, and what was found."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.calendars import OfAgencyQuerySet, Office
from agencies.inspections.states import (
    ACTIVE,
    TAKES_PART,
    Aspect,
    FindingKind,
    InspectionState,
    Look,
    Part,
    Verdict,
)
from declarations.models import Declaration
from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.identifiers import new_id

if TYPE_CHECKING:
    from uuid import UUID

TEXT_LENGTH = 2000
NUMBER_LENGTH = 70
SHORT = 140


class Site(models.Model):
    """A place where goods are inspected: so many visits at a time, in slots of so many minutes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="sites")
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="sites",
        verbose_name=_("office"),
    )
    name = models.CharField(_("name"), max_length=SHORT)
    address = models.CharField(
        _("address"), max_length=200, blank=True, help_text=_("The trader finds the way by it.")
    )
    capacity = models.PositiveSmallIntegerField(
        _("visits at a time"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    slot_minutes = models.PositiveSmallIntegerField(
        _("minutes of a slot"), default=60,
        validators=[MinValueValidator(15), MaxValueValidator(480)],
    )
    opens_at = models.TimeField(_("opens at"), default=time(9))
    closes_at = models.TimeField(_("closes at"), default=time(18))
    closed = models.BooleanField(_("closed for new visits"), default=False)

    objects = OfAgencyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "name"], name="site_name_once"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="site_holds_a_visit"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="site_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slot(self) -> timedelta:
        return timedelta(minutes=self.slot_minutes)


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def of_agency(self, actor: Actor) -> InspectionQuerySet:
        """Those that the actor's own agency is asked to, or takes part in."""
        if actor.organisation_id is None:
            return self.none()
        own = Participant.objects.filter(agency__organisation_id=actor.organisation_id)
        return self.filter(pk__in=own.values("inspection"))

    def of_trader(self, actor: Actor) -> InspectionQuerySet:
        """Those of the goods of the actor's own organisation."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(declaration__organisation_id=actor.organisation_id)

    def active(self) -> InspectionQuerySet:
        return self.filter(state__in=ACTIVE)

    def results(self) -> InspectionQuerySet:
        """The facts for risk: closed visits, each with ``discrepancy`` true or false."""
        return self.filter(state=InspectionState.CLOSED)

    def taking_place(self, since: datetime, until: datetime) -> InspectionQuerySet:
        """Those whose time touches the span."""
        return self.filter(starts_at__lt=until, ends_at__gt=since).exclude(
            state=InspectionState.CALLED_OFF
        )


class Inspection(models.Model):
    """One visit to the goods of a declaration, by all the agencies that need to see them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    declaration = models.ForeignKey(
        Declaration, on_delete=models.PROTECT, related_name="inspections"
    )
    state = models.CharField(
        max_length=10, choices=InspectionState.choices, default=InspectionState.CALLED
    )
    lead = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    # What the trader is told: why and what to have ready. The agencies' own reasons are elsewhere.
    prepare = models.TextField(blank=True)
    wished_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(help_text=_("Until when the other agencies answer."))
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="inspections")
    directions = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    moved = models.PositiveSmallIntegerField(default=0, help_text=_("How often it was moved."))
    confirmed_at = models.DateTimeField(null=True)
    # The trader asks for another time: since when, in what words.
    other_time_at = models.DateTimeField(null=True)
    other_time = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    discrepancy = models.BooleanField(null=True, help_text=_("The result; null until it is closed."))

    objects = InspectionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-called_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["declaration"], condition=Q(state__in=["called", "appointed", "started"]),
                name="one_inspection_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["called", "called_off"])
                | Q(site__isnull=False, starts_at__isnull=False, ends_at__gt=F("starts_at")),
                name="appointed_somewhere_and_sometime",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(discrepancy__isnull=False, closed_at__isnull=False),
                name="closed_with_a_result",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["site", "starts_at"], name="inspection_calendar"),
            models.Index(fields=["closed_at"], condition=Q(state="closed"),
                         name="inspection_results"),
        ]

    def __str__(self) -> str:
        return str(self.declaration)

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def asks_other_time(self) -> bool:
        return self.other_time_at is not None and self.state == InspectionState.APPOINTED

    @property
    def minutes(self) -> int:
        if self.starts_at is None or self.ends_at is None:
            return 0
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def listed(self) -> ParticipantQuerySet:
        return self.select_related("agency", "review", "answered_by", "signed_by")

    def taking_part(self) -> ParticipantQuerySet:
        return self.filter(part__in=TAKES_PART)


class Participant(models.Model):
    """An agency with an open review of the same declaration: asked, then in or not needed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="participants"
    )
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(
        "agencies.Review", on_delete=models.PROTECT, related_name="inspection_parts"
    )
    part = models.CharField(max_length=10, choices=Part.choices, default=Part.ASKED)
    reasons = models.TextField(blank=True, help_text=_("For the agencies; the trader is not told."))
    looks = ArrayField(
        models.CharField(max_length=10, choices=Look.choices), default=list, blank=True
    )
    # Numbers of the goods items that it wants to see; empty for the consignment as a whole.
    items = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    conclusion = models.TextField(blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "agency"], name="agency_once_a_visit")
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.get_part_display()}"

    @property
    def as_state(self) -> Part:
        return Part(self.part)

    @property
    def looks_words(self) -> list[str]:
        return [str(Look(look).label) for look in self.looks if look in Look.values]

    @property
    def is_late(self) -> bool:
        return self.part == Part.ASKED and self.inspection.answer_by < timezone.now()


class FindingQuerySet(models.QuerySet["Finding"]):
    def about(self, inspection_id: UUID) -> FindingQuerySet:
        return self.filter(inspection=inspection_id).select_related(
            "agency", "officer"
        ).prefetch_related("photographs").order_by("id")

    def discrepancies(self) -> FindingQuerySet:
        """The facts for risk: what was not as declared, on visits that are over."""
        return self.filter(
            verdict=Verdict.DISCREPANCY, inspection__state=InspectionState.CLOSED
        )


class Finding(models.Model):
    """What an inspector saw or did on site. Never changed: a later check of an item replaces it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="findings")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # Made by the phone: whatever is sent again under it is taken once.
    key = models.UUIDField()
    # SHA-256 over what was sent: the same key with another content is a fault.
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=6, choices=FindingKind.choices)
    # Number of the goods item; null for the consignment as a whole.
    item = models.PositiveIntegerField(null=True)
    verdict = models.CharField(max_length=11, choices=Verdict.choices, blank=True)
    aspects = ArrayField(
        models.CharField(max_length=8, choices=Aspect.choices), default=list, blank=True
    )
    text = models.TextField(blank=True)
    sample = models.CharField(max_length=NUMBER_LENGTH, blank=True)
    laboratory = models.CharField(max_length=SHORT, blank=True)
    seal_removed = models.CharField(max_length=NUMBER_LENGTH, blank=True)
    seal_applied = models.CharField(max_length=NUMBER_LENGTH, blank=True)
    noted_at = models.DateTimeField(help_text=_("By the phone's clock, not later than received."))
    received_at = models.DateTimeField()

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "key"], name="finding_taken_once"),
            models.CheckConstraint(
                condition=~Q(kind="check") | ~Q(verdict=""), name="check_has_a_verdict"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.item or ''}".strip()

    @property
    def as_verdict(self) -> Verdict | None:
        return Verdict(self.verdict) if self.verdict else None

    @property
    def aspects_words(self) -> list[str]:
        return [str(Aspect(one).label) for one in self.aspects if one in Aspect.values]


class Photograph(models.Model):
    """A picture of a finding, kept as it was taken; handed out without what names the place."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="photographs")
    name = models.CharField(max_length=150)
    file = models.CharField(max_length=200, help_text=_("Its place in the storage."))
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name
