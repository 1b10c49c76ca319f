"""The declaration and the exact messages it was filed with."""

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from declarations.address_book.models import Party  # noqa: F401
from declarations.change_request import ChangeRequest  # noqa: F401
from declarations.code_editions.models import CodeEdition  # noqa: F401
from declarations.profiles.models import InstalledProfile, ProfileGrant, ProfileUpload  # noqa: F401
from declarations.states import Channel, Kind, State
from declarations.views_saved import SavedView  # noqa: F401
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation, User
from portal.identifiers import new_id


class _Words(Func):
    """What is searched by words, in small letters; the migration 0006 makes the function."""

    function = "declaration_words"
    output_field = models.TextField()

    def __init__(self) -> None:
        super().__init__(*map(F, ("lrn", "mrn", "importer", "exporter", "goods")))


class _Codes(Func):
    """The HS codes, each with a space before it."""

    function = "declaration_codes"
    output_field = models.TextField()

    def __init__(self) -> None:
        super().__init__(F("hs_codes"))


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def owned_by(self, actor: Actor) -> "DeclarationQuerySet":
        """Those of the actor's own organisation; none for an actor without one."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)

    def filed_for(self, actor: Actor) -> "DeclarationQuerySet":
        """Those that others, by mandate, have filed for the actor's organisation."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(principal_id=actor.organisation_id)

    def visible_to(self, actor: Actor) -> "DeclarationQuerySet":
        """Those that the actor's organisation may read: its own, and those filed for it.

        For looking one up. A list shows the one or the other: each is read along its own index.
        """
        if actor.organisation_id is None:
            return self.none()
        own = actor.organisation_id
        return self.filter(Q(organisation_id=own) | Q(principal_id=own))

    def of_trader(self, trader: UUID) -> "DeclarationQuerySet":
        """Those that an organisation filed for itself, and those filed for it by mandate."""
        return self.filter(Q(organisation=trader, principal=None) | Q(principal=trader))

    def outcomes(self) -> list[tuple[State, int]]:
        """How many are in each state, the most first."""
        counted = self.order_by().values_list("state").annotate(number=Count("pk"))
        return [(State(state), number) for state, number in counted.order_by("-number", "state")]

    def filed(self) -> "DeclarationQuerySet":
        return self.exclude(state=State.DRAFT)

    def matching(self, text: str) -> "DeclarationQuerySet":
        """Those whose LRN, MRN, party or goods contain ``text``, or are under that HS code.

        The two expressions are those of the trigram indexes ``declaration_words`` and
        ``declaration_codes``, letter for letter.
        """
        text = text.strip().lower()
        found = Q(words__contains=text)
        code = text.replace(".", "").replace(" ", "")
        if code.isdecimal():
            found |= Q(codes__contains=f" {code}")
        return self.alias(words=_Words(), codes=_Codes()).filter(found)

    def awaiting_check(self) -> "DeclarationQuerySet":
        """Filed and not yet read: what the intake workers and the sweep look for."""
        return self.filter(state=State.SUBMITTED)

    def overdue(self, patience: timedelta) -> "DeclarationQuerySet":
        """Filed longer ago than ``patience``, and not put off: no worker seems to have them."""
        return self.awaiting_check().filter(
            Q(check_after=None) | Q(check_after__lte=Now()), submitted_at__lte=Now() - patience
        )


