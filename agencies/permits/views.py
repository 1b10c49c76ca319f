"""The issuing agency's pages: its permits, one permit with its balance, the grant, every change."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.cases import DecisionError
from agencies.forms import summary
from agencies.permits import application as applications
from agencies.permits import changing, issuing
from agencies.permits.abroad import closing, shortfalls
from agencies.permits.abroad.models import UseAbroad
from agencies.permits.forms import (
    ExtensionForm,
    FilterForm,
    ReasonForm,
    ReplacementForm,
    TermsForm,
    corrected,
    line_forms,
)
from agencies.permits.issuing import Terms, today
from agencies.permits.models import Permit, PermitScheme, PermitUse
from agencies.permits.showing import officer_page
from agencies.permits.words import type_name
from agencies.views import actor_of
from declarations.models import Declaration
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

PER_PAGE = 50


# --- the list -------------------------------------------------------------------------------


@require_safe
@requires(Permission.REVIEW)
def permit_list(request: HttpRequest) -> HttpResponse:
    """What the agency has granted, the newest first, and the applications still to be granted."""
    actor = actor_of(request)
    own = Permit.objects.of_agency(actor)
    form = FilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    found = own
    if text := given.get("q"):
        found = found.matching(text)
    if state := given.get("state"):
        found = found.standing(state, today())
    if kind := given.get("type"):
        found = found.filter(scheme__permit_type=kind)
    schemes = list(PermitScheme.objects.of_agency(actor))
    return render(request, "agencies/permits/list.html", {
        "page": Paginator(found.shown(), PER_PAGE).get_page(request.GET.get("page")),
        "today": today(),
        "form": form,
        "given": given,
        "filtered": any(given.values()),
        "types": [(scheme.permit_type, type_name(scheme.permit_type)) for scheme in schemes],
        "waiting": _waiting(issuing.to_issue(actor), schemes),
        "issues": bool(schemes),
        "uncovered": UseAbroad.objects.of_agency(actor).uncovered().select_related("permit")[:PER_PAGE],
        "silent": UseAbroad.objects.of_agency(actor).silent(today()).select_related("permit")[:PER_PAGE],
    })


def _waiting(found: Any, schemes: list[PermitScheme]) -> list[tuple[Declaration, str]]:
    """The approved applications for which the agency has a scheme, the oldest first."""
    known = {scheme.permit_type for scheme in schemes}
    listed = []
    for one in found.select_related("organisation").order_by("closed_at")[:PER_PAGE]:
        kind = applications.type_of(one)
        if kind in known:
            listed.append((one, type_name(kind)))
    return listed


# --- the grant ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REVIEW)
def permit_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The approved application as a permit: validity, quantities and conditions may be corrected."""
    actor = actor_of(request)
    application = get_object_or_404(issuing.to_issue(actor), pk=pk)
    scheme = get_object_or_404(
        PermitScheme.objects.of_agency(actor), permit_type=applications.type_of(application)
    )
    terms = applications.asked(application, scheme)

    def grant(given: Terms, _form: TermsForm) -> Permit:
        try:
            return issuing.issue(application.pk, scheme, actor, given)
        except Declaration.DoesNotExist as error:
            raise Http404 from error

    return _granting(request, terms, TermsForm, grant, {
        "application": application, "scheme": scheme, "type_name": type_name(scheme.permit_type),
    })


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REVIEW)
def permit_replace(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new permit, of what is left of the old one."""
    actor = actor_of(request)
    permit = get_object_or_404(Permit.objects.of_agency(actor).shown(), pk=pk)
    if permit.state_on(today()) not in changing.ALIVE:
        raise Http404
    terms = applications.remaining(permit)

    def grant(given: Terms, form: TermsForm) -> Permit:
        return changing.replace(permit.pk, actor, given, form.cleaned_data["reason"])

    return _granting(request, terms, ReplacementForm, grant, {
        "permit": permit, "application": permit.application, "scheme": permit.scheme,
        "type_name": type_name(permit.scheme.permit_type),
    })


def _granting(
    request: HttpRequest, terms: Terms, form_class: type[TermsForm],
    grant: Callable[[Terms, TermsForm], Permit], context: dict[str, Any],
) -> HttpResponse:
    initial = {"valid_from": terms.valid_from, "valid_to": terms.valid_to,
               "conditions": terms.conditions}
    form = form_class(request.POST) if request.method == "POST" else form_class(initial=initial)
    lines = line_forms(terms.lines, request.POST if request.method == "POST" else None)
    faults: list[dict[str, Any]] = []
    if request.method == "POST":
        if form.is_valid() & lines.is_valid():
            try:
                made = grant(corrected(terms, form, lines.forms), form)
            except DecisionError as error:
                faults = [{"message": str(error)}]
            else:
                messages.success(request, _("Permit %(number)s is issued. The applicant is told.")
                                 % {"number": made.number})
                return redirect("permit", pk=made.pk)
        faults += summary(form, *lines.forms)
    return render(request, "agencies/permits/issue.html", {
        **context, "terms": terms, "form": form.as_shown(), "lines": lines, "errors": faults,
    }, status=422 if faults else 200)


# --- one permit -----------------------------------------------------------------------------


@require_safe
@requires(Permission.REVIEW)
def permit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its data, its balance with the ledger, who uses it, what happened, and what can be done."""
    found = get_object_or_404(Permit.objects.of_agency(actor_of(request)).shown(), pk=pk)
    return _page(request, found)


def _page(request: HttpRequest, found: Permit, **forms: Any) -> HttpResponse:
    faults = summary(*forms.values())
    shown = officer_page(found, actor_of(request))
    return render(request, "agencies/permits/permit.html", {
        **shown,
        "reason": {name: forms.get(name, ReasonForm(name)).as_shown()
                   for name in ("suspend", "resume", "revoke")},
        "extension": forms.get("extend", ExtensionForm("extend")).as_shown(),
        "errors": faults,
        "wrong": next(iter(forms), ""),
    }, status=422 if faults else 200)


Change = Callable[..., HttpResponse]


def changes(view: Change) -> Change:
    """A POST on a permit of one's own agency; what cannot be done is said on the permit's page."""

    @require_POST
    @requires(Permission.REVIEW)
    @wraps(view)
    def checked(request: HttpRequest, pk: UUID) -> HttpResponse:
        found = get_object_or_404(Permit.objects.of_agency(actor_of(request)).shown(), pk=pk)
        try:
            return view(request, found)
        except DecisionError as error:
            messages.error(request, str(error))
            return redirect("permit", pk=pk)

    return checked


@require_POST
@requires(Permission.REVIEW)
def permit_abroad_close(request: HttpRequest, pk: UUID, use: UUID) -> HttpResponse:
    """Give back a reservation in another country of which nothing was heard for long."""
    own = UseAbroad.objects.of_agency(actor_of(request))
    found = get_object_or_404(own, pk=use, permit=pk)
    try:
        closing.close(found.pk, actor_of(request), request.POST.get("reason", ""))
    except DecisionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Given back. The other country is told."))
    return redirect("permit", pk=pk)


@require_POST
@requires(Permission.REVIEW)
def permit_shortfall_settle(request: HttpRequest, pk: UUID, use: UUID) -> HttpResponse:
    """Say what becomes of goods that left under the permit and did not arrive."""
    given = request.POST
    try:
        arrived = Decimal(given.get("arrived", ""))
    except InvalidOperation:
        arrived = None
    try:
        shortfalls.settle(
            pk, use, actor_of(request), given.get("outcome", ""), given.get("reason", ""), arrived)
    except (Permit.DoesNotExist, PermitUse.DoesNotExist) as error:
        raise Http404 from error
    except DecisionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Settled. The reason stands in the permit's history."))
    return redirect("permit", pk=pk)


@changes
def permit_sign(request: HttpRequest, found: Permit) -> HttpResponse:
    changing.sign(found.pk, actor_of(request))
    messages.success(request, _("Signed. The permit is in force and the holder is told."))
    return redirect("permit", pk=found.pk)


def _with_reason(
    name: str, verb: Callable[..., Permit], done: str
) -> Callable[[HttpRequest, Permit], HttpResponse]:
    def view(request: HttpRequest, found: Permit) -> HttpResponse:
        form = ReasonForm(name, request.POST)
        if not form.is_valid():
            return _page(request, found, **{name: form})
        verb(found.pk, actor_of(request), form.cleaned_data["reason"])
        messages.success(request, _(done))
        return redirect("permit", pk=found.pk)

    view.__name__ = f"permit_{name}"
    return view


permit_suspend = changes(_with_reason(
    "suspend", changing.suspend, gettext_noop("Suspended. The holder is told the reason.")))
permit_resume = changes(_with_reason(
    "resume", changing.resume, gettext_noop("In force again. The holder is told.")))
permit_revoke = changes(_with_reason(
    "revoke", changing.revoke, gettext_noop("Revoked. The holder is told the reason.")))


@changes
def permit_extend(request: HttpRequest, found: Permit) -> HttpResponse:
    form = ExtensionForm("extend", request.POST)
    if not form.is_valid():
        return _page(request, found, extend=form)
    try:
        changing.extend(found.pk, actor_of(request), **form.cleaned_data)
    except DecisionError as error:
        if error.field not in form.fields:
            raise
        form.add_error(error.field, str(error))
        return _page(request, found, extend=form)
    messages.success(request, _("Extended. The holder is told."))
    return redirect("permit", pk=found.pk)
