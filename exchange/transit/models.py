"""Movements under transit, their itinerary, what neighbours said of them, and the guarantees."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from declarations.models import Declaration
from exchange.transit.states import (
    ENDED,
    ON_THE_ROAD,
    HoldState,
    NoticeState,
    Part,
    Result,
    Stage,
    Step,
)
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.identifiers import new_id

# The agency that has to do with transit.
CUSTOMS = "customs"


def is_customs(actor: Actor) -> bool:
    """Whether the actor is an officer of the customs administration of this country."""
    if actor.organisation_id is None or not actor.may(Permission.REVIEW):
        return False
    return Agency.objects.filter(organisation_id=actor.organisation_id, code=CUSTOMS).exists()


def serves_customs(actor: Actor) -> bool:
    """Like ``is_customs``, remembered for a few minutes: for offering a page, never for opening it."""
    if actor.organisation_id is None or not actor.may(Permission.REVIEW):
        return False
    key = f"serves-customs:{actor.organisation_id}"
    known: bool | None = cache.get(key)
    if known is None:
        known = is_customs(actor)
        cache.set(key, known, timeout=300)
    return known


class MovementQuerySet(models.QuerySet["Movement"]):
    def visible_to(self, actor: Actor) -> "MovementQuerySet":
        """All for customs officers, of a trader those of its own declarations, none for others."""
        if is_customs(actor):
            return self
        if actor.may(Permission.VIEW_OWN):
            own = Declaration.objects.visible_to(actor).filter(pk=OuterRef("declaration"))
            return self.filter(Exists(own))
        return self.none()

    def overdue(self) -> "MovementQuerySet":
        """Past their time limit, not arrived and not enquired about."""
        return self.filter(stage__in=ON_THE_ROAD, time_limit__lt=Now())

    def through(self, country: str, part: str = "") -> "MovementQuerySet":
        stops = Stop.objects.filter(movement=OuterRef("pk"), country=country, dropped=False)
        return self.filter(Exists(stops.filter(part=part) if part else stops))

    def awaiting(self, country: str) -> "MovementQuerySet":
        """Those in which the next step is that of a country."""
        stops = Stop.objects.filter(movement=OuterRef("pk"), country=country, dropped=False)
        due = stops.filter(passed_at=None)
        ends = stops.filter(part=Part.DESTINATION)
        return self.filter(
            Q(stage__in=ON_THE_ROAD) & Exists(due)
            | Q(stage__in=(Stage.ARRIVED, Stage.DISPUTED, Stage.ENQUIRED)) & Exists(ends)
            | Q(stage__in=(Stage.CONTROLLED, Stage.MISSING), departure_country=country)
        )

    def matching(self, text: str) -> "MovementQuerySet":
        return self.filter(
            Q(mrn__icontains=text) | Q(principal__icontains=text) | Q(goods__icontains=text)
            | Q(vehicle__icontains=text)
        )


class Movement(models.Model):
    """Goods under transit as this country knows them. One row for each movement in each portal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    departure_country = models.CharField(max_length=2)
    mrn = models.CharField(_("MRN"), max_length=18)
    declaration = models.OneToOneField(
        Declaration, on_delete=models.PROTECT, null=True, related_name="transit_movement",
        help_text=_("In the country of departure, where it was declared."),
    )
    stage = models.CharField(_("stage"), max_length=24, choices=Stage.choices)
    principal = models.CharField(_("principal"), max_length=140)
    goods = models.CharField(_("goods"), max_length=250)
    hs_codes = ArrayField(models.CharField(max_length=12), default=list)
    gross_mass_kg = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    packages = models.PositiveIntegerField(null=True)
    vehicle = models.CharField(_("vehicle"), max_length=35, blank=True)
    seals = ArrayField(models.CharField(max_length=35), default=list)
    released_at = models.DateTimeField(_("released"))
    time_limit = models.DateTimeField(_("time limit"))
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    result = models.CharField(max_length=20, choices=Result.choices, blank=True)
    answer_by = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Name of a fact to when it was last said and by which country: what is older never replaces it,
    # in whatever order it comes. What only the announcement said is not here.
    said = models.JSONField(default=dict)

    objects = MovementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-released_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["departure_country", "mrn"], name="one_movement_for_each_mrn"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["-released_at"], name="movements_newest"),
            models.Index(fields=["stage", "-released_at"], name="movements_by_stage"),
            models.Index(
                fields=["time_limit"], name="movements_on_the_road",
                condition=Q(stage__in=["transit_released", "transit_under_way"]),
            ),
        ]

    def __str__(self) -> str:
        return self.mrn

    @property
    def itinerary(self) -> list["Stop"]:
        return [stop for stop in self.stops.all() if not stop.dropped]

    @property
    def countries(self) -> list[str]:
        """Each once, in order of the trip."""
        return list(dict.fromkeys(stop.country for stop in self.itinerary))

    @property
    def former_countries(self) -> set[str]:
        """Those that the goods no longer go through since an amendment."""
        return {stop.country for stop in self.stops.all()} - set(self.countries)

    @property
    def destination_country(self) -> str:
        return self.itinerary[-1].country

    @property
    def current_stage(self) -> Stage:
        return Stage(self.stage)

    @property
    def is_ended(self) -> bool:
        return self.stage in ENDED


