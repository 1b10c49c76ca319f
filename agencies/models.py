"""Agencies, their queues, the rules that feed them and the reviews that wait in them."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agencies.api_calls import AgencyCall  # noqa: F401
from agencies.calendars import Absence, Holiday, Office  # noqa: F401
from agencies.conditions_of_approval import (  # noqa: F401
    ApprovalCondition,
    ConditionTemplate,
    Proposal,
)
from agencies.correspondence import (  # noqa: F401
    CancellationRequest,
    InformationRequest,
    RequestTemplate,
)
from agencies.explanation import Reason, reasons
from agencies.field_visibility import ElementGroup
from agencies.inspections.models import (  # noqa: F401
    Finding,
    Inspection,
    Participant,
    Photograph,
    Site,
)
from agencies.permits.abroad.models import UseAbroad  # noqa: F401
from agencies.permits.models import (  # noqa: F401
    Permit,
    PermitCounter,
    PermitLine,
    PermitMovement,
    PermitScheme,
    PermitUse,
)
from agencies.risk.models import (  # noqa: F401
    RiskAssessment,
    RiskProfile,
    RiskPublication,
    RiskRule,
    RiskRun,
)
from agencies.routing_editor.models import (  # noqa: F401
    DryRun,
    DryRunChange,
    PublicationRequest,
)
from agencies.states import (
    PENDING,
    WORKING,
    Lane,
    RefusalReason,
    RequestState,
    ReviewKind,
    ReviewState,
    RuleSetStatus,
)
from agencies.versions.models import VersionQuerySet
from declarations.models import Declaration
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation, User
from portal.identifiers import new_id


class Agency(models.Model):
    """A government agency with a say at the border."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="agency"
    )
    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=140)
    mandate = models.TextField(blank=True, help_text=_("What it checks, and under which law."))
    # The service clocks run in these hours only; without them round the clock, as at a border post.
    working_days = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True,
        help_text=_("ISO weekdays: 1 is Monday."),
    )
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(
        max_length=40, blank=True, help_text=_("Where its hours count; empty: as in the portal.")
    )
    withheld = ArrayField(
        models.CharField(max_length=10, choices=ElementGroup.choices), default=list, blank=True,
        help_text=_("Parts of a declaration that its mandate does not cover."),
    )

    class Meta:
        verbose_name_plural = "agencies"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class QueueQuerySet(models.QuerySet["Queue"]):
    def of_agency(self, actor: Actor) -> "QueueQuerySet":
        """The queues of the actor's own agency; none for anyone else."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(agency__organisation_id=actor.organisation_id)


class Queue(models.Model):
    """A line of work of one agency."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="queues")
    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=140)
    service_hours = models.PositiveIntegerField(default=24, help_text=_("Hours to a decision."))
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="queues"
    )

    objects = QueueQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agency__name", "name"]

    def __str__(self) -> str:
        return f"{self.agency} · {self.name}"


class RuleSetQuerySet(VersionQuerySet["RuleSet"]):
    pass


class RuleSet(models.Model):
    """One version of the routing rules. A published version is never edited, only succeeded."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=140)
    status = models.CharField(
        max_length=10, choices=RuleSetStatus.choices, default=RuleSetStatus.DRAFT
    )
    effective_from = models.DateTimeField(null=True, blank=True)
    effective_to = models.DateTimeField(null=True, blank=True)
    # Nothing slips through unrouted: what no rule matches goes here.
    default_queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-version"]

    def __str__(self) -> str:
        return f"{self.title} (v{self.version})"


class Rule(models.Model):
    """If the conditions hold, the queue's agency reviews. See ``agencies.conditions``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    code = models.SlugField(max_length=40)
    title = models.CharField(max_length=140)
    conditions = models.JSONField(
        default=dict,
        help_text=_('For example {"all": [{"field": "hs", "prefix": ["0604", "1604"]}]}'),
    )
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="rules")
    tier = models.PositiveIntegerField(
        default=1, help_text=_("Later tiers open when earlier close.")
    )
    review_kind = models.CharField(
        max_length=12, choices=ReviewKind.choices, default=ReviewKind.DOCUMENTARY
    )
    legal_basis = models.CharField(max_length=200, blank=True)
    needs_second_signature = models.BooleanField(
        default=False, help_text=_("Another officer must confirm the decision.")
    )

    class Meta:
        ordering: ClassVar = ["tier", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule_set", "code"], name="rule_code_once")
        ]

    def __str__(self) -> str:
        return self.title


