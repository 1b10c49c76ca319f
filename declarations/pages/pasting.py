"""Goods items from a spreadsheet into a draft or an amendment: paste or upload, look, then add.

Without scripts.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from declarations import amendment_drafts, drafts
from declarations.change_request import ChangeRequest
from declarations.forms import pasted
from declarations.forms.declaration import DeclarationForms
from declarations.forms.pasted import Pasted
from declarations.forms.typed import MAX_ITEMS, Typed
from declarations.models import Declaration
from declarations.pages.acting import actor_of
from declarations.states import ChangeState, Kind, State
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

# So many rows are shown; the faulty ones come first.
SHOWN = 60
MAX_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """What the rows are added to. ``save``: keep it; False if somebody else changed it meanwhile.

    ``here`` and ``form``: the addresses of this page and of the form.
    """

    kind: str
    name: str
    typed: Typed
    here: str
    form: str
    save: Callable[[Typed], bool]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def declaration_paste(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page for a draft."""
    draft = get_object_or_404(
        Declaration.objects.owned_by(actor_of(request)), pk=pk, state=State.DRAFT
    )

    def save(typed: Typed) -> bool:
        forms = DeclarationForms(draft.kind, typed, drafts.base_of(draft))
        try:
            drafts.save(actor_of(request), draft.pk, forms, drafts.stamp_of(draft))
        except (drafts.DraftConflict, drafts.NotADraft, Declaration.DoesNotExist):
            return False
        return True

    return _answer(request, Target(
        draft.kind, draft.lrn or _("Draft"), drafts.typed_of(draft),
        reverse("declaration_paste", args=[pk]), reverse("declaration_edit", args=[pk]), save,
    ))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def amendment_paste(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page for the amendment of a declaration that is being written."""
    change = get_object_or_404(
        ChangeRequest.objects.owned_by(actor_of(request)).select_related("declaration"),
        declaration=pk, state=ChangeState.WRITING,
    )
    kind = change.declaration.kind

    def save(typed: Typed) -> bool:
        forms = DeclarationForms(kind, typed, amendment_drafts.base_of(change))
        try:
            amendment_drafts.save(
                actor_of(request), change.pk, forms, change.reason, amendment_drafts.stamp_of(change))
        except (amendment_drafts.Conflict, ChangeRequest.DoesNotExist):
            return False
        return True

    return _answer(request, Target(
        kind, str(change.declaration), amendment_drafts.typed_of(change),
        reverse("amendment_paste", args=[pk]), reverse("declaration_amend", args=[pk]), save,
    ))


def _answer(request: HttpRequest, target: Target) -> HttpResponse:
    """A POST looks at the rows, or adds them."""
    if request.method != "POST":
        return _show(request, target)
    text = request.POST.get("rows", "")
    if (file := request.FILES.get("file")) is not None:
        if (file.size or 0) > MAX_BYTES:
            return _show(request, target, text, Pasted(problem=_("The file is larger than 4 MB.")))
        text = pasted.decoded(file.read())
    found = pasted.read(text, target.kind)
    if "add" not in request.POST or found.problem:
        return _show(request, target, text, found)
    return _add(request, target, text, found)


def _add(request: HttpRequest, target: Target, text: str, found: Pasted) -> HttpResponse:
    """Faulty cells are added too: a draft may be anything, and the form shows them when checked."""
    typed = target.typed.without_blanks()
    replaced = request.POST.get("place") == "replace"
    typed.items = [*([] if replaced else typed.items), *found.items()]
    if len(typed.items) > MAX_ITEMS:
        found.problem = _("With these the declaration would have %(count)s items; 999 is the most.") % {
            "count": len(typed.items)}
        return _show(request, target, text, found)
    if not target.save(typed):
        messages.error(request, _("Somebody else changed this draft just now. Add the rows again."))
        return redirect(target.here)
    count = len(found.rows)
    messages.success(request, ngettext(
        "%(count)s item was added to the draft.", "%(count)s items were added to the draft.", count
    ) % {"count": count})
    return redirect(target.form + "#items")


def _show(
    request: HttpRequest, target: Target, text: str = "", found: Pasted | None = None
) -> HttpResponse:
    rows = []
    if found is not None:
        rows = sorted(found.rows, key=lambda row: not row.faulty)[:SHOWN]
    status = 422 if found is not None and (found.problem or found.faulty) else 200
    return render(request, "declarations/paste.html", {
        "target": target, "text": text, "found": found, "rows": rows,
        "headings": pasted.template(target.kind), "place": request.POST.get("place", "append"),
        "has_items": len(target.typed.without_blanks().items),
    }, status=status)


@require_safe
@requires(Permission.FILE)
def items_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty spreadsheet with the heading, as CSV that spreadsheets open (UTF-8 with a mark)."""
    if kind not in Kind.values:
        raise Http404
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="items-{kind}.csv"'
    csv.writer(answer).writerow(pasted.template(kind))
    return answer
