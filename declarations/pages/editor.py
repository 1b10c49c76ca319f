"""The declaration form: begin, save, work on rows, check and file. Works without scripts."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from declarations import drafts
from declarations.forms import codes, filing
from declarations.forms.begun import application, prefilled
from declarations.forms.dataset import from_dataset
from declarations.forms.declaration import DeclarationForms, Note, Problem
from declarations.forms.header import HeaderForm
from declarations.forms.start import opening
from declarations.forms.typed import ACTION, OPEN, Typed
from declarations.intake import IntakeRefused
from declarations.models import Declaration
from declarations.pages import autosave, editor_parties
from declarations.pages.acting import actor_of
from declarations.pages.copying import copy
from declarations.requirements import requirements
from declarations.states import Kind, State
from declarations.wco import Fault, from_json
from portal.accounts.models import Organisation
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

# What the button says that files in spite of warnings.
ANYWAY = "anyway"
# In the address of a draft: show what the check finds in it.
CHECKED = "check"
# In the session: why the door refused a draft that was filed before it had a page of its own.
REFUSED = "refused_draft"
HEADINGS = {
    Kind.IMPORT: gettext_lazy("Import declaration"),
    Kind.EXPORT: gettext_lazy("Export declaration"),
    Kind.TRANSIT: gettext_lazy("Transit declaration"),
    Kind.LPCO: gettext_lazy("Application for a permit"),
}


@dataclass(slots=True)
class Sheet:
    """The form as one person has it open: of which declaration, and as it was when opened."""

    kind: str
    declaration: Declaration | None = None
    base: dict[str, Any] = field(default_factory=dict)
    stamp: str = ""
    conflict: drafts.DraftConflict | None = None
    warnings: list[Problem] = field(default_factory=list)
    book: editor_parties.Opened | None = None

    @property
    def draft(self) -> Declaration | None:
        """The draft behind the form; None for a new one and for a rejected one being corrected."""
        kept = self.declaration
        return kept if kept is not None and kept.state == State.DRAFT else None

    @property
    def foreign(self) -> str:
        """The name of another message profile that the rejected one was filed with."""
        kept = self.declaration
        if kept is None or kept.state == State.DRAFT or kept.profile == filing.PROFILE:
            return ""
        return kept.profile

    @property
    def address(self) -> str:
        if self.declaration is None:
            return reverse("declaration_new", args=[self.kind])
        return reverse("declaration_edit", args=[self.declaration.pk])


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def declaration_new(request: HttpRequest, kind: str) -> HttpResponse:
    """A new declaration; it becomes a draft when it is first saved."""
    if kind not in Kind.values:
        raise Http404
    sheet = Sheet(kind)
    if request.method == "POST":
        return _answer(request, sheet)
    organisation = get_object_or_404(Organisation, pk=actor_of(request).organisation_id)
    typed = opening(kind, organisation)
    if kind == Kind.LPCO:
        typed = prefilled(typed, request.GET.dict())
    return _show(request, sheet, DeclarationForms(kind, typed))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def declaration_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A draft, or a rejected declaration to be corrected; any other state has its own page."""
    declaration = get_object_or_404(Declaration.objects.owned_by(actor_of(request)), pk=pk)
    if declaration.state not in {State.DRAFT, State.REJECTED}:
        messages.info(request, _("This declaration can no longer be changed here."))
        return redirect("declaration", pk)
    if declaration.state == State.REJECTED:
        return _correct(request, declaration)
    sheet = Sheet(declaration.kind, declaration, drafts.base_of(declaration))
    if request.method == "POST":
        try:
            return _answer(request, sheet)
        except (drafts.NotADraft, Declaration.DoesNotExist):
            messages.error(request, _("Somebody else filed or deleted this draft meanwhile."))
            return redirect("declaration_list")
    sheet.stamp = drafts.stamp_of(declaration)
    if CHECKED in request.GET:
        return _checked(request, sheet, declaration)
    forms = DeclarationForms(declaration.kind, drafts.typed_of(declaration), sheet.base)
    return _show(request, sheet, forms)


