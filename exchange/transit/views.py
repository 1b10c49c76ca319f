"""Pages of transit for customs officers: movements, one movement with its steps, guarantees."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages as notices
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from exchange.models import OutboxMessage, Partner
from exchange.transit import (
    arrivals,
    departures,
    drawing,
    enquiries,
    guarantees,
    ordering,
    passages,
    table,
)
from exchange.transit.forms import FORMS, Filter, GuaranteeForm, StepForm
from exchange.transit.models import Guarantee, Movement, TransitNotice, is_customs
from exchange.transit.refusals import StepRefused
from exchange.transit.states import Step
from portal.accounts.actors import Actor
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.models import Event

_PAGE_SIZE = 50
Verb = Callable[..., Movement]

# Step to its verb, which takes the fields of its form by name.
VERBS: dict[Step, Verb] = {
    Step.PASS: passages.confirm,
    Step.INCIDENT: passages.report_incident,
    Step.ARRIVE: arrivals.advise,
    Step.CONTROL: arrivals.give_result,
    Step.DISCHARGE: departures.discharge,
    Step.ENQUIRE: enquiries.enquire,
    Step.ANSWER: enquiries.answer,
    Step.CLAIM: enquiries.claim,
}
# Step to what its button says, and its icon. The order is that of the page.
FACES: dict[Step, tuple[Any, str]] = {
    Step.PASS: (gettext_lazy("Confirm the passage"), "signpost"),
    Step.ARRIVE: (gettext_lazy("Confirm the arrival"), "map-pin-check"),
    Step.CONTROL: (gettext_lazy("Give the result of the control"), "scan-search"),
    Step.DISCHARGE: (gettext_lazy("Discharge"), "badge-check"),
    Step.ANSWER: (gettext_lazy("Answer the enquiry: not arrived"), "message-circle-reply"),
    Step.INCIDENT: (gettext_lazy("Report an incident"), "triangle-alert"),
    Step.ENQUIRE: (gettext_lazy("Open an enquiry"), "search"),
    Step.CLAIM: (gettext_lazy("Claim the guarantee"), "banknote"),
}

# Offered, but nobody waits for them.
EXCEPTIONAL = frozenset({Step.INCIDENT, Step.ENQUIRE, Step.ANSWER, Step.CLAIM})


@requires(Permission.REVIEW)
@require_safe
def movements(request: HttpRequest) -> HttpResponse:
    """Every movement that this country has a part in, the newest first."""
    visible = Movement.objects.visible_to(_customs(request))
    filters = Filter(request.GET)
    found = filters.narrow(visible).prefetch_related("stops")
    page = Paginator(found, _PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "exchange/transit/movements.html", {
        "filters": filters,
        "page": page,
        "waiting": visible.awaiting(settings.PORTAL_COUNTRY).count(),
        "any": visible.exists(),
        "aside": TransitNotice.objects.unsettled().filter(movement=None).select_related("message")
        .order_by("-received_at")[:20],
    })


@requires(Permission.REVIEW)
@require_GET
def movement(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, _movement(request, pk))


@requires(Permission.REVIEW)
@require_POST
def step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Take one step; back to the movement, or the page again with what is wrong."""
    found = _movement(request, pk)
    taken = next((one for one in VERBS if one.name.lower() == step), None)
    if taken is None:
        raise Http404
    form = FORMS[taken](found, request.POST, prefix=step)
    if not form.is_valid():
        return _page(request, found, taken, form, status=422)
    try:
        VERBS[taken](found.pk, _actor(request), **form.cleaned_data)
    except StepRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, _movement(request, pk), taken, form, status=409)
    notices.success(request, _("Done, and on its way to the other countries of the itinerary."))
    return redirect("transit_movement", pk=pk)


@requires(Permission.REVIEW)
@require_POST
def out_of_order(request: HttpRequest, pk: UUID, notice: UUID) -> HttpResponse:
    """Take a message that waits for an earlier one which will not come."""
    found = _movement(request, pk)
    get_object_or_404(found.notices, pk=notice)
    try:
        taken = ordering.take_out_of_order(
            found.pk, notice, _actor(request), request.POST.get("why", "")[:250])
    except StepRefused as refused:
        notices.error(request, str(refused))
    else:
        notices.success(request, taken.reason or _("The message is applied."))
    return redirect("transit_movement", pk=pk)


@requires(Permission.REVIEW)
def guarantee_list(request: HttpRequest) -> HttpResponse:
    """The guarantees registered here and what movements hold of them; supervisors register more."""
    actor = _customs(request)
    form = GuaranteeForm(request.POST or None)
    if request.method == "POST":
        if not actor.may(Permission.SUPERVISE):
            raise PermissionDenied
        if form.is_valid():
            made = guarantees.register(actor, **form.cleaned_data)
            notices.success(request, _("Guarantee %(reference)s is registered.") % {
                "reference": made.reference})
            return redirect("transit_guarantees")
    found = Guarantee.objects.with_use().order_by("holder", "reference")
    return render(request, "exchange/transit/guarantees.html", {
        "page": Paginator(found, _PAGE_SIZE).get_page(request.GET.get("page")),
        "form": form,
        "errors": form.faults() if form.is_bound else [],
        "may_register": actor.may(Permission.SUPERVISE),
        "today": timezone.localdate(),
    }, status=422 if form.is_bound and form.errors else 200)


def _page(
    request: HttpRequest, found: Movement, step: Step | None = None, form: StepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The movement; ``form`` is what was wrong with a ``step``."""
    offered = table.steps_for(found, settings.PORTAL_COUNTRY)
    expected = next((one for one in FACES if one in offered and one not in EXCEPTIONAL), None)
    acts = [
        {"step": one.name.lower(), "label": label, "icon": icon,
         "form": form if one == step else FORMS[one](found, prefix=one.name.lower()),
         "open": one == (step or expected)}
        for one, (label, icon) in FACES.items() if one in offered or one == step
    ]
    events = Event.objects.of(found.pk).exclude(kind__startswith="message").order_by("-sequence")
    return render(request, "exchange/transit/movement.html", {
        "movement": found,
        "map": drawing.draw(found),
        "acts": acts,
        "expected": expected,
        "errors": form.faults() if form else [],
        "events": [(event, EventKind(event.kind).label) for event in events[:200]],
        "told": _told(found),
        "unsettled": found.notices.unsettled().select_related("message"),
        "holds": found.holds.select_related("guarantee"),
        "declaration_is_ours": found.declaration_id is not None,
    }, status=status)


def _told(found: Movement) -> list[dict[str, Any]]:
    """Of each other country: whether it is a partner, and its messages about this movement."""
    sent: dict[str, list[OutboxMessage]] = {}
    for message in (
        OutboxMessage.objects.filter(movement=found.pk).select_related("partner")
        .defer("body", "receipt").order_by("position")
    ):
        sent.setdefault(message.partner.country, []).append(message)
    every = [*found.countries, *sorted(found.former_countries)]
    others = [country for country in every if country != settings.PORTAL_COUNTRY]
    partners = dict(Partner.objects.filter(country__in=others).values_list("country", "name"))
    return [
        {"country": country, "partner": partners.get(country), "messages": sent.get(country, [])}
        for country in others
    ]


def _movement(request: HttpRequest, pk: UUID) -> Movement:
    """404 for whoever is not of the customs administration."""
    visible = Movement.objects.visible_to(_actor(request))
    return get_object_or_404(visible.prefetch_related("stops"), pk=pk)


def _customs(request: HttpRequest) -> Actor:
    actor = _actor(request)
    if not is_customs(actor):
        raise PermissionDenied
    return actor


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
