"""Template tags of transit: the movement of a declaration, for the page of the declaration."""

from typing import Any

from django import template

from declarations.models import Declaration
from declarations.states import Kind, State
from exchange.transit import drawing
from exchange.transit.models import Movement

register = template.Library()


@register.inclusion_tag("exchange/transit/parts/of_declaration.html")
def movement_of(declaration: Declaration) -> dict[str, Any]:
    """Where the goods of a released transit declaration are; nothing for any other."""
    if declaration.kind != Kind.TRANSIT or declaration.state != State.RELEASED:
        return {}
    found = Movement.objects.filter(declaration=declaration).prefetch_related("stops").first()
    if found is None:
        return {}
    return {"movement": found, "map": drawing.draw(found),
            "holds": found.holds.select_related("guarantee")}


@register.filter
def office(code: str) -> str:
    """The name of a customs office, or its code."""
    return drawing.office_name(code)
