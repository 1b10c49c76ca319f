"""What an administrator installed, as it was uploaded: the zip's bytes are the record."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.actors import Actor
from portal.accounts.models import Organisation, User
from portal.identifiers import new_id


class Standing(models.TextChoices):
    """Where a version stands on a day."""

    PLANNED = "planned", _("Not yet in force")
    CURRENT = "current", _("In force")
    OVERLAPPING = "overlapping", _("In force beside a newer version")
    ENDED = "ended", _("No longer in force")


class InstalledProfileQuerySet(models.QuerySet["InstalledProfile"]):
    def in_force(self, on: date) -> "InstalledProfileQuerySet":
        """Those in force on a day, the one that came into force last first."""
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on
        ).order_by("-valid_from", "-installed_at")

    def without_archive(self) -> "InstalledProfileQuerySet":
        return self.defer("archive")


class InstalledProfile(models.Model):
    """One version of a profile. Only its last day may change once it is here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField(help_text=_("The first day on which it may be filed with."))
    valid_to = models.DateField(null=True, help_text=_("The last day; without one, no end."))
    archive = models.BinaryField(help_text=_("The zip of schemas, exactly as uploaded."))
    sha256 = models.CharField(max_length=64, help_text=_("Of the zip."))
    entries = models.JSONField(help_text=_("Root schema by kind of message."))
    names = models.JSONField(default=dict, help_text=_("Element names that differ from ours."))
    type_codes = models.JSONField(help_text=_("Kind by the beginning of Declaration/TypeCode."))
    installed_at = models.DateTimeField(auto_now_add=True)
    installed_by = models.CharField(max_length=150)
    installed_by_user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = InstalledProfileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "-valid_from", "-installed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="profile_version_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="profile_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class ProfileGrantQuerySet(models.QuerySet["ProfileGrant"]):
    def of(self, actor: Actor) -> "ProfileGrantQuerySet":
        """Those of the actor's own organisation; none for an actor without one."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class ProfileGrant(models.Model):
    """An organisation may file with every version of a profile; without a grant, nobody may.

    By name and not by version: a new version shall interrupt nobody.
    """

    name = models.CharField(max_length=40)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="profile_grants"
    )
    granted_at = models.DateTimeField(auto_now_add=True)
    granted_by = models.CharField(max_length=150)

    objects = ProfileGrantQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "organisation__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "organisation"], name="profile_granted_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.organisation}"


class ProfileUpload(models.Model):
    """A zip that was looked through and waits for an administrator to say what it is.

    It is no profile yet and nothing uses it; a day later it is forgotten.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    filename = models.CharField(max_length=200)
    archive = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.CharField(max_length=150)

    class Meta:
        ordering: ClassVar = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.filename
