"""Pages of rule sets: all versions; one with its rules, findings, changes, dry runs and history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import rule_sets
from agencies.forms import summary
from agencies.models import RuleSet
from agencies.routing_editor import edits, files, listing
from agencies.routing_editor.compare import compare
from agencies.routing_editor.dry_run_pages import RunForm
from agencies.routing_editor.rule_form import SetForm
from agencies.rule_sets import content_of
from agencies.states import RuleSetStatus
from agencies.versions.desk import Desk, actor_of
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

PER_PAGE = 50
TABS = ("rules", "findings", "changes", "dry-runs", "publication")
DESK = Desk(rule_sets.SHELF, "routing")


@require_safe
@requires(Permission.ADMINISTER)
def routing(request: HttpRequest) -> HttpResponse:
    """Every version, and what can be begun."""
    lines = listing.all_sets()
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "agencies/routing/list.html", {
        "page": page, "force": next((x for x in lines if x.standing.key == "in-force"), None)})


@require_POST
@requires(Permission.ADMINISTER)
def routing_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new draft with the rules of a version."""
    draft = rule_sets.copy_to_draft(get_object_or_404(RuleSet, pk=pk), actor_of(request))
    messages.success(request, _("Version %(version)s is a draft with the same rules.") % {
        "version": draft.version})
    return redirect("routing_set", draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def routing_new(request: HttpRequest) -> HttpResponse:
    """A draft without rules, or from a file."""
    form, faults = SetForm(), []
    if request.method == "POST" and "import" in request.POST:
        upload = request.FILES.get("file")
        try:
            if upload is None:
                raise files.FileRefused([files.FileFault("", _("Choose a file."))])
            draft = files.import_file(
                actor_of(request), upload.read(files.MOST_BYTES + 1), upload.name or "")
        except files.FileRefused as error:
            faults = error.faults
        else:
            messages.success(request, _("Imported as version %(version)s, a draft.") % {
                "version": draft.version})
            return redirect("routing_set", draft.pk)
    elif request.method == "POST":
        form = SetForm(request.POST)
        if form.is_valid():
            draft = edits.begin(actor=actor_of(request), **form.cleaned_data)
            return redirect("routing_set", draft.pk)
    errors = summary(form)
    return render(request, "agencies/routing/new.html", {
        "form": form.as_shown(), "errors": errors, "faults": faults[:200],
        "fault_count": len(faults),
    }, status=422 if errors or faults else 200)


@require_safe
@requires(Permission.ADMINISTER)
def routing_set(request: HttpRequest, pk: UUID) -> HttpResponse:
    return shown(request, _found(pk))


def _found(pk: UUID) -> RuleSet:
    return get_object_or_404(RuleSet.objects.select_related("default_queue__agency"), pk=pk)


def shown(
    request: HttpRequest, rule_set: RuleSet, tab: str = "", errors: list[dict[str, Any]] | None = None,
    **forms_: forms.Form,
) -> HttpResponse:
    """One tab of a rule set; ``errors`` with the forms that hold them."""
    tab = tab or request.GET.get("tab", "")
    tab = tab if tab in TABS else "rules"
    force = listing.in_force()
    asked = DESK.asked(rule_set)
    is_draft = rule_set.status == RuleSetStatus.DRAFT
    found = listing.findings(rule_set) if is_draft or tab == "findings" else []
    context: dict[str, Any] = {
        "rule_set": rule_set, "tab": tab, "errors": errors or [], "force": force, "asked": asked,
        "standing": listing.standing(rule_set, force.pk if force else None, asked is not None),
        "is_draft": is_draft, "editable": is_draft and asked is None,
        "finding_count": len(found), "rule_count": rule_set.rules.count(),
        "scheduled": listing.standing(rule_set, None).key == "scheduled",
    }
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "rules": lambda: _rules_tab(request, rule_set, forms_),
        "findings": lambda: _findings_tab(request, rule_set, found),
        "changes": lambda: DESK.changes(
            request, rule_set, force, compare, listing.with_words),
        "dry-runs": lambda: {
            "runs": rule_set.dry_runs.defer("declarations").select_related("base", "asked_by")[:20],
            "form": forms_.get("form") or RunForm().as_shown(),
            "content": content_of(rule_set)},
        "publication": lambda: DESK.tab(request, rule_set, asked, forms_),
    }
    context |= parts[tab]()
    return render(request, "agencies/routing/set.html", context, status=422 if errors else 200)


def _rules_tab(
    request: HttpRequest, rule_set: RuleSet, forms_: dict[str, forms.Form]
) -> dict[str, Any]:
    text, agency = request.GET.get("q", "")[:80], request.GET.get("agency", "")[:40]
    rules = listing.rules_of(rule_set, text, agency)
    page = Paginator(rules, PER_PAGE).get_page(request.GET.get("page"))
    about = forms_.get("about") or SetForm(initial={
        "title": rule_set.title, "default_queue": rule_set.default_queue.code}).as_shown()
    return {"q": text, "agency": agency, "page": page, "lines": listing.with_words(page),
            "agencies": listing.agencies_of(rule_set), "about": about,
            "about_wrong": bool(about.errors)}


def _findings_tab(request: HttpRequest, rule_set: RuleSet, found: list[Any]) -> dict[str, Any]:
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "told": listing.told(rule_set, list(page))}


# --- verbs ------------------------------------------------------------------------------------


@require_POST
@requires(Permission.ADMINISTER)
def routing_describe(request: HttpRequest, pk: UUID) -> HttpResponse:
    rule_set, form = _found(pk), SetForm(request.POST)
    if not form.is_valid():
        return shown(request, rule_set, "rules", summary(form), about=form.as_shown())
    return DESK.done(request, pk, "rules", lambda: edits.describe(
        pk, actor_of(request), **form.cleaned_data), _("Saved."))


@require_POST
@requires(Permission.ADMINISTER)
def routing_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    return DESK.discard(request, _found(pk).pk)


@require_safe
@requires(Permission.ADMINISTER)
def routing_export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The rule set as a file; see docs/routing.md."""
    rule_set = _found(pk)
    return HttpResponse(files.export(rule_set), content_type="application/json", headers={
        "Content-Disposition": f'attachment; filename="routing-rules-v{rule_set.version}.json"'})


@require_POST
@requires(Permission.ADMINISTER)
def routing_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    return DESK.ask(request, _found(pk), shown)


@require_POST
@requires(Permission.ADMINISTER)
def routing_unask(request: HttpRequest, pk: UUID) -> HttpResponse:
    return DESK.unask(request, _found(pk))


@require_POST
@requires(Permission.ADMINISTER)
def routing_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve or return, by the button pressed."""
    return DESK.answer(request, _found(pk), shown)


@require_POST
@requires(Permission.ADMINISTER)
def routing_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    return DESK.withdraw(request, _found(pk))
