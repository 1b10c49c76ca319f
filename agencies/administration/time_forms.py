"""What is filled in about working time, holidays and absences."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.administration.fields import KeptForm
from agencies.calendars import Absence
from agencies.forms import ShownForm, today
from agencies.models import Agency
from agencies.queues.assigning import officers_of

WEEKDAYS = (
    (1, _("Monday")), (2, _("Tuesday")), (3, _("Wednesday")), (4, _("Thursday")),
    (5, _("Friday")), (6, _("Saturday")), (7, _("Sunday")),
)
FIRST_YEAR, LAST_YEAR = 2020, 2100
LONGEST_ABSENCE = 366


@cache
def zones() -> tuple[str, ...]:
    """Places of the time zone database, without its old names and bare offsets."""
    areas = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
             "Pacific/")
    return tuple(sorted(name for name in available_timezones() if name.startswith(areas)))


class HoursForm(KeptForm):
    """Working days, hours and time zone of an agency."""

    working_days = forms.TypedMultipleChoiceField(
        label=_("Working days"), choices=WEEKDAYS, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: every day of the week."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False,
        help_text=_("Where these hours count."),
    )

    class Meta:
        model = Agency
        fields = ("working_days", "opens_at", "closes_at", "time_zone")
        labels: ClassVar = {"opens_at": _("Opens at"), "closes_at": _("Closes at")}
        help_texts: ClassVar = {
            "opens_at": _("Empty: from midnight."), "closes_at": _("Empty: until midnight."),
        }

    def __init__(self, agency: Agency, *args: Any, **kwargs: Any) -> None:
        super().__init__(agency, *args, instance=agency, **kwargs)
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            ("", _("As in the portal")), *((name, name.replace("_", " ")) for name in zones())]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It must close after it opens."))
        return cleaned


class HolidayForm(ShownForm):
    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )
    name = forms.CharField(
        label=_("Name"), max_length=140, widget=forms.TextInput(attrs={"class": "form-control"}))

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(_("Choose a day of the years %(first)s to %(last)s."),
                                        params={"first": FIRST_YEAR, "last": LAST_YEAR})
        return day


class HolidayFileForm(ShownForm):
    year = forms.IntegerField(
        label=_("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".csv,.ics,.txt"}),
        help_text=_("CSV with a date and a name in each line, or a calendar (ICS)."),
        error_messages={"required": _("Choose a file.")},
    )


class AbsenceForm(KeptForm):
    """Leave of one officer. An officer who does not supervise enters only the own."""

    class Meta:
        model = Absence
        fields = ("officer", "first_day", "last_day", "deputy")
        labels: ClassVar = {"deputy": _("Deputy (optional)")}

    def __init__(self, agency: Agency, *args: Any, **kwargs: Any) -> None:
        super().__init__(agency, *args, **kwargs)
        officers = officers_of(agency.organisation_id)
        if "officer" in self.fields:
            self.fields["officer"].queryset = officers  # type: ignore[attr-defined]
        others = officers.exclude(pk=self.instance.officer_id) if self.instance.officer_id else (
            officers)
        self.fields["deputy"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        officer, deputy = cleaned.get("officer"), cleaned.get("deputy")
        if "officer" not in self.fields:
            officer = self.instance.officer
        if first and last:
            self._judge_days(first, last)
            span = Q(first_day__lte=last, last_day__gte=first)
            known = Absence.objects.filter(span, agency=self.agency).exclude(pk=self.instance.pk)
            if officer and (other := known.filter(officer=officer).first()):
                self.add_error("first_day", forms.ValidationError(
                    _("%(officer)s is absent from %(first)s to %(last)s already. Change that."),
                    params={"officer": officer, "first": other.first_day, "last": other.last_day}))
            if deputy and known.filter(officer=deputy).exists():
                self.add_error("deputy", forms.ValidationError(
                    _("%(officer)s is absent then too. Choose another officer."),
                    params={"officer": deputy}))
        if officer and deputy == officer:
            self.add_error("deputy", _("Nobody stands in for oneself. Choose another officer."))
        return cleaned

    def _judge_days(self, first: date, last: date) -> None:
        if last < first:
            self.add_error("last_day", _("The last day is before the first."))
        elif last < today():
            self.add_error("last_day", _("This day has passed."))
        elif (last - first).days >= LONGEST_ABSENCE:
            self.add_error("last_day", _("At most a year. Enter the rest later."))


class OwnAbsenceForm(AbsenceForm):
    """Of the officer whose absence it is."""

    class Meta:
        model = Absence
        fields = ("first_day", "last_day", "deputy")
        labels: ClassVar = AbsenceForm.Meta.labels
