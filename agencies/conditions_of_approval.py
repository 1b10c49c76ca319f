"""Approvals with conditions, and decisions that wait for a second signature, as they are kept.

The verbs are in ``agencies.decisions`` and ``agencies.signatures``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies.states import RefusalReason
from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.identifiers import new_id

if TYPE_CHECKING:
    from uuid import UUID

CONDITION_LENGTH = 500
MAX_CONDITIONS = 20
# WCO Response, AdditionalInformation/StatementCode: an17.
CODE_LENGTH = 17


class ConditionTime(models.TextChoices):
    """When a condition is to be fulfilled."""

    BEFORE = "before", _("Before release")
    AFTER = "after", _("After release")


class ConditionState(models.TextChoices):
    OPEN = "open", _("To be fulfilled")
    FULFILLED = "fulfilled", _("Fulfilled")
    LAPSED = "lapsed", _("No longer asked for")


class Verb(models.TextChoices):
    APPROVE = "approve", _("Approve")
    REFUSE = "refuse", _("Refuse")


class ProposalState(models.TextChoices):
    ASKED = "asked", _("Waits for a second signature")
    CONFIRMED = "confirmed", _("Signed by a second officer")
    RETURNED = "returned", _("Returned")
    LAPSED = "lapsed", _("No longer needed")


class ConditionTemplateQuerySet(models.QuerySet["ConditionTemplate"]):
    def of_agency(self, actor: Actor) -> ConditionTemplateQuerySet:
        """Those of the actor's own agency; none for anyone else."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(agency__organisation_id=actor.organisation_id)


class ConditionTemplate(models.Model):
    """A condition that an agency often sets, with its own code; kept by the agency itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.CASCADE, related_name="condition_templates"
    )
    code = models.SlugField(_("code"), max_length=CODE_LENGTH)
    text = models.CharField(_("condition"), max_length=CONDITION_LENGTH)
    text_ru = models.CharField(
        _("condition in Russian"), max_length=CONDITION_LENGTH, blank=True,
        help_text=_("For traders who read Russian; empty: the same text for all."),
    )
    when = models.CharField(
        _("to be fulfilled"), max_length=6, choices=ConditionTime.choices,
        default=ConditionTime.BEFORE,
    )

    objects = ConditionTemplateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "code"], name="condition_template_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"

    def text_in(self, language: str) -> str:
        """The text in a language of the portal, as far as the agency wrote it."""
        return self.text_ru if language.startswith("ru") and self.text_ru else self.text


class ApprovalConditionQuerySet(models.QuerySet["ApprovalCondition"]):
    def standing(self) -> ApprovalConditionQuerySet:
        """Those that still bind, fulfilled or not."""
        return self.exclude(state=ConditionState.LAPSED)

    def holding_up(self) -> ApprovalConditionQuerySet:
        """Those without which the goods are not released."""
        return self.filter(state=ConditionState.OPEN, when=ConditionTime.BEFORE)

    def about(self, declaration_id: UUID) -> ApprovalConditionQuerySet:
        """Every condition that binds one declaration, ready to be shown."""
        return self.standing().filter(review__declaration=declaration_id).select_related(
            "review__queue__agency", "fulfilled_by"
        )


class ApprovalCondition(models.Model):
    """What the trader must still do although an agency has agreed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    review = models.ForeignKey(
        "agencies.Review", on_delete=models.PROTECT, related_name="conditions"
    )
    code = models.CharField(max_length=CODE_LENGTH)
    text = models.CharField(max_length=CONDITION_LENGTH)
    # Of a usual condition that the agency wrote in Russian too.
    text_ru = models.CharField(max_length=CONDITION_LENGTH, blank=True)
    when = models.CharField(max_length=6, choices=ConditionTime.choices)
    state = models.CharField(
        max_length=9, choices=ConditionState.choices, default=ConditionState.OPEN
    )
    fulfilled_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    fulfilled_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, help_text=_("How the agency found it fulfilled."))

    objects = ApprovalConditionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state=ConditionState.FULFILLED) | Q(fulfilled_at__isnull=False),
                name="condition_fulfilled_at_some_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"

    @property
    def words(self) -> str:
        """The text for whoever reads now."""
        russian = (get_language() or "").startswith("ru")
        return self.text_ru if russian and self.text_ru else self.text

    @property
    def is_open(self) -> bool:
        return self.state == ConditionState.OPEN

    @property
    def holds_up(self) -> bool:
        """Whether the goods are not released without it."""
        return self.is_open and self.when == ConditionTime.BEFORE

    @property
    def told(self) -> dict[str, Any]:
        """As an event tells it."""
        return {"condition": str(self.pk), "code": self.code, "text": self.text, "when": self.when}


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def waiting(self) -> ProposalQuerySet:
        """Those that can be signed: whoever proposed still holds the review since before."""
        return self.filter(
            state=ProposalState.ASKED, review__state="claimed",
            review__claimed_by=F("proposed_by"), review__claimed_at__lte=F("proposed_at"),
        )

    def of_agency(self, actor: Actor) -> ProposalQuerySet:
        if actor.organisation_id is None:
            return self.none()
        return self.filter(review__queue__agency__organisation_id=actor.organisation_id)

    def to_sign(self, actor: Actor) -> ProposalQuerySet:
        """Those that this officer may sign: of the own agency, proposed by a colleague, and not
        about a case of the officer's own."""
        return self.of_agency(actor).waiting().exclude(proposed_by=actor.user_id).exclude(
            review__declaration__organisation__memberships__user=actor.user_id
        ).exclude(
            review__declaration__principal__memberships__user=actor.user_id
        ).exclude(
            Q(review__declaration__filed_by__isnull=False)
            & Q(review__declaration__filed_by=actor.user_id)
        )


class Proposal(models.Model):
    """A decision of one officer that a second one of the same agency must sign."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    review = models.ForeignKey(
        "agencies.Review", on_delete=models.PROTECT, related_name="proposals"
    )
    verb = models.CharField(max_length=7, choices=Verb.choices)
    reason_code = models.CharField(max_length=20, choices=RefusalReason.choices, blank=True)
    reason = models.TextField(blank=True)
    conditions = models.JSONField(default=list)  # code, text, when
    version = models.PositiveIntegerField(help_text=_("The version that was decided about."))
    state = models.CharField(
        max_length=9, choices=ProposalState.choices, default=ProposalState.ASKED
    )
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    words = models.TextField(blank=True, help_text=_("Why it was returned."))

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["review"], condition=Q(state=ProposalState.ASKED),
                name="one_proposal_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("proposed_by")),
                name="proposal_signed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review}: {self.get_verb_display()}"

    @property
    def condition_rows(self) -> list[dict[str, str]]:
        return [
            {**one, "when_words": str(ConditionTime(one["when"]).label)} for one in self.conditions
        ]
