"""What an officer says with each step, and what narrows the list of movements."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from declarations import codelists
from exchange.partner_forms import Shown
from exchange.transit.drawing import office_name
from exchange.transit.models import Guarantee, Movement, MovementQuerySet
from exchange.transit.states import IncidentKind, Part, Result, Stage, Step

SEALS = [("intact", _("Intact")), ("broken", _("Broken or missing")), ("unchecked", _("Not looked at"))]


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


def _text(**more: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", **more})


def _remark(required: bool = False, label: Any = None) -> forms.CharField:
    words = label or (_("What happened") if required else _("Remark (optional)"))
    return forms.CharField(label=words, required=required, max_length=250, strip=True, widget=_text())


class StepForm(Shown):
    """A form about one movement; ``prefix`` keeps the forms of one page apart."""

    def __init__(self, movement: Movement, *arguments: Any, **named: Any) -> None:
        self.movement = movement
        super().__init__(*arguments, **named)
        for name, field in self.fields.items():  # ids are unique on the page, so are descriptions
            field.widget.attrs["aria-describedby"] = f"{self.prefix}-{name}-error"
        if "office" in self.fields:
            self.fields["office"].choices = self.offices()  # type: ignore[attr-defined]

    def offices(self) -> list[tuple[str, str]]:
        """Our offices on the itinerary, by name."""
        return [(stop.office, office_name(stop.office)) for stop in self.movement.itinerary
                if stop.country == settings.PORTAL_COUNTRY]


class PassForm(StepForm):
    office = forms.ChoiceField(label=_("Office"), widget=_select())
    seal_state = forms.ChoiceField(label=_("Seals"), choices=SEALS, widget=_select())
    remark = _remark()

    def offices(self) -> list[tuple[str, str]]:
        here = settings.PORTAL_COUNTRY
        return [(stop.office, office_name(stop.office)) for stop in self.movement.itinerary
                if stop.country == here and stop.part == Part.TRANSIT and stop.passed_at is None]


class ArriveForm(StepForm):
    office = forms.ChoiceField(label=_("Office"), widget=_select())
    remark = _remark()

    def offices(self) -> list[tuple[str, str]]:
        last = self.movement.itinerary[-1]
        return [(last.office, office_name(last.office))]


class ControlForm(StepForm):
    result = forms.ChoiceField(label=_("Result"), choices=Result.choices, widget=_select())
    seal_state = forms.ChoiceField(label=_("Seals"), choices=SEALS, widget=_select())
    remark = _remark()


class IncidentForm(StepForm):
    office = forms.ChoiceField(label=_("Office"), widget=_select())
    incident = forms.ChoiceField(label=_("Kind"), choices=IncidentKind.choices, widget=_select())
    vehicle = forms.CharField(
        label=_("New vehicle (optional)"), required=False, max_length=35, widget=_text()
    )
    seals = forms.CharField(
        label=_("New seals, with commas between (optional)"), required=False, max_length=400,
        widget=_text(),
    )
    remark = _remark(required=True)

    def clean_seals(self) -> tuple[str, ...]:
        return tuple(seal.strip() for seal in self.cleaned_data["seals"].split(",") if seal.strip())


class DischargeForm(StepForm):
    remark = _remark()


class EnquireForm(StepForm):
    remark = _remark()


class AnswerForm(StepForm):
    remark = _remark(required=True, label=_("What was found out"))


class ClaimForm(StepForm):
    remark = _remark(required=True, label=_("Why the guarantee is claimed"))


FORMS: dict[Step, type[StepForm]] = {
    Step.PASS: PassForm,
    Step.ARRIVE: ArriveForm,
    Step.CONTROL: ControlForm,
    Step.DISCHARGE: DischargeForm,
    Step.INCIDENT: IncidentForm,
    Step.ENQUIRE: EnquireForm,
    Step.ANSWER: AnswerForm,
    Step.CLAIM: ClaimForm,
}


class Filter(forms.Form):
    """What the list is narrowed to. Nonsense in the address narrows nothing."""

    q = forms.CharField(
        label=_("Search"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control form-control-sm",
                                      "placeholder": _("MRN, principal, goods, vehicle")}),
    )
    stage = forms.ChoiceField(
        label=_("Stage"), required=False, choices=[("", _("All stages")), *Stage.choices],
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
    )
    part = forms.ChoiceField(
        label=_("Our part"), required=False, choices=[("", _("Any")), *Part.choices],
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
    )
    ours = forms.BooleanField(
        label=_("Waiting for us"), required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def narrow(self, found: MovementQuerySet) -> MovementQuerySet:
        self.is_valid()
        given, here = self.cleaned_data, settings.PORTAL_COUNTRY
        if text := given.get("q"):
            found = found.matching(text)
        if stage := given.get("stage"):
            found = found.filter(stage=stage)
        if part := given.get("part"):
            found = found.through(here, part)
        return found.awaiting(here) if given.get("ours") else found


class GuaranteeForm(Shown):
    """A guarantee as its office registers it."""

    reference = forms.RegexField(
        label=_("Reference (GRN)"), regex=r"^[A-Z0-9][A-Z0-9./-]{2,34}$", widget=_text(dir="ltr"),
        error_messages={"invalid": _("Capital letters and digits, 3 to 35 of them.")},
    )
    holder = forms.CharField(label=_("Holder"), max_length=140, widget=_text())
    office = forms.ChoiceField(label=_("Office of guarantee"), widget=_select())
    limit = forms.DecimalField(
        label=_("Limit"), max_digits=16, decimal_places=2, min_value=1,
        widget=_text(inputmode="decimal"),
    )
    currency = forms.RegexField(
        label=_("Currency"), regex=r"^[A-Z]{3}$", widget=_text(dir="ltr", maxlength="3"),
        error_messages={"invalid": _("Three letters, such as EUR.")},
    )
    valid_to = forms.DateField(
        label=_("Valid until (optional)"), required=False,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        offices = [code for code, office in codelists.codes("office").items()
                   if office.more["country"] == settings.PORTAL_COUNTRY]
        self.fields["office"].choices = [  # type: ignore[attr-defined]
            (code, f"{code} {office_name(code)}") for code in offices
        ]

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"]
        if not codelists.is_valid("currency", currency):
            raise forms.ValidationError(_("There is no such currency in force."))
        return currency

    def clean_reference(self) -> str:
        reference: str = self.cleaned_data["reference"]
        if Guarantee.objects.filter(reference=reference).exists():
            raise forms.ValidationError(_("This guarantee is registered already."))
        return reference
