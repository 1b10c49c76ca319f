"""The editor of one rule: a form, or its conditions as text; buttons work without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.conditions import FIELDS, ConditionError, parse, written
from agencies.forms import summary
from agencies.models import Rule, RuleSet
from agencies.routing_editor import dry_runs, edits
from agencies.routing_editor.condition_form import (
    GROUP_WORDS,
    OPERATOR_WORDS,
    ConditionForm,
    GroupRows,
    Row,
)
from agencies.routing_editor.edits import EditRefused
from agencies.routing_editor.rule_form import RuleForm, read_text
from agencies.routing_editor.words import said, said_data
from agencies.states import RuleSetStatus
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


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
    if request.method == "POST":
        return editor.posted()
    return editor.page()


def _read_only(request: HttpRequest, rule_set: RuleSet, rule: Rule | None) -> HttpResponse:
    if rule is None or request.method == "POST":
        messages.error(request, _("A published rule set stays as it is. Begin a new draft."))
        return redirect("routing_set", rule_set.pk)
    return render(request, "agencies/routing/rule_read.html", {
        "rule_set": rule_set, "rule": rule, "words": said_data(rule.conditions),
        "text": written(rule.conditions)})


class _Editor:
    """One visit to the editor."""

    def __init__(self, request: HttpRequest, rule_set: RuleSet, rule: Rule | None) -> None:
        self.request, self.rule_set, self.rule = request, rule_set, rule
        self.post = request.POST if request.method == "POST" else None
        data = rule.conditions if rule else None
        self.rows = ConditionForm.from_data(data) if rule else ConditionForm([
            GroupRows("all", [Row("kind", "is", "import"), Row()])])
        self.text = written(data) if rule else '{"field": "hs", "prefix": ["0604"]}'
        self.as_text = (self.post or request.GET).get("as") == "text" or self.rows is None
        taken = rule_set.rules.exclude(pk=rule.pk) if rule else rule_set.rules.all()
        self.taken = frozenset(taken.values_list("code", flat=True))
        initial = {"tier": 1} if rule is None else {
            **{name: getattr(rule, name) for name in RuleForm.base_fields if name != "queue"},
            "queue": rule.queue.code}
        self.form = RuleForm(initial=initial, taken=self.taken)
        self.errors: list[dict[str, Any]] = []
        self.text_errors: list[str] = []
        self.preview: dict[str, Any] = {}

    def posted(self) -> HttpResponse:
        assert self.post is not None
        button = self.post.get("do", "check")
        if self.as_text:
            self.text = self.post.get("text", "")[:500_000]
            data, self.text_errors = read_text(self.text)
        else:
            self.rows = ConditionForm.from_post(self.post)
            data = self.rows.data()
        if button == "switch":
            return self._switch(data)
        if button in ("save", "check", "try"):
            self.form = RuleForm(self.post, taken=self.taken)
            self._check()
            if button == "save" and not self.errors:
                return self._save(data)
            if not self._condition_errors():
                self._tell(data, with_lines=button != "save")
        else:
            # Only the rows change; the rest is shown as it was typed.
            self.form = RuleForm(initial=self.post.dict() | {
                "needs_second_signature": "needs_second_signature" in self.post})
            assert self.rows is not None
            self.rows.press(button)
        return self.page(status=422 if button == "save" else 200)

    def _check(self) -> None:
        self.errors = summary(self.form)
        if self.as_text:
            self.errors += [{"label": _("Conditions"), "message": text, "target": "id_text"}
                            for text in self.text_errors]
        else:
            assert self.rows is not None
            self.row_errors = self.rows.check()
            self.errors += self.row_errors

    def _condition_errors(self) -> bool:
        return bool(self.text_errors if self.as_text else self.row_errors)

    def _tell(self, data: Any, with_lines: bool) -> None:
        try:
            condition = parse(data)
        except ConditionError as error:
            self.errors += [{"message": str(one)} for one in error.problems]
            return
        self.preview = {"words": said(condition), "tried": with_lines}
        if with_lines:
            self.preview["lines"] = dry_runs.sample_lines(condition)

    def _switch(self, data: Any) -> HttpResponse:
        """From rows to text and back, as far as the text can be read and shown as rows."""
        self.form = RuleForm(initial=self.post.dict() | {  # type: ignore[union-attr]
            "needs_second_signature": "needs_second_signature" in (self.post or {})})
        if not self.as_text:
            self.text, self.as_text = written(data), True
            return self.page()
        rows = None if self.text_errors else ConditionForm.from_data(data)
        if rows is None:
            if not self.text_errors:
                self.text_errors = [_("Nested too deeply for the form. Edit it as text.")]
            self.errors = [{"label": _("Conditions"), "message": text, "target": "id_text"}
                           for text in self.text_errors]
            return self.page(422)
        self.rows, self.as_text = rows, False
        return self.page()

    def _save(self, data: Any) -> HttpResponse:
        assert self.post is not None
        try:
            rule = edits.save_rule(
                self.rule_set.pk, self.request.actor,  # type: ignore[attr-defined]
                {**self.form.cleaned_data, "conditions": data},
                self.rule.pk if self.rule else None, self.post.get("seen", ""))
        except EditRefused as error:
            self.errors = [{"message": str(error)}]
            return self.page(422)
        messages.success(self.request, _("The rule %(code)s is saved.") % {"code": rule.code})
        if "another" in self.post:
            return redirect("routing_rule_new", self.rule_set.pk)
        return redirect("routing_set", self.rule_set.pk)

    def page(self, status: int = 200) -> HttpResponse:
        if not self.preview and self.rule and self.post is None:
            self.preview = {"words": said_data(self.rule.conditions)}
        seen = self.post.get("seen", "") if self.post else ""
        seen = seen or (edits.fingerprint(self.rule) if self.rule else "")
        return render(self.request, "agencies/routing/rule.html", {
            "rule_set": self.rule_set, "rule": self.rule, "form": self.form.as_shown(),
            "rows": self.rows, "as_text": self.as_text, "text": self.text, "seen": seen,
            "errors": self.errors, "text_errors": self.text_errors, "preview": self.preview,
            "fields": FIELDS.values(), "group_words": GROUP_WORDS.items(),
            "operator_words": OPERATOR_WORDS.items(),
        }, status=status)


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
