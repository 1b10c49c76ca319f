"""Pages of a partner: what is agreed with it, its keys, a trial, and what was changed by whom."""

from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchange import keys, partners, trials
from exchange.models import Partner, PartnerKey, WireKind
from exchange.partner_forms import (
    AgreementForm,
    KeyEndForm,
    KeyForm,
    NewPartnerForm,
    Shown,
)
from exchange.views import actor_of
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.models import Event

_EVENTS_SHOWN = 20
_FORM = ["GET", "HEAD", "POST"]
_FAMILY_WORDS = {
    "declaration": gettext_lazy("Declarations and permits issued"),
    "transit": gettext_lazy("Transit"),
    "permit": gettext_lazy("Use of permits"),
}


@requires(Permission.EXCHANGE)
@require_GET
def partner(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Partner, pk=pk)
    events = Event.objects.of(pk).order_by("-sequence")[:_EVENTS_SHOWN]
    return render(request, "exchange/partner.html", {
        "partner": found,
        "kinds": [kind.label for kind in WireKind if kind in found.message_kinds],
        "missing": [
            (family, _FAMILY_WORDS[family], [kind.label for kind in kinds], partly)
            for family, kinds, partly in partners.missing_kinds(found)
        ],
        "keys": [(key, keys.fingerprint(key.public_key)) for key in found.keys.all()],
        "subscriptions": found.subscriptions.shown(),
        "trial": trials.last(pk),
        "trial_run": (run := trials.under_way(pk)),
        "trial_steps": trials.steps_of(run) if run else [],
        "events": [(event, EventKind(event.kind).label, _changes(event)) for event in events],
    })


@requires(Permission.EXCHANGE)
@require_http_methods(_FORM)
def partner_new(request: HttpRequest) -> HttpResponse:
    form = NewPartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = partners.add(form.cleaned_data, actor_of(request))
        except partners.Refused as refused:
            form.add_error("country", str(refused))
        else:
            notices.success(request, _("The partner is added. Give its key next."))
            return redirect("partner", pk=added.pk)
    return form_page(request, form, _("Add a partner"), _("Add the partner"))


@requires(Permission.EXCHANGE)
@require_http_methods(_FORM)
def partner_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Partner, pk=pk)
    form = AgreementForm(request.POST or None, initial={
        name: getattr(found, name)
        for name in ("name", "base_url", "message_kinds", "profile", "compresses", "clock_skew_seconds")
    } | {name: "\n".join(getattr(found, name)) for name in ("networks", "permit_series")})
    if request.method == "POST" and form.is_valid():
        partners.change(pk, form.cleaned_data, actor_of(request))
        notices.success(request, _("What is agreed with %(partner)s is kept.") % {"partner": found})
        return redirect("partner", pk=pk)
    return form_page(request, form, _("What is agreed"), _("Keep"), found)


@requires(Permission.EXCHANGE)
@require_POST
def partner_agree(request: HttpRequest, pk: UUID, family: str) -> HttpResponse:
    """Exchange all kinds of message that belong together."""
    found = get_object_or_404(Partner, pk=pk)
    if family not in partners.FAMILIES:
        raise Http404
    partners.agree_family(pk, family, actor_of(request))
    notices.success(request, _("What is agreed with %(partner)s is kept.") % {"partner": found})
    return redirect("partner", pk=pk)


# --- keys -----------------------------------------------------------------------------------
@requires(Permission.EXCHANGE)
@require_http_methods(_FORM)
def partner_key_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Partner, pk=pk)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            partners.add_key(pk, given["public_key"], given["valid_from"], given["valid_to"],
                             form.overlap, actor_of(request))
        except keys.KeyProblem as problem:
            form.add_error("public_key", str(problem))
        else:
            notices.success(request, _("The key is added. Compare its fingerprint by telephone."))
            return redirect("partner", pk=pk)
    return form_page(request, form, _("Add a key"), _("Add the key"), found)


@requires(Permission.EXCHANGE)
@require_http_methods(_FORM)
def partner_key_end(request: HttpRequest, pk: UUID, key: int) -> HttpResponse:
    found = get_object_or_404(PartnerKey.objects.select_related("partner"), partner=pk, pk=key)
    form = KeyEndForm(request.POST or None, initial={"valid_to": found.valid_to})
    if request.method == "POST" and form.is_valid():
        ends = form.cleaned_data["valid_to"]
        if ends is None or ends > found.valid_from:
            partners.end_key(key, ends, actor_of(request))
            return redirect("partner", pk=pk)
        form.add_error("valid_to", _("The key must end after it begins."))
    title = _("End of the key %(key)s") % {"key": found.key_id[:8] + "…"}
    return form_page(request, form, title, _("Keep"), found.partner)


@requires(Permission.EXCHANGE)
@require_http_methods(_FORM)
def partner_key_revoke(request: HttpRequest, pk: UUID, key: int) -> HttpResponse:
    found = get_object_or_404(PartnerKey.objects.select_related("partner"), partner=pk, pk=key)
    if request.method == "POST":
        keys.revoke(found, actor_of(request))
        notices.success(request, _("The key is revoked."))
        return redirect("partner", pk=pk)
    return form_page(
        request, Shown(), _("Revoke the key %(key)s?") % {"key": found.key_id[:8] + "…"},
        _("Revoke at once and for good"), found.partner, danger=True,
        words=_("Nothing that it signs is trusted from this moment on, receipts neither. There is no "
                "way back: the partner must give another key."),
    )


def _changes(event: Event) -> list[tuple[str, str, str]]:
    """What an event changed: name, before, after."""
    pairs = event.payload.get("changed", {})
    return [(name, _words(before), _words(after)) for name, (before, after) in pairs.items()]


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) or "—" if isinstance(value, list) else str(value) or "—"


# --- trial ----------------------------------------------------------------------------------
@requires(Permission.EXCHANGE)
@require_POST
def partner_trial(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Partner, pk=pk)
    try:
        trials.ask(found, actor_of(request))
    except trials.Paused as paused:
        notices.error(request, str(paused))
    return redirect(reverse("partner", args=[pk]) + "#trial")


def form_page(
    request: HttpRequest, form: Shown, title: str, button: str, partner: Partner | None = None,
    **more: Any,
) -> HttpResponse:
    """A form on a page of its own, with what is wrong in it above."""
    faults = form.faults()
    return render(request, "exchange/form_page.html", {
        "form": form, "errors": faults, "title": title, "button": button, "partner": partner, **more,
    }, status=422 if faults else 200)
