"""The form of an amendment: the version in force, changed as one types, then asked for."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from declarations import amending, amendment_drafts
from declarations.change_request import REASON_LENGTH, ChangeRequest
from declarations.comparison import compare
from declarations.door import IntakeRefused
from declarations.forms import codes, filing
from declarations.forms.declaration import DeclarationForms, Note, Problem
from declarations.forms.header import HeaderForm
from declarations.forms.typed import ACTION, Typed
from declarations.models import Declaration
from declarations.pages import autosave, editor_parties
from declarations.pages.acting import actor_of
from declarations.pages.editor import ANYWAY, HEADINGS
from declarations.states import ChangeState, Channel, Kind
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

FILED_REASON = "reason"


@dataclass(slots=True)
class AmendSheet:
    """The form as one person has it open; see ``declarations.pages.editor.Sheet``."""

    change: ChangeRequest
    reason: str = ""
    stamp: str = ""
    conflict: amendment_drafts.Conflict | None = None
    warnings: list[Problem] = field(default_factory=list)
    book: editor_parties.Opened | None = None
    reason_fault: str = ""

    @property
    def declaration(self) -> Declaration:
        return self.change.declaration

    @property
    def kind(self) -> str:
        return self.declaration.kind

    @property
    def base(self) -> dict[str, Any]:
        return amendment_drafts.base_of(self.change)

    @property
    def amends(self) -> bool:
        return True

    @property
    def address(self) -> str:
        return reverse("declaration_amend", args=[self.change.declaration_id])


@require_POST
@requires(Permission.FILE)
def amendment_begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin an amendment, or go on with the one that is being written."""
    get_object_or_404(Declaration.objects.owned_by(actor_of(request)).filed(), pk=pk)
    try:
        amendment_drafts.begin(actor_of(request), pk)
    except IntakeRefused as refused:
        messages.error(request, refused.faults[0].translated(_))
        return redirect("declaration", pk)
    return redirect("declaration_amend", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def declaration_amend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The amendment that is being written; without one the declaration's own page says more."""
    change = _written(request, pk)
    if change is None:
        own = get_object_or_404(Declaration.objects.owned_by(actor_of(request)).filed(), pk=pk)
        words = amending.obstacle(own) or _("No amendment is being written. Begin one here.")
        messages.info(request, words)
        return redirect("declaration", pk)
    sheet = AmendSheet(change, change.reason, amendment_drafts.stamp_of(change))
    if request.method == "POST":
        try:
            return _answer(request, sheet)
        except ChangeRequest.DoesNotExist:
            messages.error(
                request, _("Somebody else filed or discarded this amendment meanwhile."))
            return redirect("declaration", pk)
    return _show(request, sheet, DeclarationForms(
        sheet.kind, amendment_drafts.typed_of(change), sheet.base))


@require_POST
@requires(Permission.FILE)
def amendment_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Throw away what was typed; nothing of it was filed."""
    change = _written(request, pk)
    if change is None:
        raise Http404
    amendment_drafts.discard(actor_of(request), change.pk)
    messages.success(request, _("The amendment was discarded. The declaration is as it was."))
    return redirect("declaration", pk)


def _written(request: HttpRequest, pk: UUID) -> ChangeRequest | None:
    return (
        ChangeRequest.objects.owned_by(actor_of(request))
        .filter(declaration=pk, state=ChangeState.WRITING)
        .select_related("declaration__organisation").first()
    )


def _answer(request: HttpRequest, sheet: AmendSheet) -> HttpResponse:
    """Do what the pressed button asks with what was typed."""
    post = request.POST
    typed = Typed.from_post(post, HeaderForm.names(sheet.kind))
    sheet.stamp, sheet.reason = post.get("stamp", ""), post.get(FILED_REASON, "").strip()
    if autosave.AUTOSAVE in post:
        if _keep(request, sheet, DeclarationForms(sheet.kind, typed, sheet.base)):
            return autosave.kept(sheet.address, sheet.stamp)
        assert sheet.conflict is not None
        return autosave.overtaken(sheet.conflict.by)
    if (action := next((name for name in post if ACTION.fullmatch(name)), None)) is not None:
        here = typed.act(action) or ""
        return _show(request, sheet, DeclarationForms(sheet.kind, typed, sheet.base), here)
    if (book := editor_parties.act(actor_of(request), sheet.kind, typed, post)) is not None:
        sheet.book = book
        forms = DeclarationForms(sheet.kind, typed, sheet.base)
        forms.header.looked_up = book.prefix
        return _show(request, sheet, forms)
    if "file" in post:
        return _file(request, sheet, typed)
    forms = DeclarationForms(sheet.kind, typed, sheet.base)
    if "save" in post or "overwrite" in post or "paste" in post:
        if not _keep(request, sheet, forms):
            return _show(request, sheet, forms, status=409)
        if "paste" in post:
            return redirect("amendment_paste", sheet.change.declaration_id)
        messages.success(request, _("Amendment saved. Nothing was asked for yet."))
        return redirect(sheet.address)
    return _show(request, sheet, forms)


def _keep(request: HttpRequest, sheet: AmendSheet, forms: DeclarationForms) -> bool:
    """Save what was typed; False if somebody else saved it meanwhile (then it is told)."""
    try:
        sheet.change = amendment_drafts.save(
            actor_of(request), sheet.change.pk, forms, sheet.reason, sheet.stamp)
    except amendment_drafts.Conflict as conflict:
        sheet.conflict = conflict
        return False
    sheet.stamp = amendment_drafts.stamp_of(sheet.change)
    return True


def _file(request: HttpRequest, sheet: AmendSheet, typed: Typed) -> HttpResponse:
    """Keep it first, so nothing is lost; then check it as the worker would, and ask."""
    forms = DeclarationForms(sheet.kind, typed.without_blanks(), sheet.base, check=True)
    if not _keep(request, sheet, forms):
        return _show(request, sheet, forms, status=409)
    written = filing.write(forms, sheet.declaration.organisation, sheet.declaration)
    forms.place(written.notes)
    if len(sheet.reason) > REASON_LENGTH:
        sheet.reason_fault = _("The text is longer than %(count)s characters. Shorten it.") % {
            "count": REASON_LENGTH}
    elif not sheet.reason:
        sheet.reason_fault = _("Write why it should be amended. Who decides reads it.")
    elif not forms.problems and not compare(sheet.base, forms.dataset):
        sheet.reason_fault = _("Nothing is different from the version in force. Change what is to "
                               "be amended.")
    if sheet.reason_fault:
        forms.other.append(Problem(sheet.reason_fault, _("Reason"), "id_reason"))
    if not forms.problems:
        if written.warnings and request.POST["file"] != ANYWAY:
            sheet.warnings = forms.located(written.warnings)
            return _show(request, sheet, forms)
        try:
            amending.ask(
                actor_of(request), sheet.change.declaration_id,
                filing.as_amendment(forms, sheet.declaration), sheet.reason,
                channel=Channel.FORM, written=sheet.change,
            )
        except IntakeRefused as refused:
            forms.place(Note.of(fault) for fault in refused.faults)
        else:
            messages.success(request, _(
                "Asked. It is checked within seconds; the answer is here, under Requests."))
            return redirect(
                reverse("declaration", args=[sheet.change.declaration_id]) + "?tab=requests")
    return _show(request, sheet, forms, status=422)


def _show(
    request: HttpRequest, sheet: AmendSheet, forms: DeclarationForms, here: str = "",
    status: int = 200,
) -> HttpResponse:
    forms.fold()
    forms.focus(here)
    # It is the same declaration: as_amendment writes its own reference whatever is sent.
    forms.header.fields["lrn"].widget.attrs["readonly"] = True
    return render(request, "declarations/amend.html", {
        "sheet": sheet, "forms": forms, "code_lists": codes.datalists(),
        "declaration": sheet.declaration, "heading": HEADINGS[Kind(sheet.kind)],
        "reason_length": REASON_LENGTH,
        "conflict_stamp": amendment_drafts.stamp_of(sheet.conflict.current) if sheet.conflict else "",
    }, status=status)
