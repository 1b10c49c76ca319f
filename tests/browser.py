"""Chromium for the tests that look at pages as a person does."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def chromium() -> str | None:
    """The installed browser: CHROMIUM, or what is on the path, or Playwright's own (None)."""
    installed = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CANDIDATES)), None)
    if installed:
        return installed
    fetched = subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        capture_output=True, text=True, timeout=300,
    )
    if fetched.returncode:
        pytest.skip(
            "No Chromium: none on the path, CHROMIUM is not set and Playwright could not fetch one "
            f"({fetched.stderr.strip().splitlines()[-1:]})."
        )
    return None


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    # --no-sandbox: Chromium refuses its sandbox to root, and the tests also run as root.
    browser = playwright.chromium.launch(
        executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
    )
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page of a fresh profile on the live server. The test fails on a script or CSP error."""
    # Without motion: a colour measured in the middle of a transition is nobody's colour.
    context = browser.new_context(
        base_url=live_server.url, locale="en-GB", reduced_motion="reduce"
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text)
            if line.type == "error" and "Content Security Policy" in line.text else None)
    yield page
    context.set_offline(True)  # a form that is left keeps itself; the database goes now
    context.close()
    assert not faults, faults


def sign_in(page: Page, live_server: Any, user: Any) -> None:
    """Sign ``user`` in without the form, by the session's cookie."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
