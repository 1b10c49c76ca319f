"""The administrator's pages: code lists with their editions, and importing one in two steps.

First the files are uploaded and read; what is refused leaves nothing behind. Then it is said which
edition they are, looked at what it changes, and published.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from declarations import codelists
from declarations.code_editions import publishing, showing
from declarations.code_editions.forms import MAX_FILES, EditionForm, UploadForm
from declarations.code_editions.models import CodeEdition
from declarations.code_editions.tables import MAX_BYTES, FileRefused
from declarations.profiles.store import today
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

PER_PAGE = 50


@require_safe
@requires(Permission.ADMINISTER)
def code_lists(request: HttpRequest) -> HttpResponse:
    """Every list with the edition in force."""
    return render(request, "declarations/codelists/lists.html", {
        "lists": showing.overview(today()),
        "waiting": [
            {"upload": one, "label": showing.label_of(one.list_name)}
            for one in CodeEdition.objects.waiting().without_codes()
        ],
    })


@require_safe
@requires(Permission.ADMINISTER)
def code_list(request: HttpRequest, name: str) -> HttpResponse:
    """One list: its codes, searched, and the history of its editions."""
    _must_be(name)
    text = request.GET.get("q", "")[:80]
    language = (get_language() or "en").split("-")[0]
    found = showing.listed(name, text, today(), language)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    current = codelists.code_list(name)
    return render(request, "declarations/codelists/list.html", {
        "list": current, "label": showing.label_of(name), "q": text, "page": page,
        "codes": [(code, current.name_of(code, language)) for code in page],
        "dated": any(code.valid_from or code.valid_to for code in page),
        "history": showing.history(name, today()),
            })


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def code_import(request: HttpRequest, name: str) -> HttpResponse:
    """Step one: upload the files."""
    _must_be(name)
    form = UploadForm(*_sent(request))
    refused = _slips(form)
    if form.is_valid():
        files = [(file.name or "", file.read()) for file in form.cleaned_data["uploads"]]
        try:
            waiting = publishing.upload(request.actor, name, files)  # type: ignore[attr-defined]
        except FileRefused as error:
            refused = [{"message": str(error), "target": "id_uploads"}]
        else:
            return redirect("code_preview", waiting.pk)
    return render(request, "declarations/codelists/import.html", {
        "name": name, "label": showing.label_of(name), "list": codelists.code_list(name),
        "form": form, "refused": refused, "max_megabytes": MAX_BYTES // 2**20,
        "max_files": MAX_FILES,
    }, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def code_preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Step two: what would change. Posting sets the edition's date and name, or publishes."""
    waiting = get_object_or_404(CodeEdition.objects.waiting(), pk=pk)
    if request.method != "POST":
        return _preview(request, waiting, EditionForm(initial=_initial(waiting)))
    form = EditionForm(request.POST)
    if not form.is_valid():
        return _preview(request, waiting, form, _slips(form))
    actor = request.actor  # type: ignore[attr-defined]
    publishing.set_up(actor, waiting, **form.cleaned_data)
    if "publish" not in request.POST:
        return redirect("code_preview", pk)
    try:
        edition = publishing.publish(actor, waiting, request.POST.get("seen", ""))
    except publishing.PublishRefused as error:
        return _preview(request, waiting, form, [{"message": str(error)}])
    said = _("%(list)s: the edition %(edition)s is published, in force from %(day)s.")
    messages.success(request, said % {
        "list": showing.label_of(edition.list_name), "edition": edition.edition,
        "day": formats.date_format(edition.valid_from, "j M Y")})
    return redirect("code_list", edition.list_name)


@require_POST
@requires(Permission.ADMINISTER)
def code_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Forget an upload that was not published."""
    waiting = get_object_or_404(CodeEdition.objects.waiting().without_codes(), pk=pk)
    publishing.discard(request.actor, waiting)  # type: ignore[attr-defined]
    messages.info(request, _("The upload was discarded."))
    return redirect("code_lists")


@require_safe
@requires(Permission.ADMINISTER)
def code_edition_csv(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every code of a published edition."""
    edition = get_object_or_404(CodeEdition.objects.published().without_codes(), pk=pk)
    name = f"{edition.list_name}-{edition.valid_from.isoformat()}.csv"
    # With its byte-order mark spreadsheet programs read it as UTF-8.
    body = "\ufeff" + showing.as_csv(showing.of_edition(edition).codes.values())
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{name}"'})


def _preview(
    request: HttpRequest, waiting: CodeEdition, form: EditionForm,
    refused: list[dict[str, str]] | None = None,
) -> HttpResponse:
    base, changes = publishing.preview(waiting)
    shipped = codelists.shipped(waiting.list_name)
    tabs = showing.tabs(changes, waiting.refused_count, request.GET.get("show", ""))
    chosen = next(tab.key for tab in tabs if tab.current)
    rows = showing.rows_of(changes, waiting.refused, chosen)
    return render(request, "declarations/codelists/preview.html", {
        "upload": waiting, "label": showing.label_of(waiting.list_name), "form": form,
        "refused": refused or [], "base_edition": base.edition if base else shipped.edition,
        "changes": changes, "much": showing.much(changes), "tabs": tabs, "chosen": chosen,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "seen": publishing.seen(waiting, base), "past": waiting.valid_from < today(),
        "unkept": waiting.refused_count - len(waiting.refused),
    }, status=422 if refused else 200)


def _initial(waiting: CodeEdition) -> dict[str, Any]:
    return {"edition": waiting.edition, "source": waiting.source,
            "valid_from": waiting.valid_from, "partial": str(int(waiting.partial))}


def _must_be(name: str) -> None:
    if name not in codelists.names():
        raise Http404


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _slips(form: Form) -> list[dict[str, str]]:
    """What is wrong in the fields, each with its field to go to."""
    return [
        {"message": str(text), "label": str(form[name].label), "target": form[name].id_for_label}
        for name, texts in form.errors.items() for text in texts
    ]
