"""Risk lanes on the pages of others: the queue's, the review's and the declaration's."""

from typing import Any

from django import template
from django.template.context import RequestContext

from agencies.risk.showing import face_of, shown_to
from declarations.models import Declaration
from portal.accounts.actors import NOBODY, Actor

register = template.Library()


@register.inclusion_tag("agencies/risk/parts/lane.html")
def risk_lane(lane: str) -> dict[str, Any]:
    """Icon, word and colour of a lane; nothing where there is none."""
    return {"face": face_of(lane)}


@register.inclusion_tag("agencies/risk/parts/badge.html", takes_context=True)
def risk_badge(context: RequestContext, declaration: Declaration) -> dict[str, Any]:
    """The lane as a badge beside that of the state; the strip says why."""
    risk = shown_to(_reader(context), declaration)
    return {"face": risk.face if risk else None}


@register.inclusion_tag("agencies/risk/parts/strip.html", takes_context=True)
def risk_strip(context: RequestContext, declaration: Declaration) -> dict[str, Any]:
    """The lane in the header of a declaration, with the reasons that the reader may know."""
    return {"risk": shown_to(_reader(context), declaration)}


@register.inclusion_tag("agencies/risk/parts/card.html", takes_context=True)
def risk_card(context: RequestContext, declaration: Declaration) -> dict[str, Any]:
    """All of it, for the officer who decides."""
    return {"risk": shown_to(_reader(context), declaration)}


def _reader(context: RequestContext) -> Actor:
    return getattr(context.get("request"), "actor", NOBODY)
