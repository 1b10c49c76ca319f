"""What the trader says to an appointment, from the declaration's page."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.cases import DecisionError
from agencies.inspections import appointing
from agencies.inspections.models import Inspection
from agencies.views import actor_of
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


@require_POST
@requires(Permission.FILE)
def inspection_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        found = appointing.confirm(pk, actor_of(request))
    except Inspection.DoesNotExist as error:
        raise Http404 from error
    except DecisionError as error:
        return _refused(request, pk, error)
    messages.success(request, _("Confirmed. The agencies know that you will be there."))
    return redirect("declaration", pk=found.declaration_id)


@require_POST
@requires(Permission.FILE)
def inspection_other_time(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        found = appointing.ask_other_time(pk, actor_of(request), request.POST.get("words", ""))
    except Inspection.DoesNotExist as error:
        raise Http404 from error
    except DecisionError as error:
        return _refused(request, pk, error)
    messages.success(request, _("Your wish is sent. Until it is answered the appointment stands."))
    return redirect("declaration", pk=found.declaration_id)


def _refused(request: HttpRequest, pk: UUID, error: DecisionError) -> HttpResponse:
    found = get_object_or_404(Inspection.objects.of_trader(actor_of(request)), pk=pk)
    messages.error(request, str(error))
    return redirect("declaration", pk=found.declaration_id)
