"""A permit from its grant to its public page, in a browser; every page passes axe."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from agencies.permits.models import Permit
from tests.browser import sign_in
from tests.pages.test_accessibility import NARROW, RULES, WIDE
from tests.permits.world import World


def test_issued_suspended_and_verified(page: Page, live_server: Any) -> None:
    world = World()
    application = world.application()
    sign_in(page, live_server, world.user)
    page.goto(reverse("permits"))
    page.get_by_role("link", name="Issue").first.click()
    page.get_by_label("Quantity (KGM)").fill("80")
    page.get_by_role("button", name="Issue the permit").click()
    permit = Permit.objects.get(application=application)
    page.get_by_role("heading", name=permit.number).wait_for()
    world.declare(permit, "30")
    page.get_by_text("Suspend …").click()
    page.get_by_role("group").filter(has_text="Suspend …").get_by_label("Reason").fill("Inquiry")
    page.get_by_role("button", name="Suspend", exact=True).click()
    page.get_by_text("Suspended. The holder is told the reason.").wait_for()
    page.context.clear_cookies()
    page.goto(reverse("permit_verify"))
    page.get_by_label("Permit number").fill(permit.number)
    page.get_by_label("Check code").fill(permit.check_code)
    page.get_by_role("button", name="Verify").click()
    page.get_by_text("Genuine, but not to be used: Suspended").wait_for()


def check(page: Page, address: str) -> None:
    """Wide in light and narrow in dark: no violation, nothing wider than the window."""
    for scheme, size in (("light", WIDE), ("dark", NARROW)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(address)
        results = Axe().run(page, options=RULES)
        assert results.violations_count == 0, f"{address}\n{results.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address


def test_pages_pass_axe(page: Page, live_server: Any) -> None:
    world = World()
    application, permit = world.application(), world.permit("100")
    world.declare(permit, "30")
    for address in ("verify/", f"verify/{permit.public_id}", "verify/?number=X&check=22222222"):
        check(page, f"/permits/{address}")
    sign_in(page, live_server, world.user)
    for name, keys in (("permits", []), ("permit", [permit.pk]),
                       ("permit_issue", [application.pk]), ("permit_replace", [permit.pk])):
        check(page, reverse(name, args=keys))
    sign_in(page, live_server, world.trader_user)
    check(page, reverse("our_permits"))
    check(page, reverse("our_permit", args=[permit.pk]))
