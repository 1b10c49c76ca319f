"""What is kept about a draft besides its rules: who asks to publish it, and what it would change."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.identifiers import new_id


class RequestState(models.TextChoices):
    ASKED = "asked", _("To be decided")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PublicationRequest(models.Model):
    """Somebody asks that a draft be published; somebody else decides."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule_set = models.ForeignKey(
        "agencies.RuleSet", on_delete=models.CASCADE, related_name="publication_requests"
    )
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
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule_set"], condition=Q(state="asked"), name="one_publication_asked"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("asked_by")),
                name="publication_has_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set} · {self.get_state_display()}"


class RunState(models.TextChoices):
    QUEUED = "queued", _("Waiting to begin")
    RUNNING = "running", _("At work")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


UNFINISHED = (RunState.QUEUED, RunState.RUNNING)


class DryRun(models.Model):
    """A draft replayed over past declarations, beside the rule set that was in force."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule_set = models.ForeignKey(
        "agencies.RuleSet", on_delete=models.CASCADE, related_name="dry_runs"
    )
    base = models.ForeignKey(
        "agencies.RuleSet", on_delete=models.PROTECT, null=True, related_name="+"
    )
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
    counts = models.JSONField(default=dict, help_text=_("Queue: [before, after]."))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    heard_at = models.DateTimeField(help_text=_("When its worker last wrote."))
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["heard_at"], condition=Q(state__in=["queued", "running"]),
                name="dry_runs_unfinished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_set} · {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def percent(self) -> int:
        if self.state == RunState.DONE:
            return 100
        return 100 * self.position // self.total if self.total else 0


class DryRunChange(models.Model):
    """A past declaration that would go elsewhere, with the reasons on both sides."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(DryRun, on_delete=models.CASCADE, related_name="changes")
    declaration = models.ForeignKey(
        "declarations.Declaration", on_delete=models.PROTECT, related_name="+"
    )
    before = models.JSONField(help_text=_("Reviews by the rules in force."))
    after = models.JSONField(help_text=_("Reviews by the draft."))

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "declaration"], name="one_change_per_run")
        ]
