"""What became of the word that was said last of the use of another country's permit."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

# A question that long without an answer: a supervisor may release on its own responsibility.
ANSWER_TIME = timedelta(hours=4)


class Answer(models.TextChoices):
    WAITING = "use_waiting", _("Waiting for the answer")
    GRANTED = "use_granted", _("Granted")
    REFUSED = "use_refused", _("Refused")


class SetAside(models.TextChoices):
    """Why an answer changes nothing."""

    NOT_ASKED = "not_asked", _("It answers a question that was not asked of this partner.")
    OTHER_PERMIT = "other_permit", _("It answers for another permit than the one asked for.")
    LATE = "late", _("It answers an earlier question; another was asked since.")
    ANSWERED = "answered", _("The question was answered before.")
