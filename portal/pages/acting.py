"""Choosing the organisation to act for: a person may belong to several."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from portal.accounts.middleware import ACTING_FOR
from portal.accounts.models import Membership
from portal.accounts.permissions import requires


def memberships_of(request: HttpRequest) -> list[Membership]:
    """The signed-in person's memberships, as the middleware read them to know the actor."""
    if not bool(request.actor):  # type: ignore[attr-defined]  # reading it is what loads them
        return []
    return getattr(request, "memberships", [])


@require_POST
@requires()
def act_for(request: HttpRequest) -> HttpResponse:
    """Act for ``organisation`` from now on. 404 for one to which the person does not belong."""
    chosen = request.POST.get("organisation", "")
    if chosen not in {str(m.organisation_id) for m in memberships_of(request)}:
        raise Http404
    request.session[ACTING_FOR] = chosen
    return redirect("home")