def _checked(request: HttpRequest, sheet: Sheet, draft: Declaration) -> HttpResponse:
    """The draft with what the check finds in it; nothing is kept or filed, so it may be reloaded.

    What only the door knows, such as a reference that was used, comes along once, from the filing.
    """
    typed = drafts.typed_of(draft).without_blanks()
    forms = DeclarationForms(draft.kind, typed, sheet.base, check=True)
    written = filing.write(forms, draft.organisation, draft)
    forms.place(written.notes)
    refused = request.session.pop(REFUSED, {})
    if refused.get("draft") == str(draft.pk):
        forms.place(Note.of(Fault.from_dict(fault)) for fault in refused["faults"])
    if not forms.problems:
        sheet.warnings = forms.located(written.warnings)
    return _show(request, sheet, forms)


def _correct(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """A rejected declaration, its faults beside the fields; saving begins a new draft from it."""
    version = declaration.current
    if version.dataset is None:
        messages.error(request, _(
            "This message could not be read as a declaration, so it has no form. "
            "Correct the file and upload it again."
        ))
        return redirect("declaration", declaration.pk)
    sheet = Sheet(declaration.kind, declaration, version.dataset)
    if request.method == "POST":
        return _answer(request, sheet)
    forms = DeclarationForms(
        declaration.kind, from_dataset(declaration.kind, version.dataset), sheet.base, check=True
    )
    forms.place(filing.notes_of(version))
    return _show(request, sheet, forms)


def _answer(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Do what the pressed button asks with what was typed."""
    post = request.POST
    typed = Typed.from_post(post, HeaderForm.names(sheet.kind))
    sheet.stamp = post.get("stamp", "")
    if autosave.AUTOSAVE in post:
        return _autosave(request, sheet, DeclarationForms(sheet.kind, typed, sheet.base))
    if (action := next((name for name in post if ACTION.fullmatch(name)), None)) is not None:
        here = typed.act(action) or ""
        return _show(request, sheet, DeclarationForms(sheet.kind, typed, sheet.base), here)
    if (book := editor_parties.act(actor_of(request), sheet.kind, typed, post)) is not None:
        sheet.book = book
        forms = DeclarationForms(sheet.kind, typed, sheet.base)
        forms.header.looked_up = book.prefix
        return _show(request, sheet, forms)
    if permit := post.get("name_permit", ""):
        here = _name_permit(sheet, typed, permit)
        return _show(request, sheet, DeclarationForms(sheet.kind, typed, sheet.base), here)
    if "file" in post:
        return _file(request, sheet, typed)
    if permit := post.get("apply", ""):
        return _apply(request, sheet, DeclarationForms(sheet.kind, typed, sheet.base), permit)
    if "paste" in post or "copy" in post:
        forms = DeclarationForms(sheet.kind, typed, sheet.base)
        if (kept := _keep(request, sheet, forms)) is None:
            return _show(request, sheet, forms, status=409)
        return redirect("declaration_paste", kept.pk) if "paste" in post else copy(request, kept)
    if "save" in post or "overwrite" in post:
        forms = DeclarationForms(sheet.kind, typed, sheet.base)
        if (kept := _keep(request, sheet, forms)) is None:
            return _show(request, sheet, forms, status=409)
        messages.success(request, _("Draft saved. Nothing was filed."))
        return redirect("declaration_edit", kept.pk)
    return _show(request, sheet, DeclarationForms(sheet.kind, typed, sheet.base))


def _lacking(sheet: Sheet, forms: DeclarationForms, permit: str) -> set[int]:
    """The numbers of the goods items that need the permit and do not name it."""
    needed = requirements(sheet.kind, from_json(forms.dataset, lenient=True))
    return {n.item for each in needed if each.permit == permit for n in each.missing}


def _name_permit(sheet: Sheet, typed: Typed, permit: str) -> str:
    """Add a document of the permit's type to each item that lacks it; return the first of them."""
    here = ""
    for number in sorted(_lacking(sheet, DeclarationForms(sheet.kind, typed, sheet.base), permit)):
        added = typed.act(f"add_doc-{number - 1}") or ""
        typed.items[number - 1].rows["doc"][-1]["type"] = permit
        typed.items[number - 1].values[OPEN] = "1"
        here = here or added
    return here


def _apply(
    request: HttpRequest, sheet: Sheet, forms: DeclarationForms, permit: str
) -> HttpResponse:
    """Keep this draft, then begin an application for a permit that it lacks."""
    lacking = _lacking(sheet, forms, permit)
    if not lacking:
        return _show(request, sheet, forms)
    kept = _keep(request, sheet, forms)
    if kept is None:
        return _show(request, sheet, forms, status=409)
    typed = application(permit, forms.dataset, lacking, kept.organisation)
    begun = drafts.begin(
        actor_of(request), DeclarationForms(Kind.LPCO, typed), needed_for=kept
    )
    messages.success(request, _(
        "Declaration %(lrn)s was saved as a draft. This is the application for the permit that it "
        "lacks; when the permit is granted, write its number into the declaration."
    ) % {"lrn": kept.lrn})
    return redirect("declaration_edit", begun.pk)


def _autosave(request: HttpRequest, sheet: Sheet, forms: DeclarationForms) -> HttpResponse:
    """Save in the background; a new form goes on as that of the draft which this begins."""
    if (kept := _keep(request, sheet, forms)) is None:
        assert sheet.conflict is not None
        return autosave.overtaken(sheet.conflict.by)
    return autosave.kept(reverse("declaration_edit", args=[kept.pk]), drafts.stamp_of(kept))


def _keep(request: HttpRequest, sheet: Sheet, forms: DeclarationForms) -> Declaration | None:
    """Save what was typed; None if somebody else saved the draft meanwhile (then it is told)."""
    if sheet.draft is None:
        return drafts.begin(actor_of(request), forms, corrects=sheet.declaration)
    try:
        return drafts.save(actor_of(request), sheet.draft.pk, forms, sheet.stamp)
    except drafts.DraftConflict as conflict:
        sheet.conflict = conflict
        return None


def _file(request: HttpRequest, sheet: Sheet, typed: Typed) -> HttpResponse:
    """Keep the draft first, so nothing is lost; then check it as the worker would, and file.

    What only warns is shown once, and filed when the person says so.
    """
    forms = DeclarationForms(sheet.kind, typed.without_blanks(), sheet.base, check=True)
    begun = sheet.draft is None
    kept = _keep(request, sheet, forms)
    if kept is None:
        return _show(request, sheet, forms, status=409)
    sheet.declaration, sheet.stamp = kept, drafts.stamp_of(kept)
    written = filing.write(forms, kept.organisation, kept)
    forms.place(written.notes)
    if not forms.problems:
        if written.warnings and request.POST["file"] != ANYWAY:
            if begun:
                return redirect(checked_address(kept))
            sheet.warnings = forms.located(written.warnings)
            return _show(request, sheet, forms)
        try:
            filed = filing.file(actor_of(request), kept, written)
        except IntakeRefused as refused:
            forms.place(Note.of(fault) for fault in refused.faults)
            if begun:
                request.session[REFUSED] = {
                    "draft": str(kept.pk), "faults": [fault.to_dict() for fault in refused.faults],
                }
        else:
            return redirect("declaration", filed.pk)
    if begun:
        return redirect(checked_address(kept))
    return _show(request, sheet, forms, status=422)


def checked_address(draft: Declaration) -> str:
    """The draft's own page with its faults: reloading it makes no second draft."""
    return reverse("declaration_edit", args=[draft.pk]) + f"?{CHECKED}=1"


def _show(
    request: HttpRequest, sheet: Sheet, forms: DeclarationForms, here: str = "", status: int = 200
) -> HttpResponse:
    """The page; ``here`` is the row that was worked on: its first field has the focus."""
    forms.fold()
    forms.focus(here)
    context = {
        "sheet": sheet, "forms": forms, "code_lists": codes.datalists(),
        "heading": HEADINGS[Kind(sheet.kind)],
        "conflict_stamp": drafts.stamp_of(sheet.conflict.current) if sheet.conflict else "",
    }
    return render(request, "declarations/edit.html", context, status=status)
