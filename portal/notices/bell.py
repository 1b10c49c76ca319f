"""How many notices a person has not read, as the bell shows it."""

from django.http import HttpRequest

from portal.accounts.actors import NOBODY
from portal.notices.models import Notice

# Counted no further, so that it costs the same with a hundred and with a million.
MOST = 99


def unread_count(request: HttpRequest) -> int:
    """0 to ``MOST`` + 1; the latter means more."""
    actor = getattr(request, "actor", NOBODY)
    return Notice.objects.of(actor).unread().order_by()[: MOST + 1].count()
