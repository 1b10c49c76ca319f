"""Programs that file for the organisation. A token is on one page, once."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agencies.forms import summary
from portal.accounts.models import ApiClient, Organisation
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission, scopes_of
from portal.organisations import members, programs
from portal.pages.organisation.common import actor_of, ask_first, show
from portal.pages.organisation.forms import SCOPES, ProgramForm, TokenForm


@require_safe
@requires(Permission.MANAGE)
def program_list(request: HttpRequest) -> HttpResponse:
    _filing(request)
    now = timezone.now()
    rows = [
        {"client": client, "scopes": [SCOPES[scope] for scope in SCOPES if scope in client.scopes],
         "state": "revoked" if client.revoked_at else
         "expired" if client.expires_at <= now else "valid"}
        for client in ApiClient.objects.of(actor_of(request)).order_by("revoked_at", "-created_at")
    ]
    # Those that are no longer good for anything stand last.
    rows.sort(key=lambda row: row["state"] != "valid")
    return show(request, "programs.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    own = _filing(request)
    form = ProgramForm(own, request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            client, token = programs.add(
                actor_of(request), chosen["name"], chosen["scopes"], chosen["days"])
            return show(request, "token.html", {"client": client, "token": token}, 201)
        except members.Refused as error:
            form.add_error("name", str(error))
    faults = summary(form)
    return show(request, "program.html", {"form": form.as_shown(), "errors": faults},
                422 if faults else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def renew(request: HttpRequest, pk: UUID) -> HttpResponse:
    _filing(request)
    client = get_object_or_404(ApiClient.objects.of(actor_of(request)), pk=pk)
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            client, token = programs.renew(actor_of(request), pk, form.cleaned_data["days"])
            return show(request, "token.html", {"client": client, "token": token}, 201)
        except members.Refused as error:
            form.add_error("days", str(error))
    faults = summary(form)
    return show(request, "program.html",
                {"form": form.as_shown(), "errors": faults, "client": client},
                422 if faults else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    client = get_object_or_404(ApiClient.objects.of(actor_of(request)), pk=pk)
    if request.method != "POST":
        return ask_first(
            request, back="programs",
            title=_("Revoke “%(name)s”?") % {"name": client.name},
            words=_("Its token is refused from this moment on. What it has filed stays filed."),
            button=_("Revoke at once"),
        )
    programs.revoke(actor_of(request), pk)
    messages.success(request, _("“%(name)s” is revoked.") % {"name": client.name})
    return redirect("programs")


def _filing(request: HttpRequest) -> Organisation:
    own = members.own(actor_of(request))
    if not scopes_of(own.kind):
        raise Http404
    return own
