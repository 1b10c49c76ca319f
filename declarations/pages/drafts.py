"""Throwing a draft away."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from declarations import drafts
from declarations.models import Declaration
from declarations.pages.acting import actor_of
from declarations.states import State
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def declaration_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask first; deleting takes the POST of this page."""
    declaration = get_object_or_404(
        Declaration.objects.owned_by(actor_of(request)), pk=pk, state=State.DRAFT
    )
    if request.method != "POST":
        return render(request, "declarations/delete.html", {"declaration": declaration})
    try:
        drafts.discard(actor_of(request), pk)
    except drafts.NotADraft:
        messages.error(request, _("It was filed meanwhile and can no longer be deleted."))
        return redirect("declaration", pk)
    messages.success(request, _("The draft was deleted."))
    return redirect("declaration_list")
