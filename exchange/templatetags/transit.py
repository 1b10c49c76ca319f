"""Template tags of transit: the movement of a declaration, for the page of the declaration."""

from typing import Any

from django import template

from declarations.models import Declaration
from declarations.states import Kind, State
from exchange.transit import drawing
from exchange.transit.models import Movement, serves_customs
from exchange.transit.states import Aspect

register = template.Library()


@register.inclusion_tag("exchange/transit/parts/of_declaration.html", takes_context=True)
def movement_of(context: template.Context, declaration: Declaration) -> dict[str, Any]:
    """Where the goods of a transit declaration are that was released; nothing for any other."""
    shown = (State.RELEASED, State.CANCELLED)
    if declaration.kind != Kind.TRANSIT or declaration.state not in shown:
        return {}
    found = Movement.objects.filter(declaration=declaration).prefetch_related("stops").first()
    if found is None:
        return {}
    return {"movement": found, "map": drawing.draw(found),
            "holds": found.holds.select_related("guarantee"),
            "opens": serves_customs(context["request"].actor)}


@register.inclusion_tag("exchange/transit/parts/movement_link.html", takes_context=True)
def movement_link(context: template.Context, declaration: Declaration) -> dict[str, Any]:
    """The way to the movement of a released transit, for whoever may open it."""
    if declaration.kind != Kind.TRANSIT or not serves_customs(context["request"].actor):
        return {}
    return {"movement": Movement.objects.filter(declaration=declaration).first()}


@register.filter
def office(code: str) -> str:
    """The name of a customs office, or its code."""
    return drawing.office_name(code)


@register.filter
def aspects(changed: list[str]) -> str:
    """What of a movement an amendment changed, in words."""
    return ", ".join(str(Aspect(one).label) for one in changed if one in Aspect.values)
