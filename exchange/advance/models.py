"""Exports that neighbours told of, the imports that they are, and what the consignee said."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.states import Lane
from declarations.consignments import compact
from declarations.models import Declaration
from declarations.states import Kind
from exchange.advance.references import References
from exchange.advance.states import Answer, Outcome, Progress, Side
from exchange.transit.models import is_customs
from portal.accounts.actors import Actor
from portal.accounts.mandates import Mandate
from portal.accounts.models import Organisation
from portal.accounts.roles import Permission
from portal.identifiers import new_id


class Traced(models.Model):
    """What a match looks for (``references.References``); the keys are indexed."""

    keys = ArrayField(models.CharField(max_length=120), default=list)
    receivers = ArrayField(models.CharField(max_length=35), default=list)
    hs = ArrayField(models.CharField(max_length=6), default=list)

    class Meta:
        abstract = True

    def trace(self, references: References) -> None:
        self.keys = references.keys
        self.receivers, self.hs = sorted(references.receivers), sorted(references.hs)

    @property
    def references(self) -> References:
        def of(kind: str) -> frozenset[str]:
            return frozenset(
                key.removeprefix(kind) for key in self.keys if key.startswith(kind))

        return References(
            of("mrn:"), of("ucr:"), of("doc:"), of("box:"), frozenset(self.receivers),
            frozenset(self.hs),
        )


def receivers_for(actor: Actor) -> dict[str, Organisation]:
    """Whose consignments the actor may know of, by compacted identifier: its organisation's own,
    and those of traders whose imports it may file by a mandate in force."""
    if actor.organisation_id is None or not actor.may(Permission.VIEW_OWN):
        return {}
    given = Mandate.objects.in_force(timezone.now()).filter(
        representative=actor.organisation_id, kinds__contains=[Kind.IMPORT],
        principal=OuterRef("pk"),
    )
    found = Organisation.objects.filter(Q(pk=actor.organisation_id) | Exists(given))
    return {compact(one.identifier): one for one in found}


class AdvanceQuerySet(models.QuerySet["Advance"]):
    def in_force(self) -> "AdvanceQuerySet":
        return self.exclude(progress=Progress.VOID)

    def told_to(self, actor: Actor) -> "AdvanceQuerySet":
        """Those whose importer or consignee is the actor's organisation or one that it represents;
        none for others."""
        return self.filter(receivers__overlap=list(receivers_for(actor)))

    def waiting_for(self, actor: Actor) -> "AdvanceQuerySet":
        """Of those told to the actor, the ones in force that nobody has said anything about and
        that no import declared here is known to be."""
        return self.told_to(actor).in_force().filter(confirmation=None, matches=None)

    def visible_to(self, actor: Actor) -> "AdvanceQuerySet":
        """All for customs officers."""
        return self.all() if is_customs(actor) else self.told_to(actor)

    def sharing(self, references: References, since: datetime, until: datetime) -> "AdvanceQuerySet":
        return self.in_force().filter(
            keys__overlap=references.keys, accepted_at__range=(since, until))


class Advance(Traced):
    """An export declared in a neighbouring country and bound for this one. The bytes of its newest
    message are the record; the dataset was read from them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(
        "exchange.Partner", on_delete=models.PROTECT, related_name="advances")
    movement = models.UUIDField()
    message = models.ForeignKey(
        "exchange.InboxMessage", on_delete=models.PROTECT, related_name="advances")
    mrn = models.CharField(_("MRN"), max_length=18)
    progress = models.CharField(max_length=10, choices=Progress.choices)
    dataset = models.JSONField()
    exporter = models.CharField(max_length=140, blank=True)
    consignee = models.CharField(max_length=140, blank=True)
    goods = models.CharField(max_length=200, blank=True)
    accepted_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = AdvanceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-changed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "movement"], name="one_advance_each")
        ]
        indexes: ClassVar = [
            GinIndex(fields=["keys"], name="advance_keys"),
            GinIndex(fields=["receivers"], name="advance_receivers"),
            models.Index(fields=["-changed_at"], name="advance_newest"),
        ]

    def __str__(self) -> str:
        return self.mrn

    @property
    def current_progress(self) -> Progress:
        return Progress(self.progress)

    @property
    def is_void(self) -> bool:
        return self.progress == Progress.VOID


class ImportTrace(Traced):
    """What an accepted import can be found by."""

    declaration = models.OneToOneField(
        Declaration, on_delete=models.CASCADE, primary_key=True, related_name="trace")
    accepted_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["keys"], name="import_trace_keys")]

    def __str__(self) -> str:
        return str(self.declaration_id)


class Match(models.Model):
    """An export and the import that it is, with the score and why."""

    advance = models.ForeignKey(Advance, on_delete=models.CASCADE, related_name="matches")
    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="advance_matches")
    score = models.PositiveSmallIntegerField()
    grounds = models.JSONField(default=list, help_text=_("See scoring.Ground.as_data."))
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-score", "at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["advance", "declaration"], name="one_match_each")
        ]

    def __str__(self) -> str:
        return f"{self.advance_id} = {self.declaration_id}"


class Confirmation(models.Model):
    """What the consignee said: that the consignment is his, or not. He may say otherwise later."""

    advance = models.OneToOneField(Advance, on_delete=models.CASCADE, related_name="confirmation")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text=_("The consignee."))
    answer = models.CharField(max_length=10, choices=Answer.choices)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    draft = models.ForeignKey(
        Declaration, on_delete=models.SET_NULL, null=True, related_name="+",
        help_text=_("The import begun from it."),
    )

    def __str__(self) -> str:
        return f"{self.advance_id} {self.answer}"

    def is_void_for(self, other: Organisation) -> bool:
        """Whether it was said by somebody else whom an amendment no longer names."""
        named = compact(self.organisation.identifier) in self.advance.receivers
        return self.organisation_id != other.pk and not named


class PendingQuerySet(models.QuerySet["Pending"]):
    def due(self) -> "PendingQuerySet":
        return self.filter(due_at__lte=Now())


class Pending(models.Model):
    """A message or an import that has not been brought together with the other side yet. Written
    with what caused it; gone once that is done."""

    subject = models.UUIDField(primary_key=True)
    side = models.CharField(max_length=6, choices=Side.choices)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = PendingQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"], name="advance_pending_due")]

    def __str__(self) -> str:
        return f"{self.side} {self.subject}"


class NewsQuerySet(models.QuerySet["News"]):
    def due(self) -> "NewsQuerySet":
        return self.filter(outcome=Outcome.WAITING, due_at__lte=Now())


class News(models.Model):
    """What one message of a neighbour, or a match found late, may mean for an import accepted before:
    noted once, looked at once (``exchange.advance.news``), and kept with what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="advance_news")
    advance = models.ForeignKey(Advance, on_delete=models.CASCADE, related_name="news")
    message = models.ForeignKey(
        "exchange.InboxMessage", on_delete=models.PROTECT, related_name="news")
    noted_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=14, choices=Outcome.choices, default=Outcome.WAITING)
    settled_at = models.DateTimeField(null=True)
    lane_before = models.CharField(max_length=6, choices=Lane.choices, blank=True)
    lane_after = models.CharField(max_length=6, choices=Lane.choices, blank=True)

    objects = NewsQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-noted_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["declaration", "message"], name="one_news_each")
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="advance_news_due",
                         condition=Q(outcome="news_waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id}: {self.message_id}"
