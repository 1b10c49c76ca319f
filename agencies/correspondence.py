"""What agencies and traders write to each other about a declaration, as it is kept.

The verbs are in ``agencies.requests`` and ``agencies.cancellations``.
"""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.states import CancellationState, RequestState
from declarations.models import Attachment, Declaration
from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.identifiers import new_id

if TYPE_CHECKING:
    from uuid import UUID

TEXT_LENGTH = 2000
DOCUMENT_LENGTH = 140
MAX_DOCUMENTS = 20


class InformationRequestQuerySet(models.QuerySet["InformationRequest"]):
    def about(self, declaration_id: "UUID") -> "InformationRequestQuerySet":
        """Every question on one declaration, the newest first, ready to be shown."""
        return self.filter(review__declaration=declaration_id).select_related(
            "review__queue__agency", "review__declaration__organisation", "asked_by", "answered_by"
        ).prefetch_related("files")

    def open(self) -> "InformationRequestQuerySet":
        return self.filter(state=RequestState.OPEN)

    def to(self, actor: Actor) -> "InformationRequestQuerySet":
        """Those about what the actor's organisation has filed, or somebody filed for it.

        Which of the two answers, ``agencies.requests`` says.
        """
        if actor.organisation_id is None:
            return self.none()
        own = actor.organisation_id
        return self.filter(
            Q(review__declaration__organisation=own) | Q(review__declaration__principal=own)
        )


class InformationRequest(models.Model):
    """An officer's question to the trader. While one is open the review's clock stands."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    review = models.ForeignKey("agencies.Review", on_delete=models.PROTECT, related_name="requests")
    state = models.CharField(
        max_length=10, choices=RequestState.choices, default=RequestState.OPEN
    )
    text = models.TextField()
    documents = ArrayField(
        models.CharField(max_length=DOCUMENT_LENGTH), default=list,
        help_text=_("Documents asked for, in words."),
    )
    due_at = models.DateTimeField(help_text=_("Until when the trader should answer."))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # Text and files of an open request are only prepared: the agency sees them once they are sent.
    answer = models.TextField(blank=True)
    files = models.ManyToManyField(Attachment, related_name="requests")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = InformationRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN, closed_at=None)
                | (~Q(state=RequestState.OPEN) & Q(closed_at__isnull=False)),
                name="request_closed_when_not_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.review}: {self.text[:60]}"

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.OPEN


class CancellationRequestQuerySet(models.QuerySet["CancellationRequest"]):
    def of_agency(self, actor: Actor) -> "CancellationRequestQuerySet":
        """Those that the actor's own agency has to decide, or has decided."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(queue__agency__organisation=actor.organisation_id)

    def of_trader(self, actor: Actor) -> "CancellationRequestQuerySet":
        """Those about the declarations of the actor's own organisation."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(declaration__organisation=actor.organisation_id)

    def waiting(self) -> "CancellationRequestQuerySet":
        return self.filter(state=CancellationState.ASKED)


class CancellationRequest(models.Model):
    """A trader's wish that an accepted declaration be cancelled; customs grants or denies it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    declaration = models.ForeignKey(
        Declaration, on_delete=models.PROTECT, related_name="cancellation_requests"
    )
    queue = models.ForeignKey(
        "agencies.Queue", on_delete=models.PROTECT, related_name="+",
        help_text=_("Whose agency decides."),
    )
    state = models.CharField(
        max_length=10, choices=CancellationState.choices, default=CancellationState.ASKED
    )
    reason = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True, help_text=_("Why it was denied; the trader reads it."))

    objects = CancellationRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["declaration"], condition=Q(state=CancellationState.ASKED),
                name="one_cancellation_at_a_time",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["queue", "asked_at"], condition=Q(state=CancellationState.ASKED),
                name="cancellations_to_decide",
            )
        ]

    def __str__(self) -> str:
        return f"{self.declaration}: {self.get_state_display()}"


class RequestTemplateQuerySet(models.QuerySet["RequestTemplate"]):
    def of_agency(self, actor: Actor) -> "RequestTemplateQuerySet":
        if actor.organisation_id is None:
            return self.none()
        return self.filter(agency__organisation=actor.organisation_id)


class RequestTemplate(models.Model):
    """A question that an agency asks often, kept by the agency itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.CASCADE, related_name="request_templates"
    )
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("question"), max_length=TEXT_LENGTH)
    documents = ArrayField(models.CharField(max_length=DOCUMENT_LENGTH), default=list, blank=True)
    days = models.PositiveSmallIntegerField(
        _("days to answer"), default=5, help_text=_("From the day of asking.")
    )

    objects = RequestTemplateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["title"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "title"], name="request_template_title_once")
        ]

    def __str__(self) -> str:
        return self.title
