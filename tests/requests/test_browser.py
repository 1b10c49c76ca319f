"""Both sides in Chromium: axe over every page, and the whole way without a script."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from agencies import cancellations, requests
from agencies.correspondence import InformationRequest, RequestTemplate
from agencies.forms import today
from declarations import attachments
from declarations.states import State
from portal.accounts.models import User
from portal.accounts.roles import Role
from tests.agencies.conftest import World
from tests.browser import sign_in
from tests.factories import make_officer
from tests.pages.test_accessibility import check
from tests.requests import files
from tests.requests.files import sent
from tests.requests.test_requests import Asked


@pytest.fixture
def case(transactional_db: None, world: World) -> Asked:
    return Asked(world)


def test_axe_on_the_traders_pages(page: Page, live_server: Any, case: Asked) -> None:
    asked, answered = case.ask(documents=["Analysis report"]), case.ask("And when?")
    taken, _refused = attachments.receive([sent(), sent("page.png", files.PNG)])
    requests.answer(answered.pk, case.trader, "In May.", taken[:1])
    requests.prepare(asked.pk, case.trader, "The", taken[1:])
    sign_in(page, live_server, case.declaration.filed_by)
    declaration = reverse("declaration", args=[case.declaration.pk])
    check(page, reverse("declaration_cancel", args=[case.declaration.pk]))
    cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")
    check(page, f"{declaration}?tab=requests")
    check(page, reverse("declaration_cancel", args=[case.declaration.pk]))
    check(page, reverse("home"))


def test_axe_on_the_officers_pages(page: Page, live_server: Any, case: Asked) -> None:
    review = reverse("review", args=[case.review.pk])
    template = RequestTemplate.objects.create(
        agency=case.world.phyto, title="Analysis", text="Send it.", documents=["Report"])
    sign_in(page, live_server, User.objects.get(pk=case.officer.user_id))
    check(page, f"{review}?template={template.pk}#ask")
    answered = case.ask("And when?")
    taken, _refused = attachments.receive([sent()])
    requests.answer(answered.pk, case.trader, "In May.", taken)
    case.ask(documents=["Analysis report"])
    check(page, review)
    check(page, reverse("review_queue") + "?show=waiting")


def test_axe_on_the_pages_of_customs_and_of_supervisors(
    page: Page, live_server: Any, case: Asked
) -> None:
    user, _actor = make_officer(case.world.customs, Role.SUPERVISOR)
    sign_in(page, live_server, user)
    check(page, reverse("cancellations"))
    check(page, reverse("request_templates"))
    check(page, reverse("request_template_new"))
    wish = cancellations.ask(case.declaration.pk, case.trader, "Filed twice.")
    for address in (reverse("cancellations"), reverse("cancellation", args=[wish.pk]),
                    reverse("review_queue")):
        check(page, address)


def test_a_question_is_asked_and_answered_without_scripts(
    browser: Browser, live_server: Any, case: Asked, tmp_path: Path
) -> None:
    """The officer asks, the trader sends a good file with a bad one, mends it, and the officer
    approves; customs then cancels what the trader no longer wants."""
    def of(user: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
        page = context.new_page()
        sign_in(page, live_server, user)
        return page

    good, bad = tmp_path / "analysis.pdf", tmp_path / "notes.txt"
    good.write_bytes(files.PDF)
    bad.write_text("notes")

    officer = of(User.objects.get(pk=case.officer.user_id))
    officer.goto(reverse("review", args=[case.review.pk]))
    officer.get_by_text("Ask for information").click()
    officer.get_by_label("What do you want to know?").fill("Which laboratory?")
    officer.get_by_label("Documents to send").fill("Analysis report")
    officer.get_by_label("Answer by").fill(today().isoformat())
    officer.get_by_role("button", name="Ask the trader").click()
    assert officer.get_by_text("The trader is asked.").is_visible()

    trader = of(case.declaration.filed_by)
    trader.goto(reverse("home"))
    trader.get_by_role("link", name=f"Answer {case.declaration.lrn}").click()
    trader.get_by_role("link", name="Answer the request").click()
    trader.get_by_label("Text").fill("The State Laboratory.")
    trader.get_by_label("Add files").set_input_files([good, bad])
    trader.get_by_role("button", name="Send the answer").click()
    assert trader.get_by_role("link", name="notes.txt").is_visible()
    assert trader.get_by_label("Text").input_value() == "The State Laboratory."
    trader.get_by_role("button", name="Send the answer").click()
    assert trader.get_by_text("Sent. The agency goes on").is_visible()
    with trader.expect_download() as download:
        trader.get_by_role("link", name="analysis.pdf").click()
    assert Path(download.value.path()).read_bytes() == files.PDF
    assert InformationRequest.objects.get().answer == "The State Laboratory."

    officer.reload()
    assert officer.get_by_role("link", name="analysis.pdf").first.is_visible()
    officer.get_by_role("button", name="Approve").click()
    assert officer.get_by_text("Approved. The decision is recorded.").is_visible()

    trader.goto(reverse("declaration", args=[case.declaration.pk]))
    trader.get_by_role("link", name="Ask to cancel").click()
    trader.get_by_label("Why should it be cancelled?").fill("Filed twice.")
    trader.get_by_role("button", name="Ask to cancel").click()
    user, _actor = make_officer(case.world.customs)
    customs = of(user)
    customs.goto(reverse("review_queue"))
    customs.get_by_role("link", name="Cancellations").click()
    customs.get_by_role("link", name=str(case.declaration)).click()
    customs.get_by_role("button", name="Cancel the declaration").click()
    assert customs.get_by_text("Cancelled. The trader").is_visible()
    assert case.state() == State.CANCELLED
    for page in (officer, trader, customs):
        page.context.close()
