"""Pages of one routing rule: its editor, and the rule as it is read once published."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.conditions import written
from agencies.models import Rule, RuleSet
from agencies.routing_editor import edits
from agencies.routing_editor.edits import EditRefused
from agencies.routing_editor.rule_editor import RuleEditor
from agencies.routing_editor.rule_form import RuleForm
from agencies.routing_editor.words import said_data
from agencies.rule_sets import SHELF
from agencies.states import RuleSetStatus
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


class _Editor(RuleEditor):
    shelf, form_class, prefix = SHELF, RuleForm, "routing"
    template = "agencies/routing/rule.html"

    def initial(self) -> dict[str, Any]:
        if self.rule is None:
            return {"tier": 1}
        return super().initial() | {"queue": self.rule.queue.code}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def rule_edit(request: HttpRequest, pk: UUID, rule_pk: UUID | None = None) -> HttpResponse:
    """A rule of a draft to be written; of a published set, to be read."""
    rule_set = get_object_or_404(RuleSet, pk=pk)
    rule = get_object_or_404(
        rule_set.rules.select_related("queue__agency"), pk=rule_pk) if rule_pk else None
    if rule_set.status != RuleSetStatus.DRAFT:
        return _read_only(request, rule_set, rule)
    editor = _Editor(request, rule_set, rule)
    return editor.posted() if request.method == "POST" else editor.page()


def _read_only(request: HttpRequest, rule_set: RuleSet, rule: Rule | None) -> HttpResponse:
    if rule is None or request.method == "POST":
        messages.error(request, _("A published rule set stays as it is. Begin a new draft."))
        return redirect("routing_set", rule_set.pk)
    return render(request, "agencies/routing/rule_read.html", {
        "rule_set": rule_set, "rule": rule, "words": said_data(rule.conditions),
        "text": written(rule.conditions)})


@require_POST
@requires(Permission.ADMINISTER)
def rule_delete(request: HttpRequest, pk: UUID, rule_pk: UUID) -> HttpResponse:
    get_object_or_404(RuleSet, pk=pk)
    try:
        edits.delete_rule(pk, request.actor, rule_pk)  # type: ignore[attr-defined]
    except EditRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The rule is removed from the draft."))
    return redirect("routing_set", pk)
