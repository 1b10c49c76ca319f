"""The page of a declaration: who may see it, what it says, what it leaves in the journal."""

import hashlib
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from declarations.states import State
from portal.accounts.actors import Actor
from portal.accounts.roles import OrganisationKind, Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.factories import make_agency, make_member, make_officer, make_organisation
from tests.pages.cases import BAD_ORIGIN, MISSING_MODE, make_declaration, send_to

pytestmark = pytest.mark.django_db
TABS = ("data", "documents", "reviews", "timeline", "messages")


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def owner() -> tuple[Client, Actor]:
    user, actor = make_member(make_organisation(name="Kolkheti Trade LLC"))
    return signed_in(user), actor


def views(declaration: Any) -> int:
    return Event.objects.of(declaration.pk).filter(kind=EventKind.VIEWED).count()


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("state", [s for s in State if s != State.AMENDED])
def test_owner_sees_every_tab_in_every_state(owner: Any, tab: str, state: State) -> None:
    client, actor = owner
    declaration = make_declaration(actor, state)
    response = client.get(reverse("declaration", args=[declaration.pk]), {"tab": tab})
    assert response.status_code == 200
    assert declaration.lrn in text(response)
    assert views(declaration) == 0  # one's own reading is nobody's business


def test_unknown_tab_is_not_found(owner: Any) -> None:
    client, actor = owner
    url = reverse("declaration", args=[make_declaration(actor).pk])
    assert client.get(url, {"tab": "secrets"}).status_code == 404


def test_outsiders_get_404_on_every_address(owner: Any) -> None:
    declaration = make_declaration(owner[1])
    strangers = [
        make_member(make_organisation())[0],
        make_officer(make_agency("radiation"))[0],
    ]
    answer = declaration.responses.get()
    for user in strangers:
        client = signed_in(user)
        for url in (
            reverse("declaration", args=[declaration.pk]),
            reverse("declaration_progress", args=[declaration.pk]),
            reverse("declaration_message", args=[declaration.pk]),
            reverse("declaration_response", args=[declaration.pk, answer.pk]),
        ):
            assert client.get(url).status_code == 404, url
    assert views(declaration) == 0


def test_operator_may_not_read_declarations(owner: Any) -> None:
    declaration = make_declaration(owner[1])
    user, _ = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    response = signed_in(user).get(reverse("declaration", args=[declaration.pk]))
    assert response.status_code == 403


def test_an_officials_view_is_journalled_once_an_hour(owner: Any) -> None:
    declaration = make_declaration(owner[1])
    agency = make_agency("phyto", name="National Food Agency")
    send_to(agency, declaration)
    first, second = (signed_in(make_officer(agency)[0]) for _ in range(2))
    url = reverse("declaration", args=[declaration.pk])
    for client in (first, first, second):
        assert client.get(url).status_code == 200
    assert first.get(reverse("declaration_message", args=[declaration.pk])).status_code == 200
    assert views(declaration) == 2  # one for each official
    told = text(owner[0].get(url, {"tab": "timeline"}))
    assert "Read by an official" in told and "National Food Agency" in told


def test_faults_stand_in_the_list_and_beside_the_field(owner: Any) -> None:
    client, actor = owner
    declaration = make_declaration(actor, State.REJECTED, BAD_ORIGIN, MISSING_MODE)
    page = text(client.get(reverse("declaration", args=[declaration.pk])))
    assert "2 faults to correct" in page
    assert page.count("XQ is no country in force.") == 2
    targets = re.findall(r'href="#(e-[\w-]+)"', page)
    assert targets and all(f'id="{target}"' in page for target in targets)
    assert reverse("declaration_edit", args=[declaration.pk]) in page
    assert "Correct and file again" in page


def test_message_unread_as_xml_still_has_a_page(owner: Any) -> None:
    client, actor = owner
    declaration = make_declaration(actor, State.REJECTED, MISSING_MODE)
    declaration.versions.update(dataset=None)
    page = text(client.get(reverse("declaration", args=[declaration.pk])))
    assert "Inland mode of transport is missing." in page
    assert "could not be read" in page


