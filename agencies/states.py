"""States of reviews and rule sets."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewState(models.TextChoices):
    WAITING = "waiting", _("Waiting for an earlier tier")
    OPEN = "open", _("In the queue")
    CLAIMED = "claimed", _("Being reviewed")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    LAPSED = "lapsed", _("No longer needed")


WORKING = (ReviewState.OPEN, ReviewState.CLAIMED)
PENDING = (ReviewState.WAITING, *WORKING)


class ReviewKind(models.TextChoices):
    DOCUMENTARY = "documentary", _("Documents")
    PERMIT = "permit", _("Permit check")
    INSPECTION = "inspection", _("Inspection")
    RELEASE = "release", _("Customs release")


class RequestState(models.TextChoices):
    OPEN = "open", _("Waiting for the trader")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CancellationState(models.TextChoices):
    ASKED = "asked", _("To be decided")
    GRANTED = "granted", _("Granted")
    DENIED = "denied", _("Denied")
    WITHDRAWN = "withdrawn", _("Withdrawn by the trader")
    LAPSED = "lapsed", _("The case ended otherwise")


class RuleSetStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class RefusalReason(models.TextChoices):
    DOCUMENT_MISSING = "document_missing", _("A required document is missing")
    DOCUMENT_INVALID = "document_invalid", _("A document is invalid or expired")
    GOODS_PROHIBITED = "goods_prohibited", _("The goods are prohibited")
    HEALTH_RISK = "health_risk", _("Risk to human, animal or plant health")
    MISDECLARED = "misdeclared", _("The goods are not as declared")
    OTHER = "other", _("Another reason, given in the text")


class Lane(models.TextChoices):
    """How a declaration is controlled, by its risk."""

    GREEN = "green", _("Green: release")
    YELLOW = "yellow", _("Yellow: documents")
    BLUE = "blue", _("Blue: audit after release")
    RED = "red", _("Red: inspection")
