"""What a risk rule and a risk profile say besides conditions, as forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.forms import ShownForm
from agencies.risk.models import HIGHEST
from agencies.routing_editor.dry_run_pages import RunForm
from agencies.states import Lane

__all__ = ["ProfileForm", "RiskRuleForm", "RunForm"]


def _text(label: Any, length: int, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, help_text=help_text, required=required,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}))


def _number(label: Any, low: int, high: int, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=low, max_value=high, help_text=help_text,
        widget=forms.NumberInput(attrs={"class": "form-control"}))


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(
        attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"))


def _tick(label: Any, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, help_text=help_text,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}))


class RiskRuleForm(ShownForm):
    title = _text(gettext_lazy("Title"), 140, gettext_lazy(
        "What the rule is about, as officers read it; and traders, if they may."))
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40,
        help_text=gettext_lazy("Letters, digits, - and _. Hit rates and comparisons of versions "
                               "go by it."),
        widget=forms.TextInput(attrs={"class": "form-control code", "autocomplete": "off"}))
    score = _number(gettext_lazy("Score"), -HIGHEST, HIGHEST, gettext_lazy(
        "Added to that of the other rules that match. Below zero: for what speaks for a trader."))
    floor = forms.ChoiceField(
        label=gettext_lazy("Lane at least"), required=False,
        choices=[("", gettext_lazy("by the score alone")), *Lane.choices],
        widget=forms.Select(attrs={"class": "form-select"}))
    share = forms.DecimalField(
        label=gettext_lazy("Random share, percent"), required=False, min_value=0, max_value=100,
        max_digits=5, decimal_places=2,
        help_text=gettext_lazy("Empty: always. Else only so many of the declarations that match, "
                               "drawn at random."),
        widget=forms.NumberInput(attrs={"class": "form-control", "step": "0.01"}))
    legal_basis = _text(gettext_lazy("Legal basis"), 200, gettext_lazy(
        "Law and article."), required=False)
    valid_from = _day(gettext_lazy("Counts from"))
    valid_to = _day(gettext_lazy("Counts to"))
    disclosable = _tick(gettext_lazy("The trader may read its title and legal basis"))

    def __init__(self, *args: Any, taken: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taken = taken

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code in self._taken:
            raise forms.ValidationError(
                _("Another rule of this profile has this code. Choose another."))
        return code

    def clean(self) -> None:
        first, last = self.cleaned_data.get("valid_from"), self.cleaned_data.get("valid_to")
        if first and last and first > last:
            self.add_error("valid_to", _("The last day is before the first."))
        if self.cleaned_data.get("score") == 0 and not self.cleaned_data.get("floor"):
            self.add_error("score", _("Give a score or a lane; with neither the rule does nothing."))


class ProfileForm(ShownForm):
    """What a profile says of itself."""

    title = _text(gettext_lazy("Title"), 140)
    yellow_from = _number(gettext_lazy("Yellow from score"), 1, HIGHEST)
    red_from = _number(gettext_lazy("Red from score"), 2, HIGHEST)
    releases_green = _tick(gettext_lazy(
        "Green is released without a hand where no rule asks for an agency"))
    releases_blue = _tick(gettext_lazy(
        "Blue too: released without a hand, and audited afterwards"))

    def clean(self) -> None:
        yellow, red = self.cleaned_data.get("yellow_from"), self.cleaned_data.get("red_from")
        if yellow and red and yellow >= red:
            self.add_error("red_from", _("Red begins above yellow. Give a higher score."))
