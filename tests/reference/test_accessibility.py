"""axe in a real Chromium over the reference."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.pages.test_accessibility import check


@pytest.mark.parametrize(("name", "arguments", "query"), [
    ("reference", (), ""),
    ("reference_rules", (), "?area=PRM"),
    ("reference_dictionary", (), "?kind=transit&q=office"),
    ("reference_codes", (), ""),
    ("reference_code_list", ("currency",), "?q=dollar"),
])
def test_the_reference(
    page: Page, transactional_db: None, name: str, arguments: tuple[str, ...], query: str
) -> None:
    check(page, reverse(name, args=arguments) + query)
