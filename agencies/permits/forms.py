"""What an officer corrects before granting, and why a permit is changed."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms import ShownForm
from agencies.permits.issuing import LineTerms, Terms
from agencies.permits.models import CHECK_ALPHABET
from agencies.permits.states import PermitState

TEXT_LENGTH = 2000


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date", "class": "form-control"},
                                            format="%Y-%m-%d"), **options
    )


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=TEXT_LENGTH,
        help_text=_("The holder of the permit reads this text."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": _("Write the reason. The holder of the permit reads it.")},
    )


class TermsForm(ShownForm):
    """Validity and conditions."""

    valid_from = _day(_("Valid from"))
    valid_to = _day(_("Valid until"))
    conditions = forms.CharField(
        label=_("Conditions (optional)"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        help_text=_("Printed on the certificate."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("valid_from"), given.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The permit would end before it begins."))
        return given


class ReplacementForm(TermsForm):
    reason = _reason()


class LineForm(ShownForm):
    """How much of one line is granted. Unit and currency are those of the application."""

    quantity = forms.DecimalField(
        label=_("Quantity"), min_value=Decimal("0.000001"), max_digits=22, decimal_places=6,
        widget=forms.NumberInput(attrs={"class": "form-control", "step": "any"}),
    )
    value = forms.DecimalField(
        label=_("Value"), required=False, min_value=Decimal("0.001"), max_digits=19,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"class": "form-control", "step": "any"}),
    )


class LineForms(forms.BaseFormSet):
    """The lines of the terms, in their order, with ``terms`` beside each form for the page."""


LineFormSet = forms.formset_factory(LineForm, formset=LineForms, extra=0)


def line_forms(lines: list[LineTerms], data: Any = None) -> Any:
    """One form for each line; what the browser says of their number is not believed."""
    initial = [
        {"quantity": _short(line.quantity), "value": _short(line.value)} for line in lines
    ]
    if data is None:
        made = LineFormSet(initial=initial, prefix="lines")
    else:
        posted = data.copy()
        posted["lines-TOTAL_FORMS"] = posted["lines-INITIAL_FORMS"] = str(len(lines))
        made = LineFormSet(posted, initial=initial, prefix="lines")
    for form, line in zip(made.forms, lines, strict=True):
        form.terms = line
        form.as_shown()
        for name in form.fields:
            # The names of a formset's fields are those of its ids.
            form.fields[name].widget.attrs["aria-describedby"] = f"{form[name].id_for_label}-error"
    return made


def _short(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def corrected(terms: Terms, form: TermsForm, lines: Any) -> Terms:
    """The terms with what the officer wrote."""
    return replace(
        terms,
        valid_from=form.cleaned_data["valid_from"],
        valid_to=form.cleaned_data["valid_to"],
        conditions=form.cleaned_data["conditions"].strip(),
        lines=[
            replace(one.terms, quantity=one.cleaned_data["quantity"],
                    value=one.cleaned_data["value"] if one.terms.currency else None)
            for one in lines
        ],
    )


class ChangeForm(ShownForm):
    """One of several forms on a permit's page: ``verb`` keeps the names of their fields apart."""

    def __init__(self, verb: str, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{verb}_%s")
        self.verb = verb

    def as_shown(self) -> "ChangeForm":
        super().as_shown()
        for field in self.fields.values():
            names = str(field.widget.attrs["aria-describedby"]).split()
            field.widget.attrs["aria-describedby"] = " ".join(
                f"{self.verb}-{name}" for name in names
            )
        return self


class ReasonForm(ChangeForm):
    reason = _reason()


class ExtensionForm(ChangeForm):
    valid_to = _day(_("Valid until"))
    reason = _reason()


class FilterForm(forms.Form):
    """The list's filters; unknown values are as none."""

    q = forms.CharField(required=False, max_length=70)
    state = forms.ChoiceField(
        required=False, choices=[("", _("Any state")), *PermitState.choices]
    )
    type = forms.CharField(required=False, max_length=6)


class VerifyForm(ShownForm):
    """What stands on the paper."""

    number = forms.CharField(
        label=_("Permit number"), max_length=35,
        widget=forms.TextInput(attrs={"class": "form-control code", "autocomplete": "off",
                                      "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("As on the certificate, such as GE-CITES-2026-000123."),
        error_messages={"required": _("Write the number of the permit.")},
    )
    check = forms.CharField(
        label=_("Check code"), max_length=12,
        widget=forms.TextInput(attrs={"class": "form-control code", "autocomplete": "off",
                                      "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("Eight characters at the foot of the certificate."),
        error_messages={"required": _("Write the check code.")},
    )

    def clean_number(self) -> str:
        return str(self.cleaned_data["number"]).strip().upper()

    def clean_check(self) -> str:
        check = str(self.cleaned_data["check"]).replace(" ", "").replace("-", "").upper()
        if len(check) != 8 or not set(check) <= set(CHECK_ALPHABET):
            raise forms.ValidationError(_("A check code has eight letters and digits."))
        return check
