"""One party of the book as a form."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from declarations.address_book.models import Party
from declarations.forms.codes import meaning
from portal.accounts.actors import Actor

FIELDS = ("name", "identifier", "line", "city", "postcode", "country", "contact")


class PartyForm(forms.ModelForm):  # type: ignore[type-arg]
    """``actor``: whose book it is. A number that another party of the book has is refused."""

    class Meta:
        model = Party
        fields: ClassVar = list(FIELDS)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        for field in self.fields.values():
            field.widget.attrs |= {"class": "form-control", "autocomplete": "off"}
        self.fields["country"].widget.attrs["list"] = "codes-country"

    def clean_country(self) -> str:
        code = str(self.cleaned_data["country"]).upper()
        if code and not meaning("country", code):
            raise forms.ValidationError(_("“%(code)s” is not in the list.") % {"code": code})
        return code

    def clean_identifier(self) -> str:
        number = str(self.cleaned_data["identifier"])
        others = Party.objects.owned_by(self.actor).exclude(pk=self.instance.pk)
        if number and (other := others.filter(identifier=number).first()) is not None:
            raise forms.ValidationError(
                _("%(name)s has this number in the address book already.") % {"name": other.name}
            )
        return number
