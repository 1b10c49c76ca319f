"""Pages of risk profiles: all versions; one with its rules, changes, dry runs and publication."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.forms import summary
from agencies.risk.comparing import compare, days_of, share_of
from agencies.risk.forms import ProfileForm, RunForm
from agencies.risk.models import RiskProfile, RiskPublication, RiskRule
from agencies.risk.profiles import SHELF, TERMS
from agencies.risk.showing import effect_of
from agencies.routing_editor.listing import Standing, standing
from agencies.routing_editor.words import said_data
from agencies.states import RuleSetStatus
from agencies.versions.desk import Desk, actor_of
from agencies.versions.models import RequestState
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

PER_PAGE = 50
TABS = ("rules", "changes", "dry-runs", "publication")
DESK = Desk(SHELF, "risk")


@dataclass(frozen=True, slots=True)
class Line:
    profile: RiskProfile
    standing: Standing
    ended: datetime | None = None


def with_words(rules: list[RiskRule]) -> list[dict[str, Any]]:
    """Each rule with what a reader needs of it, in words."""
    return [
        {"rule": rule, "words": said_data(rule.conditions), "share": share_of(rule),
         "effect": effect_of(rule.score, rule.floor), "days": days_of(rule)}
        for rule in rules
    ]


@require_safe
@requires(Permission.RISK)
def risk(request: HttpRequest) -> HttpResponse:
    """Every version, the newest first."""
    force = SHELF.in_force()
    asked = RiskPublication.objects.filter(profile=OuterRef("pk"), state=RequestState.ASKED)
    found = RiskProfile.objects.with_rule_count().annotate(asked=Exists(asked))
    page = Paginator(found.order_by("-version"), PER_PAGE).get_page(request.GET.get("page"))
    lines = [Line(one, standing(one, force.pk if force else None, one.asked))  # type: ignore[attr-defined]
             for one in page]
    return render(request, "agencies/risk/list.html", {
        "page": page, "lines": lines, "force": force})


@require_POST
@requires(Permission.RISK)
def risk_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new draft with the rules of a version."""
    draft = SHELF.copy_to_draft(_found(pk), actor_of(request))
    messages.success(request, _("Version %(version)s is a draft with the same rules.") % {
        "version": draft.version})
    return redirect("risk_set", draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RISK)
def risk_new(request: HttpRequest) -> HttpResponse:
    """A draft without rules."""
    form = ProfileForm(request.POST if request.method == "POST" else None, initial={
        "yellow_from": 20, "red_from": 60, "releases_green": True})
    if request.method == "POST" and form.is_valid():
        draft = SHELF.begin(actor_of(request), **form.cleaned_data)
        return redirect("risk_set", draft.pk)
    errors = summary(form) if request.method == "POST" else []
    return render(request, "agencies/risk/new.html", {
        "about": form.as_shown(), "errors": errors}, status=422 if errors else 200)


@require_safe
@requires(Permission.RISK)
def risk_set(request: HttpRequest, pk: UUID) -> HttpResponse:
    return shown(request, _found(pk))


def _found(pk: UUID) -> RiskProfile:
    return get_object_or_404(RiskProfile, pk=pk)


def shown(
    request: HttpRequest, profile: RiskProfile, tab: str = "",
    errors: list[dict[str, Any]] | None = None, **forms_: forms.Form,
) -> HttpResponse:
    """One tab of a profile; ``errors`` with the forms that hold them."""
    tab = tab or request.GET.get("tab", "")
    tab = tab if tab in TABS else "rules"
    force, asked = SHELF.in_force(), DESK.asked(profile)
    is_draft = profile.status == RuleSetStatus.DRAFT
    stands = standing(profile, force.pk if force else None, asked is not None)
    context: dict[str, Any] = {
        "rule_set": profile, "tab": tab, "errors": errors or [], "force": force, "asked": asked,
        "standing": stands, "is_draft": is_draft, "editable": is_draft and asked is None,
        "rule_count": profile.rules.count(), "scheduled": stands.key == "scheduled",
    }
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "rules": lambda: _rules_tab(request, profile, forms_),
        "changes": lambda: DESK.changes(request, profile, force, compare, with_words),
        "dry-runs": lambda: {
            "runs": profile.dry_runs.defer("declarations", "changes").select_related(
                "base", "asked_by")[:20],
            "form": forms_.get("form") or RunForm().as_shown(),
            "content": SHELF.content_of(profile)},
        "publication": lambda: DESK.tab(request, profile, asked, forms_),
    }
    context |= parts[tab]()
    return render(request, "agencies/risk/set.html", context, status=422 if errors else 200)


def _rules_tab(
    request: HttpRequest, profile: RiskProfile, forms_: dict[str, forms.Form]
) -> dict[str, Any]:
    page = Paginator(profile.rules.all(), PER_PAGE).get_page(request.GET.get("page"))
    about = forms_.get("about") or ProfileForm(initial={
        name: getattr(profile, name) for name in ("title", *TERMS)}).as_shown()
    return {"page": page, "lines": with_words(list(page)), "about": about}


# --- verbs ------------------------------------------------------------------------------------


@require_POST
@requires(Permission.RISK)
def risk_describe(request: HttpRequest, pk: UUID) -> HttpResponse:
    profile, form = _found(pk), ProfileForm(request.POST)
    if not form.is_valid():
        return shown(request, profile, "rules", summary(form), about=form.as_shown())
    return DESK.done(request, pk, "rules", lambda: SHELF.describe(
        pk, actor_of(request), **form.cleaned_data), _("Saved."))


@require_POST
@requires(Permission.RISK)
def risk_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    return DESK.discard(request, _found(pk).pk)


@require_POST
@requires(Permission.RISK)
def risk_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    return DESK.ask(request, _found(pk), shown)


@require_POST
@requires(Permission.RISK)
def risk_unask(request: HttpRequest, pk: UUID) -> HttpResponse:
    return DESK.unask(request, _found(pk))


@require_POST
@requires(Permission.RISK)
def risk_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve or return, by the button pressed."""
    return DESK.answer(request, _found(pk), shown)


@require_POST
@requires(Permission.RISK)
def risk_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    return DESK.withdraw(request, _found(pk))
