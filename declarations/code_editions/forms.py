"""The forms by which an administrator imports an edition of a code list."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.code_editions.tables import MAX_BYTES
from declarations.profiles.forms import DayInput

MAX_FILES = 6


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; the value is a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        files = [super(FilesField, self).clean(file, initial) for file in given or [None]]
        if len(files) > MAX_FILES:
            raise forms.ValidationError(
                _("Choose at most %(limit)s files.") % {"limit": MAX_FILES})
        if sum(file.size for file in files) > MAX_BYTES:
            raise forms.ValidationError(
                _("The files are larger than %(limit)s MB together. Choose the CSV files of the list.")
                % {"limit": MAX_BYTES // 2**20})
        return files


class UploadForm(forms.Form):
    uploads = FilesField(label=gettext_lazy("CSV files of the edition"))


class EditionForm(forms.Form):
    edition = forms.CharField(
        label=gettext_lazy("Edition"), max_length=80,
        help_text=gettext_lazy("As its keeper calls it, such as “revision 17, 2021” or “2026-1”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=200,
        help_text=gettext_lazy("Who publishes it, and where it was fetched."),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("In force from"), widget=DayInput(),
        help_text=gettext_lazy("Declarations filed from this day on are checked by it."),
    )
    partial = forms.TypedChoiceField(
        label=gettext_lazy("Codes that are not in the files"),
        choices=[("0", gettext_lazy("are withdrawn: the files are the whole list")),
                 ("1", gettext_lazy("stay as they are: the files are only a part of it"))],
        coerce=lambda value: value == "1", widget=forms.RadioSelect,
    )
