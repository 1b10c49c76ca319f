"""What a supervisor fills in about offices, queues, usual conditions and permit series."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.administration.fields import CodesField, KeptForm
from agencies.calendars import Office
from agencies.conditions_of_approval import ConditionTemplate
from agencies.correspondence import RequestTemplate
from agencies.forms import MOST_DAYS_TO_ANSWER, LinesField
from agencies.models import Agency, Queue
from agencies.outcomes import FREE_CODE
from agencies.permits.models import PermitScheme
from agencies.queues.assigning import officers_of
from portal.accounts.models import User

MOST_SERVICE_HOURS = 24 * 90


class OfficeForm(KeptForm):
    """An office, its customs offices and who sits there."""

    once = ("code", "name")
    customs_offices = CodesField(
        label=_("Customs offices (optional)"), required=False,
        help_text=_("Codes of the customs offices whose declarations come here, one a line."),
    )
    officers = forms.ModelMultipleChoiceField(
        label=_("Officers who sit here"), queryset=User.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They see the cases of this office first. One officer may sit in several."),
    )

    class Meta:
        model = Office
        fields = ("name", "code", "address", "customs_offices", "officers", "closed")
        help_texts: ClassVar = {
            "code": _("Short, of letters, digits and hyphens, such as poti."),
            "closed": _("No new cases come here. Those that are here stay."),
        }

    def __init__(self, agency: Agency, *args: Any, **kwargs: Any) -> None:
        super().__init__(agency, *args, **kwargs)
        shown = Q(pk__in=officers_of(agency.organisation_id).values("pk"))
        if not self.instance._state.adding:
            shown |= Q(pk__in=self.instance.officers.values("pk"))
        self.fields["officers"].queryset = (  # type: ignore[attr-defined]
            User.objects.filter(shown).order_by("username"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        others = Office.objects.filter(agency=self.agency, closed=False).exclude(
            pk=self.instance.pk)
        for code in cleaned.get("customs_offices") or ():
            other = others.filter(customs_offices__contains=[code]).first()
            if other is not None and not cleaned.get("closed"):
                self.add_error("customs_offices", forms.ValidationError(
                    _("%(code)s belongs to %(office)s already. Take it away there first."),
                    params={"code": code, "office": other}))
        if cleaned.get("closed") and not self.instance._state.adding:
            bound = Queue.objects.filter(office=self.instance.pk).first()
            if bound is not None:
                self.add_error("closed", forms.ValidationError(
                    _("The cases of the queue %(queue)s come here. Give it another office first."),
                    params={"queue": bound.name}))
        return cleaned


class QueueForm(KeptForm):
    """A queue. Its code is chosen once: rules and programs know the queue by it."""

    once = ("name",)

    class Meta:
        model = Queue
        fields = ("name", "code", "service_hours", "office")
        labels: ClassVar = {
            "name": _("Name"), "code": _("Code"), "service_hours": _("Hours to a decision"),
            "office": _("Office (optional)"),
        }
        help_texts: ClassVar = {
            "code": _("Rules and programs know the queue by it. It cannot be changed afterwards."),
            "service_hours": _("Working hours, for cases that come from now on."),
            "office": _("All its cases go there. Without one they go by their customs office."),
        }

    def __init__(self, agency: Agency, *args: Any, **kwargs: Any) -> None:
        super().__init__(agency, *args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["code"]
        hours = self.fields["service_hours"]
        hours.widget.attrs |= {"min": 1, "max": MOST_SERVICE_HOURS}
        office = Q(closed=False) | Q(pk=self.instance.office_id)
        self.fields["office"].queryset = (  # type: ignore[attr-defined]
            Office.objects.filter(office, agency=agency))

    def clean_service_hours(self) -> int:
        hours: int = self.cleaned_data["service_hours"]
        if not 1 <= hours <= MOST_SERVICE_HOURS:
            raise forms.ValidationError(
                _("Choose from 1 to %(most)s hours."), params={"most": MOST_SERVICE_HOURS})
        return hours


class ConditionTemplateForm(KeptForm):
    """A condition that the agency often sets."""

    once = ("code",)

    class Meta:
        model = ConditionTemplate
        fields = ("code", "text", "text_ru", "when")
        widgets: ClassVar = {"text": forms.Textarea, "text_ru": forms.Textarea}
        labels: ClassVar = {
            "text": _("Condition in English"), "text_ru": _("Condition in Russian (optional)")}
        help_texts: ClassVar = {
            "code": _("Of letters, digits and hyphens, at most 17, such as COLD-CHAIN."),
            "text": _("What the trader must do. The trader reads it."),
        }

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].upper()
        if code == FREE_CODE.upper():
            raise forms.ValidationError(
                _("This code stands for a condition in an officer's own words. Choose another."))
        return code

    def clean_text(self) -> str:
        return " ".join(self.cleaned_data["text"].split())

    def clean_text_ru(self) -> str:
        return " ".join(self.cleaned_data["text_ru"].split())


class RequestTemplateForm(KeptForm):
    """A question that is asked often; see ``RequestTemplate``."""

    once = ("title",)
    documents = LinesField(
        label=_("Documents to send (optional)"), required=False, help_text=_("One a line."))
    days = forms.IntegerField(
        label=_("Days to answer"), min_value=1, max_value=MOST_DAYS_TO_ANSWER)

    class Meta:
        model = RequestTemplate
        fields = ("title", "text", "documents", "days")
        help_texts: ClassVar = {
            "title": _("By which officers choose it. The trader does not see it.")}


class SchemeForm(KeptForm):
    """How the agency numbers its permits of a type, and what it usually writes into them."""

    class Meta:
        model = PermitScheme
        fields = ("number_format", "validity_days", "conditions", "discloses_balance")
        help_texts: ClassVar = {
            "number_format": _("With {country}, {prefix}, {year} and {number:06d}. Permits that "
                               "are issued keep their numbers; the count goes on."),
            "conditions": _("They stand in a new permit until the officer changes them."),
        }

    def clean_number_format(self) -> str:
        text: str = self.cleaned_data["number_format"]
        if "{prefix}" not in text:
            raise forms.ValidationError(_(
                "The numbers of two series must differ: write {prefix} in the format."))
        return text

    def clean_validity_days(self) -> int:
        days: int = self.cleaned_data["validity_days"]
        if not 1 <= days <= 3660:
            raise forms.ValidationError(_("Choose from 1 to 3660 days."))
        return days
