"""Forms in which an operator writes down what is agreed with a partner."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from declarations import codelists
from declarations.profiles.models import InstalledProfile
from declarations.states import Kind
from exchange import addresses, keys, minimisation
from exchange.limits import MAX_CLOCK_SKEW
from exchange.models import CAREC, PERMIT_USE_KINDS, TRANSIT_KINDS, Addressee, Partner, WireKind

_DAY_AND_TIME = "%Y-%m-%dT%H:%M"


class Shown(forms.Form):
    """A form whose fields name their help and their faults for screen readers."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name, field in self.fields.items():
            described = f"{name}-help {name}-error" if field.help_text else f"{name}-error"
            field.widget.attrs["aria-describedby"] = described

    def faults(self) -> list[dict[str, Any]]:
        """For components/error_summary.html."""
        return [
            {"label": self.fields[name].label if name in self.fields else "",
             "message": errors[0],
             "target": self[name].id_for_label or self[name].auto_id if name in self.fields else ""}
            for name, errors in self.errors.items()
        ]


def _text(**more: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", **more})


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(
        attrs={"class": "form-control code", "rows": rows, "spellcheck": "false", "dir": "ltr"}
    )


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(
        format=_DAY_AND_TIME, attrs={"class": "form-control", "type": "datetime-local"}
    )


class AgreementForm(Shown):
    """Name, address and what is exchanged."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=140, widget=_text())
    base_url = forms.CharField(
        label=gettext_lazy("Address"), max_length=200, widget=_text(dir="ltr", inputmode="url"),
        help_text=gettext_lazy("Address before /exchange/v1; only this host is ever called."),
    )
    networks = forms.CharField(
        label=gettext_lazy("Networks (optional)"), required=False, widget=_lines(2),
        help_text=gettext_lazy(
            "Where the host may be, such as 10.20.0.0/16, if that is not the public internet. Where "
            "any is named, the partner is called nowhere else."
        ),
    )
    message_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Messages that are exchanged"), choices=WireKind.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        help_text=gettext_lazy("In both directions. Others are neither sent nor taken."),
    )
    permit_series = forms.CharField(
        label=gettext_lazy("Series of its permits (optional)"), required=False, widget=_lines(2),
        help_text=gettext_lazy(
            "What the numbers of its permits begin with, such as AZ-, one a line. The use of such a "
            "permit is asked of it, and goods are released once it has answered."
        ),
    )
    profile = forms.ChoiceField(
        label=gettext_lazy("Profile"), widget=_select(),
        help_text=gettext_lazy("A declaration under another profile is sent in the carec form."),
    )
    compresses = forms.TypedChoiceField(
        label=gettext_lazy("Compression"), widget=_select(), coerce=lambda value: value == "True",
        choices=[("False", gettext_lazy("None")), ("True", gettext_lazy("gzip, in both directions"))],
        initial="False",
    )
    clock_skew_seconds = forms.IntegerField(
        label=gettext_lazy("Clocks may differ by (seconds)"), min_value=1, initial=60,
        max_value=int(MAX_CLOCK_SKEW.total_seconds()),
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        installed = InstalledProfile.objects.order_by("name").values_list("name", flat=True)
        field = self.fields["profile"]
        assert isinstance(field, forms.ChoiceField), "It is declared above."
        field.choices = [(name, name) for name in dict.fromkeys([CAREC, *installed])]
        self.fields["message_kinds"].initial = list(WireKind.values)

    def clean_networks(self) -> list[str]:
        try:
            return addresses.checked_networks(self.cleaned_data["networks"])
        except addresses.AddressRefused as refused:
            raise ValidationError(str(refused)) from refused

    def clean_permit_series(self) -> list[str]:
        series = list(dict.fromkeys(self.cleaned_data["permit_series"].split()))
        if any(not 2 <= len(one) <= 20 for one in series):
            raise ValidationError(_("Each has 2 to 20 characters: shorter ones mean too much."))
        return series

    def clean_message_kinds(self) -> list[str]:
        kinds: list[str] = self.cleaned_data["message_kinds"]
        if WireKind.CANCELLED not in kinds and {WireKind.ACCEPTED, WireKind.RELEASED} & set(kinds):
            raise ValidationError(
                _("Whoever is told of a declaration must hear that it is cancelled. Add “Cancelled”.")
            )
        return [kind for kind in WireKind.values if kind in kinds]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "base_url" in given and "networks" in given:
            try:
                given["base_url"] = keys.checked_address(given["base_url"], given["networks"])
            except keys.KeyProblem as problem:
                self.add_error("base_url", str(problem))
        return given


class NewPartnerForm(AgreementForm):
    country = forms.ChoiceField(label=gettext_lazy("Country"), widget=_select())
    field_order = ("country",)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["country"].choices = [("", "—"), *country_choices()]  # type: ignore[attr-defined]


class KeyForm(Shown):
    """A public key and its window."""

    public_key = forms.CharField(
        label=gettext_lazy("Public key"), widget=_lines(4), max_length=2000,
        help_text=gettext_lazy(
            "PEM, Ed25519, as the partner gave it by a way that you both trust. Compare the "
            "fingerprint with the partner by telephone before the first message."
        ),
    )
    valid_from = forms.DateTimeField(label=gettext_lazy("Valid from"), widget=_moment())
    valid_to = forms.DateTimeField(
        label=gettext_lazy("Valid until (optional)"), required=False, widget=_moment()
    )
    overlap_days = forms.IntegerField(
        label=gettext_lazy("The present keys end after (days, optional)"), required=False,
        min_value=0, max_value=365, widget=forms.NumberInput(attrs={"class": "form-control"}),
        help_text=gettext_lazy(
            "Counted from the day on which this one begins: so a key takes over without a gap. Empty: "
            "they stay as they are."
        ),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["valid_from"].initial = timezone.localtime().replace(second=0, microsecond=0)

    @property
    def overlap(self) -> timedelta | None:
        days = self.cleaned_data["overlap_days"]
        return None if days is None else timedelta(days=days)

    def clean_public_key(self) -> str:
        pem = str(self.cleaned_data["public_key"]).strip() + "\n"
        try:
            keys.checked_key(pem)
        except keys.KeyProblem as problem:
            raise ValidationError(str(problem)) from problem
        return pem

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start, end = given.get("valid_from"), given.get("valid_to")
        if start and end and end <= start:
            self.add_error("valid_to", _("The key must end after it begins."))
        return given


class KeyEndForm(Shown):
    valid_to = forms.DateTimeField(
        label=gettext_lazy("Valid until"), required=False, widget=_moment(),
        help_text=gettext_lazy("Empty: it has no end."),
    )


class ElementsForm(Shown):
    """Which elements a partner gets: one path in each line."""

    elements = forms.CharField(
        label=gettext_lazy("Elements"), required=False, widget=_lines(12), max_length=20_000,
        help_text=gettext_lazy(
            "One path of WCO names in each line, such as GoodsShipment/Importer/Name; a group stands "
            "for all that is in it. What identifies the declaration and what the schema demands is "
            "always sent. Empty: the whole declaration."
        ),
    )

    def clean_elements(self) -> list[str]:
        paths = [line.strip().strip("/") for line in self.cleaned_data["elements"].splitlines()]
        paths = list(dict.fromkeys(path for path in paths if path))
        if unknown := minimisation.unknown(paths):
            raise ValidationError(
                _("No element of a declaration: %(paths)s.") % {"paths": ", ".join(unknown[:5])}
            )
        return paths


class SubscriptionForm(Shown):
    """Which event is told to whom, on which corridor."""

    declaration_kind = forms.ChoiceField(
        label=gettext_lazy("Declaration"), widget=_select(),
        choices=Kind.choices,
    )
    event_kind = forms.ChoiceField(
        label=gettext_lazy("Event"), widget=_select(),
        # What the countries of a transit tell each other goes by its itinerary.
        choices=[
            (kind.value, kind.label) for kind in WireKind
            if kind not in TRANSIT_KINDS | PERMIT_USE_KINDS
        ],
    )
    addressee = forms.ChoiceField(
        label=gettext_lazy("Sent to"), choices=Addressee.choices, widget=_select())
    partner = forms.ModelChoiceField(
        Partner.objects.all(), label=gettext_lazy("Of these only"), required=False,
        empty_label=gettext_lazy("Every partner"), widget=_select(),
    )
    export_country = forms.ChoiceField(
        label=gettext_lazy("Corridor from"), required=False, widget=_select())
    destination_country = forms.ChoiceField(
        label=gettext_lazy("Corridor to"), required=False, widget=_select())

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name in ("export_country", "destination_country"):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                ("", _("Any country")), *country_choices()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        is_permit = given.get("event_kind") == WireKind.PERMIT_ISSUED
        if is_permit and given.get("declaration_kind") != Kind.LPCO:
            self.add_error("declaration_kind", _("A permit is issued on a permit application."))
        partner = given.get("partner")
        if partner and given.get("event_kind") and given["event_kind"] not in partner.message_kinds:
            self.add_error("event_kind", _("This was not agreed with %(partner)s.")
                           % {"partner": partner})
        return given


def country_choices() -> list[tuple[str, str]]:
    """Every country in force by its name in the reader's language."""
    language = get_language() or "en"
    found = [(codelists.name("country", code, language), code)
             for code in codelists.in_force("country", timezone.localdate())]
    return [(code, f"{name} ({code})") for name, code in sorted(found)]
