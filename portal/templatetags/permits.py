"""Template tags of permits: their state on a day, their balance as a bar."""

from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies.permits.words import type_name
from portal.templatetags.face import badge

register = template.Library()


@register.simple_tag
def permit_badge(permit: Any, today: date) -> SafeString:
    """The state on that day: a permit whose time is over is shown so at once."""
    state = permit.state_on(today)
    return badge(str(state.value), state.label)


@register.simple_tag
def permit_type(permit: Any) -> str:
    return type_name(permit.scheme.permit_type)


@register.simple_tag
def balance_bar(line: Any) -> SafeString:
    """What is written off, what is reserved and what is left, as a bar with words for the ear."""
    used = float(line.used_quantity / line.quantity * 100)
    reserved = float(line.reserved_quantity / line.quantity * 100)
    words = _("%(used)s %% written off, %(reserved)s %% reserved") % {
        "used": round(used), "reserved": round(reserved)}
    return format_html(
        '<svg class="balance" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" '
        'aria-label="{}"><rect class="balance-rest" width="100" height="8"></rect>'
        '<rect class="balance-used" width="{}" height="8"></rect>'
        '<rect class="balance-reserved" x="{}" width="{}" height="8"></rect></svg>',
        words, f"{used:.2f}", f"{used:.2f}", f"{reserved:.2f}",
    )
