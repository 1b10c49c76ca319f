"""The states of a declaration, in the words that a trader reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Filed, being checked")
    REJECTED = "rejected", _("Rejected")
    ACCEPTED = "accepted", _("Accepted")
    UNDER_REVIEW = "under_review", _("With the agencies")
    INFORMATION_REQUIRED = "information_required", _("Information required")
    INSPECTION = "inspection", _("Inspection")
    RELEASED = "released", _("Released")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")
    AMENDED = "amended", _("Amended")


class Channel(models.TextChoices):
    FORM = "form", _("Browser form")
    REST = "rest", _("REST")
    FILE = "file", _("File upload")


class Kind(models.TextChoices):
    """What a message asks for; the values are those of ``declarations.wco.MessageKind``."""

    IMPORT = "import", _("Import")
    EXPORT = "export", _("Export")
    TRANSIT = "transit", _("Transit")
    LPCO = "lpco", _("Permit application")


class ChangeKind(models.TextChoices):
    """What is wanted of a declaration that is filed already."""

    AMENDMENT = "amendment", _("Amendment")
    CANCELLATION = "cancellation", _("Cancellation")


class ChangeState(models.TextChoices):
    """``HANDED_ON``: a message asking to cancel became a request that customs decides."""

    WRITING = "writing", _("Being written")
    CHECKING = "checking", _("Filed, being checked")
    REJECTED = "rejected", _("Rejected: faults found")
    ASKED = "asked", _("To be decided")
    GRANTED = "granted", _("Granted")
    DENIED = "denied", _("Denied")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("The case ended otherwise")
    HANDED_ON = "handed_on", _("Taken in")


# Of a declaration one amendment at a time is in these.
UNDECIDED = (ChangeState.CHECKING, ChangeState.ASKED)
