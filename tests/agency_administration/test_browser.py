"""The pages in Chromium: axe, and an office made and a list of holidays taken by hand."""

from datetime import date
from pathlib import Path
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page

from agencies.calendars import Absence, Holiday, Office
from agencies.conditions_of_approval import ConditionTemplate
from agencies.forms import today
from agencies.models import Agency
from agencies.permits.models import PermitScheme
from portal.accounts.models import User
from portal.accounts.roles import Role
from tests.agencies.conftest import World
from tests.browser import sign_in
from tests.factories import make_officer
from tests.pages.test_accessibility import check


def furnish(agency: Agency) -> User:
    """An agency with a little of everything. Returns its supervisor."""
    boss, _actor = make_officer(agency, Role.SUPERVISOR)
    officer, _actor = make_officer(agency)
    office = Office.objects.create(
        agency=agency, code="poti", name="Poti port", address="1 Quay, 4401 Poti",
        customs_offices=["GE000202", "GE000203"])
    office.officers.add(officer)
    agency.queues.update(office=office)
    Office.objects.create(agency=agency, code="old", name="Old yard", closed=True)
    Holiday.objects.create(agency=agency, day=date(today().year, 5, 26), name="Independence Day")
    Absence.objects.create(agency=agency, officer=officer, first_day=today(), last_day=today(),
                           deputy=boss)
    ConditionTemplate.objects.create(
        agency=agency, code="COLD-CHAIN", text="Keep it below 15 °C until it is inspected.",
        text_ru="Хранить при температуре не выше 15 °C до досмотра.")
    PermitScheme.objects.create(agency=agency, permit_type="851", prefix="PHYTO")
    agency.withheld = ["value"]
    agency.save()
    return boss


def test_axe_over_the_pages(
    page: Page, live_server: Any, transactional_db: None, world: World
) -> None:
    boss = furnish(world.phyto)
    sign_in(page, live_server, boss)
    for address in (reverse("our_agency"), reverse("agency_hours"), reverse("agency_office", args=[
            Office.objects.get(code="poti").pk]), reverse("absences")):
        check(page, address)


def test_an_office_and_holidays_by_hand(
    page: Page, live_server: Any, transactional_db: None, world: World, tmp_path: Path
) -> None:
    boss, _actor = make_officer(world.phyto, Role.SUPERVISOR)
    sign_in(page, live_server, boss)
    page.goto(reverse("our_agency"))
    tabs = page.get_by_role("navigation", name="Parts of the agency")
    tabs.get_by_role("link", name="Offices").click()
    page.get_by_role("link", name="Add an office").first.click()
    page.get_by_label("Name").fill("Poti port")
    page.get_by_label("Code", exact=True).fill("poti")
    page.get_by_label("Customs offices").fill("GE000202")
    page.get_by_label(str(boss)).check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    assert list(Office.objects.get().officers.all()) == [boss]
    tabs.get_by_role("link", name="Working time").click()
    page.get_by_role("link", name="Take a list from a file").click()
    year = str(today().year + 1)
    file = tmp_path / "list.csv"
    file.write_text(f"{year}-01-01,New Year\n{year}-02-30,Never\n")
    page.get_by_label("Year").fill(year)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Take the holidays").click()
    page.get_by_role("cell", name=f"“{year}-02-30” is no date").wait_for()
    file.write_text(f"{year}-01-01,New Year\n")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Take the holidays").click()
    page.get_by_text("1 holiday is added.").wait_for()
    assert Holiday.objects.get().name == "New Year"
