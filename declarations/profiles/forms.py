"""The form in which an administrator says what an uploaded set of schemas is."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.profiles.plan import DEFAULT_TYPE_CODES, Plan, dataset_names, unmapped
from declarations.profiles.store import today
from declarations.wco import MessageKind
from declarations.wco.foreign import Schemas
from portal.accounts.models import Organisation

KIND_LABELS: dict[MessageKind, str | Promise] = {
    MessageKind.IMPORT: gettext_lazy("Import"),
    MessageKind.EXPORT: gettext_lazy("Export"),
    MessageKind.TRANSIT: gettext_lazy("Transit"),
    MessageKind.LPCO: gettext_lazy("Permit application"),
    MessageKind.CANCELLATION: gettext_lazy("Cancellation"),
    MessageKind.AMENDMENT: gettext_lazy("Amendment"),
    MessageKind.RESPONSE: gettext_lazy("Response of the administration"),
}
MAX_MAPPED = 60


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class OrganisationsField(forms.CharField):
    """Trader numbers, one on each line, as the organisations that have them."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            label=gettext_lazy("Organisations that may file with it"),
            help_text=gettext_lazy(
                "Their trader numbers, one on each line. Whoever is not listed cannot file with "
                "this profile; the list holds for all its versions."
            ),
            **options,
        )

    def clean(self, value: Any) -> list[Organisation]:
        numbers = list(dict.fromkeys(re.split(r"[\s,;]+", super().clean(value).strip())))
        wanted = [number for number in numbers if number]
        found = {one.identifier: one for one in Organisation.objects.filter(identifier__in=wanted)}
        if missing := [number for number in wanted if number not in found]:
            raise forms.ValidationError(
                _("No organisation has the trader number %(numbers)s. Correct or remove it."),
                params={"numbers": ", ".join(missing)},
            )
        return [found[number] for number in wanted]


class SetupForm(forms.Form):
    """Fields ``root_KIND`` and ``codes_KIND`` for each kind of message, and ``map_N`` for each
    element that the dataset does not know."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=40,
        help_text=gettext_lazy("As senders write it: ?profile=uk-dms. The same for all versions."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    version = forms.CharField(
        label=gettext_lazy("Version"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=120, required=False,
        help_text=gettext_lazy("For people; may be left out."),
    )
    valid_from = forms.DateField(label=gettext_lazy("First day in force"), widget=DayInput())
    valid_to = forms.DateField(
        label=gettext_lazy("Last day in force"), required=False, widget=DayInput(),
        help_text=gettext_lazy("Empty for no end."),
    )
    names = forms.CharField(
        label=gettext_lazy("Further element names (JSON)"), required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "code"}),
        help_text=gettext_lazy(
            "From their name, or class and name, to the dataset's: "
            '{"GoodsShipment/Trader": "Importer"}. Names that are the same need no entry.'
        ),
    )
    organisations = OrganisationsField()
    sample = forms.FileField(
        label=gettext_lazy("Sample message"), required=False,
        help_text=gettext_lazy("An XML message to check and read by this profile. It is not kept."),
    )

    def __init__(self, schemas: Schemas, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = today
        roots = schemas.roots()
        others = [name for name in schemas.names() if name not in roots]
        suggested = _suggested(roots)
        for kind in MessageKind:
            payload = "Response" if kind is MessageKind.RESPONSE else "Declaration"
            fitting = [name for name, known in roots.items() if payload in known]
            rest = sorted([*others, *(name for name in roots if name not in fitting)])
            self.fields[f"root_{kind}"] = forms.ChoiceField(
                label=_("Root schema"), required=False, initial=suggested.get(kind, ""),
                choices=[("", _("None: not part of this profile")),
                         (_("Declare MetaData and %(payload)s") % {"payload": payload},
                          [(name, name) for name in fitting]),
                         (_("Other files"), [(name, name) for name in rest])],
            )
            if kind is not MessageKind.RESPONSE:
                self.fields[f"codes_{kind}"] = forms.CharField(
                    label=_("Type codes begin with"), required=False, max_length=200,
                    initial=", ".join(c for c, k in DEFAULT_TYPE_CODES.items() if k is kind),
                    widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
                )
        self.unmapped = unmapped(schemas.element_names(roots))
        for number, name in enumerate(self.unmapped[:MAX_MAPPED]):
            self.fields[f"map_{number}"] = forms.CharField(
                label=name, required=False, max_length=80,
                widget=forms.TextInput(attrs={"list": "dataset-names", "autocomplete": "off"}),
            )

    @property
    def kind_rows(self) -> Iterator[tuple[str | Promise, Any, Any]]:
        """Label, root field and type-codes field (None for responses) of each kind."""
        for kind in MessageKind:
            codes = self[f"codes_{kind}"] if f"codes_{kind}" in self.fields else None
            yield KIND_LABELS[kind], self[f"root_{kind}"], codes

    @property
    def mapped_rows(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("map_")]

    @property
    def known_names(self) -> list[str]:
        return sorted(set().union(*dataset_names().values()))

    def clean_names(self) -> dict[str, str]:
        text = self.cleaned_data["names"].strip()
        try:
            names = json.loads(text or "{}")
        except ValueError as error:
            raise forms.ValidationError(
                _("This is not JSON: %(detail)s."), params={"detail": error}
            ) from None
        if not isinstance(names, dict) or not all(isinstance(one, str) for one in names.values()):
            raise forms.ValidationError(_("Write one JSON object of names to names."))
        return names

    def plan(self) -> Plan:
        """What the valid form says."""
        data = self.cleaned_data
        names = dict(data["names"])
        for number, theirs in enumerate(self.unmapped[:MAX_MAPPED]):
            if ours := data.get(f"map_{number}", "").strip():
                names.setdefault(theirs, ours)
        entries = {kind: data[f"root_{kind}"] for kind in MessageKind if data[f"root_{kind}"]}
        return Plan(
            name=data["name"].strip(),
            version=data["version"].strip(),
            title=data["title"].strip(),
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            entries=entries,
            names=names,
            type_codes={
                code: kind
                for kind in entries
                for code in re.split(r"[\s,;]+", data.get(f"codes_{kind}", ""))
                if code
            },
            organisations=tuple(data["organisations"]),
        )


def _suggested(roots: dict[str, frozenset[str]]) -> dict[MessageKind, str]:
    """A first guess by what the files declare and are called; the administrator decides."""
    guess: dict[MessageKind, str] = {}
    for name, known in roots.items():
        word = name.rpartition("/")[2].lower()
        if "Response" in known:
            guess.setdefault(MessageKind.RESPONSE, name)
        elif "cancel" in word or "invalid" in word:
            guess.setdefault(MessageKind.CANCELLATION, name)
        else:
            guess.setdefault(MessageKind.IMPORT, name)
            guess.setdefault(MessageKind.EXPORT, name)
    return guess


class UploadForm(forms.Form):
    archive = forms.FileField(
        label=gettext_lazy("Zip of XSD files"),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
    )


class EndForm(forms.Form):
    valid_to = forms.DateField(
        label=gettext_lazy("Last day in force"), required=False, widget=DayInput(),
        help_text=gettext_lazy(
            "Empty for no end. What was filed with it is still checked and answered by it."
        ),
    )


class OrganisationsForm(forms.Form):
    organisations = OrganisationsField()


class SampleForm(forms.Form):
    sample = forms.FileField(
        label=gettext_lazy("Message"),
        help_text=gettext_lazy("An XML file. It is checked and read, and not kept."),
    )
