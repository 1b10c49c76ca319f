"""axe in a real Chromium over the main pages, in light and dark, wide and narrow."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from agencies.states import ReviewState
from declarations.states import State
from portal.accounts.roles import OrganisationKind, Role
from tests.browser import sign_in
from tests.factories import make_agency, make_member, make_officer, make_organisation
from tests.pages.cases import BAD_ORIGIN, MISSING_MODE, make_declaration, send_to

WIDE, NARROW = {"width": 1366, "height": 900}, {"width": 390, "height": 844}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What the dark scheme changes: nothing but colours.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def check(page: Page, address: str) -> None:
    """No violation of WCAG 2.2 AA and nothing wider than the window, in each scheme and width."""
    axe = Axe()
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")
        page.goto(address)
        for scheme, rules in (("light", RULES), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            results = axe.run(page, options=rules)
            assert results.violations_count == 0, (
                f"{address} {scheme} {size['width']}\n{results.generate_report()}"
            )
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{address} is {width} wide in {size['width']}"


def test_sign_in(page: Page, transactional_db: None) -> None:
    check(page, reverse("account_login"))


def test_trader(page: Page, live_server: Any) -> None:
    user, actor = make_member(make_organisation(name="Kolkheti Trade LLC"))
    released = make_declaration(actor, State.RELEASED)
    rejected = make_declaration(actor, State.REJECTED, BAD_ORIGIN, MISSING_MODE)
    make_declaration(actor, State.DRAFT)
    sign_in(page, live_server, user)
    check(page, reverse("home"))
    check(page, reverse("declaration_list"))
    check(page, reverse("declaration", args=[rejected.pk]))
    for tab in ("documents", "reviews", "timeline", "messages"):
        check(page, reverse("declaration", args=[released.pk]) + f"?tab={tab}")


def test_officer(page: Page, live_server: Any) -> None:
    _, trader = make_member(make_organisation())
    agency = make_agency("phyto", name="National Food Agency")
    user, _ = make_officer(agency)
    declaration = make_declaration(trader)
    send_to(agency, declaration)
    send_to(agency, make_declaration(trader), ReviewState.CLAIMED)
    sign_in(page, live_server, user)
    check(page, reverse("home"))
    check(page, reverse("declaration", args=[declaration.pk]) + "?tab=reviews")


def test_administrator(page: Page, live_server: Any) -> None:
    user, _ = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    sign_in(page, live_server, user)
    check(page, reverse("home"))
    check(page, reverse("mfa_index"))
    check(page, "/no/such/page/")


def test_menu_opens_and_closes_on_a_phone_without_our_scripts(
    page: Page, live_server: Any
) -> None:
    user, _ = make_member(make_organisation())
    sign_in(page, live_server, user)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.route("**/*.js", lambda route: route.abort())
    page.goto(reverse("home"))
    menu = page.get_by_role("navigation", name="Main menu")
    assert not menu.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert menu.is_visible()
    page.keyboard.press("Escape")
    assert not menu.is_visible()


def test_keyboard_reaches_the_content_first(page: Page, live_server: Any) -> None:
    user, _ = make_member(make_organisation())
    sign_in(page, live_server, user)
    page.goto(reverse("home"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_on_a_phone_the_current_tab_is_in_sight(page: Page, live_server: Any) -> None:
    user, actor = make_member(make_organisation())
    declaration = make_declaration(actor, State.RELEASED)
    sign_in(page, live_server, user)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(reverse("declaration", args=[declaration.pk]) + "?tab=messages")
    tab = page.locator(".tabs [aria-current]")
    assert page.evaluate("document.querySelector('.tabs').scrollLeft") > 0
    expect(tab).to_be_visible()
    box = tab.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= NARROW["width"]
    assert page.evaluate("window.scrollY") == 0
