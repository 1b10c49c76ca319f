"""From a granted permit to a declaration of its goods: which kind, then the draft."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.permits.issuing import today
from agencies.permits.models import Permit
from agencies.permits.states import PermitState
from declarations.pages.begin import CHOICES
from declarations.starting import from_permit, kind_for
from declarations.states import Kind
from portal.accounts.actors import Actor
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def declaration_from_permit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask which kind of declaration; the POST keeps the draft and opens it in the form."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    permit = get_object_or_404(
        Permit.objects.held_by(actor).select_related("application", "scheme__agency"), pk=pk
    )
    dataset = permit.application.current.dataset or {}
    kind = request.POST.get("kind", "")
    if permit.state_on(today()) is not PermitState.IN_FORCE:
        messages.error(request, _("Permit %(number)s is not in force, so nothing can begin with it.") % {
            "number": permit.number})
        return redirect("our_permit", permit.pk)
    if request.method != "POST" or kind not in Kind.values or kind == Kind.LPCO:
        return render(request, "portal/permit_start.html", {
            "permit": permit, "choices": [each for each in CHOICES if each[0] != Kind.LPCO],
            "likely": kind_for(dataset),
        })
    draft = from_permit(
        actor, dataset, permit.number, kind=kind, permit_type=permit.scheme.permit_type,
        issuer=permit.scheme.agency.name, valid_from=permit.valid_from,
        application=permit.application,
    )
    messages.success(request, _(
        "A new draft with the goods and parties of permit %(number)s, which each item names. "
        "Complete it and lower the quantities to what is shipped this time."
    ) % {"number": permit.number})
    return redirect("declaration_edit", draft.pk)
