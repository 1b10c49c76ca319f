"""The officers' pages of inspections: list, calendar, call, visit, sites."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.administration.keeping import keep, locked
from agencies.cases import DecisionError, is_own
from agencies.forms import summary, today
from agencies.inspections import appointing, calendar, noting, visits
from agencies.inspections.forms import AppointmentForm, CallForm, NeedForm, SiteForm, faults
from agencies.inspections.models import TEXT_LENGTH, Finding, Inspection, Participant, Site
from agencies.inspections.states import ACTIVE, InspectionState, Part
from agencies.models import Agency, Review
from agencies.states import ReviewState
from agencies.views import PER_PAGE, actor_of
from agencies.visibility import note_view
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind

SHOW = {
    "active": (gettext_lazy("Under way"), "scan-search"),
    "asked": (gettext_lazy("To answer"), "message-circle-question-mark"),
    "over": (gettext_lazy("Over"), "archive"),
}


@require_safe
@requires(Permission.REVIEW)
def inspection_list(request: HttpRequest) -> HttpResponse:
    """Those of the agency: what others ask it to join, what is under way, what is over."""
    actor = actor_of(request)
    show = request.GET.get("show", "active")
    if show not in SHOW:
        raise Http404
    own = Inspection.objects.of_agency(actor).select_related("declaration", "lead", "site")
    asked = own.active().filter(
        participants__part=Part.ASKED, participants__agency__organisation=actor.organisation_id)
    found = {"active": own.active().order_by("starts_at", "called_at"),
             "asked": asked.order_by("answer_by"),
             "over": own.exclude(state__in=ACTIVE).order_by("-closed_at", "-id")}
    return render(request, "agencies/inspections/list.html", {
        "page": Paginator(found[show], PER_PAGE).get_page(request.GET.get("page")),
        "show": show,
        "tabs": [{"name": name, "label": label, "icon": icon, "current": name == show,
                  "count": found[name].count() if name != "over" else None}
                 for name, (label, icon) in SHOW.items()],
    })


@require_safe
@requires(Permission.REVIEW)
def inspection_calendar(request: HttpRequest) -> HttpResponse:
    """The week of one of the agency's sites, or the day of all of them."""
    actor = actor_of(request)
    sites = list(Site.objects.of_agency(actor).select_related("agency"))
    on = _day(request.GET.get("on", ""))
    chosen = request.GET.get("site", "")
    site = next((one for one in sites if str(one.pk) == chosen), None)
    if chosen and site is None:
        raise Http404
    by_day = request.GET.get("view") == "day"
    site = site or (sites[0] if sites and not by_day else None)
    days = calendar.week_of(on)
    shown = [site] if site else sites
    if not sites:
        rows = []
    elif by_day:
        rows = calendar.day(shown, on, actor)
    else:
        assert site is not None
        rows = calendar.week(site, days, actor)
    step = timedelta(days=1 if by_day else 7)
    return render(request, "agencies/inspections/calendar.html", {
        "sites": sites, "site": site, "shown": shown, "on": on, "days": days, "rows": rows,
        "by_day": by_day, "before": on - step, "after": on + step, "today": today(),
        "supervises": actor.may(Permission.SUPERVISE),
    })


def _day(text: str) -> date:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or not date(2000, 1, 10) < found < date(2200, 1, 1):
        return today()
    return found


