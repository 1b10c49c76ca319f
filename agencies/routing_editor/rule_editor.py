"""The editor of one rule, whatever it decides: its conditions as rows or as text, and a form.

Buttons work without scripts: each sends the whole form, has it changed, and gets it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agencies.conditions import FIELDS, Condition, ConditionError, parse, written
from agencies.forms import ShownForm, summary
from agencies.routing_editor import dry_runs
from agencies.routing_editor.condition_form import (
    GROUP_WORDS,
    OPERATOR_WORDS,
    ConditionForm,
    GroupRows,
    Row,
)
from agencies.routing_editor.rule_form import read_text
from agencies.routing_editor.words import said, said_data
from agencies.versions.shelf import EditRefused, Shelf


class RuleEditor:
    """One visit to the editor of a draft's rule; ``rule`` is None for a new one."""

    shelf: ClassVar[Shelf[Any, Any]]
    form_class: ClassVar[type[ShownForm]]
    template: ClassVar[str]
    prefix: ClassVar[str]  # of the names of addresses: routing_set, routing_rule_new …
    hidden_fields: ClassVar[frozenset[str]] = frozenset()  # what conditions here cannot ask

    def __init__(self, request: HttpRequest, version: Any, rule: Any) -> None:
        self.request, self.version, self.rule = request, version, rule
        self.post = request.POST if request.method == "POST" else None
        data = rule.conditions if rule else None
        self.rows = ConditionForm.from_data(data) if rule else ConditionForm([
            GroupRows("all", [Row("kind", "is", "import"), Row()])])
        self.text = written(data) if rule else '{"field": "hs", "prefix": ["0604"]}'
        self.as_text = (self.post or request.GET).get("as") == "text" or self.rows is None
        taken = version.rules.exclude(pk=rule.pk) if rule else version.rules.all()
        self.taken = frozenset(taken.values_list("code", flat=True))
        self.form: Any = self._form(initial=self.initial())
        self.errors: list[dict[str, Any]] = []
        self.text_errors: list[str] = []
        self.preview: dict[str, Any] = {}

    # --- what each kind of rule says -------------------------------------------------------

    def initial(self) -> dict[str, Any]:
        """What the form shows at first."""
        if self.rule is None:
            return {}
        return {name: getattr(self.rule, name) for name in self.form_class.base_fields}

    def problems(self, data: Any) -> list[str]:
        """What else is wrong with conditions that can be read, in words."""
        return []

    def sample_lines(self, condition: Condition) -> list[tuple[Any, Any]]:
        return dry_runs.sample_lines(condition)

    # --- one visit -------------------------------------------------------------------------

    def _form(self, data: Mapping[str, Any] | None = None, **options: Any) -> Any:
        return self.form_class(data, taken=self.taken, **options)  # type: ignore[call-arg]

    def _typed(self) -> Any:
        """The form as it was typed, unchecked."""
        assert self.post is not None
        ticked = {name: name in self.post for name, field in self.form_class.base_fields.items()
                  if isinstance(field, forms.BooleanField)}
        return self._form(initial=self.post.dict() | ticked)

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
            self.form = self._form(self.post)
            self._check(data)
            if button == "save" and not self.errors:
                return self._save(data)
            if not self._condition_errors():
                self._tell(data, with_lines=button != "save")
        else:
            # Only the rows change; the rest is shown as it was typed.
            self.form = self._typed()
            assert self.rows is not None
            self.rows.press(button)
        return self.page(status=422 if button == "save" else 200)

    def _check(self, data: Any) -> None:
        self.errors = summary(self.form)
        if self.as_text:
            self.errors += [{"label": _("Conditions"), "message": text, "target": "id_text"}
                            for text in self.text_errors]
        else:
            assert self.rows is not None
            self.row_errors = self.rows.check()
            self.errors += self.row_errors
        if not self._condition_errors():
            self.errors += [{"label": _("Conditions"), "message": text}
                            for text in self.problems(data)]

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
            self.preview["lines"] = self.sample_lines(condition)

    def _switch(self, data: Any) -> HttpResponse:
        """From rows to text and back, as far as the text can be read and shown as rows."""
        self.form = self._typed()
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
            rule = self.shelf.save_rule(
                self.version.pk, self.request.actor,  # type: ignore[attr-defined]
                {**self.form.cleaned_data, "conditions": data},
                self.rule.pk if self.rule else None, self.post.get("seen", ""))
        except EditRefused as error:
            self.errors = [{"message": str(error)}]
            return self.page(422)
        messages.success(self.request, _("The rule %(code)s is saved.") % {"code": rule.code})
        if "another" in self.post:
            return redirect(f"{self.prefix}_rule_new", self.version.pk)
        return redirect(f"{self.prefix}_set", self.version.pk)

    def page(self, status: int = 200) -> HttpResponse:
        if not self.preview and self.rule and self.post is None:
            self.preview = {"words": said_data(self.rule.conditions)}
        seen = self.post.get("seen", "") if self.post else ""
        seen = seen or (self.shelf.fingerprint(self.rule) if self.rule else "")
        return render(self.request, self.template, {
            "rule_set": self.version, "rule": self.rule, "form": self.form.as_shown(),
            "rows": self.rows, "as_text": self.as_text, "text": self.text, "seen": seen,
            "errors": self.errors, "text_errors": self.text_errors, "preview": self.preview,
            "fields": [f for name, f in FIELDS.items() if name not in self.hidden_fields],
            "group_words": GROUP_WORDS.items(), "operator_words": OPERATOR_WORDS.items(),
        }, status=status)
