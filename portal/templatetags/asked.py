"""The panel "what will be asked" inside the declaration form, which knows nothing of agencies."""

from typing import Any

from django import template

from declarations.forms.declaration import DeclarationForms
from portal.pages.asked import asked_of

register = template.Library()


@register.inclusion_tag("declarations/parts/asked.html", takes_context=True)
def what_will_be_asked(context: template.Context, forms: DeclarationForms) -> dict[str, Any]:
    """What the declaration that the form shows would be asked if it were filed as it is."""
    return {
        "asked": asked_of(forms.kind, forms.dataset), "sheet": context.get("sheet"),
        "in_form": True,
    }
