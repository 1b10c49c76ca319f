"""Every kind of event that the journal knows, in the words that a person reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    DRAFTED = "drafted", _("Draft begun")
    SUBMITTED = "submitted", _("Filed")
    REJECTED = "rejected", _("Rejected: faults found")
    CHECK_DELAYED = "check_delayed", _("Checking takes longer than usual")
    ACCEPTED = "accepted", _("Accepted")
    ROUTED = "routed", _("Routed to the agencies")
    REVIEW_OPENED = "review_opened", _("Review opened")
    REVIEW_CLAIMED = "review_claimed", _("Review taken up")
    REVIEW_HANDED_BACK = "review_handed_back", _("Review handed back")
    REVIEW_APPROVED = "review_approved", _("Approved by an agency")
    REVIEW_REFUSED = "review_refused", _("Refused by an agency")
    REVIEW_LAPSED = "review_lapsed", _("Review no longer needed")
    INFORMATION_REQUESTED = "information_requested", _("Information asked for")
    INFORMATION_GIVEN = "information_given", _("Information given")
    INSPECTION_ORDERED = "inspection_ordered", _("Inspection ordered")
    INSPECTION_CLOSED = "inspection_closed", _("Inspection closed")
    AMENDED = "amended", _("Amended")
    RELEASED = "released", _("Released")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")
    VIEWED = "viewed", _("Read by an official")
    MESSAGE_QUEUED = "message_queued", _("Message to a neighbour prepared")
    MESSAGE_DELIVERED = "message_delivered", _("Delivered to a neighbour, receipt verified")
    MESSAGE_PARKED = "message_parked", _("Message to a neighbour parked")
    MESSAGE_RESENT = "message_resent", _("Message to a neighbour sent again")
    MESSAGE_RECEIVED = "message_received", _("Message received from a neighbour")
    PARTNER_PAUSED = "partner_paused", _("Exchange with a partner paused")
    PARTNER_RESUMED = "partner_resumed", _("Exchange with a partner resumed")
    RULES_PUBLISHED = "rules_published", _("Rule set published")
    PROFILE_INSTALLED = "profile_installed", _("Message profile installed")
    PROFILE_CHANGED = "profile_changed", _("Message profile changed")
