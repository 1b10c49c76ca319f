"""Who acts on a page of this room."""

from django.http import HttpRequest

from portal.accounts.actors import Actor


def actor_of(request: HttpRequest) -> Actor:
    """The actor that ``portal.accounts.middleware`` has put on the request."""
    return request.actor  # type: ignore[attr-defined, no-any-return]
