"""The language of a signed-in person is the person's own, on whatever computer."""

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import make_member, make_organisation

pytestmark = pytest.mark.django_db


def language_of(client: Client) -> str:
    return client.get("/")["Content-Language"]


def test_the_menu_sets_the_language_of_the_person() -> None:
    user, _actor = make_member(make_organisation())
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(user)
        assert language_of(client) == "en"
    here.post("/i18n/language/", {"language": "ru", "next": "/"})
    user.refresh_from_db()
    assert user.language == "ru"
    assert (language_of(here), language_of(there)) == ("ru", "ru")


def test_the_cookie_of_another_person_does_not_count() -> None:
    user, _actor = make_member(make_organisation())
    user.language = "en"
    user.save()
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    assert client.get("/account/login/")["Content-Language"] == "ru"
    client.force_login(user)
    assert language_of(client) == "en"


def test_a_language_that_the_portal_has_not_changes_nothing() -> None:
    user, _actor = make_member(make_organisation())
    client = Client()
    client.force_login(user)
    client.post("/i18n/language/", {"language": "xx", "next": "/"})
    user.refresh_from_db()
    assert user.language == ""
