"""What holds for every request: zero bytes, caches, second factors and limits of sign-in."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from portal.accounts.roles import Role
from portal.accounts.tokens import create_client
from tests.factories import make_agency, make_member, make_officer, make_organisation, make_user

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("address", [
    "/reviews/?q=a%00b", "/declarations/?q=%00", "/admin/accounts/organisation/?kind=%00",
    "/admin/agencies/ruleset/?status__exact=%00", "/admin/r/1/%00/", "/%00",
    "/api/v1/declarations?state=%00", "/exchange/v1/messages/%00",
])
def test_a_zero_byte_in_the_address_is_a_bad_request(address: str) -> None:
    officer, _actor = make_officer(make_agency())
    officer.is_staff = officer.is_superuser = True
    officer.save()
    assert signed_in(officer).get(address).status_code == 400


def test_a_zero_byte_in_a_field_that_no_form_reads_is_a_bad_request() -> None:
    officer, _actor = make_officer(make_agency())
    answer = signed_in(officer).post("/reviews/views/", {"view_name": "a\0b"})
    assert answer.status_code == 400


def test_what_a_signed_in_person_or_a_program_sees_is_kept_by_no_cache() -> None:
    organisation = make_organisation()
    user, _actor = make_member(organisation)
    _client, token = create_client(organisation, "tests")
    answers = [
        signed_in(user).get("/"),
        signed_in(user).get("/declarations/"),
        signed_in(user).get("/nothing/"),
        Client().get("/api/v1/declarations", headers={"Authorization": f"Bearer {token}"}),
    ]
    for answer in answers:
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert "public" in Client().get("/exchange/v1/keys")["Cache-Control"]


@override_settings(REQUIRE_MFA_FOR_OFFICERS=True)
def test_staff_without_a_membership_need_a_second_factor() -> None:
    user = make_user(is_staff=True, is_superuser=True)
    answer = signed_in(user).get("/admin/")
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))


@override_settings(REQUIRE_MFA_FOR_OFFICERS=True)
def test_a_trader_needs_none() -> None:
    user, _actor = make_member(make_organisation())
    assert signed_in(user).get("/declarations/").status_code == 200


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1, ACCOUNT_RATE_LIMITS={"login": "2/m/ip"})
def test_the_limits_count_the_client_that_our_proxy_saw() -> None:
    def status(forwarded: str) -> int:
        return Client().post(
            settings.LOGIN_URL and reverse("account_login"), {"login": "x", "password": "y"},
            headers={"X-Forwarded-For": forwarded},
        ).status_code

    assert [status("192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert status("192.0.2.2") == 200
    assert status("198.51.100.9, 192.0.2.1") == 429, "what a client claims itself does not count"


def test_a_person_with_a_long_name_may_file() -> None:
    from declarations.intake import submit
    from tests.factories import wine_import

    organisation = make_organisation()
    user, _actor = make_member(organisation, Role.DECLARANT)
    user.first_name, user.last_name = "A" * 150, "B" * 150
    user.save()
    actor = user.memberships.get().actor()
    assert submit(actor, wine_import(organisation), channel="rest").pk
