"""Template tags of the lists of messages."""

from django import template

from exchange import facts
from exchange.models import InboxMessage

register = template.Library()


@register.simple_tag
def gist_of(message: InboxMessage) -> list[facts.Fact]:
    """What a message of a transit or of a permit says, in few words; nothing of a declaration."""
    return facts.gist_of(message)
