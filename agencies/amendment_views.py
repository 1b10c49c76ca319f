"""Customs' pages on requests to amend a declaration, and the trader's way to take requests back."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agencies import amendments, cancellations, cases, wishes
from agencies.correspondence import CancellationRequest
from agencies.forms import AmendmentDenialForm, summary
from agencies.views import actor_of
from agencies.visibility import covered_for, note_view
from declarations.change_request import ChangeRequest
from declarations.compared import compared
from declarations.states import ChangeState, State
from declarations.wco import Fault
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

_WITHDRAWN = gettext_lazy("Withdrawn. The declaration goes on as it is.")


@require_safe
@requires(Permission.REVIEW)
def amendment_list(request: HttpRequest) -> HttpResponse:
    """Those to be decided by the agency, or the decided ones."""
    found = ChangeRequest.objects.of_agency(actor_of(request)).defer("body", "request", "dataset")
    return wishes.listing(
        request, found.waiting(), found.exclude(state=ChangeState.ASKED),
        "agencies/amendments.html", "amendment",
    )


@require_safe
@requires(Permission.REVIEW)
def amendment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Why the trader asks, what changes element by element, what it means, and the decision."""
    found = _fetch(request, pk)
    note_view(found.declaration, actor_of(request))
    return _page(request, found)


@require_POST
@requires(Permission.REVIEW)
def amendment_grant(request: HttpRequest, pk: UUID) -> HttpResponse:
    wishes.carry_out(
        request, lambda: amendments.grant(pk, actor_of(request)),
        _("Granted. The new version is in force; the trader and the agencies are told."),
    )
    return redirect("amendment", pk=pk)


@require_POST
@requires(Permission.REVIEW)
def amendment_deny(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _fetch(request, pk)
    form = AmendmentDenialForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    wishes.carry_out(
        request, lambda: amendments.deny(pk, actor_of(request), form.cleaned_data["decision"]),
        _("Denied. The trader is told why; the version in force stays."),
    )
    return redirect("amendment", pk=pk)


@require_POST
@requires(Permission.FILE)
def amendment_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The trader takes a request to amend back."""
    wishes.carry_out(request, lambda: amendments.withdraw(pk, actor_of(request)), _WITHDRAWN)
    return _back(ChangeRequest.objects.owned_by(actor_of(request)).get(pk=pk))


@require_POST
@requires(Permission.FILE)
def cancellation_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The trader takes a request to cancel back."""
    wishes.carry_out(request, lambda: cancellations.withdraw(pk, actor_of(request)), _WITHDRAWN)
    return _back(CancellationRequest.objects.of_trader(actor_of(request)).get(pk=pk))


def _back(wish: ChangeRequest | CancellationRequest) -> HttpResponse:
    """To the trader's page of what it asked for."""
    return redirect(reverse("declaration", args=[wish.declaration_id]) + "?tab=requests")


def _fetch(request: HttpRequest, pk: UUID) -> ChangeRequest:
    found = ChangeRequest.objects.of_agency(actor_of(request)).select_related(
        "declaration__organisation", "decider", "asked_by", "decided_by")
    return get_object_or_404(found, pk=pk)


def _page(
    request: HttpRequest, found: ChangeRequest, denial: AmendmentDenialForm | None = None
) -> HttpResponse:
    denial = denial or AmendmentDenialForm()
    faults = summary(denial)
    user = actor_of(request).user_id
    base = found.declaration.versions.filter(number=found.base_number).first()
    plan = None
    if found.state == ChangeState.ASKED and found.declaration.state != State.CANCELLED:
        with transaction.atomic():
            plan = amendments.consequences(cases.lock(found.declaration_id), found)
    return render(request, "agencies/amendment.html", {
        "amendment": found,
        "declaration": found.declaration,
        "comparison": compared(
            covered_for(actor_of(request), base.dataset if base else None),
            covered_for(actor_of(request), found.dataset),
        ),
        "plan": plan,
        "released": found.declaration.state == State.RELEASED,
        "warnings": [Fault.from_dict(fault).translated(_) for fault in found.faults],
        "own": cases.is_own(found.declaration, actor_of(request)) or user == found.asked_by_id,
        "denial": denial.as_shown(),
        "errors": faults,
    }, status=422 if faults else 200)
