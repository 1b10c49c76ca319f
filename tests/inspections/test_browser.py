"""A joint visit in a browser: called, told, noted without a line, signed; every page passes axe."""

from typing import Any

from django.urls import reverse
from playwright.sync_api import Page

from tests.browser import sign_in
from tests.inspections.conftest import at, make_scene
from tests.permits.test_browser import check

PHONE = {"width": 390, "height": 844}


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
