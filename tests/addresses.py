"""Every address of the portal, taken from the URL configuration itself."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

# Packages whose views are not ours and which keep their own doors: what is open in them is open to
# everyone (sign-in), and the rest asks for a session or for staff.
THIRD_PARTY = ("allauth.", "django.")
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Address:
    route: str
    name: str
    namespaces: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def ours(self) -> bool:
        """The admin wraps even our own ModelAdmin's views in its check for staff."""
        module = self.view_class.__module__ if self.view_class else self.view.__module__
        return "admin" not in self.namespaces and not module.startswith(THIRD_PARTY)

    @property
    def view_class(self) -> type | None:
        return getattr(self.view, "cls", None) or getattr(self.view, "view_class", None)

    @property
    def permission(self) -> Any:
        """What the view states of who may use it; None when it states nothing."""
        return getattr(self.view_class or self.view, "required_permission", None)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        return [(kind or "str", name) for kind, name in PARAMETER.findall(self.route)]

    def path(self, key: UUID | str) -> str:
        """The address with ``key`` for every UUID and a plain word for everything else."""

        def value(match: re.Match[str]) -> str:
            return str(key) if match[1] == "uuid" else "1" if match[1] == "int" else "import"

        return "/" + PARAMETER.sub(value, self.route)

    def __str__(self) -> str:
        return self.route


def addresses() -> list[Address]:
    return list(_walk(get_resolver().url_patterns, "", ()))


def _walk(patterns: list[Any], before: str, namespaces: tuple[str, ...]) -> Iterator[Address]:
    for pattern in patterns:
        part = pattern.pattern
        route = part._route if isinstance(part, RoutePattern) else str(part).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, before + route, inside)
        elif isinstance(pattern, URLPattern):
            yield Address(before + route, pattern.name or "", namespaces, pattern.callback)
