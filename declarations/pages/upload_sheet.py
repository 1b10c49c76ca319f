"""A whole declaration from a spreadsheet: check it, open it as a draft, or file it at once."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from declarations import drafts, intake
from declarations.forms import filing
from declarations.pages.acting import actor_of
from declarations.pages.editor import checked_address
from declarations.sheets import archive, grids, reading, template
from declarations.sheets.archive import SheetRefused
from declarations.sheets.judging import Judged, judge
from declarations.sheets.reading import Told
from declarations.states import Channel, Kind
from portal.accounts.models import Organisation
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

CHECK, DRAFT, FILE = "check", "draft", "file"
# So many lines of each sort are shown.
SHOWN = 100
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


class SheetForm(forms.Form):
    """The file, and what is to become of it."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"), max_length=200, allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose an Excel or CSV file.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.zip,.csv", "class": "form-control"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of declaration"), required=False,
        choices=[("", gettext_lazy("As the file says")), *Kind.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=gettext_lazy("Needed only where the file holds nothing but goods items."),
    )
    then = forms.ChoiceField(
        label=gettext_lazy("Then"), initial=DRAFT, required=False,
        choices=[
            (DRAFT, gettext_lazy("Open it as a draft in the form")),
            (FILE, gettext_lazy("File it at once, if nothing is wrong")),
            (CHECK, gettext_lazy("Only check it and list what is wrong")),
        ],
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of the file: refused as a whole, or judged."""

    name: str
    problem: str = ""
    judged: Judged | None = None

    @property
    def wrong(self) -> list[Told]:
        return [*self.judged.unreadable, *self.judged.faults] if self.judged else []

    @property
    def mild(self) -> list[Told]:
        return [*self.judged.doubts, *self.judged.warnings] if self.judged else []


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def declaration_upload_sheet(request: HttpRequest) -> HttpResponse:
    """Cells that cannot be taken over refuse the file; what else is wrong is no obstacle to a draft."""
    if request.method != "POST":
        return _show(request, SheetForm(initial={"then": DRAFT}))
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=422)
    file, then = form.cleaned_data["file"], form.cleaned_data["then"] or DRAFT
    if file.size > archive.MAX_BYTES:
        return _refuse(request, form, _("The file is larger than %(limit)s MB.") % {
            "limit": archive.MAX_BYTES // 1_000_000})
    filer = get_object_or_404(Organisation, pk=actor_of(request).organisation_id)
    try:
        filled = reading.read(grids.read(file.name, file.read()), form.cleaned_data["kind"])
    except SheetRefused as refused:
        return _refuse(request, form, str(refused))
    judged = judge(filled, filer)
    if judged.unreadable or then == CHECK:
        status = 422 if judged.unreadable or judged.faults else 200
        return _show(request, form, Finding(file.name, judged=judged), status)
    if then == FILE:
        return _file(request, form, judged)
    return _draft(request, judged)


def _draft(request: HttpRequest, judged: Judged) -> HttpResponse:
    """The draft, opened with what the check finds in it."""
    kept = drafts.begin(actor_of(request), judged.forms)
    for told in judged.doubts[:SHOWN]:
        messages.warning(request, f"{told.place}: {told.message}")
    messages.success(request, _("Read from the spreadsheet and saved as a draft. Nothing was filed."))
    return redirect(checked_address(kept))


def _file(request: HttpRequest, form: SheetForm, judged: Judged) -> HttpResponse:
    """File the message that the form would write, if nothing is wrong."""
    name = form.cleaned_data["file"].name
    if judged.faults or judged.written is None:
        return _show(request, form, Finding(name, judged=judged), 422)
    try:
        filed = intake.submit(
            actor_of(request), judged.written.body, channel=Channel.FILE, profile=filing.PROFILE
        )
    except intake.IntakeRefused as refused:
        place = judged.filled.places.get("lrn", "")
        judged.faults = [Told(place, fault.translated(_)) for fault in refused.faults]
        return _show(request, form, Finding(name, judged=judged), 422)
    for told in (judged.doubts + judged.warnings)[:SHOWN]:
        messages.warning(request, f"{told.place}: {told.message}" if told.place else told.message)
    messages.success(request, _("Read from the spreadsheet and filed."))
    return redirect("declaration", filed.pk)


def _refuse(request: HttpRequest, form: SheetForm, problem: str) -> HttpResponse:
    return _show(request, form, Finding(form.cleaned_data["file"].name, problem), 422)


def _show(
    request: HttpRequest, form: SheetForm, finding: Finding | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form, "finding": finding, "kinds": Kind.choices, "shown": SHOWN,
        "max_megabytes": archive.MAX_BYTES // 1_000_000,
        "then": form["then"].value() or DRAFT,
    }
    return render(request, "declarations/upload_sheet.html", context, status=status)


@require_safe
@requires(Permission.FILE)
def sheet_template(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """The spreadsheet to fill in for one kind of declaration, as .xlsx or as a zip of CSV files."""
    if kind not in Kind.values or form not in _TYPES:
        raise Http404
    filer = get_object_or_404(Organisation, pk=actor_of(request).organisation_id)
    made = template.workbook(kind, filer) if form == "xlsx" else template.csv_files(kind, filer)
    answer = HttpResponse(made, content_type=_TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="declaration-{kind}.{form}"'
    return answer
