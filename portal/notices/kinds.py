"""The groups by which a person chooses what comes by e-mail, and how often."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Permission


class Group(models.TextChoices):
    QUESTIONS = "questions", _("Questions and inspections")
    DECISIONS = "decisions", _("Decisions")
    PROGRESS = "progress", _("Progress")
    PERMITS = "permits", _("Permits")
    WORK = "work", _("My reviews")
    OPERATION = "operation", _("Operation of the portal")
    ORGANISATION = "organisation", _("My organisation")


class Pace(models.TextChoices):
    NOW = "now", _("At once")
    DAILY = "daily", _("In the daily digest")
    NEVER = "never", _("Not by e-mail")


class Scope(models.TextChoices):
    """Of which declarations of one's organisation a person is told."""

    MINE = "mine", _("Those that I filed, and those that a program filed")
    ALL = "all", _("All of my organisation")


class Urgency(models.TextChoices):
    INFO = "info", _("For information")
    ACTION = "action", _("To be done")
    ALARM = "alarm", _("Urgent")


GROUP_HELP = {
    Group.QUESTIONS: _("An agency asks you something or wants to see the goods; your time runs out."),
    Group.DECISIONS: _("Rejected, released, refused, cancelled; amendments granted or denied."),
    Group.PROGRESS: _("Accepted, amended, and other steps on which nothing waits."),
    Group.PERMITS: _("Issued, suspended, expiring."),
    Group.WORK: _("An answer has come, a case is yours, its time is nearly over."),
    Group.OPERATION: _("Messages that are stuck, partners paused, checks that take long."),
    Group.ORGANISATION: _("Webhooks that were blocked, and other things that managers look after."),
}

DEFAULT_PACE = {
    Group.QUESTIONS: Pace.NOW,
    Group.DECISIONS: Pace.NOW,
    Group.PROGRESS: Pace.NEVER,
    Group.PERMITS: Pace.NOW,
    Group.WORK: Pace.DAILY,
    Group.OPERATION: Pace.NOW,
    Group.ORGANISATION: Pace.NOW,
}

# What nobody may switch off: a term runs, or something stands still until a person acts. They may
# come in the digest instead.
MANDATORY = frozenset({Group.QUESTIONS, Group.OPERATION})

# Which groups a person can be told of: by what the person may do.
FOR = {
    Group.QUESTIONS: Permission.VIEW_OWN,
    Group.DECISIONS: Permission.VIEW_OWN,
    Group.PROGRESS: Permission.VIEW_OWN,
    Group.PERMITS: Permission.VIEW_OWN,
    Group.WORK: Permission.REVIEW,
    Group.OPERATION: Permission.EXCHANGE,
    Group.ORGANISATION: Permission.MANAGE,
}
