"""What versions have in common: abstract models and the words of their states."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar, cast

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agencies.states import RuleSetStatus
from portal.accounts.models import User
from portal.identifiers import new_id

M = TypeVar("M", bound=models.Model)


class VersionQuerySet(models.QuerySet[M]):
    def in_force(self) -> VersionQuerySet[M]:
        """Published and begun, the one that began last first."""
        return self.filter(
            Q(effective_to=None) | Q(effective_to__gt=Now()),
            status=RuleSetStatus.PUBLISHED,
            effective_from__lte=Now(),
        ).order_by("-effective_from", "-version")

    def with_rule_count(self) -> VersionQuerySet[M]:
        return cast("VersionQuerySet[M]", self.annotate(rule_count=Count("rules")))


class RequestState(models.TextChoices):
    ASKED = "asked", _("To be decided")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PublicationBase(models.Model):
    """Somebody asks that a draft be published; somebody else decides."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(
        max_length=10, choices=RequestState.choices, default=RequestState.ASKED
    )
    effective_from = models.DateTimeField(
        null=True, help_text=_("Nothing: from the moment of the approval.")
    )
    reason = models.TextField(help_text=_("Why the rules change."))
    content = models.CharField(max_length=64, help_text=_("SHA-256 of the rules asked for."))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    words = models.TextField(blank=True, help_text=_("What the one who decided says."))

    class Meta:
        abstract = True
        ordering: ClassVar = ["-asked_at", "-id"]


def four_eyes(link: str, once: str, eyes: str) -> list[Any]:
    """The constraints of a ``PublicationBase``: one request at a time, decided by another person.

    ``link``: the foreign key to the version; ``once`` and ``eyes`` are the constraints' names.
    """
    return [
        models.UniqueConstraint(fields=[link], condition=Q(state="asked"), name=once),
        models.CheckConstraint(
            condition=~Q(state="approved") | ~Q(decided_by=F("asked_by")), name=eyes
        ),
    ]


class RunState(models.TextChoices):
    QUEUED = "queued", _("Waiting to begin")
    RUNNING = "running", _("At work")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


UNFINISHED = (RunState.QUEUED, RunState.RUNNING)


class RunBase(models.Model):
    """A draft replayed over past declarations, beside the version that was in force."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    content = models.CharField(max_length=64, help_text=_("SHA-256 of the rules that were tried."))
    date_from = models.DateField()
    date_to = models.DateField()
    sample = models.PositiveIntegerField(help_text=_("At most so many declarations."))
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.QUEUED)
    problem = models.TextField(blank=True)
    # Chosen when the run begins, so that beginning again goes over the same ones.
    declarations = ArrayField(models.UUIDField(), default=list)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0, help_text=_("How many are done."))
    skipped = models.PositiveIntegerField(default=0, help_text=_("Those that cannot be read."))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    heard_at = models.DateTimeField(help_text=_("When its worker last wrote."))
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["-asked_at", "-id"]

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def percent(self) -> int:
        if self.state == RunState.DONE:
            return 100
        return 100 * self.position // self.total if self.total else 0
