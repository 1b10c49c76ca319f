"""The keys with which this portal signs: shown, rolled, revoked."""

from datetime import timedelta

from django import forms
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from exchange import keys
from exchange.models import OwnKey
from exchange.partner_forms import Shown
from exchange.partner_views import form_page
from exchange.views import actor_of
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

_FORM = ["GET", "HEAD", "POST"]


class RollForm(Shown):
    """When the next key begins to sign, and how long the present ones go on."""

    starts_in_days = forms.IntegerField(
        label=gettext_lazy("It signs after (days)"), min_value=0, max_value=90, initial=7,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
        help_text=gettext_lazy("Partners must have the new key by then: send it to them at once."),
    )
    overlap_days = forms.IntegerField(
        label=gettext_lazy("The present keys end after (days)"), min_value=0, max_value=365,
        initial=7, widget=forms.NumberInput(attrs={"class": "form-control"}),
        help_text=gettext_lazy("Counted from the day on which the new one signs."),
    )


@requires(Permission.EXCHANGE)
@require_http_methods(_FORM)
def own_signing_keys(request: HttpRequest) -> HttpResponse:
    form = RollForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        keys.roll_own_key(
            timezone.now() + timedelta(days=given["starts_in_days"]),
            timedelta(days=given["overlap_days"]), actor_of(request),
        )
        notices.success(request, _("The next key is made. Send it to the partners."))
        return redirect("own_signing_keys")
    keys.ensure_own_key()
    faults = form.faults()
    return render(request, "exchange/own_keys.html", {
        "keys": [(key, keys.fingerprint(key.public_key)) for key in OwnKey.objects.all()],
        "form": form, "errors": faults,
    }, status=422 if faults else 200)


@requires(Permission.EXCHANGE)
@require_http_methods(_FORM)
def own_key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(OwnKey, pk=pk)
    if request.method == "POST":
        keys.revoke(found, actor_of(request))
        notices.success(request, _("The key is revoked. Tell every partner at once."))
        return redirect("own_signing_keys")
    return form_page(
        request, Shown(), _("Revoke our key %(key)s?") % {"key": found.key_id[:8] + "…"},
        _("Revoke at once and for good"), danger=True,
        words=_("We sign nothing with it any more. If it is the only one, a new one is made at once, "
                "and partners refuse us until they have it."),
    )
