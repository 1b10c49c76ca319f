"""A joint visit in a browser: called, told, noted without a line, signed; every page passes axe."""

import re
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from agencies.inspections.models import Finding, Inspection
from declarations.states import State
from tests.browser import sign_in
from tests.inspections.conftest import at, make_scene
from tests.inspections.test_pages import jpeg
from tests.permits.test_browser import check

PHONE = {"width": 390, "height": 844}


def test_a_joint_visit_survives_a_lost_line(page: Page, live_server: Any) -> None:
    scene = make_scene()
    sign_in(page, live_server, scene.inspector_user)
    page.goto(reverse("review", args=[scene.review(scene.phyto).pk]))
    page.get_by_role("link", name="Call for an inspection").click()
    page.get_by_label("Why your agency needs to see the goods").fill("Soil last time")
    page.get_by_label("What the trader is told").fill("Open the doors.")
    page.get_by_role("button", name="Call for the inspection").click()
    page.get_by_text("The inspection is called.").wait_for()
    visit = Inspection.objects.get()
    scene.join(visit)
    page.goto(reverse("inspection", args=[visit.pk]) + f"?on={at(10):%Y-%m-%d}")
    page.get_by_label("10:00").check()
    page.get_by_role("button", name="Appoint", exact=True).click()
    page.get_by_text("Appointed. The trader is told").wait_for()

    sign_in(page, live_server, scene.trader_user)
    page.goto(reverse("declaration", args=[scene.declaration.pk]))
    expect(page.get_by_role("region", name="Inspection of the goods")).to_contain_text("10:00")
    page.get_by_role("button", name="Confirm the time").click()
    page.get_by_text("You confirmed the time.").wait_for()

    sign_in(page, live_server, scene.inspector_user)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(reverse("inspection_visit", args=[visit.pk]))
    state = page.locator("[data-state]")
    expect(state).to_have_text("Everything is sent.")
    page.context.set_offline(True)
    page.get_by_text("Whole consignment").first.click()
    page.get_by_label("Discrepancy").locator("visible=true").check()
    page.get_by_label("Weight").locator("visible=true").check()
    page.get_by_label("What you found").locator("visible=true").fill("9100 kg on the scales")
    page.get_by_label("Photograph").locator("visible=true").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    page.get_by_role("button", name="Note the check").locator("visible=true").click()
    expect(state).to_have_text(re.compile("^1 not yet sent"))
    page.get_by_text("Sample taken").click()
    page.get_by_label("Number of the sample").fill("S-17")
    page.get_by_role("button", name="Note the sample").click()
    expect(state).to_have_text(re.compile("^2 not yet sent"))
    assert not Finding.objects.exists()
    page.context.set_offline(False)
    expect(state).to_have_text("Everything is sent.")
    assert [one.kind for one in Finding.objects.order_by("id")] == ["check", "sample"]
    check_made = Finding.objects.get(kind="check")
    assert check_made.text == "9100 kg on the scales" and check_made.photographs.count() == 1
    assert check_made.noted_at < check_made.received_at

    page.set_viewport_size({"width": 1280, "height": 900})
    for user in (scene.inspector_user, scene.officer_user):
        sign_in(page, live_server, user)
        if user == scene.officer_user:
            page.goto(reverse("inspection_visit", args=[visit.pk]))
            page.get_by_text("Whole consignment").first.click()
            page.get_by_label("Found as declared").locator("visible=true").check()
            page.get_by_role("button", name="Note the check").locator("visible=true").click()
            expect(state).to_have_text("Everything is sent.")
        page.goto(reverse("inspection", args=[visit.pk]))
        page.get_by_role("button", name="Sign").click()
        page.get_by_text("Signed.").wait_for()
    scene.declaration.refresh_from_db()
    assert scene.declaration.state == State.UNDER_REVIEW
    for user, agency in ((scene.inspector_user, scene.phyto), (scene.officer_user, scene.customs)):
        sign_in(page, live_server, user)
        page.goto(reverse("review", args=[scene.review(agency).pk]))
        expect(page.get_by_text("9100 kg on the scales")).to_be_visible()


def test_pages_pass_axe(page: Page, live_server: Any) -> None:
    scene = make_scene()
    sign_in(page, live_server, scene.inspector_user)
    check(page, reverse("inspection_call", args=[scene.review(scene.phyto).pk]))
    visit = scene.call()
    sign_in(page, live_server, scene.officer_user)
    check(page, reverse("inspection", args=[visit.pk]))
    scene.appoint(scene.join(visit))
    sign_in(page, live_server, scene.inspector_user)
    for name in ("inspection", "inspection_visit"):
        check(page, reverse(name, args=[visit.pk]))
    check(page, reverse("inspections"))
    check(page, reverse("inspection_calendar") + f"?on={at(10):%Y-%m-%d}")
    sign_in(page, live_server, scene.trader_user)
    check(page, reverse("declaration", args=[scene.declaration.pk]))
