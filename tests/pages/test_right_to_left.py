"""The trader's pages in Persian: read from right to left, in Chromium, at three widths."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import formats, translation
from playwright.sync_api import Page

from declarations import codelists
from declarations.forms.header import header_fields
from declarations.states import Kind, State
from tests.browser import sign_in
from tests.factories import make_member, make_organisation
from tests.pages.cases import BAD_ORIGIN, MISSING_MODE, make_declaration
from tests.pages.test_accessibility import RULES
from tests.pages.test_declaration import text

WIDTHS = (390, 768, 1280)
NAME = "Kolkheti Trade LLC"


def persian(page: Page, live_server: Any, user: Any) -> Page:
    sign_in(page, live_server, user)
    page.context.add_cookies([
        {"name": settings.LANGUAGE_COOKIE_NAME, "value": "fa", "url": live_server.url}
    ])
    return page


def edge(page: Page, selector: str) -> float:
    """Where the middle of it stands: 0 at the left edge of the window, 1 at the right one."""
    box = page.locator(selector).first.bounding_box()
    viewport = page.viewport_size
    assert box and viewport
    return (box["x"] + box["width"] / 2) / viewport["width"]


def test_traders_pages_in_a_browser(page: Page, live_server: Any) -> None:
    user, actor = make_member(make_organisation(name=NAME))
    rejected = make_declaration(actor, State.REJECTED, BAD_ORIGIN, MISSING_MODE)
    released = make_declaration(actor, State.RELEASED)
    persian(page, live_server, user)
    addresses = [
        reverse("home"),
        reverse("declaration_list"),
        reverse("declaration_new", args=[Kind.IMPORT.value]),
        reverse("declaration", args=[rejected.pk]),
        reverse("declaration", args=[released.pk]) + "?tab=timeline",
        reverse("declaration_upload"),
        reverse("organisation"),
        reverse("notice_preferences"),
    ]
    for address in addresses:
        page.set_viewport_size({"width": WIDTHS[0], "height": 844})
        page.goto(address)
        html = page.locator("html")
        assert (html.get_attribute("lang"), html.get_attribute("dir")) == ("fa", "rtl"), address
        results = Axe().run(page, options=RULES)
        assert results.violations_count == 0, f"{address}\n{results.generate_report()}"
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            shown = page.evaluate("document.documentElement.scrollWidth")
            assert shown <= width, f"{address} is {shown} wide in {width}"
    # The last width is a desktop's: menu at the right, the person at the left.
    assert edge(page, ".rail") > 0.5 > edge(page, ".person")


def test_what_is_typed_keeps_its_own_direction(page: Page, live_server: Any) -> None:
    user, actor = make_member(make_organisation(name=NAME))
    declaration = make_declaration(actor, State.RELEASED)
    persian(page, live_server, user)
    page.set_viewport_size({"width": 1280, "height": 844})
    page.goto(reverse("declaration", args=[declaration.pk]))
    code = page.locator("main .code").first
    assert code.evaluate("e => getComputedStyle(e).direction") == "ltr"
    goods = page.locator(".head-goods bdi")
    assert goods.inner_text() == declaration.goods
    page.goto(reverse("declaration_new", args=[Kind.IMPORT.value]))
    price = page.locator("input[inputmode=decimal]").first
    assert price.evaluate("e => getComputedStyle(e).direction") == "ltr"


@pytest.mark.django_db
def test_what_is_not_translated_is_english_in_a_page_that_says_so() -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fa"
    page = text(client.get("/no/such/page/"))
    assert '<html lang="fa" dir="rtl"' in page
    assert "bootstrap.rtl.min.css" in page and "right-to-left.css" in page
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = text(client.get("/no/such/page/"))
    assert '<html lang="en" dir="ltr"' in page
    assert "bootstrap.rtl.min.css" not in page and "right-to-left.css" not in page


def test_dates_and_amounts() -> None:
    with translation.override("fa"):
        assert formats.date_format(date(2026, 3, 31)) == "31 مارس 2026"
        shown = Template('{% load face %}{% amount value "EUR" %}').render(
            Context({"value": Decimal("1234567.5")})
        )
    assert "1,234,567.50" in shown


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("invoice_amount", "۱۲٬۳۴۵٫۵", Decimal("12345.5")),
        ("invoice_date", "۲۰۲۶-۰۳-۳۱", date(2026, 3, 31)),
        ("importer_id", "۴۰۵۱۲۳۷۸۴", "405123784"),
        ("importer_name", "بازرگانی ۱۳", "بازرگانی ۱۳"),
    ],
)
def test_digits_of_a_persian_keyboard(name: str, typed: str, meant: Any) -> None:
    """Numbers, days and codes take them; a name stays as it is written."""
    assert header_fields(Kind.IMPORT)[name].clean(typed) == meant


def test_every_country_and_every_money_in_use_has_a_persian_name() -> None:
    # Units of account, funds and money out of use may keep their English names.
    for name, most in (("country", 0), ("currency", 20)):
        codes = codelists.code_list(name).codes
        left = [c for c in codes if not re.search("[\u0600-\u06ff]", codelists.name(name, c, "fa"))]
        assert len(left) <= most, left
    assert codelists.name("country", "IR", "fa") == "ایران"
    assert codelists.name("currency", "IRR", "fa") == "ریال ایران"
