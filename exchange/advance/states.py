"""How far an export is, as its country told."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.journal.kinds import EventKind


class Progress(models.TextChoices):
    DECLARED = "declared", _("Declared for export")
    LEFT = "left", _("Released for export")
    VOID = "void", _("Withdrawn by the neighbour")


class Answer(models.TextChoices):
    OURS = "ours", _("Confirmed by the consignee")
    NOT_OURS = "not_ours", _("Not his, says the consignee")


class Side(models.TextChoices):
    """What waits to be brought together with the other side."""

    EXPORT = "export", _("A neighbour's message")
    IMPORT = "import", _("An import declared here")


class Outcome(models.TextChoices):
    """What came of new information about an import accepted before."""

    WAITING = "news_waiting", _("To be looked at")
    NOTHING = "news_nothing", _("Nothing new for rules")
    ASSESSED = "news_assessed", _("Assessed again")
    LATE = "news_late", _("Too late: decided already")


# Kinds of message (exchange.models.WireKind) that tell of a declaration.
VOIDING = frozenset({EventKind.CANCELLED, EventKind.REFUSED})
TELLING = frozenset({EventKind.ACCEPTED, EventKind.RELEASED, EventKind.AMENDED}) | VOIDING
