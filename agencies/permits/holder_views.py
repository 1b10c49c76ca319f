"""The holder's pages: its permits, one of them, and the certificate, which the agency has too."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from agencies.permits import certificate
from agencies.permits.forms import FilterForm
from agencies.permits.issuing import today
from agencies.permits.models import Permit, PermitQuerySet
from agencies.permits.showing import permit_page
from agencies.permits.states import PermitState
from agencies.views import actor_of
from portal import paper
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

PER_PAGE = 50
RETRY_SECONDS = 5


@require_safe
@requires(Permission.VIEW_OWN)
def our_permits(request: HttpRequest) -> HttpResponse:
    """What the organisation holds, and what it applied for on behalf of others."""
    own = Permit.objects.held_by(actor_of(request))
    form = FilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    found = own
    if text := given.get("q"):
        found = found.matching(text)
    if state := given.get("state"):
        found = found.standing(state, today())
    return render(request, "agencies/permits/ours.html", {
        "page": Paginator(found.shown(), PER_PAGE).get_page(request.GET.get("page")),
        "today": today(),
        "given": given,
        "filtered": any(given.values()),
        "states": [one for one in PermitState.choices if one[0] != PermitState.UNSIGNED],
    })


@require_safe
@requires(Permission.VIEW_OWN)
def our_permit(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Permit.objects.held_by(actor_of(request)).shown(), pk=pk)
    shown = permit_page(found)
    # Who applied for somebody else sees what was drawn, and not by which declarations.
    ours = actor_of(request).organisation_id
    return render(request, "agencies/permits/our_permit.html", {
        **shown, "ours": ours, "start": _start(found) if shown["usable"] else "",
    })


def _start(permit: Permit) -> str:
    """Where a declaration begins with this permit, if the portal has such a page."""
    try:
        return reverse("declaration_from_permit", args=[permit.pk])
    except NoReverseMatch:
        return ""


@require_safe
@requires(Permission.REVIEW, Permission.VIEW_OWN)
def permit_certificate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The PDF/A, for the holder and for the agency, in the language of the page."""
    found = get_object_or_404(_of_either(request).shown(), pk=pk)
    if found.state == PermitState.UNSIGNED:
        raise Http404
    try:
        pdf = certificate.make(found, get_language() or "en")
    except paper.PaperBusy:
        return HttpResponse(status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    name = found.number.replace("/", "-")
    return HttpResponse(pdf, content_type="application/pdf", headers={
        "Content-Disposition": f'attachment; filename="{name}.pdf"',
        "Cache-Control": "private, no-store",
    })


def _of_either(request: HttpRequest) -> PermitQuerySet:
    actor = actor_of(request)
    if actor.may(Permission.REVIEW):
        return Permit.objects.of_agency(actor)
    return Permit.objects.held_by(actor)
