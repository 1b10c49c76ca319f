"""Stages of a movement, the steps between them, and who may take a step."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    RELEASED = "transit_released", _("Released for transit")
    UNDER_WAY = "transit_under_way", pgettext_lazy("transit", "Under way")
    ARRIVED = "transit_arrived", _("Arrived")
    CONTROLLED = "transit_controlled", _("Checked at the destination")
    DISPUTED = "transit_disputed", _("Discrepancies found")
    DISCHARGED = "transit_discharged", _("Discharged")
    ENQUIRED = "transit_enquired", _("Enquiry open")
    MISSING = "transit_missing", _("Not arrived")
    RECOVERED = "transit_recovered", _("Guarantee claimed")
    CANCELLED = "transit_cancelled", _("Cancelled before it began")
    # Of this country only: an amendment leads the goods by other offices than its own.
    LEFT_OUT = "transit_left_out", _("No longer through this country")


# Nothing more is expected of anybody.
ENDED = (Stage.DISCHARGED, Stage.RECOVERED, Stage.CANCELLED)
# The goods are on the road, as far as anybody knows.
ON_THE_ROAD = (Stage.RELEASED, Stage.UNDER_WAY)


class Step(models.TextChoices):
    """What one country does and tells the others. Values are those of the journal and the wire."""

    ANNOUNCE = "transit_announced", _("Released, and announced along the way")
    PASS = "transit_passed", _("Border passed")
    ARRIVE = "transit_arrived", _("Arrived at the destination")
    CONTROL = "transit_controlled", _("Result of the control")
    DISCHARGE = "transit_discharged", _("Discharged")
    INCIDENT = "transit_incident", _("Incident on the way")
    ENQUIRE = "transit_enquired", _("Enquiry opened")
    ANSWER = "transit_answered", _("Enquiry answered")
    CLAIM = "transit_recovered", _("Guarantee claimed")
    CHANGE = "transit_changed", _("Changed by an amendment")
    CANCEL = "transit_cancelled", _("Cancelled before it began")


class Aspect(models.TextChoices):
    """What of a movement an amendment of its declaration may change."""

    GOODS = "goods", _("principal or goods")
    MEANS = "means", _("seals or vehicle")
    TIME_LIMIT = "time_limit", _("time limit")
    ITINERARY = "itinerary", _("itinerary")
    GUARANTEE = "guarantee", _("guarantee")


class Part(models.TextChoices):
    """The part that a customs office, and so its country, has in a movement."""

    DEPARTURE = "departure", _("Departure")
    TRANSIT = "transit", _("Transit")
    DESTINATION = "destination", _("Destination")


class Result(models.TextChoices):
    """What the office of destination found."""

    SATISFACTORY = "satisfactory", _("Satisfactory")
    CONSIDERED = "considered", _("Considered satisfactory, not looked at")
    DISCREPANCIES = "discrepancies", _("Discrepancies")


class IncidentKind(models.TextChoices):
    SEALS = "seals", _("Seals broken or replaced")
    TRANSSHIPMENT = "transshipment", _("Goods moved to another vehicle")
    ACCIDENT = "accident", _("Accident or breakdown")
    DELAY = "delay", _("Long delay")
    ROUTE = "route", _("Left the prescribed route")


class HoldState(models.TextChoices):
    HELD = "hold_held", _("Held")
    FREED = "hold_freed", _("Freed")
    CLAIMED = "hold_claimed", _("Claimed")


class NoticeState(models.TextChoices):
    APPLIED = "notice_applied", _("Applied")
    WAITING = "notice_waiting", _("Waits for what comes before it")
    SET_ASIDE = "notice_set_aside", _("Set aside")
