"""What an officer writes: a refusal, a question to the trader, and so on."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.correspondence import DOCUMENT_LENGTH, MAX_DOCUMENTS, TEXT_LENGTH, RequestTemplate
from agencies.states import RefusalReason

DAYS_TO_ANSWER = 5
MOST_DAYS_TO_ANSWER = 90


class ShownForm(forms.Form):
    """A form whose fields tell the eye and a screen reader what is wrong with them."""

    def as_shown(self) -> "ShownForm":
        for name, field in self.fields.items():
            attributes: dict[str, Any] = field.widget.attrs
            attributes["aria-describedby"] = f"{name}-help {name}-error" if field.help_text else (
                f"{name}-error")
            if name in self.errors:
                attributes["class"] = f"{attributes.get('class', '')} is-invalid"
                attributes["aria-invalid"] = "true"
        return self


class RefusalForm(ShownForm):
    reason_code = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("Choose a reason")), *RefusalReason.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose the reason for the refusal.")},
    )
    reason = forms.CharField(
        label=_("What is wrong, and what the trader can do"), max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        help_text=_("The trader reads this text."),
        error_messages={"required": _("Write what is wrong and what the trader can do.")},
    )


class LinesField(forms.CharField):
    """Documents in words, one a line. Gives a list."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, "class": "form-control"})
        super().__init__(widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line for one in str(super().clean(value)).splitlines() if (line := one.strip())]
        if len(lines) > MAX_DOCUMENTS:
            raise forms.ValidationError(
                _("Name at most %(count)s documents."), params={"count": MAX_DOCUMENTS})
        if any(len(line) > DOCUMENT_LENGTH for line in lines):
            raise forms.ValidationError(
                _("Write each document in at most %(count)s characters."),
                params={"count": DOCUMENT_LENGTH})
        return lines


class QuestionForm(ShownForm):
    text = forms.CharField(
        label=_("What do you want to know?"), max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        help_text=_("The trader reads this text."),
        error_messages={
            "required": _("Write what you want to know, so that the trader can answer.")},
    )
    documents = LinesField(
        label=_("Documents to send (optional)"), required=False,
        help_text=_("One a line, for example: Phytosanitary certificate."),
    )
    due_on = forms.DateField(
        label=_("Answer by"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        help_text=_("To the end of that day. The clock of the review stands until the answer."),
        error_messages={"required": _("Choose the day until which the trader should answer.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("due_on", today() + timedelta(days=DAYS_TO_ANSWER))

    @classmethod
    def from_template(cls, template: RequestTemplate) -> "QuestionForm":
        return cls(initial={
            "text": template.text, "documents": template.documents,
            "due_on": today() + timedelta(days=template.days),
        })

    def clean_due_on(self) -> date:
        chosen: date = self.cleaned_data["due_on"]
        if chosen < today():
            raise forms.ValidationError(
                _("Give the trader time: choose a day in the future."))
        if chosen > today() + timedelta(days=MOST_DAYS_TO_ANSWER):
            raise forms.ValidationError(
                _("Choose a day within the next %(count)s days."),
                params={"count": MOST_DAYS_TO_ANSWER})
        return chosen

    @property
    def due_at(self) -> datetime:
        """The last moment of the chosen day where the portal is."""
        return datetime.combine(
            self.cleaned_data["due_on"], time(23, 59, 59), ZoneInfo(settings.PORTAL_TIME_ZONE))


class DenialForm(ShownForm):
    decision = forms.CharField(
        label=_("Why it is not cancelled"), max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        help_text=_("The trader reads this text."),
        error_messages={"required": _("Write why it is not cancelled.")},
    )


class AmendmentDenialForm(ShownForm):
    decision = forms.CharField(
        label=_("Why it is not amended"), max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        help_text=_("The trader reads this text."),
        error_messages={"required": _("Write why it is not amended.")},
    )


def today() -> date:
    """The day of the calendar where the portal is."""
    return timezone.now().astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()


def summary(*forms_: forms.Form) -> list[dict[str, Any]]:
    """What is wrong with the forms, for ``components/error_summary.html``."""
    return [
        {"label": form.fields[name].label, "message": errors[0], "target": form[name].id_for_label}
        for form in forms_ for name, errors in form.errors.items() if name in form.fields
    ]
