"""What officers and traders write about a visit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.calendars import Office
from agencies.forms import ShownForm
from agencies.inspections.models import SHORT, TEXT_LENGTH, Site
from agencies.inspections.noting import Note
from agencies.inspections.states import Aspect, FindingKind, Look, Verdict
from agencies.inspections.visits import HOURS_TO_ANSWER, MOST_HOURS_TO_ANSWER, Need, Wish
from portal.accounts.actors import Actor

MAX_ITEMS = 999
_RANGE = re.compile(r"^(\d{1,3})(?:\s*[-–]\s*(\d{1,3}))?$")


class ItemsField(forms.CharField):
    """Numbers of goods items: “1, 3-5”. Gives a list."""

    def clean(self, value: Any) -> Any:
        numbers: set[int] = set()
        for one in filter(None, (part.strip() for part in str(super().clean(value)).split(","))):
            found = _RANGE.match(one)
            if found is None:
                raise forms.ValidationError(_("Write numbers of goods items, such as 1, 3-5."))
            first = int(found[1])
            numbers.update(range(first, int(found[2] or first) + 1))
        return sorted(numbers)


class NeedForm(ShownForm):
    reasons = forms.CharField(
        label=gettext_lazy("Why your agency needs to see the goods"), max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        help_text=gettext_lazy("For the agencies. The trader is not told."),
        error_messages={"required": gettext_lazy("Write why your agency needs to see the goods.")},
    )
    looks = forms.MultipleChoiceField(
        label=gettext_lazy("What to look at"), choices=Look.choices, initial=[Look.GOODS],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose what to look at.")},
    )
    items = ItemsField(
        label=gettext_lazy("Goods items"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "text"}),
        help_text=gettext_lazy("Numbers such as 1, 3-5. Empty: the whole consignment."),
    )

    @property
    def need(self) -> Need:
        data = self.cleaned_data
        return Need(data["reasons"], data["looks"], data["items"])


class CallForm(NeedForm):
    prepare = forms.CharField(
        label=gettext_lazy("What the trader is told"), max_length=TEXT_LENGTH, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        help_text=gettext_lazy("What to have ready, for example: unload items 1 to 3."),
    )
    site = forms.ModelChoiceField(
        label=gettext_lazy("Place"), queryset=Site.objects.none(), required=False,
        empty_label=gettext_lazy("To be decided"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    wished_at = forms.DateTimeField(
        label=gettext_lazy("Wished time"), required=False,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "class": "form-control"}, format="%Y-%m-%dT%H:%M"),
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Hours for the other agencies to answer"), min_value=1,
        max_value=MOST_HOURS_TO_ANSWER, initial=HOURS_TO_ANSWER,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = (  # type: ignore[attr-defined]
            Site.objects.of_agency(actor).filter(closed=False))

    @property
    def wish(self) -> Wish:
        data = self.cleaned_data
        return Wish(data["prepare"], data["site"], data["wished_at"], data["hours"])


class AppointmentForm(forms.Form):
    """What the page of slots sends; its choices are made from the slots themselves."""

    site = forms.UUIDField()
    start = forms.CharField(
        error_messages={"required": gettext_lazy("Choose the slot in which the visit begins.")})
    minutes = forms.IntegerField(min_value=15, max_value=600)
    directions = forms.CharField(required=False, max_length=200)
    move_reason = forms.CharField(required=False, max_length=TEXT_LENGTH)

    def clean_start(self) -> datetime:
        try:
            moment = datetime.fromisoformat(self.cleaned_data["start"])
        except ValueError:
            moment = datetime.min
        if moment.tzinfo is None:
            raise forms.ValidationError(_("Choose the slot in which the visit begins."))
        return moment


class NoteForm(forms.Form):
    """One finding, as the phone sends it."""

    key = forms.UUIDField()
    noted_at = forms.CharField(required=False, max_length=40)
    kind = forms.ChoiceField(choices=FindingKind.choices)
    item = forms.IntegerField(required=False, min_value=1, max_value=MAX_ITEMS)
    verdict = forms.ChoiceField(choices=[("", ""), *Verdict.choices], required=False)
    aspects = forms.MultipleChoiceField(choices=Aspect.choices, required=False)
    text = forms.CharField(required=False, max_length=TEXT_LENGTH)
    sample = forms.CharField(required=False, max_length=70)
    laboratory = forms.CharField(required=False, max_length=SHORT)
    seal_removed = forms.CharField(required=False, max_length=70)
    seal_applied = forms.CharField(required=False, max_length=70)

    @property
    def note(self) -> Note:
        data = {**self.cleaned_data}
        del data["key"], data["noted_at"]
        return Note(**data)

    @property
    def sent_key(self) -> UUID:
        return UUID(str(self.cleaned_data["key"]))

    @property
    def sent_at(self) -> datetime | None:
        """The phone's clock; nothing where it says nothing sensible."""
        try:
            moment = datetime.fromisoformat(self.cleaned_data["noted_at"])
        except ValueError:
            return None
        return moment if moment.tzinfo else None


class SiteForm(forms.ModelForm):
    class Meta:
        model = Site
        fields = ("name", "address", "office", "capacity", "slot_minutes", "opens_at",
                  "closes_at", "closed")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = Office.objects.of_agency(actor)  # type: ignore[attr-defined]
        self.fields["office"].empty_label = _("The whole agency")  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            kind = {"office": "form-select", "closed": "form-check-input"}.get(name, "form-control")
            field.widget.attrs["class"] = kind + (" is-invalid" if name in self.errors else "")
            if name.endswith("_at"):
                field.widget.input_type = "time"  # type: ignore[attr-defined]
                field.widget.format = "%H:%M"  # type: ignore[attr-defined]
            field.widget.attrs["aria-describedby"] = (
                f"{name}-help {name}-error" if field.help_text else f"{name}-error")
            if name in self.errors:
                field.widget.attrs["aria-invalid"] = "true"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It must close after it opens."))
        others = Site.objects.filter(agency=self.instance.agency_id, name=data.get("name"))
        if others.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("Your agency has a place of this name already."))
        return data


def faults(form: forms.BaseForm) -> Iterable[str]:
    """Every fault of a form in words, once each."""
    return dict.fromkeys(str(one) for errors in form.errors.values() for one in errors)
