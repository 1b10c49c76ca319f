"""Permits, their goods lines, what was drawn from them, and the ledger of every movement."""

from datetime import date
from decimal import Decimal
from secrets import choice
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.permits.numbering import DEFAULT_FORMAT, LONGEST, check_format
from agencies.permits.states import Layout, MovementKind, PermitState, Settlement, UseState
from declarations.models import Declaration
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation, User
from portal.identifiers import new_id

if TYPE_CHECKING:
    from agencies.models import Agency

NOTHING = Decimal(0)
# Without I, L, O, 0, 1: read off paper, typed by hand.
CHECK_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_check_code() -> str:
    """Eight characters on the paper that show that whoever asks has seen it."""
    return "".join(choice(CHECK_ALPHABET) for _ in range(8))


class PermitSchemeQuerySet(models.QuerySet["PermitScheme"]):
    def of_agency(self, actor: Actor) -> "PermitSchemeQuerySet":
        if actor.organisation_id is None:
            return self.none()
        return self.filter(agency__organisation_id=actor.organisation_id)


class PermitScheme(models.Model):
    """That an agency issues permits of a type, and how."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, related_name="permit_schemes"
    )
    permit_type = models.CharField(
        _("type of permit"), max_length=6,
        help_text=_("Code of the list of permits, or of documents such as 851."),
    )
    prefix = models.CharField(_("prefix"), max_length=8, unique=True)
    number_format = models.CharField(
        _("form of the numbers"), max_length=60, default=DEFAULT_FORMAT, validators=[check_format]
    )
    layout = models.CharField(max_length=14, choices=Layout.choices, default=Layout.GENERAL)
    validity_days = models.PositiveSmallIntegerField(_("usual days of validity"), default=180)
    conditions = models.TextField(_("usual conditions"), blank=True)
    second_signature = models.BooleanField(_("needs a second signature"), default=False)
    discloses_balance = models.BooleanField(
        _("anyone with the paper may see the balance"), default=True
    )

    objects = PermitSchemeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["permit_type"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "permit_type"], name="scheme_once")
        ]

    def __str__(self) -> str:
        return f"{self.agency} · {self.prefix}"


class PermitCounter(models.Model):
    """The last number of a series in a year: the row that is locked while a number is taken."""

    scheme = models.ForeignKey(PermitScheme, on_delete=models.PROTECT, related_name="counters")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "year"], name="permit_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.year}: {self.last}"


class PermitQuerySet(models.QuerySet["Permit"]):
    def of_agency(self, actor: Actor) -> "PermitQuerySet":
        """Those that the actor's own agency issued."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(scheme__agency__organisation_id=actor.organisation_id)

    def held_by(self, actor: Actor) -> "PermitQuerySet":
        """Those of the actor's own organisation, and those that it applied for as a broker."""
        if actor.organisation_id is None:
            return self.none()
        return self.exclude(state=PermitState.UNSIGNED).filter(
            Q(holder=actor.organisation_id) | Q(application__organisation=actor.organisation_id)
        )

    def matching(self, text: str) -> "PermitQuerySet":
        """Those whose number, holder or goods contain ``text``, or that are of that HS code."""
        text = text.strip()
        lines = PermitLine.objects.filter(
            Q(hs__startswith=text.replace(".", "").replace(" ", ""))
            | Q(description__icontains=text) | Q(scientific_name__icontains=text)
        )
        return self.filter(
            Q(number__icontains=text) | Q(holder_name__icontains=text)
            | Q(holder_identifier__istartswith=text) | Q(pk__in=lines.values("permit"))
        )

    def standing(self, state: str, today: date) -> "PermitQuerySet":
        """Those that are so on that day, whether or not the daily sweep has seen them expire."""
        over = Q(valid_to__lt=today, state__in=[PermitState.IN_FORCE, PermitState.SUSPENDED])
        if state == PermitState.EXPIRED:
            return self.filter(Q(state=PermitState.EXPIRED) | over)
        return self.filter(state=state).exclude(over)

    def shown(self) -> "PermitQuerySet":
        return self.select_related("scheme__agency").prefetch_related("lines")

    def locked(self) -> "PermitQuerySet":
        """In order of key, so that no two that lock several wait in a circle."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Permit(models.Model):
    """A permit as it was granted, and its state."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # In the address on the paper. Not the key, which the portal's own pages use.
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    check_code = models.CharField(max_length=8, default=new_check_code, editable=False)
    scheme = models.ForeignKey(PermitScheme, on_delete=models.PROTECT, related_name="permits")
    number = models.CharField(_("number"), max_length=LONGEST, unique=True)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    application = models.ForeignKey(
        Declaration, on_delete=models.PROTECT, related_name="permits"
    )
    state = models.CharField(
        max_length=10, choices=PermitState.choices, default=PermitState.IN_FORCE
    )
    reason = models.TextField(blank=True, help_text=_("Why it is in this state."))

    holder = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="permits"
    )
    holder_name = models.CharField(max_length=140)
    holder_identifier = models.CharField(max_length=35, blank=True)
    export_country = models.CharField(max_length=2, blank=True)
    destination_country = models.CharField(max_length=2, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    conditions = models.TextField(_("conditions"), blank=True)
    # What the certificate prints besides: parties, carriage, purpose, as they were granted.
    particulars = models.JSONField(default=dict)

    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )

    objects = PermitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-issued_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "year", "serial"], name="permit_serial_once"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(replaces=None), name="application_granted_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="permit_ends_after_it_begins"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["scheme", "-issued_at"]),
            models.Index(fields=["holder", "-issued_at"]),
            models.Index(
                fields=["valid_to"], condition=Q(state__in=["in_force", "suspended"]),
                name="permits_to_expire",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def agency(self) -> "Agency":
        return self.scheme.agency

    def state_on(self, today: date) -> PermitState:
        """The state on a day, also before the daily sweep has written that it expired."""
        state = PermitState(self.state)
        lives = state in (PermitState.IN_FORCE, PermitState.SUSPENDED)
        return PermitState.EXPIRED if lives and today > self.valid_to else state


class PermitLine(models.Model):
    """Goods that a permit covers, how much of them, and what is left.

    ``value`` None: the permit does not limit the value.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    hs = models.CharField(max_length=12)
    description = models.CharField(max_length=512)
    scientific_name = models.CharField(max_length=256, blank=True)
    common_name = models.CharField(max_length=256, blank=True)
    appendix = models.CharField(max_length=3, blank=True)
    source = models.CharField(max_length=1, blank=True)
    purpose = models.CharField(max_length=1, blank=True)
    origin = models.CharField(max_length=4, blank=True)
    # What the models ask for besides: origin permit, packages, marks, treatment.
    particulars = models.JSONField(default=dict)
    quantity = models.DecimalField(max_digits=22, decimal_places=6)
    unit = models.CharField(max_length=3)
    value = models.DecimalField(max_digits=19, decimal_places=3, null=True)
    currency = models.CharField(max_length=3, blank=True)

    reserved_quantity = models.DecimalField(max_digits=22, decimal_places=6, default=NOTHING)
    used_quantity = models.DecimalField(max_digits=22, decimal_places=6, default=NOTHING)
    reserved_value = models.DecimalField(max_digits=19, decimal_places=3, default=NOTHING)
    used_value = models.DecimalField(max_digits=19, decimal_places=3, default=NOTHING)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["permit", "number"], name="permit_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="permit_line_of_something"),
            models.CheckConstraint(
                condition=Q(reserved_quantity__gte=0, used_quantity__gte=0)
                & Q(quantity__gte=F("reserved_quantity") + F("used_quantity")),
                name="permit_quantity_never_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(reserved_value__gte=0, used_value__gte=0)
                & (Q(value=None) | Q(value__gte=F("reserved_value") + F("used_value"))),
                name="permit_value_never_overdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.permit} / {self.number}"

    @property
    def left_quantity(self) -> Decimal:
        """Neither reserved nor written off."""
        return self.quantity - self.reserved_quantity - self.used_quantity

    @property
    def left_value(self) -> Decimal | None:
        return None if self.value is None else self.value - self.reserved_value - self.used_value

    @property
    def used_percent(self) -> int:
        """How much is reserved or written off, for a bar."""
        return int(100 * (self.reserved_quantity + self.used_quantity) / self.quantity)


class PermitUse(models.Model):
    """What one item of one version of a declaration takes from a line, and how far that is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(PermitLine, on_delete=models.PROTECT, related_name="uses")
    declaration = models.ForeignKey(
        Declaration, on_delete=models.PROTECT, related_name="permit_uses"
    )
    version = models.PositiveIntegerField()
    item = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=11, choices=UseState.choices)
    quantity = models.DecimalField(max_digits=22, decimal_places=6)
    value = models.DecimalField(max_digits=19, decimal_places=3, default=NOTHING)
    # What of it is held by the use abroad of the same consignment (abroad.sharing).
    carried_quantity = models.DecimalField(max_digits=22, decimal_places=6, default=NOTHING)
    carried_value = models.DecimalField(max_digits=19, decimal_places=3, default=NOTHING)
    # So much less than left has arrived that the agency was told (abroad.shortfalls), and what an
    # officer said of the rest; of another quantity that is told later, nothing was said.
    short_arrived = models.DecimalField(max_digits=22, decimal_places=6, null=True)
    settlement = models.CharField(max_length=8, choices=Settlement.choices, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["declaration", "version", "item", "line"], name="permit_use_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.quantity}"

    @property
    def held_quantity(self) -> Decimal:
        """What it has on the balance itself."""
        return self.quantity - self.carried_quantity

    @property
    def held_value(self) -> Decimal:
        return self.value - self.carried_value

    @property
    def missing_quantity(self) -> Decimal:
        """What left and did not arrive; 0 where that is no shortfall."""
        return NOTHING if self.short_arrived is None else self.quantity - self.short_arrived


class PermitMovement(models.Model):
    """One line of the ledger. Append-only: a trigger refuses change and removal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(PermitLine, on_delete=models.PROTECT, related_name="movements")
    use = models.ForeignKey(
        PermitUse, on_delete=models.PROTECT, null=True, related_name="movements"
    )
    abroad = models.ForeignKey(
        "agencies.UseAbroad", on_delete=models.PROTECT, null=True, related_name="movements"
    )
    kind = models.CharField(max_length=10, choices=MovementKind.choices)
    quantity = models.DecimalField(max_digits=22, decimal_places=6)
    value = models.DecimalField(max_digits=19, decimal_places=3, default=NOTHING)
    left_quantity = models.DecimalField(max_digits=22, decimal_places=6)
    left_value = models.DecimalField(max_digits=19, decimal_places=3, null=True)
    event = models.UUIDField(help_text=_("The journal event that caused it."))
    actor = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.line}: {self.get_kind_display()} {self.quantity}"
