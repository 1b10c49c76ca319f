"""The bell of the top bar."""

from typing import Any

from django import template
from django.template import RequestContext

from portal.notices.bell import MOST, unread_count

register = template.Library()


@register.inclusion_tag("notices/parts/bell.html", takes_context=True)
def bell(context: RequestContext) -> dict[str, Any]:
    return {"unread": unread_count(context["request"])}


@register.filter
def at_most(count: int) -> str:
    """99+ for more than is counted."""
    return f"{MOST}+" if count > MOST else str(count)
