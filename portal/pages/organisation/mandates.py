"""Mandates: those that the organisation gives, and those that it holds."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.forms import summary
from portal.accounts.actors import Actor
from portal.accounts.mandates import Mandate
from portal.accounts.models import Organisation
from portal.accounts.permissions import requires
from portal.accounts.roles import OrganisationKind, Permission
from portal.organisations import mandates, members
from portal.pages.organisation import told
from portal.pages.organisation.common import TRADING, actor_of, ask_first, say_refused, show
from portal.pages.organisation.forms import MandateForm

FACES = {
    "asked": ("hourglass", "wait"), "in_force": ("badge-check", "good"),
    "ahead": ("calendar-clock", "info"), "declined": ("ban", "bad"),
    "revoked": ("circle-slash", "mute"), "expired": ("calendar-x", "mute"),
}


@require_safe
@requires(Permission.MANAGE)
def mandate_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    own = _trading(actor)
    rows: list[dict[str, Any]] = [
        {"mandate": one, "kinds": told.kinds(one.kinds), "icon": FACES[one.state][0],
         "tone": FACES[one.state][1],
         "other": one.representative if one.principal_id == own.pk else one.principal,
         "may_answer": one.is_open and one.principal_id == own.pk,
         "may_revoke": one.is_live or (one.is_open and one.representative_id == own.pk)}
        for one in Mandate.objects.concerning(actor).select_related("principal", "representative")
    ]
    return show(request, "mandates.html", {
        "given": [row for row in rows if row["mandate"].principal_id == own.pk],
        "held": [row for row in rows if row["mandate"].representative_id == own.pk],
        "is_broker": own.kind == OrganisationKind.BROKER,
    })


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def grant(request: HttpRequest) -> HttpResponse:
    return _made(request, mandates.grant, asks=False,
                 done=gettext_lazy("The mandate is granted. It can be revoked here at any time."))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def ask(request: HttpRequest) -> HttpResponse:
    if _trading(actor_of(request)).kind != OrganisationKind.BROKER:
        raise Http404
    return _made(request, mandates.ask, asks=True,
                 done=gettext_lazy("The trader is asked. You may file once it has confirmed."))


@require_POST
@requires(Permission.MANAGE)
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answered(request, pk, mandates.confirm, _("The mandate is granted."))


@require_POST
@requires(Permission.MANAGE)
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answered(request, pk, mandates.decline, _("The request is declined."))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(
        Mandate.objects.concerning(actor_of(request)).select_related("principal", "representative"),
        pk=pk,
    )
    if request.method == "POST":
        return _answered(request, pk, mandates.revoke, _("The mandate is revoked."))
    return ask_first(
        request, back="mandates",
        title=_("Revoke the mandate of %(broker)s?") % {"broker": found.representative},
        words=_("From this moment %(broker)s can no longer file for %(trader)s. What it has filed "
                "before stays filed.")
        % {"broker": found.representative, "trader": found.principal},
        button=_("Revoke at once"),
    )


def _trading(actor: Actor) -> Organisation:
    own = members.own(actor)
    if own.kind not in TRADING:
        raise Http404
    return own


def _made(
    request: HttpRequest, verb: Callable[..., Mandate], *, asks: bool, done: str | Promise
) -> HttpResponse:
    actor = actor_of(request)
    _trading(actor)
    form = MandateForm(request.POST or None, asks=asks)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            verb(actor, chosen["number"], chosen["kinds"], chosen["valid_from"],
                 chosen["valid_to"], chosen["representation"])
            messages.success(request, str(done))
            return redirect("mandates")
        except members.Refused as error:
            form.add_error("number", str(error))
    faults = summary(form)
    return show(request, "mandate.html",
                {"form": form.as_shown(), "errors": faults, "asks": asks}, 422 if faults else 200)


def _answered(
    request: HttpRequest, pk: UUID, verb: Callable[[Actor, UUID], Mandate], done: str
) -> HttpResponse:
    try:
        verb(actor_of(request), pk)
        messages.success(request, done)
    except Mandate.DoesNotExist:
        raise Http404 from None
    except members.Refused as error:
        say_refused(request, error)
    return redirect("mandates")
