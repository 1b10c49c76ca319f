"""A trial message that somebody asked for: while it is on its way, and what came of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.limits import TRIAL_PATIENCE, TRIAL_TURNS
from exchange.models.partners import Partner
from portal.identifiers import new_id


class TrialState(models.TextChoices):
    QUEUED = "queued", _("Waiting for a worker")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


UNFINISHED = (TrialState.QUEUED, TrialState.RUNNING)


class TrialRunQuerySet(models.QuerySet["TrialRun"]):
    def unfinished(self) -> "TrialRunQuerySet":
        return self.filter(state__in=UNFINISHED)

    def free(self) -> "TrialRunQuerySet":
        """Those that no worker has: new, or silent for long since one took them."""
        silent = Q(heard_at__lt=timezone.now() - TRIAL_PATIENCE)
        return self.filter(Q(state=TrialState.QUEUED) | Q(state=TrialState.RUNNING) & silent)


class TrialRun(models.Model):
    """One at a time for each partner. The journal keeps what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="trials")
    state = models.CharField(max_length=10, choices=TrialState.choices, default=TrialState.QUEUED)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.CharField(max_length=300)
    asked_by_user = models.UUIDField(null=True)
    asked_by_organisation = models.UUIDField(null=True)
    language = models.CharField(max_length=10)
    # Each worker that takes it counts it up, and writes only while nobody took it after.
    taken = models.PositiveSmallIntegerField(default=0)
    heard_at = models.DateTimeField(null=True)
    steps = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)

    objects = TrialRunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner"], condition=Q(state__in=["queued", "running"]),
                name="one_trial_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner} · {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_worn_out(self) -> bool:
        """Whether it was taken up so often that whatever breaks it will break it again."""
        return self.taken >= TRIAL_TURNS