class Declaration(models.Model):
    """One filing of one trader. Everything that is searched is projected from its dataset."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="declarations",
        help_text=_("Who filed it and may see it."),
    )
    principal = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="represented_declarations",
        help_text=_("For whom it was filed by mandate, and who may read it; set at acceptance."),
    )
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    profile = models.CharField(max_length=40, default="carec")
    profile_version = models.CharField(max_length=20, default="1.0")
    lrn = models.CharField(
        _("LRN"), max_length=35, blank=True,
        help_text=_("FunctionalReferenceID: the declarant's own reference, used once."),
    )
    mrn = models.CharField(_("MRN"), max_length=18, unique=True, null=True, editable=False)

    # Projected from the dataset of the current version.
    declarant_id = models.CharField(max_length=35, blank=True)
    importer = models.CharField(max_length=140, blank=True)
    exporter = models.CharField(max_length=140, blank=True)
    export_country = models.CharField(max_length=2, blank=True)
    destination_country = models.CharField(max_length=2, blank=True)
    transport_mode = models.CharField(max_length=2, blank=True)
    office = models.CharField(max_length=17, blank=True)
    invoice_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    invoice_currency = models.CharField(max_length=3, blank=True)
    gross_mass_kg = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    item_count = models.PositiveIntegerField(default=0)
    goods = models.CharField(max_length=200, blank=True)
    hs_codes = ArrayField(models.CharField(max_length=12), default=list)

    # A draft's own form input, kept as typed, complete or not (JSON of the dataset).
    draft = models.JSONField(null=True, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    # How often the sweep had to start its check again, and when it may next; see portal.pipeline.
    check_attempts = models.PositiveSmallIntegerField(default=0)
    check_after = models.DateTimeField(null=True)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            # A reference is used once per declarant; a rejected filing frees it for the corrected one.
            models.UniqueConstraint(
                fields=["organisation", "lrn"],
                condition=~Q(state__in=[State.DRAFT, State.REJECTED]),
                name="lrn_once_per_declarant",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-created_at"]),
            models.Index(
                fields=["principal", "-created_at"], condition=Q(principal__isnull=False),
                name="filed_for_a_principal",
            ),
            # The list by state, and sorted by value or by the moment of filing.
            models.Index(fields=["organisation", "state", "-created_at"], name="declarations_by_state"),
            models.Index(fields=["organisation", "invoice_amount"], name="declarations_by_value"),
            models.Index(fields=["organisation", "submitted_at"], name="declarations_by_filing"),
            models.Index(
                fields=["submitted_at"], condition=Q(state=State.SUBMITTED), name="awaiting_check"
            ),
            GinIndex(fields=["hs_codes"]),
        ]

    def __str__(self) -> str:
        return self.mrn or self.lrn or str(self.id)

    @property
    def current(self) -> "Version":
        """The version in force. Raises ``Version.DoesNotExist`` for a draft."""
        return self.versions.latest("number")


class Version(models.Model):
    """One submitted message: its exact bytes are the record, the dataset is read from them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    channel = models.CharField(max_length=10, choices=Channel.choices)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    dataset = models.JSONField(null=True, help_text=_("JSON of the typed dataset."))
    faults = models.JSONField(default=list, help_text=_("What the checks found; see Fault.to_dict."))
    received_at = models.DateTimeField(auto_now_add=True)
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["declaration", "number"], name="versions_in_order"),
            models.UniqueConstraint(
                fields=["organisation", "idempotency_key"], name="one_filing_per_idempotency_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration} v{self.number}"


class Response(models.Model):
    """A WCO Response sent to the declarant, as its exact bytes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="responses")
    function_code = models.CharField(max_length=2)
    body = models.BinaryField()
    issued_at = models.DateTimeField(auto_now_add=True)
    event = models.UUIDField(unique=True, help_text=_("The journal event that it reports."))

    class Meta:
        ordering: ClassVar = ["issued_at"]


class Attachment(models.Model):
    """A file that the trader gave along. Its content is in the storage; see attachments.py."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    declaration = models.ForeignKey(
        Declaration, on_delete=models.PROTECT, related_name="attachments"
    )
    name = models.CharField(max_length=140, help_text=_("As its owner named it, made safe."))
    file = models.FileField(max_length=120, unique=True, editable=False)
    media_type = models.CharField(max_length=80, help_text=_("Found from the content."))
    size = models.PositiveIntegerField(help_text=_("Bytes."))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["uploaded_at", "id"]

    def __str__(self) -> str:
        return self.name


class MrnSeries(models.Model):
    """How far a day's numbers have been made; touched only when the pool is filled up."""

    year_day = models.CharField(primary_key=True, max_length=5)
    filled_to = models.PositiveIntegerField(default=0)


class MrnNumber(models.Model):
    """A number of the day's series that is free to be taken; see ``declarations.mrn``."""

    year_day = models.CharField(max_length=5)
    number = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year_day", "number"], name="mrn_number_once")
        ]
