"""Advance information on the pages of others: the trader's overview, and what officers open."""

from typing import Any

from django import template
from django.template.context import RequestContext

from declarations.models import Declaration
from exchange.advance.models import Advance
from exchange.advance.showing import comparison_for
from portal.accounts.actors import NOBODY, Actor

register = template.Library()

SHOWN = 3


@register.inclusion_tag("exchange/advance/parts/announced.html", takes_context=True)
def announced(context: RequestContext) -> dict[str, Any]:
    """What neighbours have told of consignments of the reader that he has not answered."""
    waiting = Advance.objects.waiting_for(_reader(context)).select_related("partner")
    return {"waiting": list(waiting[:SHOWN]), "count": waiting.count()}


@register.inclusion_tag("exchange/advance/parts/comparison.html", takes_context=True)
def mirror_card(context: RequestContext, declaration: Declaration) -> dict[str, Any]:
    """For officers alone: what the neighbour declared beside what is declared here."""
    return {"comparison": comparison_for(_reader(context), declaration)}


def _reader(context: RequestContext) -> Actor:
    return getattr(context.get("request"), "actor", NOBODY)
