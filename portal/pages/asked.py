"""What will be asked of a declaration before it is filed: agencies, permits, treaties, and why."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from agencies.forecast import Forecast, forecast
from declarations.forms import codes
from declarations.forms.paths import prune
from declarations.requirements import Requirement, requirements
from declarations.states import Kind
from declarations.wco import from_json
from declarations.wco.codes import TRANSPORT_MODE
from portal.accounts.permissions import requires

Json = dict[str, Any]

MOST_CODES = 20
# The plain procedure of each kind: release for use, and outright exportation.
_PROCEDURES = {Kind.IMPORT: "40", Kind.EXPORT: "10"}


@dataclass(frozen=True, slots=True)
class Asked:
    """``forecast`` is None where no routing rules are in force."""

    kind: str
    requirements: list[Requirement]
    forecast: Forecast | None

    @property
    def missing(self) -> int:
        return sum(1 for requirement in self.requirements if requirement.missing)


def asked_of(kind: str, dataset: Json) -> Asked:
    """What a declaration with this dataset (JSON, complete or not) would be asked."""
    declaration = from_json(dataset, lenient=True)
    return Asked(kind, requirements(kind, declaration), forecast(kind, declaration))


def _modes() -> list[tuple[str, Any]]:
    return [("", ""), *((code, _(text)) for code, text in TRANSPORT_MODE.values.items())]


class QuestionForm(forms.Form):
    """The few facts on which agencies and permits depend."""

    kind = forms.ChoiceField(label=_("What you do"), choices=Kind.choices)
    hs = forms.CharField(
        label=_("HS codes"), max_length=300,
        help_text=_("6 to 10 digits; several with commas between."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    origin = forms.CharField(label=_("Country of origin"), max_length=2, required=False)
    dispatch = forms.CharField(label=_("Country of dispatch"), max_length=2, required=False)
    destination = forms.CharField(label=_("Country of destination"), max_length=2, required=False)
    mode = forms.ChoiceField(label=_("Mode at the border"), choices=_modes, required=False)
    value = forms.DecimalField(label=_("Value"), min_value=0, max_digits=16, required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"
        for name in ("origin", "dispatch", "destination"):
            self.fields[name].widget.attrs |= {"list": "codes-country", "autocomplete": "off"}
        self.fields["currency"].widget.attrs |= {"list": "codes-currency", "autocomplete": "off"}

    def clean_hs(self) -> list[str]:
        """The codes, without points and spaces inside them."""
        typed = self.cleaned_data["hs"].replace(";", ",").split(",")
        found = ["".join(c for c in text if c not in " .") for text in typed if text.strip()]
        if len(found) > MOST_CODES:
            raise forms.ValidationError(
                _("At most %(count)s codes at a time."), params={"count": MOST_CODES}
            )
        for code in found:
            if not (code.isascii() and code.isdecimal() and 6 <= len(code) <= 10):
                raise forms.ValidationError(
                    _("“%(code)s” is no HS code. Write 6 to 10 digits."), params={"code": code}
                )
        return found

    def clean(self) -> None:
        for name, code_list in (
            ("origin", "country"), ("dispatch", "country"), ("destination", "country"),
            ("currency", "currency"),
        ):
            code = str(self.cleaned_data.get(name) or "").strip().upper()
            self.cleaned_data[name] = code
            if code and not codes.meaning(code_list, code):
                self.add_error(name, _("Choose a code of the list."))

    def dataset(self) -> Json:
        """A declaration of which nothing but these facts is known."""
        told = self.cleaned_data
        price = {"value": format(told["value"], "f"), "currencyID": told["currency"] or "USD"} \
            if told["value"] is not None else {}
        procedure = _PROCEDURES.get(told["kind"])
        goods = [
            {
                "SequenceNumeric": number,
                "Commodity": {
                    "Classification": [{"ID": code, "IdentificationTypeCode": "HS"}],
                    "InvoiceLine": {"ItemChargeAmount": price},
                },
                "Origin": [{"CountryCode": told["origin"]}],
                "GovernmentProcedure": [
                    {"CurrentCode": procedure, "PreviousCode": "00"}
                ] if procedure else [],
            }
            for number, code in enumerate(told["hs"], start=1)
        ]
        dataset: Json = prune({
            "InvoiceAmount": price,
            "BorderTransportMeans": {"ModeCode": told["mode"]},
            "GoodsShipment": {
                "ExportCountry": {"ID": told["dispatch"]},
                "Destination": {"CountryCode": told["destination"]},
                "GovernmentAgencyGoodsItem": goods,
            },
        })
        return dataset


@require_safe
@requires()
def asked(request: HttpRequest) -> HttpResponse:
    """A question asked by its address, so that the answer can be kept and sent."""
    form = QuestionForm(request.GET if "hs" in request.GET else None)
    context: dict[str, Any] = {
        "form": form,
        "code_lists": {name: codes.entries(name) for name in ("country", "currency")},
    }
    if form.is_bound and form.is_valid():
        context["asked"] = asked_of(form.cleaned_data["kind"], form.dataset())
        context["goods"] = [
            (code, codes.meaning("hs", code[:6])) for code in form.cleaned_data["hs"]
        ]
    return render(request, "portal/asked.html", context)
