"""A declaration that is nobody's: for trials, and to show what a partner would get."""

from django.conf import settings

from declarations import wco
from exchange.conformance import messages
from exchange.models import CAREC


def body() -> bytes:
    """An accepted import of wine, marked as a trial by its number."""
    return messages.declaration(settings.PORTAL_COUNTRY)


def declaration() -> wco.Declaration:
    profile = wco.get_profile(CAREC)
    message = wco.validate(body(), profile).message
    assert message is not None, "The sample is valid."
    return wco.from_xml(message.root, profile)
