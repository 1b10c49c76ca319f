"""In the browser, from a draft in Almaty to the discharge: each step clicked in its own portal."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.worker import until

PATIENCE = 120.0
WAGON = "94712775"
Look = Callable[[Page, str], None]
STEPS = (  # whose portal, the button, the stage that it leads to
    ("KZ", "Confirm the passage", "Under way"),  # Aktau
    ("AZ", "Confirm the passage", "Under way"),  # Alat
    ("AZ", "Confirm the passage", "Under way"),  # Böyük Kəsik
    ("GE", "Confirm the passage", "Under way"),  # Gardabani
    ("GE", "Confirm the arrival", "Arrived"),
    ("GE", "Give the result of the control", "Checked at the destination"),
    ("KZ", "Discharge", "Discharged"),
)


def walk(browser: Browser, port: int, look: Look = lambda _page, _name: None) -> None:
    """File a consignment of batteries, release it, and lead it to Tbilisi.

    ``port`` is Georgia's; Azerbaijan and Kazakhstan have the next two. ``look`` sees the page after
    each step. Fails where a step does not reach the other countries.
    """
    ports = {"GE": port, "AZ": port + 1, "KZ": port + 2}
    broker = _sign_in(browser, ports["KZ"], "broker")
    customs = {country: _sign_in(browser, at, "customs") for country, at in ports.items()}
    lrn = _file(broker, look)
    mrn = _release(customs["KZ"], lrn, look)
    broker.reload()
    expect(broker.get_by_role("heading", name="Where the goods are")).to_be_visible()
    look(broker, "declaration-released")
    for number, (country, button, stage) in enumerate(STEPS, start=1):
        page = customs[country]
        _open(page, mrn, button)
        look(page, f"step-{number}-{country}-before")
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text("on its way to the other countries")).to_be_visible()
        expect(page.locator(".panel-head .state").first).to_have_text(stage)
        look(page, f"step-{number}-{country}")
    for country in ("GE", "AZ"):
        until(_is_discharged(customs[country]), PATIENCE)
        expect(customs[country].locator("td.tone-good, td .tone-good")).to_have_count(6)
        look(customs[country], f"ended-{country}")
    expect(customs["KZ"].get_by_text("Freed")).to_be_visible()
    broker.reload()
    look(broker, "declaration-discharged")
    for page in (broker, *customs.values()):
        page.context.close()


def _file(page: Page, look: Look) -> str:
    """Copy the sample to a draft, write its wagon and seals, check and file it. Returns its LRN."""
    page.goto("/declarations/?q=T0311")
    page.locator("a.row-link").first.click()
    page.get_by_role("button", name="Copy to a new draft").click()
    reference = page.get_by_label("Your reference (LRN)")
    lrn = reference.input_value()
    page.get_by_label("Vehicle, wagon or flight").fill(WAGON)
    for number, box in enumerate(page.get_by_label("Seals", exact=True).all(), start=1):
        box.fill(f"KZ901790{number}")
    page.keyboard.press("Tab")
    page.wait_for_load_state("networkidle")  # the draft saves itself
    look(page, "draft")
    page.get_by_role("button", name="Check and file").click()
    page.wait_for_url(lambda url: "/edit/" not in url)
    look(page, "filed")
    return lrn


def _release(page: Page, lrn: str, look: Look) -> str:
    """Customs of Kazakhstan takes it up and approves. Returns its MRN."""

    def routed() -> bool:
        page.goto(f"/reviews/?q={lrn}")
        return page.locator("main a.row-link").count() == 1

    until(routed, PATIENCE)
    look(page, "queue")
    page.locator("main a.row-link").click()
    page.get_by_role("button", name="Take up").first.click()
    look(page, "review")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Approved. The decision is recorded.")).to_be_visible()
    look(page, "approved")
    page.goto(f"/transit/?q={WAGON}")
    mrn = page.locator("a.row-link").first.inner_text().strip()
    look(page, "movements")
    return mrn


def _sign_in(browser: Browser, port: int, name: str) -> Page:
    page = browser.new_context(base_url=f"http://localhost:{port}", locale="en-GB").new_page()
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("demo")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    return page


def _open(page: Page, mrn: str, button: str) -> None:
    """The page of the consignment, once this country may take the step."""

    def offered() -> bool:
        page.goto(f"/transit/?q={mrn}")
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
