"""Neighbours, keys, and every message that crossed the border or waits to."""

from exchange.advance.models import (
    Advance,
    Confirmation,
    ImportTrace,
    Match,
    Pending,
)
from exchange.models.inbox import (
    InboxMessage,
    InboxQuerySet,
    RefusedInbound,
)
from exchange.models.outbox import (
    DeliveryAttempt,
    OutboxMessage,
    OutboxQuerySet,
)
from exchange.models.partners import (
    KeyQuerySet,
    OwnKey,
    Partner,
    PartnerKey,
    PartnerQuerySet,
    ValidityWindow,
)
from exchange.models.states import (
    CAREC,
    DONE,
    FOLLOWING,
    NOT_DELIVERED,
    PERMIT_USE_KINDS,
    STUCK,
    TRANSIT_KINDS,
    TRIAL,
    OutboxState,
    Outcome,
    WireKind,
    every_kind,
)
from exchange.models.subscriptions import (
    Addressee,
    Subscription,
    SubscriptionQuerySet,
)
from exchange.models.trials import TrialRun, TrialState
from exchange.permits.models import ForeignUse
from exchange.transit.models import Guarantee, Hold, Movement, Stop, TransitNotice

__all__ = [
    "CAREC",
    "DONE",
    "FOLLOWING",
    "NOT_DELIVERED",
    "PERMIT_USE_KINDS",
    "STUCK",
    "TRANSIT_KINDS",
    "TRIAL",
    "Addressee",
    "Advance",
    "Confirmation",
    "DeliveryAttempt",
    "ForeignUse",
    "Guarantee",
    "Hold",
    "ImportTrace",
    "InboxMessage",
    "InboxQuerySet",
    "KeyQuerySet",
    "Match",
    "Movement",
    "OutboxMessage",
    "OutboxQuerySet",
    "OutboxState",
    "Outcome",
    "OwnKey",
    "Partner",
    "PartnerKey",
    "PartnerQuerySet",
    "Pending",
    "RefusedInbound",
    "Stop",
    "Subscription",
    "SubscriptionQuerySet",
    "TransitNotice",
    "TrialRun",
    "TrialState",
    "ValidityWindow",
    "WireKind",
    "every_kind",
]