# At work, past its time, and not waiting for the trader: what counts as late.
OVERDUE = Q(state__in=WORKING, paused_at=None, due_at__lt=Now())


class ReviewQuerySet(models.QuerySet["Review"]):
    def of_agency(self, actor: Actor) -> "ReviewQuerySet":
        """Reviews of the actor's own agency; none for anyone else."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(queue__agency__organisation_id=actor.organisation_id)

    def in_queue(self) -> "ReviewQuerySet":
        """What officers see as work: open or claimed, oldest due first."""
        return self.filter(state__in=WORKING).order_by("due_at", "id")

    def came_to(self, actor: Actor) -> "ReviewQuerySet":
        """Those of the actor's agency that have come to it; not those of a tier still waiting."""
        return self.of_agency(actor).filter(opened_at__isnull=False)

    def matching(self, text: str) -> "ReviewQuerySet":
        """Those whose declaration matches; see ``DeclarationQuerySet.matching``."""
        return self.filter(declaration__in=Declaration.objects.matching(text).values("pk"))

    def listed(self) -> "ReviewQuerySet":
        """With what a line of the list shows: work first, by due date, then the newest closed."""
        return self.select_related("declaration", "queue__agency", "claimed_by").order_by(
            F("closed_at").desc(nulls_first=True), "due_at", "id"
        ).prefetch_related("requests")

    def pending(self) -> "ReviewQuerySet":
        return self.filter(state__in=PENDING)


class Review(models.Model):
    """One agency's look at one declaration, with the rule that sent it there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="reviews")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="reviews")
    tier = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=ReviewKind.choices)
    state = models.CharField(
        max_length=10, choices=ReviewState.choices, default=ReviewState.WAITING
    )
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews"
    )
    priority = models.PositiveSmallIntegerField(default=0, help_text=_("Higher comes first."))
    lane = models.CharField(max_length=6, choices=Lane.choices, blank=True)
    escalated_at = models.DateTimeField(null=True)
    # Why it came here: rule set version, rule, and the values that matched, as they were then.
    snapshot = models.JSONField(default=dict)
    claimed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason_code = models.CharField(max_length=20, choices=RefusalReason.choices, blank=True)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Since when a question to the trader is open: the clock stands, and due_at moves on afterwards.
    paused_at = models.DateTimeField(null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["tier", "queue__agency__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["declaration", "queue"], name="one_review_per_queue")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["queue", "due_at", "id"],
                condition=Q(state__in=["open", "claimed"]),
                include=["state", "paused_at", "claimed_by", "kind", "lane", "office", "priority"],
                name="review_work",
            ),
            models.Index(
                fields=["queue", "-opened_at", "-id"], condition=Q(opened_at__isnull=False),
                include=["state", "kind", "lane", "office", "claimed_by"], name="review_came",
            ),
            models.Index(
                fields=["queue", "-priority", "due_at", "id"],
                condition=Q(state__in=["open", "claimed"]), name="review_priority",
            ),
            models.Index(
                fields=["queue", "lane", "due_at", "id"],
                condition=Q(state__in=["open", "claimed"]), name="review_lane",
            ),
            # What an officer holds, without all that the officer ever held.
            models.Index(
                fields=["claimed_by", "queue", "due_at", "id"],
                condition=Q(state__in=["open", "claimed"]),
                include=["state", "paused_at", "office"], name="review_held",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["open", "claimed"], paused_at=None, escalated_at=None),
                name="review_to_escalate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue} · {self.declaration}"

    @property
    def why(self) -> list[Reason]:
        """Why it came to this queue, in words, from what was kept when it did."""
        return reasons(self.snapshot)

    @property
    def needs_second_signature(self) -> bool:
        """Whether a rule that sent it here asks for a second officer, as it stood then."""
        return any(rule.get("second_signature") for rule in self.snapshot.get("rules") or ())

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    @property
    def answer_due_at(self) -> datetime | None:
        """Until when the trader should answer what is open; of a review that was ``listed``."""
        return min((one.due_at for one in self.requests.all() if one.is_open), default=None)

    @property
    def has_answer(self) -> bool:
        """A question was answered and the decision is still to be made; of one ``listed``."""
        return not self.closed_at and any(
            one.state == RequestState.ANSWERED for one in self.requests.all()
        )

    @property
    def waits_for_trader(self) -> bool:
        return self.paused_at is not None and self.state in WORKING
