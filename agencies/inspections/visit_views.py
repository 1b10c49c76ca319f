"""The inspector's page on the phone, the findings that it sends, and their photographs."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.cases import DecisionError
from agencies.inspections import appointing, goods, noting, photographs
from agencies.inspections.forms import NoteForm, faults
from agencies.inspections.models import Finding, Inspection, Photograph
from agencies.inspections.states import TAKES_PART, Aspect, InspectionState, Part
from agencies.inspections.views import fetch, own_part
from agencies.views import actor_of
from agencies.visibility import note_view
from portal.accounts.permissions import public, requires
from portal.accounts.roles import Permission


@require_safe
@requires(Permission.REVIEW)
def inspection_visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The checklist, item by item; with scripts what is noted waits for the line to come back."""
    found = fetch(request, pk)
    note_view(found.declaration, actor_of(request))
    return _page(request, found)


@require_safe
@public
def inspection_worker(request: HttpRequest) -> HttpResponse:
    """The service worker that keeps the page above for a reload without a line. It stands here,
    not among the static files, because a browser lets it work only below its own address."""
    return render(request, "agencies/inspections/worker.js", content_type="text/javascript")


def _page(request: HttpRequest, found: Inspection, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    part = own_part(found, request)
    wanted = {
        number for one in found.participants.filter(part__in=TAKES_PART) for number in one.items
    }
    findings = list(Finding.objects.about(found.pk))
    dataset = goods.seen(found.declaration, actor)
    return render(request, "agencies/inspections/visit.html", {
        "inspection": found, "declaration": found.declaration, "part": part,
        "lines": goods.lines(dataset, wanted, findings, part), "carried": goods.carried(dataset),
        "item_count": found.declaration.item_count, "findings": findings,
        "aspects": Aspect.choices, "place": appointing.place(found),
        "open": part.part == Part.JOINED and found.state in (
            InspectionState.APPOINTED, InspectionState.STARTED),
        "unchecked": noting.unchecked(part), "max_photographs": photographs.MAX_AT_ONCE,
        "owner": actor.user_id, "zone": settings.PORTAL_TIME_ZONE, "new_key": uuid4, **more,
    }, status=422 if more.get("errors") else 200)


@require_POST
@requires(Permission.REVIEW)
def finding_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One finding. The page's script asks for JSON: 201 kept, 200 known already, 409 or 422."""
    found = fetch(request, pk)
    asks_json = "application/json" in request.headers.get("Accept", "")
    form = NoteForm(request.POST)
    status, problem, known = 201, "", False
    if not form.is_valid():
        status, problem = 422, " ".join(faults(form))
    else:
        try:
            _finding, is_new = noting.note(
                pk, actor_of(request), form.sent_key, form.note,
                request.FILES.getlist("photographs"), form.sent_at)
            status, known = (201, False) if is_new else (200, True)
        except noting.KeyReused as error:
            status, problem = 409, str(error)
        except DecisionError as error:
            status, problem = 422, str(error)
    if asks_json:
        return JsonResponse({"detail": problem, "known": known}, status=status)
    if problem:
        found.refresh_from_db()
        return _page(request, found, errors=[{"message": problem}], failed=request.POST)
    messages.success(request, _("Noted."))
    return redirect("inspection_visit", pk=pk)


@require_safe
@requires(Permission.REVIEW)
def finding_photograph(request: HttpRequest, pk: UUID, photograph_pk: UUID) -> HttpResponse:
    """The picture without what it tells of place and camera."""
    found = fetch(request, pk)
    picture = get_object_or_404(Photograph, pk=photograph_pk, finding__inspection=found)
    try:
        with default_storage.open(picture.file) as file:
            content = photographs.without_metadata(file.read(), picture.media_type)
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    return HttpResponse(content, content_type=picture.media_type, headers={
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    })
