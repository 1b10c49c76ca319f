"""The form keeps itself as one types: the answers to ``static/js/sheet.js``, in words it shows."""

from django.http import JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

# What the script sends beside what was typed; no button has this name.
AUTOSAVE = "autosave"


def kept(address: str, stamp: str) -> JsonResponse:
    """Saved: under which address the form goes on, and as of which moment."""
    now = date_format(timezone.localtime(), "H:i")
    return JsonResponse(
        {"address": address, "stamp": stamp, "words": _("Saved at %(time)s.") % {"time": now}}
    )


def overtaken(by: str) -> JsonResponse:
    """Somebody else saved it since; the button shows both and lets the person choose."""
    words = _(
        "%(name)s has saved this meanwhile. Press “Save” to choose what is kept; until then "
        "nothing of yours is lost and nothing is overwritten."
    ) % {"name": by or _("Somebody else")}
    return JsonResponse({"words": words}, status=409)
