"""API clients in the portal: shown once, renewed, revoked; and the administration's own changes."""

import re

import pytest
from django.test import Client

from portal.accounts.models import ApiClient, Membership, User
from portal.accounts.roles import OrganisationKind, Permission, Role
from portal.accounts.tokens import create_client
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.organisations import programs
from portal.organisations.members import Refused
from tests.factories import make_member, make_organisation, make_user
from tests.organisations.conftest import Side


def works(token: str) -> int:
    return Client().get(
        "/api/v1/declarations", headers={"Authorization": f"Bearer {token}"}).status_code


def token_in(answer: object) -> str:
    found = re.search(r'value="(sw_[\w-]+)"', answer.content.decode())  # type: ignore[attr-defined]
    assert found is not None
    return found[1]


def test_a_program_is_made_renewed_and_revoked(trader: Side) -> None:
    answer = trader.client.post("/organisation/programs/new/", {
        "name": "Warehouse", "scopes": ["declarations.view_own"], "days": "30"})
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    first = token_in(answer)
    assert works(first) == 200
    client = ApiClient.objects.get()
    assert client.scopes == ["declarations.view_own"]
    assert first not in trader.client.get("/organisation/programs/").content.decode()
    second = token_in(trader.client.post(
        f"/organisation/programs/{client.pk}/renew/", {"days": "365"}))
    assert (works(first), works(second)) == (401, 200)
    assert trader.client.get(f"/organisation/programs/{client.pk}/revoke/").status_code == 200
    trader.client.post(f"/organisation/programs/{client.pk}/revoke/")
    assert works(second) == 401
    assert trader.client.post(
        f"/organisation/programs/{client.pk}/renew/", {"days": "5"}).status_code == 422
    events = Event.objects.of(trader.organisation.pk)
    assert [event.kind for event in events] == [
        EventKind.PROGRAM_ADDED, EventKind.PROGRAM_RENEWED, EventKind.PROGRAM_REVOKED]
    assert first not in str(list(events.values())) and second not in str(list(events.values()))


@pytest.mark.parametrize("fields", [
    {"scopes": ["accounts.manage"]}, {"scopes": ["agencies.review"]}, {"scopes": []},
    {"days": "366"}, {"days": "0"}, {"name": ""},
])
def test_what_a_program_cannot_be(trader: Side, fields: dict[str, object]) -> None:
    data = {"name": "x", "scopes": ["declarations.file"], "days": "30"} | fields
    assert trader.client.post("/organisation/programs/new/", data).status_code == 422
    assert not ApiClient.objects.exists()


def test_the_verbs_hold_without_the_form(trader: Side) -> None:
    with pytest.raises(Refused):
        programs.add(trader.actor, "x", ["accounts.manage"], 10)
    with pytest.raises(Refused):
        programs.add(trader.actor, "x", ["declarations.file"], 400)


def test_another_organisations_program_is_not_there(trader: Side, broker: Side) -> None:
    client, token = create_client(broker.organisation, "theirs")
    for verb in ("renew", "revoke"):
        path = f"/organisation/programs/{client.pk}/{verb}/"
        assert trader.client.get(path).status_code == 404
        assert trader.client.post(path, {"days": "5"}).status_code == 404
    assert works(token) == 200
    assert "theirs" not in trader.client.get("/organisation/programs/").content.decode()


def test_a_program_never_manages(trader: Side) -> None:
    for kind in OrganisationKind:
        from portal.accounts.roles import scopes_of

        assert Permission.MANAGE not in scopes_of(kind)


@pytest.mark.django_db
def test_an_agencys_supervisor_makes_programs_that_review() -> None:
    from tests.factories import make_agency, make_officer

    user, _actor = make_officer(make_agency("phyto"), Role.SUPERVISOR)
    client = Client()
    client.force_login(user)
    page = client.get("/organisation/programs/").content.decode()
    assert "Programs that work for us" in page and "/organisation/programs/new/" in page
    for wrong in ("declarations.file", "agencies.supervise"):
        assert client.post("/organisation/programs/new/", {
            "name": "x", "scopes": [wrong], "days": "30"}).status_code == 422
    answer = client.post("/organisation/programs/new/", {
        "name": "Laboratory", "scopes": ["agencies.review", "agencies.view_cases"], "days": "30"})
    assert answer.status_code == 201
    found = Client().get(
        "/api/v1/agency/reviews", headers={"Authorization": f"Bearer {token_in(answer)}"})
    assert found.status_code == 200 and works(token_in(answer)) == 403


# --- the administration ---------------------------------------------------------------------


@pytest.fixture
def admin(db: None) -> Client:
    user, _actor = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    user.is_staff = user.is_superuser = True
    user.save()
    client = Client()
    client.force_login(user)
    return client


def administered(subject: object) -> list[dict[str, object]]:
    events = Event.objects.filter(subject=subject, kind=EventKind.ADMINISTERED)
    return [event.payload for event in events.order_by("sequence")]


def test_an_organisation_changed_in_the_administration_is_an_event(
    admin: Client, trader: Side
) -> None:
    own = trader.organisation
    member = Membership.objects.get(user=trader.user)
    data = {
        "kind": own.kind, "name": "New name LLC", "identifier": own.identifier, "country": "GE",
        "city": "Poti", "address": "x", "postcode": "",
        "memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": member.pk, "memberships-0-organisation": own.pk,
        "memberships-0-user": trader.user.pk, "memberships-0-role": "declarant",
        "api_clients-TOTAL_FORMS": "0", "api_clients-INITIAL_FORMS": "0",
    }
    assert admin.post(f"/admin/accounts/organisation/{own.pk}/change/", data).status_code == 302
    [payload] = administered(own.pk)
    assert payload["did"] == "changed"
    assert "Name" in str(payload["changes"]) or "name" in str(payload["changes"])
    assert "role" in str(payload["changes"]).lower()
    assert payload["what"] == "accounts.Organisation"
    page = trader.client.get("/organisation/journal/")
    assert page.status_code == 403  # made a declarant by the administration


def test_a_role_given_on_a_persons_page_is_in_the_organisations_journal(
    admin: Client, trader: Side
) -> None:
    user = make_user("newcomer")
    data = {
        "username": "newcomer", "first_name": "", "last_name": "", "email": "n@example.org",
        "language": "", "is_active": "on", "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00", "last_login_0": "", "last_login_1": "",
        "memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "0",
        "memberships-0-user": user.pk, "memberships-0-organisation": trader.organisation.pk,
        "memberships-0-role": "manager",
    }
    answer = admin.post(f"/admin/accounts/user/{user.pk}/change/", data)
    assert answer.status_code == 302, answer.content
    assert administered(user.pk)
    [payload] = administered(trader.organisation.pk)
    assert (payload["did"], payload["what"]) == ("added", "accounts.Membership")


def test_deleting_people_in_a_list_is_an_event_of_each(admin: Client) -> None:
    users = [make_user(), make_user()]
    admin.post("/admin/accounts/user/", {
        "action": "delete_selected", "_selected_action": [user.pk for user in users],
        "post": "yes"})
    assert not User.objects.filter(pk__in=[user.pk for user in users]).exists()
    assert all(administered(user.pk)[0]["did"] == "deleted" for user in users)


def test_a_password_is_not_in_the_journal(admin: Client, trader: Side) -> None:
    admin.post(f"/admin/accounts/user/{trader.user.pk}/password/", {
        "password1": "secret-of-the-vine-3", "password2": "secret-of-the-vine-3",
        "usable_password": "true"})
    assert administered(trader.user.pk)
    assert "secret-of" not in str(list(Event.objects.values()))
