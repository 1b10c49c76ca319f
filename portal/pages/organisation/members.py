"""The organisation itself, its members and what happened to it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.forms import summary
from portal.accounts.invitations import Invitation
from portal.accounts.models import Membership, Organisation
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.journal.models import Event
from portal.organisations import members
from portal.pages import timeline
from portal.pages.organisation import told
from portal.pages.organisation.common import actor_of, ask_first, say_refused, show
from portal.pages.organisation.forms import AddressForm, RoleForm

EVENTS_PER_PAGE = 50


@require_safe
@requires(Permission.MANAGE)
def organisation(request: HttpRequest) -> HttpResponse:
    """Its data, who belongs to it, and who is invited."""
    actor = actor_of(request)
    return show(request, "members.html", {
        "members": Membership.objects.of(actor).select_related("user")
        .order_by("user__last_name", "user__first_name", "pk"),
        "invitations": Invitation.objects.of(actor).waiting().select_related("invited_by"),
    })


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def address(request: HttpRequest) -> HttpResponse:
    own = members.own(actor_of(request))
    if request.method == "POST":
        form = AddressForm(request.POST)
        if form.is_valid():
            members.change_address(actor_of(request), **form.cleaned_data)
            messages.success(request, _("The address is changed."))
            return redirect("organisation")
    else:
        form = AddressForm(initial={name: getattr(own, name) for name in members.ADDRESS})
    faults = summary(form)
    return show(request, "address.html", {"form": form.as_shown(), "errors": faults},
                422 if faults else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """One member, with the role to be changed."""
    actor = actor_of(request)
    found = get_object_or_404(Membership.objects.of(actor).select_related("user"), pk=pk)
    own = members.own(actor)
    form = RoleForm(own, request.POST or None, initial={"role": found.role})
    if request.method == "POST" and form.is_valid():
        try:
            members.change_role(actor, pk, form.cleaned_data["role"])
            messages.success(request, _("The role of %(person)s is changed.") % {
                "person": found.user})
            return redirect("organisation")
        except members.Refused as error:
            form.add_error("role", str(error))
    faults = summary(form)
    return show(request, "member.html", {
        "member": found, "form": form.as_shown(), "errors": faults,
        "is_self": found.user_id == actor.user_id,
    }, 422 if faults else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def member_remove(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    found = get_object_or_404(Membership.objects.of(actor).select_related("user"), pk=pk)
    if request.method != "POST":
        return ask_first(
            request, back="organisation",
            title=_("Remove %(person)s?") % {"person": found.user},
            words=_("From then on the person can no longer act for %(organisation)s. What the "
                    "person has done stays, and the account itself too.")
            % {"organisation": actor.organisation_name},
            button=_("Remove"),
        )
    try:
        members.remove(actor, pk)
        messages.success(request, _("%(person)s is removed.") % {"person": found.user})
    except members.Refused as error:
        say_refused(request, error)
    return redirect("organisation")


@require_safe
@requires(Permission.MANAGE)
def journal(request: HttpRequest) -> HttpResponse:
    """What happened to the organisation, the newest first."""
    actor = actor_of(request)
    assert actor.organisation_id is not None  # whoever manages acts for an organisation
    events = Event.objects.of(actor.organisation_id).order_by("-sequence")
    page = Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    return show(request, "journal.html", {"page": page, "timeline": moments(list(page))})


def moments(events: list[Event]) -> list[dict[str, Any]]:
    names = dict(
        Organisation.objects.filter(pk__in={e.organisation for e in events if e.organisation})
        .values_list("pk", "name")
    )
    lines = timeline.timeline(events[::-1], names)
    return [{"moment": line, "details": told.details(line.event)} for line in lines]
