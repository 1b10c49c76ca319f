"""What an officer writes when agreeing: a note, and conditions, the agency's usual and others."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies import outcomes
from agencies.cases import DecisionError
from agencies.conditions_of_approval import ConditionTemplate, ConditionTime
from agencies.correspondence import TEXT_LENGTH
from agencies.forms import ShownForm
from agencies.outcomes import FREE_CODE, Wanted


class Usual(NamedTuple):
    """One of the agency's usual conditions: whether it is set, and for when."""

    code: str
    chosen: BoundField
    when: BoundField


class ApprovalForm(ShownForm):
    """``templates``: the conditions to choose from, of the officer's own agency."""

    note = forms.CharField(
        label=_("Note (optional)"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        help_text=_("Kept with the decision; the trader can read it."),
    )
    own_before = forms.CharField(
        label=_("Before release, in your own words"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        help_text=_("One a line. The goods wait until you find each of them fulfilled."),
    )
    own_after = forms.CharField(
        label=_("After release, in your own words"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        help_text=_("One a line. They do not hold the goods up."),
    )

    def __init__(self, templates: Iterable[ConditionTemplate], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.templates = list(templates)
        self.wanted: list[Wanted] = []
        language = get_language() or "en"
        for one in self.templates:
            self.fields[f"set-{one.code}"] = forms.BooleanField(
                label=one.text_in(language), required=False,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}))
            self.fields[f"when-{one.code}"] = forms.ChoiceField(
                label=_("To be fulfilled"), choices=ConditionTime.choices, required=False,
                initial=one.when,
                widget=forms.Select(attrs={"class": "form-select form-select-sm"}))

    @property
    def usual(self) -> list[Usual]:
        return [Usual(one.code, self[f"set-{one.code}"], self[f"when-{one.code}"])
                for one in self.templates]

    @property
    def own(self) -> list[BoundField]:
        return [self["own_before"], self["own_after"]]

    @property
    def is_open(self) -> bool:
        """Whether conditions were written, so that they are not folded away again."""
        return self.is_bound and (bool(self.errors) or bool(self.wanted))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.wanted = outcomes.checked(self._given(cleaned))
            except DecisionError as error:
                self.add_error("own_before", str(error))
        return cleaned

    def _given(self, cleaned: dict[str, Any]) -> list[Wanted]:
        usual = [
            Wanted(one.code, one.text, cleaned[f"when-{one.code}"] or one.when)
            for one in self.templates if cleaned[f"set-{one.code}"]
        ]
        own = [
            Wanted(FREE_CODE, line, when)
            for name, when in (("own_before", ConditionTime.BEFORE),
                               ("own_after", ConditionTime.AFTER))
            for line in cleaned[name].splitlines() if line.strip()
        ]
        return usual + own
