"""Risk profiles in versions, their rules, and what they concluded about each declaration."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.states import Lane, RuleSetStatus
from agencies.versions.models import PublicationBase, RunBase, VersionQuerySet, four_eyes
from declarations.models import Declaration
from portal.identifiers import new_id

HIGHEST = 100


def new_secret() -> str:
    return secrets.token_hex(32)


def _score(**options: Any) -> models.SmallIntegerField[int, int]:
    return models.SmallIntegerField(
        validators=[MinValueValidator(-HIGHEST), MaxValueValidator(HIGHEST)], **options
    )


class RiskProfileQuerySet(VersionQuerySet["RiskProfile"]):
    pass


class RiskProfile(models.Model):
    """One version of the risk rules. A published version is never edited, only succeeded."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=140)
    status = models.CharField(
        max_length=10, choices=RuleSetStatus.choices, default=RuleSetStatus.DRAFT
    )
    effective_from = models.DateTimeField(null=True, blank=True)
    effective_to = models.DateTimeField(null=True, blank=True)
    # The scores of the rules that match are added up, and the sum lies in 0 to 100.
    yellow_from = _score(default=20)
    red_from = _score(default=60)
    releases_green = models.BooleanField(default=True)
    releases_blue = models.BooleanField(default=False)
    # What random selection is drawn with. It is on no page, in no file and in no event: whoever
    # knew it could tell beforehand which declarations are selected.
    secret = models.CharField(max_length=64, default=new_secret, editable=False)

    objects = RiskProfileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(yellow_from__gte=1, yellow_from__lt=models.F("red_from"),
                            red_from__lte=HIGHEST),
                name="risk_lanes_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} (v{self.version})"


class RiskRule(models.Model):
    """If the conditions hold, the score counts and the lane is at least ``floor``.

    With a ``share`` it only counts for so many percent of those declarations, drawn at random.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    profile = models.ForeignKey(RiskProfile, on_delete=models.CASCADE, related_name="rules")
    code = models.SlugField(max_length=40)
    title = models.CharField(max_length=140)
    conditions = models.JSONField(default=dict)
    score = _score(default=0)
    floor = models.CharField(max_length=6, choices=Lane.choices, blank=True)
    share = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    disclosable = models.BooleanField(default=False, help_text=_("The trader may read its title."))
    legal_basis = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "code"], name="risk_rule_code_once")
        ]

    def __str__(self) -> str:
        return self.title


class RiskPublication(PublicationBase):
    profile = models.ForeignKey(
        RiskProfile, on_delete=models.CASCADE, related_name="publication_requests"
    )

    class Meta(PublicationBase.Meta):
        constraints: ClassVar = four_eyes(
            "profile", "one_risk_publication_asked", "risk_publication_has_four_eyes"
        )

    def __str__(self) -> str:
        return f"{self.profile} · {self.get_state_display()}"


class RiskRun(RunBase):
    """Past declarations judged by a draft and by the profile that was in force."""

    profile = models.ForeignKey(RiskProfile, on_delete=models.CASCADE, related_name="dry_runs")
    base = models.ForeignKey(RiskProfile, on_delete=models.PROTECT, null=True, related_name="+")
    moves = models.JSONField(default=dict, help_text=_("“lane before>lane after”: how many."))
    hits = models.JSONField(default=dict, help_text=_("Code of a rule: how many it matched."))
    changes = models.JSONField(default=list, help_text=_("The first of those that change lane."))

    class Meta(RunBase.Meta):
        indexes: ClassVar = [
            models.Index(
                fields=["heard_at"], condition=Q(state__in=["queued", "running"]),
                name="risk_runs_unfinished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.profile} · {self.asked_at:%Y-%m-%d %H:%M}"


class RiskAssessment(models.Model):
    """What a profile concluded about one version of a declaration, complete in itself.

    The database refuses to change it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    declaration = models.ForeignKey(
        Declaration, on_delete=models.PROTECT, related_name="risk_assessments"
    )
    number = models.PositiveIntegerField(help_text=_("Version of the declaration."))
    # 0 when the version came; one more each time that something new was known of its goods.
    again = models.PositiveSmallIntegerField(default=0)
    profile = models.ForeignKey(RiskProfile, on_delete=models.PROTECT, related_name="assessments")
    lane = models.CharField(max_length=6, choices=Lane.choices)
    score = models.SmallIntegerField()
    # The rules that counted, by code, for the hit rates; ``reasons`` says all about each.
    codes = ArrayField(models.CharField(max_length=40), default=list)
    reasons = models.JSONField(default=list)
    # What was known beside the message, the draws, and the seed that they were made with.
    inputs = models.JSONField(default=dict)
    assessed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["declaration", "number", "again"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["declaration", "number", "again"], name="one_assessment_each_time"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["profile", "assessed_at"], name="risk_by_version_and_time"),
        ]

    def __str__(self) -> str:
        return f"{self.declaration}: {self.get_lane_display()}"