# --- calling --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REVIEW)
def inspection_call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call for an inspection from a review that one is at work on."""
    actor = actor_of(request)
    review = get_object_or_404(
        Review.objects.came_to(actor).select_related("declaration", "queue__agency"), pk=pk)
    active = review.declaration.inspections.active().first()
    if active is not None:
        return redirect("inspection", pk=active.pk)
    form = CallForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = visits.call(pk, actor, form.need, form.wish)
        except DecisionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            if error.field not in form.fields:
                messages.error(request, str(error))
        else:
            messages.success(request, _("The inspection is called. The trader is told, and the "
                                        "other agencies are asked."))
            return redirect("inspection", pk=found.pk)
    wrong = summary(form)
    others = review.declaration.reviews.filter(
        state__in=[ReviewState.OPEN, ReviewState.CLAIMED]
    ).exclude(queue__agency=review.queue.agency_id).select_related("queue__agency")
    return render(request, "agencies/inspections/call.html", {
        "form": form.as_shown(), "errors": wrong, "review": review,
        "declaration": review.declaration,
        "others": list(dict.fromkeys(one.queue.agency.name for one in others)),
    }, status=422 if wrong else 200)


# --- one visit ------------------------------------------------------------------------------


@require_safe
@requires(Permission.REVIEW)
def inspection(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who takes part, when and where, what was found, and what this officer can do."""
    found = fetch(request, pk)
    note_view(found.declaration, actor_of(request))
    return _page(request, found)


def fetch(request: HttpRequest, pk: UUID) -> Inspection:
    visible = Inspection.objects.of_agency(actor_of(request)).select_related(
        "declaration__organisation", "lead", "site", "called_by")
    return get_object_or_404(visible, pk=pk)


def own_part(found: Inspection, request: HttpRequest) -> Participant:
    return found.participants.listed().get(agency__organisation=actor_of(request).organisation_id)


def _page(request: HttpRequest, found: Inspection, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    part = own_part(found, request)
    own = is_own(found.declaration, actor)
    leads = part.agency_id == found.lead_id
    waiting = found.participants.filter(part=Part.ASKED)
    may_appoint = leads and not own and found.state in (
        InspectionState.CALLED, InspectionState.APPOINTED)
    form: NeedForm = more.get("form") or NeedForm()
    wrong = summary(form) if form.is_bound else []
    wrong += [{"message": text} for text in more.get("wrong", ())]
    context: dict[str, Any] = {
        "inspection": found, "declaration": found.declaration, "part": part, "own": own,
        "participants": list(found.participants.listed()), "leads": leads,
        "waits": any(not one.is_late for one in waiting.select_related("inspection")),
        "may_appoint": may_appoint,
        "may_join": not own and part.part in (Part.ASKED, Part.NOT_NEEDED)
        and found.state in (InspectionState.CALLED, InspectionState.APPOINTED),
        "may_note": not own and part.part == Part.JOINED
        and found.state in (InspectionState.APPOINTED, InspectionState.STARTED),
        "may_call_off": may_appoint,
        "may_sign": not own and part.part == Part.JOINED and found.state == InspectionState.STARTED,
        "unchecked": noting.unchecked(part) if found.state == InspectionState.STARTED else "",
        "findings": list(Finding.objects.about(found.pk)),
        "place": appointing.place(found), "owner": actor.user_id,
        "form": form.as_shown(), "errors": wrong, "text_length": TEXT_LENGTH,
    }
    if may_appoint:
        context |= _slots(request, found)
        # Once it is appointed, moving it is the exception.
        context["folded"] = found.state == InspectionState.APPOINTED and not (
            found.asks_other_time or wrong or "on" in request.GET)
    return render(request, "agencies/inspections/inspection.html", context,
                  status=422 if wrong else 200)


def _slots(request: HttpRequest, found: Inspection) -> dict[str, Any]:
    """The slots of a site and a day from which the visit is appointed."""
    sites = appointing.bookable(found)
    wanted = request.GET.get("site") or request.POST.get("site") or str(found.site_id or "")
    site = next((one for one in sites if str(one.pk) == wanted), sites[0] if sites else None)
    likely = found.starts_at or found.wished_at
    given = request.GET.get("on", "")
    zone = appointing.zone_of(site) if site else None
    on = _day(given) if given else (
        likely.astimezone(zone).date() if likely else today() + timedelta(days=1))
    shown = appointing.slots(site, on) if site and appointing.is_working_day(site, on) else []
    lengths = [number * site.slot_minutes for number in range(1, 9)
               if number * site.slot_minutes <= 480] if site else []
    return {"sites": sites, "chosen_site": site, "on": on, "slots": shown, "lengths": lengths,
            "zone": zone, "elsewhere": bool(zone) and str(zone) != settings.PORTAL_TIME_ZONE}


Act = Callable[..., HttpResponse]


def acts(view: Act) -> Act:
    """A POST on a visit of one's own agency; what cannot be done is said on the visit's page."""

    @require_POST
    @requires(Permission.REVIEW)
    @wraps(view)
    def checked(request: HttpRequest, pk: UUID) -> HttpResponse:
        found = fetch(request, pk)
        try:
            return view(request, found)
        except DecisionError as error:
            found.refresh_from_db()
            return _page(request, found, wrong=[str(error)])

    return checked


@acts
def inspection_join(request: HttpRequest, found: Inspection) -> HttpResponse:
    form = NeedForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form)
    visits.join(found.pk, actor_of(request), form.need)
    messages.success(request, _("Your agency takes part."))
    return redirect("inspection", pk=found.pk)


