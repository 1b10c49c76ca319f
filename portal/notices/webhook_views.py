"""The webhooks of an organisation, as its managers see and keep them."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.notices import webhooks
from portal.notices.catalogue import agency_kinds, program_kinds
from portal.notices.models import Delivery, Webhook
from portal.notices.webhooks import WebhookRefused

PAGE_SIZE = 30


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("Address"), max_length=300,
        widget=forms.URLInput(attrs={"class": "form-control", "placeholder": "https://",
                                     "autocomplete": "off", "dir": "ltr"}),
        help_text=gettext_lazy("It must begin with https:// and be reachable from the internet."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Events"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose what is sent. Choose none, and everything is sent."),
    )

    def __init__(self, *args: Any, kinds: dict[str, Promise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = list(kinds.items())  # type: ignore[attr-defined]


@requires(Permission.MANAGE)
def webhook_list(request: HttpRequest) -> HttpResponse:
    found = Webhook.objects.managed_by(request.actor)  # type: ignore[attr-defined]
    return render(request, "notices/webhooks/list.html", {"webhooks": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Register an address; the answer shows its secret, this once."""
    form = WebhookForm(request.POST or None, kinds=_kinds(request))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            webhook, secret = webhooks.add(
                request.actor, chosen["url"], chosen["kinds"]  # type: ignore[attr-defined]
            )
        except WebhookRefused as refused:
            form.add_error("url", str(refused))
        else:
            return _secret(request, webhook, secret)
    return render(request, "notices/webhooks/new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def webhook(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One webhook, its deliveries, and its address and kinds to change."""
    found = _own(request, pk)
    titles = _kinds(request)
    form = WebhookForm(
        request.POST or None, initial={"url": found.url, "kinds": found.kinds}, kinds=titles
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            webhooks.change(pk, request.actor, chosen["url"], chosen["kinds"])  # type: ignore[attr-defined]
        except WebhookRefused as refused:
            form.add_error("url", str(refused))
        else:
            messages.success(request, _("The webhook is changed."))
            return redirect("webhook", pk)
    page = Paginator(
        found.deliveries.prefetch_related("calls"), PAGE_SIZE
    ).get_page(request.GET.get("page"))
    named = {webhooks.TEST_KIND: gettext_lazy("Test")} | titles
    lines = [{"delivery": one, "title": named.get(one.kind, one.kind), "calls": list(one.calls.all())}
             for one in page]
    return render(request, "notices/webhooks/detail.html", {
        "webhook": found, "form": form, "page": page, "lines": lines,
        "kinds": [titles[kind] for kind in found.kinds if kind in titles],
    })


@require_POST
@requires(Permission.MANAGE)
def webhook_test(request: HttpRequest, pk: UUID) -> HttpResponse:
    _own(request, pk)
    try:
        webhooks.test(pk, request.actor)  # type: ignore[attr-defined]
    except WebhookRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("A test message is on its way. Its line is below."))
    return redirect("webhook", pk)


@require_POST
@requires(Permission.MANAGE)
def webhook_pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    _own(request, pk)
    webhooks.pause(pk, request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("Nothing is sent now. What happens meanwhile waits."))
    return redirect("webhook", pk)


@require_POST
@requires(Permission.MANAGE)
def webhook_resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    _own(request, pk)
    webhooks.resume(pk, request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The webhook is active again; what waited is being sent."))
    return redirect("webhook", pk)


@never_cache
@require_POST
@requires(Permission.MANAGE)
def webhook_rotate(request: HttpRequest, pk: UUID) -> HttpResponse:
    _own(request, pk)
    changed, secret = webhooks.rotate(pk, request.actor)  # type: ignore[attr-defined]
    return _secret(request, changed, secret, rotated=True)


@require_POST
@requires(Permission.MANAGE)
def webhook_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    _own(request, pk)
    webhooks.remove(pk, request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The webhook is removed."))
    return redirect("webhooks")


@require_POST
@requires(Permission.MANAGE)
def delivery_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send one message again."""
    try:
        again = webhooks.redeliver(pk, request.actor)  # type: ignore[attr-defined]
    except Delivery.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The message is on its way again."))
    return redirect("webhook", again.webhook_id)


def _kinds(request: HttpRequest) -> dict[str, Promise]:
    """What this organisation can be told of: as one that files, or as an agency."""
    files = request.actor.may(Permission.VIEW_OWN)  # type: ignore[attr-defined]
    return program_kinds() if files else agency_kinds()


def _own(request: HttpRequest, pk: UUID) -> Webhook:
    return get_object_or_404(
        Webhook.objects.managed_by(request.actor), pk=pk  # type: ignore[attr-defined]
    )


def _secret(
    request: HttpRequest, webhook: Webhook, secret: str, rotated: bool = False
) -> HttpResponse:
    content: dict[str, Any] = {"webhook": webhook, "secret": secret, "rotated": rotated}
    return render(request, "notices/webhooks/secret.html", content)
