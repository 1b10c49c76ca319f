"""The administrator's pages, as a person without scripts uses them, and as axe sees them."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from declarations.profiles.install import install
from declarations.profiles.models import InstalledProfile, ProfileGrant, ProfileUpload
from portal.accounts.actors import Actor
from portal.accounts.models import User
from tests.browser import sign_in
from tests.factories import make_member, make_organisation
from tests.pages.test_accessibility import check
from tests.profiles.sets import files, message, plan, zipped

FORM = {
    "name": "example", "version": "1", "title": "Example", "valid_from": "2024-01-01",
    "root_import": "entry.xsd", "codes_import": "IM, CO", "names": "",
    "map_0": "FunctionalReferenceID", "map_1": "Importer",
}


@pytest.fixture
def browser_of_admin(administrator: tuple[User, Actor], client: Client) -> Client:
    client.force_login(administrator[0])
    return client


def upload(client: Client, body: bytes) -> Any:
    file = SimpleUploadedFile("set.zip", body, "application/zip")
    return client.post(reverse("profile_new"), {"archive": file}, follow=True)


def test_from_a_zip_to_a_profile_in_force(browser_of_admin: Client) -> None:
    client, organisation = browser_of_admin, make_organisation(name="Example Trade Ltd")
    page = upload(client, zipped(files() | {"README.txt": "read me"}))
    address = page.redirect_chain[-1][0]
    text = page.content.decode()
    assert "2 schemas in set.zip" in text
    assert "1 other file is stored and ignored" in text
    assert [field.label for field in page.context["form"].mapped_rows] == ["LRN", "Trader"]
    assert page.context["form"]["root_import"].value() == "entry.xsd"

    form = FORM | {"organisations": organisation.identifier}
    sample = SimpleUploadedFile("a.xml", message("A-77"))
    preview = client.post(address, form | {"check": "1", "sample": sample})
    text = preview.content.decode()
    assert preview.status_code == 200
    assert "example 1 can be installed" in text
    assert "The message is valid: Import." in text
    for read in ("A-77", "IMA", "Example Trade Ltd"):
        assert read in text
    assert not InstalledProfile.objects.exists()

    done = client.post(address, form | {"install": "1"}, follow=True)
    installed = InstalledProfile.objects.get()
    assert done.redirect_chain[-1][0] == reverse("profile", args=[installed.pk])
    assert installed.type_codes == {"IM": "import", "CO": "import"}
    assert installed.names == {"LRN": "FunctionalReferenceID", "Trader": "Importer"}
    assert ProfileGrant.objects.get().organisation == organisation
    assert not ProfileUpload.objects.exists()
    listing = client.get(reverse("profiles")).content.decode()
    assert "In force" in listing
    archive = client.get(reverse("profile_archive", args=[installed.pk]))
    assert archive.content == bytes(installed.archive)


def test_a_zip_that_is_refused_leaves_nothing(browser_of_admin: Client) -> None:
    far = ('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">\n'
           '<xs:include schemaLocation="{}"/></xs:schema>')
    answer = upload(browser_of_admin, zipped(files() | {
        "a.xsd": far.format("http://example.com/a.xsd"), "b.xsd": far.format("../b.xsd")}))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "a.xsd:2: It refers to http://example.com/a.xsd" in text
    assert "b.xsd:2: It refers to ../b.xsd" in text
    assert upload(browser_of_admin, b"no zip").status_code == 422
    assert browser_of_admin.post(reverse("profile_new"), {}).status_code == 422
    assert not ProfileUpload.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"root_import": ""}, "Choose the root schema"),
        ({"root_import": "parts/declaration.xsd"}, "declares no element MetaData"),
        ({"root_import": "none.xsd"}, "Select a valid choice"),
        ({"codes_import": ""}, "No type code stands for"),
        ({"name": "carec"}, "comes with the portal"),
        ({"names": "[]"}, "Write one JSON object"),
        ({"names": "{"}, "This is not JSON"),
        ({"map_0": "Nonsense"}, "is mapped to"),
        ({"valid_to": "2023-12-31"}, "is before the first"),
        ({"valid_from": ""}, "This field is required"),
        ({"organisations": "nobody"}, "No organisation has the trader number nobody"),
    ],
)
def test_a_slip_in_the_form(
    browser_of_admin: Client, changed: dict[str, str], said: str
) -> None:
    address = upload(browser_of_admin, zipped(files())).redirect_chain[-1][0]
    for button in ("check", "install"):
        answer = browser_of_admin.post(address, FORM | changed | {button: "1"})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert 'value="example"' in answer.content.decode() or "name" in changed
    assert not InstalledProfile.objects.exists()


def test_an_upload_is_discarded(browser_of_admin: Client) -> None:
    upload(browser_of_admin, zipped(files()))
    one = ProfileUpload.objects.get()
    assert "set.zip" in browser_of_admin.get(reverse("profiles")).content.decode()
    browser_of_admin.post(reverse("profile_discard", args=[one.pk]))
    assert not ProfileUpload.objects.exists()
    assert browser_of_admin.get(reverse("profile_setup", args=[one.pk])).status_code == 404


def test_what_may_be_changed_later(browser_of_admin: Client, admin: Actor) -> None:
    installed = install(admin, plan(), zipped(files()))
    client, organisation = browser_of_admin, make_organisation()
    page = reverse("profile", args=[installed.pk])
    assert "Nobody yet" in client.get(page).content.decode()

    changed = client.post(reverse("profile_organisations", args=[installed.pk]),
                          {"organisations": organisation.identifier}, follow=True)
    assert organisation.name in changed.content.decode()
    assert client.post(reverse("profile_organisations", args=[installed.pk]),
                       {"organisations": "nobody"}).status_code == 422
    ended = client.post(reverse("profile_end", args=[installed.pk]),
                        {"valid_to": "2021-12-31"}, follow=True)
    assert "No longer in force" in ended.content.decode()
    for day in ("2019-12-31", "tomorrow"):
        answer = client.post(reverse("profile_end", args=[installed.pk]), {"valid_to": day})
        assert answer.status_code == 422
    installed.refresh_from_db()
    assert str(installed.valid_to) == "2021-12-31"

    tried = client.post(page, {"sample": SimpleUploadedFile("a.xml", message("A" * 30))})
    assert "The message is refused by the check “xsd”." in tried.content.decode()
    assert client.post(page, {}).status_code == 422


def test_a_trader_sees_none_of_it(admin: Actor, client: Client) -> None:
    installed = install(admin, plan(), zipped(files()))
    user, _actor = make_member(make_organisation())
    client.force_login(user)
    for name, arguments in (("profiles", []), ("profile_new", []), ("profile", [installed.pk]),
                            ("profile_archive", [installed.pk])):
        assert client.get(reverse(name, args=arguments)).status_code == 403
    assert client.post(reverse("profile_end", args=[installed.pk]), {}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_accessible(
    page: Page, live_server: Any, administrator: tuple[User, Actor], tmp_path: Path
) -> None:
    user, actor = administrator
    sign_in(page, live_server, user)
    check(page, reverse("profiles"))
    installed = install(actor, plan(), zipped(files()))
    (tmp_path / "set.zip").write_bytes(zipped(files()))
    page.goto(reverse("profile_new"))
    page.set_input_files("[name=archive]", tmp_path / "set.zip")
    page.get_by_role("button", name="Upload and look through").click()
    check(page, page.url)
    check(page, reverse("profile_new"))
    check(page, reverse("profiles"))
    check(page, reverse("profile", args=[installed.pk]))
