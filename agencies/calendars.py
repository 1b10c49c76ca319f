"""Where and when an agency works: its offices, holidays and absences."""

from datetime import date
from typing import ClassVar, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.identifiers import new_id

M = TypeVar("M", bound=models.Model)


class OfAgencyQuerySet(models.QuerySet[M]):
    def of_agency(self, actor: Actor) -> "OfAgencyQuerySet[M]":
        """Those of the actor's own agency; none for anyone else."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(agency__organisation_id=actor.organisation_id)


class OfficeQuerySet(OfAgencyQuerySet["Office"]):
    def of_officer(self, actor: Actor) -> "OfficeQuerySet":
        """Those of the actor's agency in which the actor sits."""
        if actor.organisation_id is None or actor.user_id is None:
            return self.none()
        return self.filter(agency__organisation_id=actor.organisation_id, officers=actor.user_id)


class Office(models.Model):
    """A place where officers of one agency work. Its cases are those lodged at its customs offices."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="offices")
    code = models.SlugField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=140)
    address = models.CharField(_("address"), max_length=200, blank=True)
    customs_offices = ArrayField(
        models.CharField(max_length=17), default=list, blank=True,
        verbose_name=_("customs offices"),
        help_text=_("Codes of the customs offices whose declarations come here."),
    )
    officers = models.ManyToManyField(
        User, blank=True, related_name="+", verbose_name=_("officers")
    )
    closed = models.BooleanField(_("closed"), default=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "code"], name="office_code_once")
        ]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day on which the agency's service clocks stand still."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=140)

    objects = OfAgencyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "day"], name="holiday_once")
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"


class AbsenceQuerySet(OfAgencyQuerySet["Absence"]):
    def on(self, day: date) -> "AbsenceQuerySet":
        return self.filter(first_day__lte=day, last_day__gte=day)


class Absence(models.Model):
    """An officer's leave, first and last day included, and who stands in meanwhile."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, related_name="absences")
    officer = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", verbose_name=_("officer")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    deputy = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("deputy"),
        help_text=_("Who gets the officer's cases meanwhile; without one they go back to the queue."),
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-first_day"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="absence_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(deputy=F("officer")), name="deputy_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer} {self.first_day:%Y-%m-%d} – {self.last_day:%Y-%m-%d}"
