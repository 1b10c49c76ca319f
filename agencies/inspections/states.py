"""The words of inspections."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InspectionState(models.TextChoices):
    CALLED = "called", _("To be appointed")
    APPOINTED = "appointed", _("Appointed")
    STARTED = "started", _("On site")
    CLOSED = "closed", _("Result signed")
    CALLED_OFF = "called_off", _("Called off")


ACTIVE = (InspectionState.CALLED, InspectionState.APPOINTED, InspectionState.STARTED)


class Part(models.TextChoices):
    """What an agency has to do with a visit."""

    ASKED = "asked", _("Asked to join")
    JOINED = "joined", _("Takes part")
    NOT_NEEDED = "not_needed", _("Not needed")
    SIGNED = "signed", _("Result signed")


TAKES_PART = (Part.JOINED, Part.SIGNED)


class Look(models.TextChoices):
    """What an agency wants to look at."""

    GOODS = "goods", _("Goods")
    DOCUMENTS = "documents", _("Documents")
    SAMPLES = "samples", _("Samples")
    SEALS = "seals", _("Seals")
    VEHICLE = "vehicle", _("Vehicle or container")


class FindingKind(models.TextChoices):
    CHECK = "check", pgettext_lazy("finding", "Check")
    SAMPLE = "sample", _("Sample")
    SEAL = "seal", _("Seal")
    NOTE = "note", _("Note")


class Verdict(models.TextChoices):
    AS_DECLARED = "as_declared", _("Found as declared")
    DISCREPANCY = "discrepancy", _("Discrepancy")


class Aspect(models.TextChoices):
    """In what the goods differ from what was declared."""

    QUANTITY = "quantity", _("Quantity")
    WEIGHT = "weight", _("Weight")
    HS = "hs", _("Goods or HS code")
    ORIGIN = "origin", _("Origin")
    MARKS = "marks", _("Marks and packages")
    OTHER = "other", _("Something else")
