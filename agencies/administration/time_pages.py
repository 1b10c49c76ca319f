"""Working time and holidays of the agency, and absences of its officers."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.administration import holiday_files, working_time
from agencies.administration.parts import Part, actor_of, delete, edit, own_agency, show
from agencies.administration.time_forms import (
    AbsenceForm,
    HolidayFileForm,
    HolidayForm,
    HoursForm,
    OwnAbsenceForm,
)
from agencies.calendars import Absence, Holiday
from agencies.forms import summary, today
from agencies.models import Agency
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind

PAST_ABSENCES = 20


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def hours(request: HttpRequest) -> HttpResponse:
    """Days, hours and zone; below them the holidays of a year."""
    agency = own_agency(request)
    if request.method != "POST":
        return _hours_page(request, agency, HoursForm(agency), HolidayForm())
    form, moved = working_time.set_hours(
        actor_of(request), lambda own: HoursForm(own, request.POST))
    if not form.is_valid():
        return _hours_page(request, agency, form, HolidayForm())
    messages.success(request, f"{_('Saved.')} {_moved(moved)}")
    return redirect("agency_hours")


@require_POST
@requires(Permission.MANAGE)
def holiday_add(request: HttpRequest) -> HttpResponse:
    agency, form = own_agency(request), HolidayForm(request.POST)
    if not form.is_valid():
        return _hours_page(request, agency, HoursForm(agency), form)
    day = form.cleaned_data["day"]
    added, moved = working_time.add_holidays(actor_of(request), [(day, form.cleaned_data["name"])])
    if added:
        messages.success(request, f"{_('The holiday is added.')} {_moved(moved)}")
    else:
        messages.info(request, _("This day is a holiday of your agency already."))
    return _to_year(day.year)


@require_POST
@requires(Permission.MANAGE)
def holiday_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    own_agency(request)
    try:
        holiday, moved = working_time.remove_holiday(actor_of(request), pk)
    except Holiday.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, f"{_('%(day)s is a working day again.') % {'day': holiday}} "
                              f"{_moved(moved)}")
    return _to_year(holiday.day.year)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def holiday_import(request: HttpRequest) -> HttpResponse:
    """A list for a year from a file: all of it, or nothing and what is wrong line by line."""
    agency = own_agency(request)
    faults: list[tuple[int, str]] = []
    form = HolidayFileForm(request.POST or None, request.FILES or None,
                           initial={"year": today().year + (today().month > 6)})
    if request.method == "POST" and form.is_valid():
        year = form.cleaned_data["year"]
        found = holiday_files.read(
            form.cleaned_data["file"].read(holiday_files.MOST_BYTES + 1), year)
        faults = found.faults
        if not faults:
            added, moved = working_time.add_holidays(actor_of(request), found.days.items())
            _say_imported(request, len(added), len(found.days) - len(added), moved)
            return _to_year(year)
        form.add_error("file", _("Nothing was taken from the file. See below what is wrong in it."))
    wrong = summary(form)
    return show(request, "holiday_import.html", {
        "form": form.as_shown(), "errors": wrong, "faults": faults,
    }, agency, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK)


# --- absences -------------------------------------------------------------------------------

ABSENCES = Part(
    "absences", "absence", gettext_lazy("Absences"), Absence, AbsenceForm,
    EventKind.ABSENCES_CHANGED, gettext_lazy("New absence"), more={"removes": "absence_remove"},
)
OWN_ABSENCES = Part(
    "absences", "absence", gettext_lazy("Absences"), Absence, OwnAbsenceForm,
    EventKind.ABSENCES_CHANGED, gettext_lazy("New absence"), more={"removes": "absence_remove"},
)


@require_safe
@requires(Permission.REVIEW)
def absences(request: HttpRequest) -> HttpResponse:
    """Who is away, now and later; colleagues see it, too."""
    agency = own_agency(request)
    every = Absence.objects.filter(agency=agency).select_related("officer", "deputy")
    day = today()
    return show(request, "absences.html", {
        "rows": every.filter(last_day__gte=day).order_by("first_day", "pk"),
        "past": every.filter(last_day__lt=day).order_by("-last_day", "pk")[:PAST_ABSENCES],
        "today": day, "supervises": actor_of(request).may(Permission.SUPERVISE),
    }, agency)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REVIEW)
def absence(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """A supervisor enters anyone's, an officer the own."""
    if actor_of(request).may(Permission.SUPERVISE):
        return edit(request, ABSENCES, pk, _changeable(request))
    return edit(request, OWN_ABSENCES, pk, _changeable(request),
                officer_id=actor_of(request).user_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REVIEW)
def absence_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    return delete(request, ABSENCES, pk, _(
        "Cases that went to the deputy stay there; a supervisor can give them back."),
        _changeable(request))


def _changeable(request: HttpRequest) -> Q:
    """Not those that are over, nor, for an officer, those of colleagues."""
    actor = actor_of(request)
    lasting = Q(last_day__gte=today())
    return lasting if actor.may(Permission.SUPERVISE) else lasting & Q(officer=actor.user_id)


# --------------------------------------------------------------------------------------------


def _hours_page(
    request: HttpRequest, agency: Agency, form: HoursForm, holiday_form: HolidayForm
) -> HttpResponse:
    years = sorted({day.year for day in Holiday.objects.filter(agency=agency)
                    .values_list("day", flat=True)} | {today().year, today().year + 1})
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else today().year
    shown: list[forms.BaseForm] = [form, holiday_form]
    wrong = summary(*shown)  # type: ignore[arg-type]
    context: dict[str, Any] = {
        "form": form.as_shown(), "holiday_form": holiday_form.as_shown(), "errors": wrong,
        "year": year, "years": years,
        "holidays": Holiday.objects.filter(agency=agency, day__year=year),
    }
    return show(request, "hours.html", context, agency,
                HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK)


def _to_year(year: int) -> HttpResponse:
    return redirect(f"{reverse('agency_hours')}?{urlencode({'year': year})}#holidays")


def _moved(count: int) -> str:
    if not count:
        return _("No due date of a case at work moves by it.")
    return ngettext("The due date of %(count)s case at work moves by it.",
                    "The due dates of %(count)s cases at work move by it.", count) % {"count": count}


def _say_imported(request: HttpRequest, added: int, had: int, moved: int) -> None:
    words = ngettext("%(count)s holiday is added.", "%(count)s holidays are added.", added) % {
        "count": added}
    if had:
        words += " " + ngettext("%(count)s was there already.", "%(count)s were there already.",
                                had) % {"count": had}
    messages.success(request, f"{words} {_moved(moved)}")
