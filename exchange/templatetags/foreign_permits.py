"""Permits of other countries on the pages of a declaration and of its reviews."""

from typing import Any

from django import template
from django.template.context import RequestContext

from declarations.models import Declaration
from exchange.permits.showing import shown
from portal.accounts.actors import NOBODY
from portal.accounts.roles import Permission

register = template.Library()


@register.inclusion_tag("exchange/permits/of_declaration.html", takes_context=True)
def foreign_permits(context: RequestContext, declaration: Declaration) -> dict[str, Any]:
    """How far each is; to the officer also what can be done about it."""
    request = context.get("request")
    actor = getattr(request, "actor", NOBODY)
    return {"uses": shown(declaration, actor), "csrf_token": context.get("csrf_token"),
            "request": request, "officer": actor.may(Permission.VIEW_CASES)}