@acts
def inspection_not_needed(request: HttpRequest, found: Inspection) -> HttpResponse:
    visits.not_needed(found.pk, actor_of(request))
    messages.success(request, _("Noted: your agency does not need it."))
    return redirect("inspection", pk=found.pk)


@acts
def inspection_appoint(request: HttpRequest, found: Inspection) -> HttpResponse:
    form = AppointmentForm(request.POST)
    if not form.is_valid():
        return _page(request, found, wrong=faults(form))
    data = form.cleaned_data
    appointing.appoint(found.pk, actor_of(request), data["site"], data["start"], data["minutes"],
                       data["directions"], data["move_reason"])
    messages.success(request, _("Appointed. The trader is told when and where."))
    return redirect("inspection", pk=found.pk)


@acts
def inspection_call_off(request: HttpRequest, found: Inspection) -> HttpResponse:
    visits.call_off(found.pk, actor_of(request), request.POST.get("off_reason", ""))
    messages.success(request, _("Called off. The trader and the other agencies see why."))
    return redirect("inspection", pk=found.pk)


@acts
def inspection_sign(request: HttpRequest, found: Inspection) -> HttpResponse:
    done = noting.sign(found.pk, actor_of(request), request.POST.get("conclusion", ""))
    messages.success(request, _("Signed. The result is in the reviews of all agencies.")
                     if done.state == InspectionState.CLOSED
                     else _("Signed. The visit is over once the other agencies have signed."))
    return redirect("inspection", pk=found.pk)


# --- sites ----------------------------------------------------------------------------------


@require_safe
@requires(Permission.SUPERVISE)
def site_list(request: HttpRequest) -> HttpResponse:
    sites = Site.objects.of_agency(actor_of(request)).select_related("office")
    return render(request, "agencies/inspections/sites.html", {"sites": sites})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPERVISE)
def site_edit(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """A new place, or one of the agency's own to be changed. Visits appointed there stay."""
    actor = actor_of(request)
    own = get_object_or_404(Agency, organisation=actor.organisation_id)
    with transaction.atomic():
        agency = locked(actor) if request.method == "POST" else own
        site = get_object_or_404(Site.objects.of_agency(actor), pk=pk) if pk else Site(agency=agency)
        name = site.name
        form = SiteForm(actor, request.POST or None, instance=site)
        if request.method == "POST" and form.is_valid():
            keep(form, agency, actor, EventKind.SITES_CHANGED)
            messages.success(request, _("Saved."))
            return redirect("inspection_sites")
    wrong = [{"label": form.fields[one].label, "message": errors[0],
              "target": form[one].id_for_label}
             for one, errors in form.errors.items() if one in form.fields]
    return render(request, "agencies/inspections/site.html", {
        "form": form, "errors": wrong, "name": name,
    }, status=422 if wrong else 200)
