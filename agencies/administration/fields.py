"""Fields and the form class from which the forms of an agency's administration are made."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency

_CODE = re.compile(r"[A-Z0-9]{4,17}")
MOST_CODES = 50


class CodesField(forms.CharField):
    """Codes of customs offices, apart by spaces, commas or lines. Gives a list, each once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3, "class": "form-control code"}),
                         **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        codes = list(dict.fromkeys(re.split(r"[\s,;]+", str(super().clean(value)).upper().strip())))
        codes = [code for code in codes if code]
        for code in codes:
            if not _CODE.fullmatch(code):
                raise forms.ValidationError(
                    _("“%(code)s” is not a code of a customs office: 4 to 17 letters and digits, "
                      "such as GE000202."), params={"code": code[:40]})
        if len(codes) > MOST_CODES:
            raise forms.ValidationError(
                _("Name at most %(count)s customs offices."), params={"count": MOST_CODES})
        return codes

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


class KeptForm(forms.ModelForm):
    """A form of one thing of an agency. ``once``: fields in which no two of the agency agree."""

    once: ClassVar[tuple[str, ...]] = ()

    def __init__(self, agency: Agency, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agency = agency
        for name, field in self.fields.items():
            _dress(name, field)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        model = self._meta.model
        own = model._default_manager.filter(agency=self.agency).exclude(pk=self.instance.pk)
        for name in self.once:
            if cleaned.get(name) and own.filter(**{name: cleaned[name]}).exists():
                self.add_error(name, _("Your agency has one like this already."))
        return cleaned

    def as_shown(self) -> KeptForm:
        """With what the eye and a screen reader need to see what is wrong."""
        for name, field in self.fields.items():
            attributes: dict[str, Any] = field.widget.attrs
            attributes["aria-describedby"] = f"{name}-help {name}-error" if field.help_text else (
                f"{name}-error")
            if name in self.errors:
                attributes["class"] += " is-invalid"
                attributes["aria-invalid"] = "true"
        return self


def _dress(name: str, field: forms.Field) -> None:
    widget = field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.CheckboxInput):
        kind = "form-check-input"
    else:
        kind = "form-select" if isinstance(widget, forms.Select) else "form-control"
    widget.attrs["class"] = f"{kind} {widget.attrs.get('class', '').replace(kind, '')}".strip()
    if isinstance(field, forms.TimeField):
        widget.input_type, widget.format = "time", "%H:%M"  # type: ignore[attr-defined]
    elif isinstance(field, forms.DateField):
        widget.input_type, widget.format = "date", "%Y-%m-%d"  # type: ignore[attr-defined]
    if isinstance(widget, forms.Textarea):
        widget.attrs.setdefault("rows", 4)
    field.label = str(field.label)[:1].upper() + str(field.label)[1:] if field.label else name
