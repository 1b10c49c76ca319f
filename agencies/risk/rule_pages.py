"""Pages of one risk rule: its editor, and the rule as it is read once published."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.conditions import Condition, written
from agencies.risk.forms import RiskRuleForm
from agencies.risk.models import RiskProfile
from agencies.risk.pages import with_words
from agencies.risk.profiles import SHELF, condition_problems
from agencies.risk.runs import known_of
from agencies.routing_editor import dry_runs
from agencies.routing_editor.rule_editor import RuleEditor
from agencies.states import RuleSetStatus
from agencies.versions.shelf import EditRefused
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


class _Editor(RuleEditor):
    shelf, form_class, prefix = SHELF, RiskRuleForm, "risk"
    template = "agencies/risk/rule.html"
    hidden_fields = frozenset({"lane"})

    def initial(self) -> dict[str, Any]:
        return super().initial() if self.rule else {"score": 10}

    def problems(self, data: Any) -> list[str]:
        return condition_problems(data)

    def sample_lines(self, condition: Condition) -> list[tuple[Any, Any]]:
        return dry_runs.sample_lines(condition, lambda one: known_of(one, None))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RISK)
def risk_rule_edit(request: HttpRequest, pk: UUID, rule_pk: UUID | None = None) -> HttpResponse:
    """A rule of a draft to be written; of a published profile, to be read."""
    profile = get_object_or_404(RiskProfile, pk=pk)
    rule = get_object_or_404(profile.rules, pk=rule_pk) if rule_pk else None
    if profile.status == RuleSetStatus.DRAFT:
        editor = _Editor(request, profile, rule)
        return editor.posted() if request.method == "POST" else editor.page()
    if rule is None or request.method == "POST":
        messages.error(request, _("A published profile stays as it is. Begin a new draft."))
        return redirect("risk_set", profile.pk)
    return render(request, "agencies/risk/rule_read.html", {
        "rule_set": profile, "line": with_words([rule])[0], "text": written(rule.conditions)})


@require_POST
@requires(Permission.RISK)
def risk_rule_delete(request: HttpRequest, pk: UUID, rule_pk: UUID) -> HttpResponse:
    get_object_or_404(RiskProfile, pk=pk)
    try:
        SHELF.delete_rule(pk, request.actor, rule_pk)  # type: ignore[attr-defined]
    except EditRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The rule is removed from the draft."))
    return redirect("risk_set", pk)
