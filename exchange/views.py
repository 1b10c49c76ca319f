"""Pages of the exchange: what is on its way, what came, and the proof of each."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages as notices
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from lxml import etree

from exchange import operations, paging, proof, receipts
from exchange.facts import facts_of
from exchange.limits import OLDEST_UNSENT
from exchange.models import (
    InboxMessage,
    OutboxMessage,
    OutboxState,
    OwnKey,
    Partner,
    RefusedInbound,
)
from exchange.transit.models import TransitNotice
from portal.accounts.actors import Actor
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

# A page shows that much of a message; the rest is in the download.
_SHOWN_BYTES = 200_000


class Filter(forms.Form):
    """What the lists may be narrowed to. Nonsense in the address narrows nothing."""

    partner = forms.ModelChoiceField(
        Partner.objects.all(), required=False, label=gettext_lazy("Partner"),
        empty_label=gettext_lazy("All partners"),
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
    )
    state = forms.ChoiceField(
        choices=[("", gettext_lazy("All states")), *OutboxState.choices], required=False,
        label=gettext_lazy("State"),
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
    )

    def narrow(self, messages: QuerySet[Any]) -> QuerySet[Any]:
        self.is_valid()
        if partner := self.cleaned_data.get("partner"):
            messages = messages.filter(partner=partner)
        if (state := self.cleaned_data.get("state")) and messages.model is OutboxMessage:
            messages = messages.filter(state=state)
        return messages


class Why(forms.Form):
    """A reason, kept in the journal."""

    why = forms.CharField(max_length=250, strip=True)


@requires(Permission.EXCHANGE)
@require_GET
def exchange(request: HttpRequest) -> HttpResponse:
    """Partners and their health; what goes out and what came in."""
    incoming = request.GET.get("tab") == "incoming"
    filters = Filter(request.GET)
    found: QuerySet[Any] = (
        InboxMessage.objects.with_gap().defer("body", "receipt", "headers")
        if incoming
        else OutboxMessage.objects.with_blocker().defer("body", "receipt").select_related(
            "declaration"
        )
    ).select_related("partner")
    page = paging.page_of(
        filters.narrow(found), "received_at" if incoming else "created_at",
        request.GET.get("before", ""),
    )
    partners = list(
        Partner.objects.with_traffic(timezone.now() - OLDEST_UNSENT).prefetch_related("keys")
    )
    return render(request, "exchange/exchange.html", {
        "partners": partners,
        "own_keys": OwnKey.objects.published(),
        "incoming": incoming,
        "filters": filters,
        "page": page,
        "sent_count": paging.count_of(OutboxMessage.objects.all()),
        "received_count": paging.count_of(InboxMessage.objects.all()),
        "refused_count": paging.count_of(RefusedInbound.objects.all()),
        "late": [partner for partner in partners if partner.late],  # type: ignore[attr-defined]
    })


@requires(Permission.EXCHANGE)
@require_GET
def outbox_message(request: HttpRequest, pk: UUID) -> HttpResponse:
    message = get_object_or_404(
        OutboxMessage.objects.select_related("partner", "declaration"), pk=pk
    )
    tries = list(message.tries.all())
    return render(request, "exchange/outbox_message.html", {
        "message": message,
        "blocker": message.blocker(),
        "tries": tries,
        "headers": tries[-1].headers if tries else {},
        "receipt": _statement(message.receipt),
        "steps": proof.of_outgoing(message),
        "facts": facts_of(message),
        "now": timezone.now(),
        **_shown(message.body),
    })


@requires(Permission.EXCHANGE)
@require_GET
def inbox_message(request: HttpRequest, pk: UUID) -> HttpResponse:
    message = get_object_or_404(InboxMessage.objects.with_gap().select_related("partner"), pk=pk)
    return render(request, "exchange/inbox_message.html", {
        "message": message,
        "summary": message.summary,
        "headers": message.headers,
        "receipt": _statement(message.receipt),
        "steps": proof.of_incoming(message),
        "facts": facts_of(message),
        "notice": TransitNotice.objects.filter(message=message).first(),
        **_shown(message.body),
    })


@requires(Permission.EXCHANGE)
@require_GET
def outbox_bytes(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _download(get_object_or_404(OutboxMessage, pk=pk).body, pk)


@requires(Permission.EXCHANGE)
@require_GET
def inbox_bytes(request: HttpRequest, pk: UUID) -> HttpResponse:
    message = get_object_or_404(InboxMessage, pk=pk)
    return _download(message.body, message.message_id)


@requires(Permission.EXCHANGE)
@require_POST
def outbox_resend(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(OutboxMessage, pk=pk)
    form = Why(request.POST)
    if form.is_valid():
        message = operations.resend(pk, actor_of(request), form.cleaned_data["why"])
        if message.state == OutboxState.DELIVERED:
            notices.error(request, _("Nothing was done: the message has arrived meanwhile."))
        elif message.state == OutboxState.PARKED:
            notices.error(request, _("The message still cannot be written: the reason is below."))
        else:
            notices.success(request, _("The message is on its way again."))
    else:
        notices.error(request, _("Say why it is sent again: the reason is kept in the journal."))
    return redirect("outbox_message", pk=pk)


@requires(Permission.EXCHANGE)
@require_POST
def outbox_skip(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(OutboxMessage, pk=pk)
    form = Why(request.POST)
    if form.is_valid():
        message = operations.skip(pk, actor_of(request), form.cleaned_data["why"])
        if message.state == OutboxState.SKIPPED:
            notices.success(request, _("The message is skipped; later ones go on."))
        else:
            notices.error(request, _("Nothing was done: the message is not held any more."))
    else:
        notices.error(request, _("Say why it is skipped: the reason is kept in the journal."))
    return redirect("outbox_message", pk=pk)


@requires(Permission.EXCHANGE)
@require_GET
def refused_inbound(request: HttpRequest) -> HttpResponse:
    """What was refused at the door, the newest first."""
    filters = Filter(request.GET)
    found = filters.narrow(RefusedInbound.objects.select_related("partner"))
    page = paging.page_of(found, "at", request.GET.get("before", ""))
    return render(request, "exchange/refused.html", {"filters": filters, "page": page})


@requires(Permission.EXCHANGE)
@require_POST
def partner_pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    partner = get_object_or_404(Partner, pk=pk)
    form = Why(request.POST)
    if form.is_valid():
        operations.pause(pk, actor_of(request), form.cleaned_data["why"])
        notices.success(
            request, _("The exchange with %(partner)s is paused.") % {"partner": partner}
        )
    else:
        notices.error(request, _("Say why the exchange is paused: partners and colleagues will ask."))
    return redirect("exchange")


@requires(Permission.EXCHANGE)
@require_POST
def partner_resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    partner = get_object_or_404(Partner, pk=pk)
    operations.resume(pk, actor_of(request))
    notices.success(
        request, _("The exchange with %(partner)s flows again.") % {"partner": partner}
    )
    return redirect("exchange")


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _shown(body: bytes | memoryview) -> dict[str, Any]:
    """The message indented for reading, cut if it is very long."""
    raw = bytes(body)
    text = pretty(raw)
    return {"xml": text[:_SHOWN_BYTES], "cut": len(text) > _SHOWN_BYTES, "size": len(raw)}


def pretty(raw: bytes) -> str:
    """XML indented for reading; as it is when it cannot be read."""
    parser = etree.XMLParser(
        remove_blank_text=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:
        return raw.decode("utf-8", "replace")
    return etree.tostring(root, pretty_print=True, encoding="unicode")


def _statement(receipt: str) -> receipts.Statement | None:
    try:
        return receipts.read(receipt)[1] if receipt else None
    except receipts.ReceiptRefused:
        return None


def _download(body: bytes | memoryview, name: UUID) -> HttpResponse:
    response = HttpResponse(bytes(body), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{name}.xml"'
    return response
