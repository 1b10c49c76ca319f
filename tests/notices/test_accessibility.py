"""axe in a real Chromium over the pages of the notices; without scripts they work too."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from portal.journal.kinds import EventKind
from portal.notices import unsubscribing, webhooks
from portal.notices.kinds import Group
from portal.notices.models import Notice, WebhookState
from tests.browser import sign_in
from tests.notices.conftest import Tell, make_case
from tests.pages.test_accessibility import NARROW, RULES, WIDE


def test_pages(page: Page, live_server: Any, tell: Tell) -> None:
    case = make_case()
    for kind in (EventKind.RELEASED, EventKind.INFORMATION_REQUESTED, EventKind.ANSWER_OVERDUE):
        tell(case.declaration.pk, kind, **case.about(due_at="2026-03-01T10:00:00+00:00"))
    webhook, _secret = webhooks.add(case.actor, "https://example.org/hook", [])
    tell(case.declaration.pk, EventKind.CANCELLED)
    webhook.state = WebhookState.BLOCKED
    webhook.save()
    sign_in(page, live_server, case.user)
    for address in (
        reverse("notices"), reverse("notice_preferences"), reverse("webhooks"),
        reverse("webhook", args=[webhook.pk]),
        reverse("unsubscribe", args=[unsubscribing.token(case.user.pk, Group.DECISIONS)]),
    ):
        for scheme, size in (("light", WIDE), ("dark", NARROW)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(address)
            results = Axe().run(page, options=RULES)
            assert results.violations_count == 0, (
                f"{address} {scheme}\n{results.generate_report()}"
            )
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{address} is {width} wide in {size['width']}"


def test_reading_without_scripts(page: Page, live_server: Any, tell: Tell) -> None:
    case = make_case()
    tell(case.declaration.pk, EventKind.INFORMATION_REQUESTED, **case.about())
    tell(case.declaration.pk, EventKind.CANCELLED)
    sign_in(page, live_server, case.user)
    page.route("**/*.js", lambda route: route.abort())
    page.goto(reverse("notices"))
    page.get_by_role("button", name="Mark as read").first.click()
    assert Notice.objects.unread().count() == 1
    page.get_by_role("button", name="Mark all as read").click()
    page.get_by_text("Everything is read").wait_for()
    assert not Notice.objects.unread().exists()
