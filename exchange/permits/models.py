"""What a declaration filed here takes from a permit of another country."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.permits.abroad.models import Reason
from agencies.permits.states import UseState
from declarations.models import Declaration
from exchange.permits.states import ANSWER_TIME, Answer
from portal.identifiers import new_id


class ForeignUseQuerySet(models.QuerySet["ForeignUse"]):
    def of_declaration(self, declaration: UUID) -> "ForeignUseQuerySet":
        return self.filter(declaration=declaration).select_related("partner").order_by("item", "id")

    def live(self) -> "ForeignUseQuerySet":
        """Those that the declaration still cites."""
        return self.exclude(said=UseState.FREED)

    def locked(self) -> "ForeignUseQuerySet":
        """The declaration is locked before, by whoever changes these."""
        return self.select_for_update(of=("self",)).select_related("partner").order_by("pk")


class ForeignUse(models.Model):
    """What one goods item takes from a permit of another country. Its id is the use's id there.

    ``said``: the last word to that country; "" where nothing was asked, as it could only be refused.
    ``answer``: what became of that word.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(
        "exchange.Partner", on_delete=models.PROTECT, related_name="foreign_uses"
    )
    declaration = models.ForeignKey(
        Declaration, on_delete=models.PROTECT, related_name="foreign_uses"
    )
    version = models.PositiveIntegerField()
    item = models.PositiveSmallIntegerField(help_text=_("0: of the whole declaration."))
    number = models.CharField(max_length=60)
    permit_type = models.CharField(max_length=6)
    hs = models.CharField(max_length=12, blank=True)
    quantity = models.DecimalField(max_digits=22, decimal_places=6, null=True)
    unit = models.CharField(max_length=3, blank=True)
    value = models.DecimalField(max_digits=19, decimal_places=3, null=True)
    currency = models.CharField(max_length=3, blank=True)
    # Numbers of the consignment, as they were told.
    consignment = ArrayField(models.CharField(max_length=80), default=list)
    # What was found at the control, where that is less: it is written off at the release.
    actual_quantity = models.DecimalField(max_digits=22, decimal_places=6, null=True)

    said = models.CharField(max_length=11, choices=UseState.choices, blank=True)
    said_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)
    answer = models.CharField(max_length=12, choices=Answer.choices)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    left_quantity = models.DecimalField(max_digits=22, decimal_places=6, null=True)
    left_unit = models.CharField(max_length=3, blank=True)

    # Who released without an answer, on the agency's own responsibility.
    vouched_by = models.CharField(max_length=150, blank=True)
    vouched_at = models.DateTimeField(null=True)
    vouched_why = models.CharField(max_length=500, blank=True)

    objects = ForeignUseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["declaration", "item", "number"], name="foreign_use_once"
            ),
            models.CheckConstraint(
                condition=Q(actual_quantity=None) | Q(actual_quantity__gte=0),
                name="foreign_use_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} / {self.item}"

    @property
    def taken(self) -> Decimal | None:
        return self.quantity if self.actual_quantity is None else self.actual_quantity

    @property
    def holds(self) -> bool:
        """Whether the goods may not be released because of it."""
        if self.said == UseState.FREED or self.vouched_at is not None:
            return False
        return self.said != UseState.WRITTEN_OFF and self.answer != Answer.GRANTED

    def is_late(self, now: datetime | None = None) -> bool:
        """The answer has not come in the time agreed."""
        waits = self.answer == Answer.WAITING and self.said == UseState.RESERVED
        return waits and self.said_at + ANSWER_TIME <= (now or timezone.now())
