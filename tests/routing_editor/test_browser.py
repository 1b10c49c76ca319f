"""In Chromium: axe over every page, and the whole way from a draft to the next declaration."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from agencies import rule_sets
from agencies.models import RuleSet
from agencies.routing_editor import edits, publication
from agencies.routing_editor.models import DryRun
from agencies.routing_editor.tasks import dry_run
from tests.agencies.conftest import World
from tests.agencies.samples import dataset, item, make_rule
from tests.browser import sign_in
from tests.pages.test_accessibility import check
from tests.routing_editor.conftest import Admins
from tests.routing_editor.test_publication import past, rule_values, tried


@pytest.fixture
def draft(transactional_db: None, world: World, admins: Admins) -> RuleSet:
    for hs in ("160431", "220421"):
        past(hs)
    made = rule_sets.copy_to_draft(world.rule_set, admins.author_actor)
    edits.save_rule(made.pk, admins.author_actor, rule_values(world))
    make_rule(made, world.vet, {"field": "hs", "prefix": "220421"}, tier=2, code="late")
    return made


def test_axe(page: Page, live_server: Any, world: World, admins: Admins, draft: RuleSet) -> None:
    run = tried(draft, admins)
    address = reverse("routing_set", args=[draft.pk])
    rule = draft.rules.get(code="caviar")
    sign_in(page, live_server, admins.other)
    for tab in ("rules", "findings", "changes", "dry-runs", "publication"):
        check(page, f"{address}?tab={tab}")
    publication.ask(draft.pk, admins.author_actor, "CITES wants caviar.")
    for one in (
        reverse("routing"), reverse("routing_new"), f"{address}?tab=publication",
        reverse("routing_dry_run", args=[run.pk]),
        reverse("routing_rule", args=[draft.pk, rule.pk]),
        reverse("routing_rule", args=[draft.pk, rule.pk]) + "?as=text",
    ):
        check(page, one)


def test_a_rule_is_drafted_tried_approved_and_followed_without_scripts(
    browser: Browser, live_server: Any, transactional_db: None, world: World, admins: Admins
) -> None:
    past("160431")

    def of(user: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
        page = context.new_page()
        sign_in(page, live_server, user)
        return page

    author = of(admins.author)
    author.goto(reverse("routing"))
    author.get_by_role("button", name="New draft").click()
    author.get_by_role("link", name="Add a rule").click()
    author.get_by_text("Find codes").last.click()
    author.locator("#id_g0-1-find").fill("caviar")
    author.get_by_role("button", name="Find", exact=True).last.click()
    author.get_by_role("button", name="160431").click()
    author.get_by_role("button", name="Add a condition").click()
    author.locator("#id_g0-2-field").select_option("origin")
    author.locator("#id_g0-2-op").select_option("is")
    author.locator("#id_g0-2-values").fill("AZ")
    author.get_by_label("Title").fill("Caviar")
    author.locator("#id_code").fill("caviar")
    author.locator("#id_queue").select_option("phyto")
    author.locator("#id_review_kind").select_option("inspection")
    author.get_by_role("button", name="Save the rule").click()
    assert author.get_by_text("Import, goods of HS 1604 31 (Fish preparations; caviar) from "
                              "Azerbaijan").is_visible()
    draft = RuleSet.objects.get(status="draft")

    author.get_by_role("link", name="Dry runs").click()
    author.get_by_role("button", name="Begin the dry run").click()
    dry_run(str(DryRun.objects.get().pk))  # what a worker does
    author.reload()
    assert author.get_by_text("Goes to").is_visible()
    author.get_by_role("link", name="To the publication").click()
    author.get_by_label("Why the rules change").fill("CITES wants caviar.")
    author.get_by_role("button", name="Ask for publication").click()
    assert author.get_by_text("Another administrator approves.").is_visible()
    assert not author.get_by_role("button", name="Approve and publish").count()

    other = of(admins.other)
    other.goto(reverse("routing_set", args=[draft.pk]) + "?tab=publication")
    other.get_by_role("button", name="Approve and publish").click()
    assert other.get_by_text("Approved and published.").is_visible()
    review = world.review(world.route(data=dataset(item("160431"))), world.phyto)
    assert (review.kind, [reason.code for reason in review.why]) == ("inspection", ["caviar"])
    for page in (author, other):
        page.context.close()
