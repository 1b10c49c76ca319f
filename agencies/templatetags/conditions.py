"""What must still be done although agencies have agreed, on the declaration's page."""

from typing import Any

from django import template

from agencies.conditions_of_approval import ApprovalCondition
from declarations.models import Declaration

register = template.Library()


@register.inclusion_tag("agencies/parts/to_fulfil.html")
def conditions_to_fulfil(declaration: Declaration) -> dict[str, Any]:
    found = list(ApprovalCondition.objects.about(declaration.pk))
    return {
        "open": [one for one in found if one.is_open],
        "holds_up": any(one.holds_up for one in found),
        "declaration": declaration,
    }