class Stop(models.Model):
    """A customs office of the itinerary."""

    movement = models.ForeignKey(Movement, on_delete=models.CASCADE, related_name="stops")
    number = models.PositiveSmallIntegerField()
    office = models.CharField(max_length=17)
    country = models.CharField(max_length=2)
    part = models.CharField(max_length=12, choices=Part.choices)
    expected_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)
    # An amendment left it out. It is kept: its country may still tell what happened there before.
    dropped = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["movement", "number"], name="stops_in_order"),
        ]
        indexes: ClassVar = [models.Index(fields=["country", "part"], name="stops_by_country")]

    def __str__(self) -> str:
        return self.office


class TransitNoticeQuerySet(models.QuerySet["TransitNotice"]):
    def of(self, departure_country: str, mrn: str) -> "TransitNoticeQuerySet":
        return self.filter(departure_country=departure_country, mrn=mrn)

    def waiting(self) -> "TransitNoticeQuerySet":
        return self.filter(state=NoticeState.WAITING).order_by("received_at", "position")

    def unsettled(self) -> "TransitNoticeQuerySet":
        return self.exclude(state=NoticeState.APPLIED)


class TransitNotice(models.Model):
    """What a neighbour said of a movement, and what became of it. Nothing that was said is lost."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.OneToOneField(
        "exchange.InboxMessage", on_delete=models.PROTECT, related_name="transit_notice"
    )
    movement = models.ForeignKey(
        Movement, on_delete=models.PROTECT, null=True, related_name="notices"
    )
    departure_country = models.CharField(max_length=2)
    mrn = models.CharField(max_length=18)
    country = models.CharField(max_length=2, help_text=_("Who said it."))
    position = models.PositiveIntegerField()
    step = models.CharField(max_length=24, choices=Step.choices)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=NoticeState.choices)
    reason = models.CharField(max_length=250, blank=True)
    # An officer decided not to wait for messages that its sender wrote before it.
    out_of_order = models.BooleanField(default=False)
    received_at = models.DateTimeField()

    objects = TransitNoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["received_at", "position"]
        indexes: ClassVar = [
            models.Index(fields=["departure_country", "mrn"], name="notices_of_a_movement"),
            models.Index(
                fields=["received_at"], name="notices_unsettled",
                condition=Q(state__in=["notice_waiting", "notice_set_aside"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.step} {self.mrn}"


class GuaranteeQuerySet(models.QuerySet["Guarantee"]):
    def with_use(self) -> "GuaranteeQuerySet":
        """Each with ``held`` and ``free``: what movements hold of it, and what is left."""
        taken = Q(holds__state__in=[HoldState.HELD, HoldState.CLAIMED])
        held = Coalesce(Sum("holds__amount", filter=taken), Decimal(0))
        return self.annotate(held=held, free=F("limit") - held)


class Guarantee(models.Model):
    """A guarantee registered at an office of guarantee of this country."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(_("reference (GRN)"), max_length=35, unique=True)
    holder = models.CharField(_("holder"), max_length=140)
    office = models.CharField(_("office of guarantee"), max_length=17)
    limit = models.DecimalField(_("limit"), max_digits=18, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = GuaranteeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["reference"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(limit__gt=0), name="guarantees_have_a_limit")
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def taken(self) -> Decimal:
        """What movements hold of it or have had claimed from it."""
        holds = self.holds.filter(state__in=[HoldState.HELD, HoldState.CLAIMED])
        return holds.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


class Hold(models.Model):
    """What one movement takes of a guarantee, from its release to its discharge."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="holds")
    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="holds")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    state = models.CharField(max_length=14, choices=HoldState.choices, default=HoldState.HELD)
    held_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["held_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["guarantee", "movement"], name="one_hold_a_movement"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="holds_hold_something"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.guarantee}"


def moment_of(text: str) -> datetime:
    """A moment as messages and the journal write it."""
    return datetime.fromisoformat(text)
