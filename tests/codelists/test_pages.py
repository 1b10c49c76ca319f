"""The administrator's pages, as a person without scripts uses them, and as axe sees them."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from declarations.code_editions.models import CodeEdition
from declarations.profiles.store import today
from portal.accounts.actors import Actor
from portal.accounts.models import User
from tests.browser import sign_in
from tests.codelists.test_editions import PACKAGES, publish
from tests.factories import make_member, make_organisation
from tests.pages.test_accessibility import check

SETUP = {"edition": "revision 13", "source": "UNECE", "valid_from": "2026-01-01", "partial": "0"}


@pytest.fixture
def browser_of_admin(administrator: tuple[User, Actor], client: Client) -> Client:
    client.force_login(administrator[0])
    return client


def upload(client: Client, *bodies: str | bytes, name: str = "package") -> Any:
    files = [
        SimpleUploadedFile(f"{n}.csv", body.encode() if isinstance(body, str) else body, "text/csv")
        for n, body in enumerate(bodies, 1)
    ]
    return client.post(reverse("code_import", args=[name]), {"uploads": files}, follow=True)


def test_from_a_file_to_an_edition_in_force(
    browser_of_admin: Client, django_capture_on_commit_callbacks: Any
) -> None:
    client = browser_of_admin
    answer = upload(client, PACKAGES, "code,name\nAA,New one\nzz,Wrong\nAB,Other\n")
    address = answer.redirect_chain[-1][0]
    text = answer.content.decode()
    assert "1 row is refused" in text
    assert "New one" in text
    assert "codes would be withdrawn" in text
    refused = client.get(address, {"show": "refused"}).content.decode()
    assert "“zz” does not have the form" in refused
    assert "2.csv" in refused
    renamed = client.get(address, {"show": "renamed"}).content.decode()
    assert "Box or case" in renamed
    withdrawn = client.get(address, {"show": "withdrawn", "page": "2"}).content.decode()
    assert "51 to" in withdrawn

    # Another date than the one looked at is not published at once.
    seen = answer.context["seen"]
    again = client.post(address, SETUP | {"publish": "1", "seen": seen})
    assert again.status_code == 422
    assert "Look again" in again.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(address, SETUP | {"publish": "1", "seen": again.context["seen"]},
                           follow=True)
    assert done.redirect_chain[-1][0] == reverse("code_list", args=["package"])
    text = done.content.decode()
    assert "the edition revision 13 is published, in force from 1 Jan 2026" in text
    assert "revision 12, 2021" in text  # the shipped one stays in the history
    listing = client.get(reverse("code_lists")).content.decode()
    assert "revision 13" in listing
    edition = CodeEdition.objects.get()
    body = client.get(reverse("code_edition_csv", args=[edition.pk])).content.decode("utf-8-sig")
    assert body.splitlines()[0] == "code,name,valid_from,valid_to"
    assert "BX,Box or case,," in body


def test_the_form_sets_and_compares_again(browser_of_admin: Client) -> None:
    address = upload(browser_of_admin, PACKAGES).redirect_chain[-1][0]
    answer = browser_of_admin.post(
        address, SETUP | {"partial": "1", "check": "1"}, follow=True)
    assert len(answer.context["changes"].withdrawn) == 0
    assert answer.context["form"]["edition"].value() == "revision 13"
    assert "codes would be withdrawn" not in answer.content.decode()


@pytest.mark.parametrize("slip", [{"edition": ""}, {"valid_from": "soon"}, {"partial": "2"},
                                  {"source": ""}])
def test_a_slip_in_the_form(browser_of_admin: Client, slip: dict[str, str]) -> None:
    address = upload(browser_of_admin, PACKAGES).redirect_chain[-1][0]
    answer = browser_of_admin.post(address, SETUP | slip | {"publish": "1"})
    assert answer.status_code == 422
    assert "There is 1 thing to correct" in answer.content.decode()
    assert not CodeEdition.objects.published().exists()


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"%PDF-1.7", "not a CSV file but PDF"), (b"a,b\n1,2\n", "no columns that the portal knows"),
     (b"Common Code,Name\nKGM,kilogram\n", "another list: UN/ECE Recommendation 20")],
)
def test_a_wrong_file(browser_of_admin: Client, body: bytes, said: str) -> None:
    answer = upload(browser_of_admin, body)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CodeEdition.objects.exists()


def test_files_are_bounded(browser_of_admin: Client) -> None:
    assert "at most 6 files" in upload(browser_of_admin, *["code,name\n"] * 7).content.decode()
    assert upload(browser_of_admin).status_code == 422
    assert upload(browser_of_admin, b"").status_code == 422


def test_an_upload_is_discarded(browser_of_admin: Client) -> None:
    upload(browser_of_admin, PACKAGES)
    one = CodeEdition.objects.get()
    assert "1.csv" in browser_of_admin.get(reverse("code_lists")).content.decode()
    browser_of_admin.post(reverse("code_discard", args=[one.pk]))
    assert not CodeEdition.objects.exists()
    assert browser_of_admin.get(reverse("code_preview", args=[one.pk])).status_code == 404


def test_codes_are_found_in_the_reader_s_language(browser_of_admin: Client) -> None:
    address = reverse("code_list", args=["country"])
    browser_of_admin.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    page = browser_of_admin.get(address, {"q": "груз"})
    assert [code.code for code, _name in page.context["codes"]] == ["GE"]
    assert "Грузия" in page.content.decode()
    page = browser_of_admin.get(address, {"q": "turkiye"})
    assert [code.code for code, _name in page.context["codes"]] == ["TR"]
    assert browser_of_admin.get(address, {"q": "xyzzy"}).status_code == 200
    assert browser_of_admin.get(reverse("code_list", args=["nothing"])).status_code == 404


def test_a_published_edition_is_no_upload(browser_of_admin: Client, admin: Actor) -> None:
    edition = publish(admin, "package", PACKAGES)
    assert browser_of_admin.get(reverse("code_preview", args=[edition.pk])).status_code == 404
    browser_of_admin.post(reverse("code_discard", args=[edition.pk]))
    assert CodeEdition.objects.filter(pk=edition.pk).exists()


def test_a_trader_sees_none_of_it(admin: Actor, client: Client) -> None:
    edition = publish(admin, "package", PACKAGES)
    user, _actor = make_member(make_organisation())
    client.force_login(user)
    for name, arguments in (("code_lists", []), ("code_list", ["package"]),
                            ("code_import", ["package"]), ("code_edition_csv", [edition.pk])):
        assert client.get(reverse(name, args=arguments)).status_code == 403
    assert client.post(reverse("code_import", args=["package"]), {}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_accessible(
    page: Page, live_server: Any, administrator: tuple[User, Actor], tmp_path: Path
) -> None:
    user, actor = administrator
    sign_in(page, live_server, user)
    publish(actor, "package", PACKAGES, valid_from=today())
    (tmp_path / "list.csv").write_text(PACKAGES + "zz,Wrong\nAA,New\n")
    address = reverse("code_import", args=["package"])
    check(page, address)
    page.goto(address)
    page.set_input_files("[name=uploads]", tmp_path / "list.csv")
    page.get_by_role("button", name="Upload and compare").click()
    check(page, page.url)
    check(page, page.url + "?show=refused")
    check(page, reverse("code_lists"))
    check(page, reverse("code_list", args=["package"]))
