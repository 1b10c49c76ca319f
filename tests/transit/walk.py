"""In the browser, from Alat to Tbilisi and the discharge in Almaty: what the demo leaves to do."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.worker import until

PATIENCE = 120.0


def walk(browser: Browser, port: int) -> None:
    """Take every step that is left of the demo's consignment, each in its own country's portal.

    ``port`` is Georgia's; Azerbaijan and Kazakhstan have the next two. Fails where a step does not
    reach the other countries.
    """
    georgia, azerbaijan, kazakhstan = (_customs(browser, port + n) for n in range(3))
    for page, button, stage in (
        (azerbaijan, "Confirm the passage", "Under way"),
        (georgia, "Confirm the passage", "Under way"),
        (georgia, "Confirm the arrival", "Arrived"),
        (georgia, "Give the result of the control", "Checked at the destination"),
        (kazakhstan, "Discharge", "Discharged"),
    ):
        _open(page, button)
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text("on its way to the other countries")).to_be_visible()
        expect(page.locator(".panel-head .state").first).to_have_text(stage)
    for page in (georgia, azerbaijan):
        until(_is_discharged(page), PATIENCE)
        expect(page.locator("td.tone-good, td .tone-good")).to_have_count(6)
    page = kazakhstan
    expect(page.get_by_text("Freed")).to_be_visible()
    for one in (georgia, azerbaijan, kazakhstan):
        one.context.close()


def _customs(browser: Browser, port: int) -> Page:
    page = browser.new_context(base_url=f"http://localhost:{port}", locale="en-GB").new_page()
    page.goto("/account/login/")
    page.locator("input[name=login]").fill("customs")
    page.locator("input[name=password]").fill("demo")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    return page


def _open(page: Page, button: str) -> None:
    """The page of the consignment, once this country may take the step."""

    def offered() -> bool:
        page.goto("/transit/?q=batteries")
        link = page.locator("a.row-link")
        if link.count() != 1:
            return False
        link.click()
        page.wait_for_load_state()
        return page.get_by_role("button", name=button, exact=True).count() == 1

    until(offered, PATIENCE)


def _is_discharged(page: Page) -> Callable[[], bool]:
    def looked() -> bool:
        page.reload()
        return page.locator(".panel-head .state").first.inner_text() == "Discharged"

    return looked
