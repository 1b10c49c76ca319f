"""Customs' pages on requests to cancel a declaration."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies import cancellations, wishes
from agencies.correspondence import CancellationRequest
from agencies.forms import DenialForm, summary
from agencies.states import CancellationState
from agencies.views import actor_of
from agencies.visibility import note_view
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


@require_safe
@requires(Permission.REVIEW)
def cancellation_list(request: HttpRequest) -> HttpResponse:
    """Those to be decided by the agency, or the decided ones."""
    found = CancellationRequest.objects.of_agency(actor_of(request))
    return wishes.listing(
        request, found.waiting(), found.exclude(state=CancellationState.ASKED),
        "agencies/cancellations.html", "cancellation",
    )


@require_safe
@requires(Permission.REVIEW)
def cancellation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Why the trader asks, where the case stands, and the decision."""
    found = _fetch(request, pk)
    note_view(found.declaration, actor_of(request))
    return _page(request, found)


@require_POST
@requires(Permission.REVIEW)
def cancellation_grant(request: HttpRequest, pk: UUID) -> HttpResponse:
    wishes.carry_out(
        request, lambda: cancellations.grant(pk, actor_of(request)),
        _("Cancelled. The trader and the other agencies are told."),
    )
    return redirect("cancellation", pk=pk)


@require_POST
@requires(Permission.REVIEW)
def cancellation_deny(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _fetch(request, pk)
    form = DenialForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    wishes.carry_out(
        request, lambda: cancellations.deny(pk, actor_of(request), form.cleaned_data["decision"]),
        _("Not cancelled. The trader is told why; the case goes on."),
    )
    return redirect("cancellation", pk=pk)


def _fetch(request: HttpRequest, pk: UUID) -> CancellationRequest:
    found = CancellationRequest.objects.of_agency(actor_of(request)).select_related(
        "declaration__organisation", "queue__agency", "asked_by", "decided_by")
    return get_object_or_404(found, pk=pk)


def _page(
    request: HttpRequest, found: CancellationRequest, denial: DenialForm | None = None
) -> HttpResponse:
    denial = denial or DenialForm()
    faults = summary(denial)
    user = actor_of(request).user_id
    return render(request, "agencies/cancellation.html", {
        "cancellation": found,
        "declaration": found.declaration,
        "reviews": found.declaration.reviews.select_related("queue__agency"),
        "own": user in (found.declaration.filed_by_id, found.asked_by_id),
        "denial": denial.as_shown(),
        "errors": faults,
    }, status=422 if faults else 200)
