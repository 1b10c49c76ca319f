"""Codes that match what is being typed, for the datalist of a field. The field works without it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from declarations.forms import codes
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

LONGEST = 80


@require_safe
@requires(Permission.FILE)
def declaration_codes(request: HttpRequest, name: str) -> HttpResponse:
    """The options of one list as HTML; the text is the value of the field that asks."""
    if name != codes.HS:
        raise Http404
    text = str(next(iter(request.GET.values()), ""))[:LONGEST]
    return render(request, "declarations/parts/options.html", {"entries": codes.find_hs(text)})
