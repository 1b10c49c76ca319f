"""Members, roles and the address: changed by managers of the same organisation alone."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from portal.accounts.models import Membership
from portal.accounts.roles import OrganisationKind, Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.organisations import members
from tests.factories import make_agency, make_member, make_officer
from tests.organisations.conftest import Side, side


def kinds_of(one: Side) -> list[str]:
    return list(Event.objects.of(one.organisation.pk).values_list("kind", flat=True))


def test_a_role_is_changed_and_a_member_removed_with_their_events(trader: Side) -> None:
    other, _actor = make_member(trader.organisation, name="second")
    member = Membership.objects.get(user=other)
    answer = trader.client.post(f"/organisation/members/{member.pk}/", {"role": "manager"})
    assert answer.status_code == 302
    member.refresh_from_db()
    assert member.role == Role.MANAGER
    assert trader.client.get(f"/organisation/members/{member.pk}/remove/").status_code == 200
    trader.client.post(f"/organisation/members/{member.pk}/remove/")
    assert not Membership.objects.filter(pk=member.pk).exists()
    assert kinds_of(trader) == [EventKind.ROLE_CHANGED, EventKind.MEMBER_REMOVED]
    event = Event.objects.of(trader.organisation.pk).first()
    assert event is not None
    assert (event.payload["from"], event.payload["to"], event.user) == (
        "declarant", "manager", trader.user.pk
    )
    page = trader.client.get("/organisation/journal/").content.decode()
    assert "Declarant, now Manager" in page


def test_nobody_changes_their_own_role_or_leaves(trader: Side) -> None:
    own = Membership.objects.get(user=trader.user)
    make_member(trader.organisation, Role.MANAGER)
    with pytest.raises(members.Refused, match="own role"):
        members.change_role(trader.actor, own.pk, "declarant")
    with pytest.raises(members.Refused, match="own role"):
        members.remove(trader.actor, own.pk)
    answer = trader.client.post(f"/organisation/members/{own.pk}/", {"role": "declarant"})
    assert answer.status_code == 422
    assert kinds_of(trader) == []


def test_of_two_managers_who_remove_each_other_one_stays(trader: Side) -> None:
    other, other_actor = make_member(trader.organisation, Role.MANAGER)
    members.remove(trader.actor, Membership.objects.get(user=other).pk)
    # The other's request had begun before: its actor still manages.
    with pytest.raises(members.Refused, match="last one"):
        members.remove(other_actor, Membership.objects.get(user=trader.user).pk)
    with pytest.raises(members.Refused, match="last one"):
        members.change_role(
            other_actor, Membership.objects.get(user=trader.user).pk, "declarant"
        )


def test_a_manager_who_cannot_sign_in_does_not_count(trader: Side) -> None:
    gone, gone_actor = make_member(trader.organisation, Role.MANAGER)
    gone.is_active = False
    gone.save()
    with pytest.raises(members.Refused, match="last one"):
        members.remove(gone_actor, Membership.objects.get(user=trader.user).pk)


def test_another_organisations_member_is_not_there(trader: Side, broker: Side) -> None:
    stranger = Membership.objects.get(user=broker.user)
    for path in (f"/organisation/members/{stranger.pk}/",
                 f"/organisation/members/{stranger.pk}/remove/"):
        assert trader.client.get(path).status_code == 404
        assert trader.client.post(path, {"role": "declarant"}).status_code == 404
    assert Membership.objects.filter(pk=stranger.pk, role=Role.MANAGER).exists()


@pytest.mark.parametrize("path", [
    "", "address/", "journal/", "invitations/new/", "mandates/", "mandates/grant/", "programs/",
    "programs/new/",
])
def test_a_declarant_and_an_officer_manage_nothing(path: str, db: None) -> None:
    declarant = side(OrganisationKind.TRADER, Role.DECLARANT)
    officer, _actor = make_officer(make_agency())
    client = Client()
    client.force_login(officer)
    for one in (declarant.client, client):
        assert one.get(f"/organisation/{path}").status_code == 403
    with pytest.raises(PermissionDenied):
        members.change_address(declarant.actor, address="x", city="y", postcode="z")


def test_a_supervisor_manages_the_members_of_the_agency_and_nothing_of_a_trader(db: None) -> None:
    agency = make_agency()
    supervisor, _actor = make_officer(agency, Role.SUPERVISOR)
    client = Client()
    client.force_login(supervisor)
    page = client.get("/organisation/").content.decode()
    assert "Members" in page
    assert "Mandates" not in page
    for path in ("mandates/", "mandates/grant/"):
        assert client.get(f"/organisation/{path}").status_code == 404
    officer, _actor = make_officer(agency)
    member = Membership.objects.get(user=officer)
    # Only the roles of an agency.
    answer = client.post(f"/organisation/members/{member.pk}/", {"role": "manager"})
    assert answer.status_code == 422
    assert client.post(
        f"/organisation/members/{member.pk}/", {"role": "supervisor"}
    ).status_code == 302


def test_the_address_is_changed_but_not_name_and_number(trader: Side) -> None:
    before = (trader.organisation.name, trader.organisation.identifier)
    answer = trader.client.post("/organisation/address/", {
        "address": "9 Pekini Avenue", "city": "Batumi", "postcode": "6000",
        "name": "Other", "identifier": "1",
    })
    assert answer.status_code == 302
    trader.organisation.refresh_from_db()
    assert trader.organisation.city == "Batumi"
    assert (trader.organisation.name, trader.organisation.identifier) == before
    event = Event.objects.of(trader.organisation.pk).get()
    assert event.payload == {"address": "9 Pekini Avenue", "city": "Batumi", "postcode": "6000"}
    assert trader.client.post("/organisation/address/", {"city": ""}).status_code == 422


def test_the_page_shows_members_and_when_they_last_signed_in(trader: Side) -> None:
    make_member(trader.organisation, name="newcomer")
    page = trader.client.get("/organisation/").content.decode()
    assert "newcomer" in page
    assert "never" in page
    assert trader.organisation.identifier in page
