"""The first page by role, errors, and what every page carries."""

import re
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from declarations.states import State
from portal.accounts.models import Membership
from portal.accounts.roles import OrganisationKind, Role
from tests.factories import make_agency, make_member, make_officer, make_organisation, make_user
from tests.pages.cases import make_declaration, send_to
from tests.pages.test_declaration import signed_in, text

pytestmark = pytest.mark.django_db


def test_signed_out_visitor_is_sent_to_sign_in() -> None:
    response = Client().get(reverse("home"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_trader_sees_own_work_only() -> None:
    user, actor = make_member(make_organisation(name="Kolkheti Trade LLC"))
    _, stranger = make_member(make_organisation())
    own, others = make_declaration(actor, State.REJECTED), make_declaration(stranger)
    page = text(signed_in(user).get(reverse("home")))
    assert own.lrn in page and "Waiting for you" in page
    assert others.lrn not in page
    assert reverse("declaration_list") in page and reverse("review_queue") not in page


def test_new_trader_is_told_what_to_do() -> None:
    user, _ = make_member(make_organisation())
    assert "Nothing filed yet" in text(signed_in(user).get(reverse("home")))


def test_officer_sees_own_agency_only() -> None:
    _, trader = make_member(make_organisation())
    agency, other = make_agency("phyto"), make_agency("radiation")
    mine, theirs = make_declaration(trader), make_declaration(trader)
    send_to(agency, mine)
    send_to(other, theirs)
    page = text(signed_in(make_officer(agency)[0]).get(reverse("home")))
    assert mine.lrn in page and theirs.lrn not in page
    assert reverse("review_queue") in page


def test_administrator_sees_the_state_of_the_portal() -> None:
    user, _ = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    page = text(signed_in(user).get(reverse("home")))
    assert "No rule set is in force" in page and reverse("exchange") in page


def test_person_without_an_organisation_is_told_so() -> None:
    assert "do not act for an organisation" in text(signed_in(make_user()).get(reverse("home")))


def test_person_of_two_organisations_chooses_for_which_to_act() -> None:
    user, first = make_member(make_organisation(name="Kolkheti Trade LLC"))
    second = make_organisation(name="Rioni Wine LLC")
    Membership.objects.create(user=user, organisation=second, role=Role.DECLARANT)
    client = signed_in(user)
    assert "<h1>Kolkheti Trade LLC</h1>" in text(client.get(reverse("home")))
    client.post(reverse("act_for"), {"organisation": str(second.pk)})
    assert "<h1>Rioni Wine LLC</h1>" in text(client.get(reverse("home")))
    for other in (str(make_organisation().pk), "nonsense", ""):
        assert client.post(reverse("act_for"), {"organisation": other}).status_code == 404
    assert "<h1>Rioni Wine LLC</h1>" in text(client.get(reverse("home")))
    assert first.organisation_id != second.pk


@override_settings(REQUIRE_MFA_FOR_OFFICERS=True)
def test_officer_without_a_second_factor_is_told_to_set_one_up() -> None:
    client = signed_in(make_officer(make_agency("phyto"))[0])
    response = client.get(reverse("home"))
    assert response.status_code == 302 and response["Location"] == reverse("mfa_index")
    assert "Your role needs a second factor" in text(client.get(reverse("mfa_index")))


def test_language_is_switched_without_scripts() -> None:
    client = Client()
    url = reverse("account_login")
    client.post(reverse("set_language"), {"language": "ru", "next": url})
    assert '<html lang="ru" dir="ltr">' in text(client.get(url))


@override_settings(LANGUAGES=[("en", "English"), ("fa", "Persian")], LANGUAGE_CODE="fa")
def test_right_to_left_language_turns_the_page() -> None:
    page = text(Client(headers={"accept-language": "fa"}).get(reverse("account_login")))
    assert 'dir="rtl"' in page and "bootstrap.rtl.min.css" in page


def test_nothing_inline_that_the_policy_would_block() -> None:
    user, actor = make_member(make_organisation())
    declaration = make_declaration(actor)
    client = signed_in(user)
    for url in (reverse("home"), reverse("declaration", args=[declaration.pk]),
                reverse("mfa_index")):
        page = text(client.get(url))
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)", page), url


def test_wrong_address_is_a_page_for_people_and_a_problem_for_programs() -> None:
    page = Client().get("/no/such/page/")
    assert page.status_code == 404 and "There is no such page" in text(page)
    problem: Any = Client().get("/api/v1/no/such/address")
    assert problem.status_code == 404
    assert problem["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == 404


def test_stale_form_is_explained() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("set_language"), {"language": "ru"})
    assert response.status_code == 403 and "Nothing was changed" in text(response)


@pytest.mark.parametrize("demo", [True, False])
def test_demo_sign_ins_are_listed_in_the_demo_only(demo: bool) -> None:
    make_member(make_organisation(name="Kolkheti Trade LLC"), name="trader")
    with override_settings(DEMO=demo):
        page = text(Client().get(reverse("account_login")))
    assert ("Kolkheti Trade LLC" in page) is demo
