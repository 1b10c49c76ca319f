"""What a manager fills in, and what an invited person does."""

from datetime import date
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.fields import PasswordField, SetPasswordField
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.forms import ShownForm
from declarations.states import Kind
from portal.accounts.mandates import Representation
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Permission, roles_of, scopes_of
from portal.organisations import programs

SCOPES = {
    Permission.FILE: _("File declarations, answer requests, ask for cancellation"),
    Permission.VIEW_OWN: _("Read declarations, responses and events"),
    Permission.REVIEW: _("Decide reviews and issue permits, for an officer whom it names"),
    Permission.VIEW_CASES: _("Read the cases of our agency, and its permits"),
}


def _text(**attributes: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", **attributes})


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


def _boxes() -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")


class AddressForm(ShownForm):
    address = forms.CharField(label=_("Address"), max_length=70, widget=_text())
    city = forms.CharField(label=_("City"), max_length=35, widget=_text())
    postcode = forms.CharField(
        label=_("Postcode (optional)"), max_length=9, required=False, widget=_text())


class RoleForm(ShownForm):
    role = forms.ChoiceField(label=_("Role"), widget=_select())

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label) for role in roles_of(organisation.kind)
        ]


class InvitationForm(RoleForm):
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254,
        widget=forms.EmailInput(attrs={"class": "form-control", "autocomplete": "off"}),
        help_text=_("A link goes there, with which the person joins. It works once, for 14 days."),
    )
    field_order = ("email", "role")


class MandateForm(ShownForm):
    """A mandate between the organisation and the one whose number is given."""

    number = forms.CharField(label=_("Number of the customs broker"), max_length=35, widget=_text())
    kinds = forms.MultipleChoiceField(
        label=_("For which declarations"), choices=Kind.choices, widget=_boxes(),
        error_messages={"required": _("Choose at least one kind of declaration.")},
    )
    representation = forms.ChoiceField(
        label=_("Representation"), choices=Representation.choices, required=False,
        widget=_select(),
        help_text=_("Direct: the broker acts in the trader's name. Indirect: in its own."),
    )
    valid_from = forms.DateField(label=_("From"), widget=_day())
    valid_to = forms.DateField(
        label=_("To"), widget=_day(), help_text=_("The last day. It can be revoked at any time."))

    def __init__(self, *args: Any, asks: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks:
            self.fields["number"].label = _("Number of the trader")
        today = timezone.localdate()
        self.initial.setdefault("kinds", list(Kind.values))
        self.initial.setdefault("valid_from", today)
        self.initial.setdefault("valid_to", _a_year_after(today))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day is before the first."))
        elif last and last < timezone.localdate():
            self.add_error("valid_to", _("This day has passed."))
        return cleaned


class TokenForm(ShownForm):
    days = forms.IntegerField(
        label=_("Days until the token expires"), min_value=1, max_value=programs.LONGEST_DAYS,
        initial=180, widget=forms.NumberInput(attrs={"class": "form-control"}),
        help_text=_("At most a year. Replace the token before it expires."),
    )


class ProgramForm(TokenForm):
    name = forms.CharField(
        label=_("Name"), max_length=80, widget=_text(),
        help_text=_("By which you know it again, such as “Warehouse system, Poti”."))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), widget=_boxes(),
        error_messages={"required": _("Choose at least one thing that the program may do.")},
    )
    field_order = ("name", "scopes", "days")

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (str(scope), SCOPES[scope]) for scope in scopes_of(organisation.kind)
        ]
        self.initial.setdefault("scopes", [str(one) for one in scopes_of(organisation.kind)])


class AccountForm(ShownForm):
    """An account for the invited address. Passwords are judged by allauth, with the names known."""

    first_name = forms.CharField(
        label=_("First name"), max_length=150, widget=_text(autocomplete="given-name"))
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, widget=_text(autocomplete="family-name"))
    password1 = SetPasswordField(label=_("Password"))
    password2 = PasswordField(label=_("Password, once more"), autocomplete="new-password")

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        for name in ("password1", "password2"):
            attributes = self.fields[name].widget.attrs
            attributes["class"] = "form-control"
            attributes.pop("placeholder", None)
        self.fields["password1"].help_text = _(
            "At least 8 characters, not only digits, nothing that is often used.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        person = User(email=self.email, first_name=cleaned.get("first_name", ""),
                      last_name=cleaned.get("last_name", ""))
        if password := cleaned.get("password1"):
            try:
                get_adapter().clean_password(password, user=person)
            except forms.ValidationError as error:
                self.add_error("password1", error)
            if "password2" in cleaned and password != cleaned["password2"]:
                self.add_error("password2", _("The two passwords differ."))
        return cleaned


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + 1, day=28)
