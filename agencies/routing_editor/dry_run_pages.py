"""Pages of dry runs: begin one, watch it, read what it would change, take it away as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agencies.explanation import told_values
from agencies.forms import ShownForm, summary, today
from agencies.models import Queue, RuleSet
from agencies.routing_editor import dry_runs
from agencies.routing_editor.chart import chart_of
from agencies.routing_editor.models import DryRun, DryRunChange
from agencies.rule_sets import content_of
from agencies.states import ReviewKind
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

DAYS, SAMPLE, PER_PAGE = 90, 1000, 25


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(
        attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"))


class RunForm(ShownForm):
    date_from = _day(gettext_lazy("Accepted from"))
    date_to = _day(gettext_lazy("Accepted to"))
    sample = forms.IntegerField(
        label=gettext_lazy("At most"), min_value=1, max_value=dry_runs.MOST, initial=SAMPLE,
        help_text=gettext_lazy("Declarations, spread evenly over those days."),
        widget=forms.NumberInput(attrs={"class": "form-control"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("date_from", today() - timedelta(days=DAYS))
        self.initial.setdefault("date_to", today())

    def clean(self) -> None:
        first, last = self.cleaned_data.get("date_from"), self.cleaned_data.get("date_to")
        if first and last and first > last:
            self.add_error("date_to", _("The last day is before the first."))


@require_POST
@requires(Permission.ADMINISTER)
def dry_run_begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    rule_set = get_object_or_404(RuleSet.objects.select_related("default_queue__agency"), pk=pk)
    form = RunForm(request.POST)
    if not form.is_valid():
        from agencies.routing_editor.pages import shown

        return shown(request, rule_set, "dry-runs", summary(form), form=form.as_shown())
    problems = list(_unreadable(rule_set))
    if problems:
        messages.error(request, problems[0])
        return redirect("routing_set", pk)
    run = dry_runs.begin(pk, request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
    return redirect("routing_dry_run", run.pk)


def _unreadable(rule_set: RuleSet) -> Iterator[str]:
    from agencies.routing_editor.rule_form import condition_problems

    for code, data in rule_set.rules.values_list("code", "conditions"):
        yield from (f"{code}: {problem}" for problem in condition_problems(data))


@require_safe
@requires(Permission.ADMINISTER)
def dry_run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One run, at work or done."""
    run = _run(pk)
    changes = run.changes.select_related("declaration").order_by("pk")
    page = Paginator(changes, PER_PAGE).get_page(request.GET.get("page"))
    queues = Queue.objects.select_related("agency").in_bulk()
    return render(request, "agencies/routing/dry_run.html", {
        "run": run, "rule_set": run.rule_set, "chart": chart_of(run), "page": page,
        "changed": page.paginator.count,
        "lines": [{"declaration": c.declaration, "differences": differences(c, queues)}
                  for c in page],
        "stale": content_of(run.rule_set) != run.content,
    })


@require_safe
@requires(Permission.ADMINISTER)
def dry_run_csv(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """Every declaration that would go elsewhere: a line for each difference."""
    run = _run(pk)
    name = f"dry-run-v{run.rule_set.version}-{run.asked_at:%Y%m%d}.csv"
    return StreamingHttpResponse(_csv_lines(run), content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{name}"'})


def _run(pk: UUID) -> DryRun:
    return get_object_or_404(
        DryRun.objects.defer("declarations").select_related("rule_set", "base", "asked_by"), pk=pk)


def differences(change: DryRunChange, queues: dict[Any, Queue]) -> list[dict[str, Any]]:
    """What is otherwise for a declaration, queue by queue, and by which rules."""
    before = {one["queue"]: one for one in change.before}
    after = {one["queue"]: one for one in change.after}
    found = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old and new and (old["tier"], old["kind"]) == (new["tier"], new["kind"]):
            continue
        kind = "added" if old is None else "removed" if new is None else "changed"
        shown = new or old
        assert shown is not None
        queue = next((q for pk, q in queues.items() if str(pk) == key), None)
        found.append({
            "kind": kind, "queue": str(queue) if queue else key,
            "how": _how(shown), "was": _how(old) if kind == "changed" and old else "",
            "why": [_why(rule) for rule in shown["rules"]] or [
                _("No rule names an agency for it: the default queue.")],
        })
    return found


def _how(review: dict[str, Any]) -> str:
    label = dict(ReviewKind.choices).get(review["kind"], review["kind"])
    return _("tier %(tier)s, %(kind)s") % {"tier": review["tier"], "kind": str(label).lower()}


def _why(rule: dict[str, Any]) -> str:
    values = "; ".join(told_values(one["field"], one["values"]) for one in rule["matched"])
    return f"{rule['title']} ({rule['code']})" + (f": {values}" if values else "")


class _Echo:
    def write(self, text: str) -> str:
        return text


def _csv_lines(run: DryRun) -> Iterator[str]:
    writer = csv.writer(_Echo())
    queues = Queue.objects.select_related("agency").in_bulk()
    # With its byte-order mark spreadsheet programs read it as UTF-8.
    yield "\ufeff" + writer.writerow([
        _("MRN"), _("LRN"), _("Kind"), _("Goods"), _("Change"), _("Agency and queue"), _("How"),
        _("Why")])
    for change in run.changes.select_related("declaration").order_by("pk").iterator(500):
        one = change.declaration
        for difference in differences(change, queues):
            yield writer.writerow(map(_cell, [
                one.mrn or "", one.lrn, one.kind, one.goods, difference["kind"],
                difference["queue"], difference["how"], " | ".join(difference["why"])]))


def _cell(text: str) -> str:
    """A cell that a spreadsheet takes for a formula gets an apostrophe before it."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
