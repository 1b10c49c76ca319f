"""What the test of two portals does as one of them: ``python -m tests.foreign_permits.inside WHAT …``,
JSON as answer. Whose portal it is stands in the environment."""

import json
import os
import sys
from collections.abc import Callable

import django


def issue(quantity: str) -> str:
    """A permit for so many kilograms of wine; its number."""
    from tests.permits.world import World

    return World().permit(quantity).number


def declare(number: str, mass: str) -> str:
    """An accepted import that takes so much of the neighbour's permit; its key."""
    from exchange.models import Partner
    from tests.permits.world import World

    Partner.objects.update(permit_series=[number[:3]])
    return str(World().declare(number, mass).pk)  # type: ignore[arg-type]


def release(declaration: str) -> str:
    """Release the goods; "" or why that cannot be."""
    from declarations.lifecycle import Action, IllegalTransition
    from declarations.models import Declaration
    from tests.permits.world import act

    try:
        act(Declaration.objects.get(pk=declaration), Action.RELEASE)
    except IllegalTransition as error:
        return str(error)
    return ""


WORKS: dict[str, Callable[..., str]] = {work.__name__: work for work in (issue, declare, release)}

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()
    json.dump(WORKS[sys.argv[1]](*sys.argv[2:]), sys.stdout)
