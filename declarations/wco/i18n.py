"""Mark English text for translation without translating it.

This package knows no Django. Django's ``makemessages`` still finds every ``_("...")``, and a page
translates later with ``gettext(text)``.
"""

from __future__ import annotations


def gettext_noop(message: str) -> str:
    """Return ``message`` unchanged; its only work is to be found by the extractor."""
    return message
