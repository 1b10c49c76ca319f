"""What neighbours tell each other, and how far a message to them is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.transit.states import Step
from portal.journal.kinds import EventKind

# The profile that every partner reads.
CAREC = "carec"
# A message that has no effect: it is judged and answered like any other, and not kept.
TRIAL = "trial"


class WireKind(models.TextChoices):
    """What neighbours tell each other of a declaration, a transit or the use of a permit. Values
    never change: they are part of the protocol.

    Each is the kind of journal event that causes the message.
    """

    ACCEPTED = EventKind.ACCEPTED.value, _("Accepted")
    RELEASED = EventKind.RELEASED.value, _("Released")
    REFUSED = EventKind.REFUSED.value, _("Refused")
    AMENDED = EventKind.AMENDED.value, _("Amended")
    CANCELLED = EventKind.CANCELLED.value, _("Cancelled")
    PERMIT_ISSUED = EventKind.PERMIT_ISSUED.value, _("Permit issued")
    TRANSIT_ANNOUNCED = EventKind.TRANSIT_ANNOUNCED.value, _("Transit: anticipated arrival")
    TRANSIT_PASSED = EventKind.TRANSIT_PASSED.value, _("Transit: border passage")
    TRANSIT_ARRIVED = EventKind.TRANSIT_ARRIVED.value, _("Transit: arrival advice")
    TRANSIT_CONTROLLED = EventKind.TRANSIT_CONTROLLED.value, _("Transit: result of the control")
    TRANSIT_DISCHARGED = EventKind.TRANSIT_DISCHARGED.value, _("Transit: discharge")
    TRANSIT_INCIDENT = EventKind.TRANSIT_INCIDENT.value, _("Transit: incident")
    TRANSIT_ENQUIRED = EventKind.TRANSIT_ENQUIRED.value, _("Transit: enquiry")
    TRANSIT_ANSWERED = EventKind.TRANSIT_ANSWERED.value, _("Transit: answer to an enquiry")
    PERMIT_USE_ASKED = EventKind.PERMIT_USE_ASKED.value, _("Permit: reservation asked for")
    PERMIT_USED = EventKind.PERMIT_USED.value, _("Permit: used")
    PERMIT_USE_GIVEN_BACK = EventKind.PERMIT_USE_GIVEN_BACK.value, _("Permit: given back")
    PERMIT_USE_ANSWERED = EventKind.PERMIT_USE_ANSWERED.value, _("Permit: answer to a use")
    TRANSIT_RECOVERED = EventKind.TRANSIT_RECOVERED.value, _("Transit: guarantee claimed")
    TRANSIT_CHANGED = EventKind.TRANSIT_CHANGED.value, _("Transit: change")
    TRANSIT_CANCELLED = EventKind.TRANSIT_CANCELLED.value, _("Transit: cancellation")


# Whoever was told of a declaration before hears of these too, whatever the subscriptions say.
FOLLOWING = frozenset({WireKind.AMENDED, WireKind.CANCELLED})
# What a transit's countries tell each other: documents of their own (exchange.transit.messages).
TRANSIT_KINDS = frozenset(Step.values)
# What the country of use and the issuing country tell each other of a permit (exchange.permits).
PERMIT_USE_KINDS = frozenset({
    WireKind.PERMIT_USE_ASKED, WireKind.PERMIT_USED, WireKind.PERMIT_USE_GIVEN_BACK,
    WireKind.PERMIT_USE_ANSWERED,
})


def every_kind() -> list[str]:
    return list(WireKind.values)


class OutboxState(models.TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    DELIVERED = "delivered", _("Delivered")
    PARKED = "parked", _("Parked for an officer")
    EXPIRED = "expired", _("Expired")
    SKIPPED = "skipped", _("Skipped")


# Nothing waits behind these.
DONE = (OutboxState.DELIVERED, OutboxState.SKIPPED)
# Neither delivered nor about to be: an officer must look, and later messages wait behind them.
STUCK = (OutboxState.PARKED, OutboxState.EXPIRED)
NOT_DELIVERED = (OutboxState.PENDING, *STUCK)


class Outcome(models.TextChoices):
    """How one call to a partner ended."""

    DELIVERED = "delivered", _("Delivered, receipt verified")
    ABSENT = "absent", _("The partner does not have it")
    UNREACHABLE = "unreachable", _("Not reached, nothing sent")
    UNKNOWN = "unknown", _("Sent, no usable answer")
    BUSY = "busy", _("The partner asked to come back later")
    REFUSED = "refused", _("Refused by the partner")
    EXPIRED = "expired", _("Expired before it arrived")
