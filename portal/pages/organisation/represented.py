"""What brokers have filed for the organisation by mandate: to read, not to act on."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from declarations.models import Declaration
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.pages.organisation.common import actor_of

PER_PAGE = 50
MAX_TEXT = 70


@require_safe
@requires(Permission.VIEW_OWN)
def filed_for_us(request: HttpRequest) -> HttpResponse:
    """The newest first, found by LRN, MRN, party, goods or HS code."""
    actor = actor_of(request)
    text = request.GET.get("q", "").strip()[:MAX_TEXT]
    found = Declaration.objects.filed_for(actor).select_related("organisation")
    if text:
        found = found.matching(text)
    return render(request, "portal/organisation/filed_for_us.html", {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "text": text, "manages": actor.may(Permission.MANAGE),
    })
