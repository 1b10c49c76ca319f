"""What is sent to whom, and which elements of it."""

import hashlib
from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from declarations import wco
from declarations.wco import MessageKind
from exchange import composition, minimisation, partners, samples
from exchange.models import CAREC, Partner, Subscription
from exchange.partner_forms import ElementsForm, SubscriptionForm
from exchange.views import actor_of, pretty
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

_FORM = ["GET", "HEAD", "POST"]


@requires(Permission.EXCHANGE)
@require_http_methods(_FORM)
def subscriptions(request: HttpRequest) -> HttpResponse:
    form = SubscriptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            partners.subscribe(form.cleaned_data, actor_of(request))
        except partners.Refused as refused:
            form.add_error(None, str(refused))
        else:
            notices.success(request, _("From now on this is sent."))
            return redirect("subscriptions")
    faults = form.faults()
    return render(request, "exchange/subscriptions.html", {
        "subscriptions": Subscription.objects.shown(), "form": form, "errors": faults,
    }, status=422 if faults else 200)


@requires(Permission.EXCHANGE)
@require_POST
def subscription_remove(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Subscription, pk=pk)
    partners.unsubscribe(pk, actor_of(request))
    notices.success(request, _("This is no longer sent."))
    return redirect("subscriptions")


@requires(Permission.EXCHANGE)
@require_http_methods(_FORM)
def partner_elements(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which elements a partner gets. They are kept once they were seen on a sample."""
    partner = get_object_or_404(Partner, pk=pk)
    form = ElementsForm(request.POST or None, initial={"elements": "\n".join(partner.elements)})
    preview: dict[str, Any] = {}
    if request.method != "POST":
        preview = _preview(partner, partner.elements)
    elif form.is_valid():
        agreed = form.cleaned_data["elements"]
        preview = _preview(partner, agreed)
        if "save" in request.POST and request.POST.get("seen") == preview["seen"] and preview["sent"]:
            partners.change(pk, {"elements": agreed}, actor_of(request))
            notices.success(request, _("What %(partner)s gets is kept.") % {"partner": partner})
            return redirect("partner", pk=pk)
        preview["asked"] = True
    faults = form.faults()
    return render(request, "exchange/elements.html", {
        "partner": partner, "form": form, "errors": faults, **preview,
        "places": minimisation.places(MessageKind.IMPORT),
    }, status=422 if faults else 200)


def _preview(partner: Partner, agreed: list[str]) -> dict[str, Any]:
    """The declaration that this partner was sent last as it would be now, or else a sample."""
    last = partner.outbox.exclude(declaration=None).select_related("declaration").first()
    kind, message = MessageKind.IMPORT, samples.declaration()
    of: str = ""
    declaration = None if last is None else last.declaration
    if declaration is not None and declaration.mrn is not None:
        kind, of = MessageKind(declaration.kind), declaration.mrn
        message = wco.from_json(declaration.current.dataset)
        message.ID = declaration.mrn
        if declaration.accepted_at is not None:
            message.AcceptanceDateTime = wco.DateTime.of(declaration.accepted_at)
    found = {
        "of": of, "sent": "", "left_out": (), "problem": "",
        # What was seen is what is kept, and nothing typed in between.
        "seen": hashlib.sha256("\n".join(agreed).encode()).hexdigest(),
    }
    try:
        composed = composition.written(message, kind, wco.get_profile(CAREC), agreed)
    except composition.CannotBeWritten as problem:
        return found | {"problem": str(problem)}
    return found | {"sent": pretty(composed.body), "left_out": composed.left_out}
