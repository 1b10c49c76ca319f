"""What a rule says besides its condition: one check for the page and for an imported file."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.conditions import ConditionError, parse
from agencies.forms import ShownForm
from agencies.models import Queue
from agencies.states import ReviewKind

MOST_TIERS = 99


class QueueChoice(forms.ModelChoiceField):
    def label_from_instance(self, queue: Any) -> str:
        return str(queue)


def _text(name: str, label: Any, length: int, help_text: Any = "", required: bool = True) -> Any:
    return forms.CharField(
        label=label, max_length=length, help_text=help_text, required=required,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}))


class RuleForm(ShownForm):
    title = _text("title", gettext_lazy("Title"), 140, gettext_lazy(
        "What the rule is about, as officers and traders read it."))
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40,
        help_text=gettext_lazy("Letters, digits, - and _. Unique in the rule set; the comparison "
                               "of versions goes by it."),
        widget=forms.TextInput(attrs={"class": "form-control code", "autocomplete": "off"}))
    queue = QueueChoice(
        label=gettext_lazy("Agency and queue"), to_field_name="code",
        queryset=Queue.objects.none(), empty_label=gettext_lazy("Choose a queue"),
        widget=forms.Select(attrs={"class": "form-select"}))
    tier = forms.IntegerField(
        label=gettext_lazy("Tier"), min_value=1, max_value=MOST_TIERS, initial=1,
        help_text=gettext_lazy("Of an agency the lowest tier that matches fires. Reviews of a "
                               "later tier open when the earlier ones are closed."),
        widget=forms.NumberInput(attrs={"class": "form-control"}))
    review_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of review"), choices=ReviewKind.choices,
        widget=forms.Select(attrs={"class": "form-select"}))
    legal_basis = _text("legal_basis", gettext_lazy("Legal basis"), 200, gettext_lazy(
        "Law and article, as the review shows it."), required=False)
    needs_second_signature = forms.BooleanField(
        label=gettext_lazy("The decision needs a second signature"), required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}))

    def __init__(self, *args: Any, taken: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taken = taken
        self.fields["queue"].queryset = Queue.objects.select_related("agency")  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code in self._taken:
            raise forms.ValidationError(
                _("Another rule of this rule set has this code. Choose another."))
        return code


class SetForm(ShownForm):
    """What a rule set says of itself."""

    title = _text("title", gettext_lazy("Title"), 140)
    default_queue = QueueChoice(
        label=gettext_lazy("Where goes what no rule matches"), to_field_name="code",
        queryset=Queue.objects.none(), widget=forms.Select(attrs={"class": "form-select"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["default_queue"].queryset = Queue.objects.select_related("agency")  # type: ignore[attr-defined]


def condition_problems(data: Any) -> list[str]:
    try:
        parse(data)
    except ConditionError as error:
        return [str(problem) for problem in error.problems]
    return []


def read_text(text: str) -> tuple[Any, list[str]]:
    """A condition written as JSON, and what is wrong with it, with its place."""
    try:
        data = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        return None, [_("Line %(line)s, column %(column)s: this is not JSON (%(reason)s).") % {
            "line": error.lineno, "column": error.colno, "reason": error.msg}]
    except (ValueError, RecursionError):
        return None, [_("This is not JSON of a condition.")]
    return data, condition_problems(data)


def _refuse(name: str) -> None:
    raise ValueError(name)