def test_downloads_give_the_exact_bytes_as_an_attachment(owner: Any) -> None:
    client, actor = owner
    declaration = make_declaration(actor)
    version = declaration.current
    response = client.get(reverse("declaration_message", args=[declaration.pk]))
    assert hashlib.sha256(response.content).hexdigest() == version.sha256
    assert response["Content-Disposition"].startswith("attachment")
    answer = declaration.responses.get()
    url = reverse("declaration_response", args=[declaration.pk, answer.pk])
    assert client.get(url).content == bytes(answer.body)
    other = make_declaration(actor)
    url = reverse("declaration_response", args=[other.pk, answer.pk])
    assert client.get(url).status_code == 404


def test_every_element_of_the_dataset_is_on_the_page(owner: Any) -> None:
    client, actor = owner
    declaration = make_declaration(actor)
    page = text(client.get(reverse("declaration", args=[declaration.pk])))

    def leaves(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from leaves(inner, key)
        elif isinstance(value, list):
            for inner in value:
                yield from leaves(inner, name)
        else:
            yield name, value

    # Shown otherwise than sent: numbers, moments, units, countries by name and codes of HS in groups.
    told_otherwise = {"value", "formatCode", "unitCode", "CountryCode", "SequenceNumeric"}
    for name, value in leaves(declaration.current.dataset):
        if name not in told_otherwise and value != "220421":
            assert str(value) in page, (name, value)
    assert "Azerbaijan" in page and "2204 21" in page and "9,800" in page and ">kg<" in page


def test_progress_reloads_the_page_when_the_state_has_changed(owner: Any) -> None:
    client, actor = owner
    declaration = make_declaration(actor, State.SUBMITTED)
    url = reverse("declaration_progress", args=[declaration.pk])
    shown = client.get(url, {"state": "submitted"})
    assert 'hx-trigger="every 2s"' in text(shown) and "HX-Refresh" not in shown
    declaration.state = State.RELEASED
    declaration.save()
    changed = client.get(url, {"state": "submitted"})
    assert changed["HX-Refresh"] == "true" and "hx-get" not in text(changed)
    page = reverse("declaration", args=[declaration.pk])
    assert "http-equiv" not in text(client.get(page))


def test_page_without_scripts_refreshes_itself_while_it_is_checked(owner: Any) -> None:
    client, actor = owner
    declaration = make_declaration(actor, State.SUBMITTED)
    page = text(client.get(reverse("declaration", args=[declaration.pk])))
    assert '<noscript><meta http-equiv="refresh"' in page


def test_many_items_are_paged(owner: Any) -> None:
    client, actor = owner
    declaration = make_declaration(actor)
    version = declaration.current
    items = version.dataset["GoodsShipment"]["GovernmentAgencyGoodsItem"]
    version.dataset["GoodsShipment"]["GovernmentAgencyGoodsItem"] = [
        items[0] | {"SequenceNumeric": number} for number in range(1, 1000)
    ]
    version.save()
    page = text(client.get(reverse("declaration", args=[declaration.pk]), {"items": 20}))
    assert "951 to 999 of 999" in page and "Item 999" in page


def test_officer_sees_why_and_the_next_action(owner: Any) -> None:
    client, actor = owner
    declaration = make_declaration(actor)
    agency = make_agency("phyto", name="National Food Agency")
    review = send_to(agency, declaration)
    review.snapshot = {
        "rule_set": {"title": "Routing 2026", "version": 3}, "default": False,
        "rules": [{"code": "wine", "title": "Wine from anywhere", "legal_basis": "Law 12",
                   "matched": {"hs": ["220421"]}, "items": [1]}],
    }
    review.save()
    user, _ = make_officer(agency)
    url = reverse("declaration", args=[declaration.pk])
    page = text(signed_in(user).get(url, {"tab": "reviews"}))
    assert reverse("review_claim", args=[review.pk]) in page
    assert "With National Food Agency" in page
    for words in ("Wine from anywhere", "Law 12", "Commodity code: 220421", "version 3"):
        assert words in page
    assert "Wine from anywhere" not in text(client.get(url, {"tab": "reviews"}))


def test_the_title_names_the_tab(owner: Any) -> None:
    client, actor = owner
    address = reverse("declaration", args=[make_declaration(actor).pk])
    titles = {
        client.get(address, {"tab": tab}).content.decode().partition("<title>")[2].partition("<")[0]
        for tab in ("data", "documents", "reviews", "timeline", "messages")
    }
    assert len(titles) == 5
