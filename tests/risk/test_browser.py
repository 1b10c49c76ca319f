"""In Chromium: axe over every page of risk, and the lane on the pages of others."""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page

from agencies.risk import runs
from agencies.risk.profiles import SHELF
from tests.agencies.conftest import World
from tests.browser import sign_in
from tests.pages.test_accessibility import check
from tests.risk.samples import make_profile
from tests.risk.test_pages import filed
from tests.routing_editor.conftest import Admins


def test_axe(page: Page, live_server: Any, world: World, admins: Admins) -> None:
    base = make_profile(
        {"code": "new", "score": 25, "disclosable": True, "title": "A new trader",
         "conditions": {"field": "earlier", "lte": 2}},
        {"code": "drawn", "share": 100, "floor": "yellow", "title": "Drawn"})
    filed()
    draft = SHELF.copy_to_draft(base, admins.author_actor)
    rule = draft.rules.get(code="new")
    SHELF.save_rule(draft.pk, admins.author_actor, {"score": 70}, rule.pk)
    run = runs.begin(draft.pk, admins.author_actor, date.today() - timedelta(days=2),
                     date.today() + timedelta(days=1), 10)
    while runs.advance(run.pk):
        pass
    sign_in(page, live_server, admins.other)
    address = reverse("risk_set", args=[draft.pk])
    for tab in ("rules", "changes", "dry-runs", "publication"):
        check(page, f"{address}?tab={tab}")
    SHELF.ask(draft.pk, admins.author_actor, "Because.")
    for one in (
        reverse("risk"), reverse("risk_new"), reverse("risk_rates"), f"{address}?tab=publication",
        reverse("risk_dry_run", args=[run.pk]), reverse("risk_rule", args=[draft.pk, rule.pk]),
        reverse("risk_rule", args=[base.pk, base.rules.get(code="new").pk]),
    ):
        check(page, one)
    page.goto(f"{address}?tab=publication")
    page.get_by_role("button", name="Approve and publish").click()
    page.get_by_text("Approved and published.").wait_for()
    assert SHELF.in_force() == draft
    assert filed().risk_assessments.get().lane == "red"
