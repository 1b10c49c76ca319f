"""What a trader wants changed in a declaration that is filed: an amended version, or its end.

An amendment is a version in the making. The form keeps it as one types (``draft``); a whole
message is ``body``; a message that only corrects some places is ``request``, from which ``body``
is made when it is checked. Nothing of it is in force before it is granted: then ``body`` becomes
the next version. The verbs are in ``declarations.amending`` and ``agencies.amendments``.
"""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from declarations.states import UNDECIDED, ChangeKind, ChangeState, Channel
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation, User
from portal.identifiers import new_id

REASON_LENGTH = 2000


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def owned_by(self, actor: Actor) -> "ChangeRequestQuerySet":
        """Those of the actor's own organisation; none for an actor without one."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)

    def of_agency(self, actor: Actor) -> "ChangeRequestQuerySet":
        """The amendments that the actor's own agency has to decide, or has decided."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(decider_id=actor.organisation_id)

    def amendments(self) -> "ChangeRequestQuerySet":
        return self.filter(kind=ChangeKind.AMENDMENT)

    def filed(self) -> "ChangeRequestQuerySet":
        return self.exclude(state=ChangeState.WRITING)

    def undecided(self) -> "ChangeRequestQuerySet":
        return self.filter(state__in=UNDECIDED)

    def waiting(self) -> "ChangeRequestQuerySet":
        return self.filter(state=ChangeState.ASKED)

    def overdue(self, patience: timedelta) -> "ChangeRequestQuerySet":
        """Filed longer ago than ``patience`` and still unchecked: no worker seems to have them."""
        return self.filter(state=ChangeState.CHECKING, asked_at__lte=Now() - patience).filter(
            Q(check_after=None) | Q(check_after__lte=Now())
        )


class ChangeRequest(models.Model):
    """One wish of a trader about one filed declaration."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    declaration = models.ForeignKey(
        "declarations.Declaration", on_delete=models.PROTECT, related_name="changes"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ChangeKind.choices)
    state = models.CharField(
        max_length=10, choices=ChangeState.choices, default=ChangeState.WRITING
    )
    # The version that is to be amended: the one in force when the change was begun.
    base_number = models.PositiveIntegerField()
    granted_number = models.PositiveIntegerField(
        null=True, help_text=_("The version that it became.")
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    reason = models.TextField(blank=True)
    draft = models.JSONField(null=True, help_text=_("The form as it was typed."))
    request = models.BinaryField(
        null=True, help_text=_("Exact bytes of a message that corrects or cancels.")
    )
    request_profile = models.CharField(max_length=61, blank=True)
    reference = models.CharField(max_length=70, blank=True, help_text=_("The message's own number."))
    body = models.BinaryField(null=True, help_text=_("The whole amended message."))
    sha256 = models.CharField(max_length=64, blank=True, help_text=_("Of the bytes received."))
    dataset = models.JSONField(null=True)
    faults = models.JSONField(default=list)
    idempotency_key = models.CharField(max_length=200, null=True)

    begun_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    decider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+",
        help_text=_("The agency that decides."),
    )
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True, help_text=_("Why it was denied; the trader reads it."))

    # How often the sweep had to start its check again, and when it may next; see portal.pipeline.
    check_attempts = models.PositiveSmallIntegerField(default=0)
    check_after = models.DateTimeField(null=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = [F("asked_at").desc(nulls_first=True), "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["declaration"],
                condition=Q(kind=ChangeKind.AMENDMENT, state__in=["checking", "asked"]),
                name="one_amendment_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["declaration"], condition=Q(state=ChangeState.WRITING),
                name="one_amendment_being_written",
            ),
            models.UniqueConstraint(
                fields=["organisation", "idempotency_key"], name="one_change_per_idempotency_key"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["decider", "asked_at"], condition=Q(state=ChangeState.ASKED),
                name="amendments_to_decide",
            ),
            models.Index(
                fields=["asked_at"], condition=Q(state=ChangeState.CHECKING),
                name="changes_to_check",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration}: {self.get_kind_display()}, {self.get_state_display()}"
