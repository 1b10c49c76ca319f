"""What is kept about a draft besides its rules: who asks to publish it, and what it would change."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.versions.models import (
    UNFINISHED,
    PublicationBase,
    RequestState,
    RunBase,
    RunState,
    four_eyes,
)
from portal.identifiers import new_id

__all__ = ["UNFINISHED", "DryRun", "DryRunChange", "PublicationRequest", "RequestState", "RunState"]


class PublicationRequest(PublicationBase):
    rule_set = models.ForeignKey(
        "agencies.RuleSet", on_delete=models.CASCADE, related_name="publication_requests"
    )

    class Meta(PublicationBase.Meta):
        constraints: ClassVar = four_eyes(
            "rule_set", "one_publication_asked", "publication_has_four_eyes"
        )

    def __str__(self) -> str:
        return f"{self.rule_set} · {self.get_state_display()}"


class DryRun(RunBase):
    """Past declarations routed by a draft and by the rule set that was in force."""

    rule_set = models.ForeignKey(
        "agencies.RuleSet", on_delete=models.CASCADE, related_name="dry_runs"
    )
    base = models.ForeignKey(
        "agencies.RuleSet", on_delete=models.PROTECT, null=True, related_name="+"
    )
    counts = models.JSONField(default=dict, help_text=_("Queue: [before, after]."))

    class Meta(RunBase.Meta):
        indexes: ClassVar = [
            models.Index(
                fields=["heard_at"], condition=Q(state__in=["queued", "running"]),
                name="dry_runs_unfinished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_set} · {self.asked_at:%Y-%m-%d %H:%M}"


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
