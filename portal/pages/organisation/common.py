"""What the pages of an organisation share: its manager, its tabs, a question before what ends."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.actors import Actor
from portal.accounts.mandates import Mandate
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind, scopes_of
from portal.organisations import members

TRADING = (OrganisationKind.TRADER, OrganisationKind.BROKER)


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined, no-any-return]


def show(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """One of the pages, with the organisation and its tabs."""
    organisation = members.own(actor_of(request))
    return render(
        request, f"portal/organisation/{template}",
        {"organisation": organisation, "tabs": tabs(organisation, actor_of(request), request.path),
         **context},
        status=status,
    )


def tabs(organisation: Organisation, actor: Actor, path: str) -> list[dict[str, Any]]:
    """Mandates are for those who trade, programs for those who may use the REST interface."""
    lines = [("organisation", _("Members"), "users", 0)]
    if organisation.kind in TRADING:
        asked = Mandate.objects.filter(
            principal=organisation, granted_at=None, declined_at=None, revoked_at=None
        ).count()
        lines.append(("mandates", _("Mandates"), "handshake", asked))
    if scopes_of(organisation.kind):
        lines.append(("programs", _("Programs"), "bot", 0))
    lines.append(("organisation_journal", _("What happened"), "history", 0))
    return [
        {"url": reverse(name), "label": label, "icon": icon, "count": count,
         "current": reverse(name) == path}
        for name, label, icon, count in lines
    ]


def ask_first(
    request: HttpRequest, *, title: Any, words: Any, button: Any, back: str
) -> HttpResponse:
    """The question before something that cannot be taken back; its form posts to this address."""
    return show(request, "confirm.html",
                {"title": title, "words": words, "button": button, "back": reverse(back)})


def say_refused(request: HttpRequest, error: members.Refused) -> None:
    messages.error(request, str(error))
