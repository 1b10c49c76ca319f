"""Pages of dry runs and of hit rates."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agencies.forms import ShownForm, summary, today
from agencies.risk import charts, hit_rates, runs
from agencies.risk.forms import RunForm
from agencies.risk.models import RiskProfile, RiskRun
from agencies.risk.pages import shown
from agencies.risk.profiles import SHELF
from agencies.risk.showing import face_of
from agencies.routing_editor.rule_form import condition_problems
from agencies.states import RuleSetStatus
from declarations.models import Declaration
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

DAYS = 90


@require_POST
@requires(Permission.RISK)
def risk_dry_run_begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    profile, form = get_object_or_404(RiskProfile, pk=pk), RunForm(request.POST)
    if not form.is_valid():
        return shown(request, profile, "dry-runs", summary(form), form=form.as_shown())
    for code, data in profile.rules.values_list("code", "conditions"):
        if problems := condition_problems(data):
            messages.error(request, f"{code}: {problems[0]}")
            return redirect("risk_set", pk)
    run = runs.begin(pk, request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
    return redirect("risk_dry_run", run.pk)


@require_safe
@requires(Permission.RISK)
def risk_dry_run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One run, at work or done."""
    run = get_object_or_404(RiskRun.objects.defer("declarations").select_related(
        "profile", "base", "asked_by"), pk=pk)
    titles = dict(run.profile.rules.values_list("code", "title"))
    declarations = {
        str(one.pk): one
        for one in Declaration.objects.filter(pk__in=[c["declaration"] for c in run.changes])}
    hits = sorted(run.hits.items(), key=lambda pair: (-pair[1], pair[0]))
    judged = sum(run.moves.values())
    return render(request, "agencies/risk/dry_run.html", {
        "run": run, "rule_set": run.profile, "bars": charts.lane_bars(run), "width": charts.WIDTH,
        "moves": charts.moves(run), "changed": runs.changed(run.moves), "judged": judged,
        "hits": [{"code": code, "title": titles.get(code, code), "count": count,
                  "percent": round(100 * count / judged, 1) if judged else 0}
                 for code, count in hits],
        "changes": [
            {"declaration": declarations[one["declaration"]], "before": face_of(one["before"]),
             "after": face_of(one["after"]), "score": one["score"],
             "titles": [titles.get(code, code) for code in one["codes"]]}
            for one in run.changes if one["declaration"] in declarations],
        "stale": SHELF.content_of(run.profile) != run.content,
    })


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(
        attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"))


class VersionChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


class RatesForm(ShownForm):
    """Which version, and when the declarations were assessed."""

    version = VersionChoice(
        label=gettext_lazy("Version"), queryset=RiskProfile.objects.none(),
        to_field_name="version", empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}))
    date_from = _day(gettext_lazy("Assessed from"))
    date_to = _day(gettext_lazy("Assessed to"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = RiskProfile.objects.exclude(  # type: ignore[attr-defined]
            status=RuleSetStatus.DRAFT)


@require_safe
@requires(Permission.RISK)
def risk_rates(request: HttpRequest) -> HttpResponse:
    """How often each rule matched, and how often it was right."""
    newest = SHELF.in_force() or RiskProfile.objects.exclude(status=RuleSetStatus.DRAFT).first()
    usual = {"version": newest.version if newest else "",
             "date_from": today() - timedelta(days=DAYS), "date_to": today()}
    form = RatesForm({**usual, **{name: request.GET[name] for name in usual if name in request.GET}})
    context: dict[str, Any] = {"form": form, "newest": newest, "errors": []}
    if newest is not None and form.is_valid():
        asked = form.cleaned_data
        begin, end = _bounds(asked["date_from"], asked["date_to"])
        lines = hit_rates.by_rule(asked["version"], begin, end)
        lanes = hit_rates.by_lane(asked["version"], begin, end)
        context |= {
            "profile": asked["version"], "bars": charts.rate_bars(lines), "width": charts.WIDTH,
            "lanes": [{"face": face_of(one.lane), "rate": one.rate} for one in lanes],
            "assessed": sum(one.rate.hits for one in lanes),
        }
    elif newest is not None:
        context["errors"] = summary(form)
    form.as_shown()
    return render(request, "agencies/risk/rates.html", context,
                  status=422 if context["errors"] else 200)


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, in the portal's time."""
    zone = ZoneInfo(settings.PORTAL_TIME_ZONE)
    return (datetime.combine(first, time.min, zone),
            datetime.combine(last + timedelta(days=1), time.min, zone))
