"""The one gate: how a view, an API view and a task state who may use them.

Everything is closed until it says otherwise: a page without ``@requires`` or ``@public`` fails the
test that walks every address, and an API view without ``required_permission`` answers 403.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from rest_framework.permissions import BasePermission

from portal.accounts.actors import NOBODY, Actor
from portal.accounts.roles import Permission

if TYPE_CHECKING:  # rest_framework.views loads this module, by its name in the settings
    from rest_framework.request import Request
    from rest_framework.views import APIView

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

# Stated by a page that any signed-in person may see, and by one that needs no sign-in.
SIGNED_IN = "signed-in"
PUBLIC = "public"


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Let in whoever has any one of ``permissions``; without arguments, anyone signed in.

    Raises PermissionDenied (403) for others; the signed-out go to the sign-in page.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            if permissions and not any(actor.may(p) for p in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked.required_permission = permissions or SIGNED_IN  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return wrap


def public(view: View) -> View:
    """Let anyone in. For sign-in, health, verification and signed machine traffic only."""
    opened = login_not_required(view)
    opened.required_permission = PUBLIC  # type: ignore[attr-defined]
    return opened


class HasStatedPermission(BasePermission):
    """DRF: the view's ``required_permission`` decides; none stated means nobody."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        required = getattr(view, "required_permission", None)
        if required is None:
            return False
        if required == PUBLIC:
            return True
        return actor_of(request).may(required)


def actor_of(request: "Request") -> Actor:
    """The actor behind an API request; nobody when its token was not recognised."""
    actor = getattr(request, "auth", None)
    return actor if isinstance(actor, Actor) else NOBODY
