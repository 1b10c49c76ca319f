"""What an officer writes: the search over a queue, a note to an approval, a refusal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.states import RefusalReason

TEXT_LENGTH = 2000


class ApprovalForm(forms.Form):
    note = forms.CharField(
        label=_("Note (optional)"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        help_text=_("Kept with the decision; the trader can read it."),
    )


class RefusalForm(forms.Form):
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

    def as_shown(self) -> "RefusalForm":
        """With the fields at fault marked for the eye and for a screen reader."""
        for name, field in self.fields.items():
            attributes: dict[str, Any] = field.widget.attrs
            attributes["aria-describedby"] = f"{name}-help {name}-error" if field.help_text else (
                f"{name}-error")
            if name in self.errors:
                attributes["class"] += " is-invalid"
                attributes["aria-invalid"] = "true"
        return self
