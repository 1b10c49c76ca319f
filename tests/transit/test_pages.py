"""The pages of transit: who sees them, what they offer, what they do."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import Agency
from exchange import outbox
from exchange.models import OutboxMessage, Partner
from exchange.transit import movements
from exchange.transit.drawing import Map, draw
from exchange.transit.messages import read
from exchange.transit.models import Guarantee, Movement, TransitNotice
from exchange.transit.states import NoticeState, Stage, Step
from portal.accounts.roles import OrganisationKind, Role
from tests.factories import make_agency, make_member, make_officer, make_organisation, make_user
from tests.transit.conftest import IN, make_transit, release
from tests.transit.documents import announcement, document
from tests.transit.test_steps import told

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def customs_client(customs: Any) -> Client:
    return client_of(make_officer(customs, Role.SUPERVISOR)[0])


@pytest.fixture
def ours(guarantee: Guarantee, neighbours: list[Partner]) -> Movement:
    return release(make_transit())


@pytest.fixture
def theirs(neighbours: list[Partner]) -> Movement:
    """Announced by Kazakhstan, to arrive here."""
    body = document("AnticipatedArrival", "26KZ0000000000001X", "KZ", announcement(*IN))
    content = read("transit_announced", body)
    return movements.begin("KZ", content.mrn, content.data, content.at)


def test_only_customs_and_nobody_else(ours: Movement, customs_client: Client) -> None:
    addresses = ("/transit/", f"/transit/{ours.pk}/", "/transit/guarantees/")
    for address in addresses:
        assert customs_client.get(address).status_code == 200
    phyto = client_of(make_officer(make_agency("phyto"))[0])
    assert [phyto.get(address).status_code for address in addresses] == [403, 404, 403]
    assert phyto.post(f"/transit/{ours.pk}/enquire/").status_code == 404
    assert "/transit/" not in phyto.get("/queue/", follow=True).content.decode()
    trader = client_of(make_member(make_organisation())[0])
    assert [trader.get(address).status_code for address in addresses] == [403, 403, 403]
    assert Client().get("/transit/").status_code == 302


def test_the_list_narrows(customs_client: Client, ours: Movement, theirs: Movement) -> None:
    def shown(query: str) -> set[str]:
        page = customs_client.get(f"/transit/?{query}").content.decode()
        return {one.mrn for one in (ours, theirs) if one.mrn in page}

    assert shown("") == {ours.mrn, theirs.mrn}
    assert shown("part=departure") == {ours.mrn}
    assert shown("part=destination") == {theirs.mrn}
    assert shown("q=Aktobe") == {theirs.mrn}
    assert shown("stage=transit_discharged") == set()
    assert shown("ours=on") == {theirs.mrn}, "ours waits for Azerbaijan"
    assert shown("stage=nonsense&page=nonsense") == {ours.mrn, theirs.mrn}


def test_the_destination_confirms_and_gives_its_result(
    customs_client: Client, theirs: Movement
) -> None:
    address = f"/transit/{theirs.pk}/"
    page = customs_client.get(address).content.decode()
    assert "Confirm the arrival" in page and "<svg" in page and "Open an enquiry" not in page
    assert "Tbilisi clearance zone" in page
    answer = customs_client.post(f"{address}arrive/", {"arrive-office": "GE000101"}, follow=True)
    assert "on its way to the other countries" in answer.content.decode()
    wrong = customs_client.post(f"{address}control/", {"control-result": "wonderful"})
    assert wrong.status_code == 422 and "Select a valid choice" in wrong.content.decode()
    customs_client.post(f"{address}control/", {
        "control-result": "satisfactory", "control-seal_state": "intact", "control-remark": "Fine"})
    theirs.refresh_from_db()
    assert theirs.stage == Stage.CONTROLLED
    kinds = OutboxMessage.objects.filter(partner__country="KZ").order_by("position")
    assert list(kinds.values_list("kind", flat=True)) == ["transit_arrived", "transit_controlled"]
    late = customs_client.post(f"{address}arrive/", {"arrive-office": "GE000101"})
    assert late.status_code == 409 and "cannot be done" in late.content.decode()
    assert customs_client.post(f"{address}explode/").status_code == 404
    assert customs_client.post(f"{address}discharge/").status_code == 409, "not theirs to do"


def test_the_departure_discharges(customs_client: Client, ours: Movement) -> None:
    told(ours, Step.ARRIVE, "KZ", office="KZ000103")
    told(ours, Step.CONTROL, "KZ", result="satisfactory", seal_state="intact")
    page = customs_client.get(f"/transit/{ours.pk}/").content.decode()
    assert "45,000.00" in page and "Held" in page
    customs_client.post(f"/transit/{ours.pk}/discharge/")
    page = customs_client.get(f"/transit/{ours.pk}/").content.decode()
    assert "the movement has ended" in page and "Freed" in page


def test_the_trader_sees_where_the_goods_are(ours: Movement) -> None:
    user = make_user()
    user.memberships.create(organisation=ours.declaration.organisation, role=Role.DECLARANT)
    page = client_of(user).get(f"/declarations/{ours.declaration.pk}/").content.decode()
    assert "Where the goods are" in page and "Boyuk Kesik" in page
    assert f"/transit/{ours.pk}/" not in page


def test_the_review_leads_to_the_movement(
    guarantee: Guarantee, neighbours: list[Partner], customs: Agency, customs_client: Client
) -> None:
    """For customs, once the transit is released; another agency that reviewed it has no such page."""
    declaration = make_transit()
    phyto = make_agency("phyto")
    now = timezone.now()
    seen_by = {
        agency: declaration.reviews.create(
            queue=agency.queues.get_or_create(code=agency.code, defaults={"name": agency.code})[0],
            tier=1, kind="release", state="approved", opened_at=now, closed_at=now)
        for agency in (customs, phyto)
    }
    page = f"/reviews/{seen_by[customs].pk}/"
    assert "Open the movement" not in customs_client.get(page).content.decode()
    movement = release(declaration)
    assert f'href="/transit/{movement.pk}/"' in customs_client.get(page).content.decode()
    other = client_of(make_officer(phyto)[0]).get(f"/reviews/{seen_by[phyto].pk}/")
    assert other.status_code == 200 and "/transit/" not in other.content.decode()


def test_a_short_map_is_no_wider_than_it_needs(ours: Movement) -> None:
    drawn = draw(ours)
    user = make_user()
    user.memberships.create(organisation=ours.declaration.organisation, role=Role.DECLARANT)
    page = client_of(user).get(f"/declarations/{ours.declaration.pk}/").content.decode()
    assert f'width="{drawn.drawn_width}"' in page
    assert Map(352, drawn.stations[:2], [], []).drawn_width < 480, "of two offices"


def test_the_trader_is_told_of_what_matters(ours: Movement) -> None:
    from portal.notices.models import Notice as Told

    user = make_user()
    user.memberships.create(organisation=ours.declaration.organisation, role=Role.DECLARANT)
    told(ours, Step.PASS, "AZ", office="AZ000202", seal_state="intact")
    told(ours, Step.INCIDENT, "AZ", office="AZ000103", incident="delay", remark="Storm at sea.")
    told(ours, Step.ARRIVE, "KZ", office="KZ000103")
    assert sorted(Told.objects.values_list("kind", flat=True)) == [
        "transit_arrived", "transit_incident"]
    client = client_of(user)
    page = client.get("/notices/").content.decode()
    assert "Storm at sea." in page


def test_what_does_not_fit_is_shown(customs_client: Client, theirs: Movement) -> None:
    from exchange.models import InboxMessage
    from portal.identifiers import new_id

    for number, movement in enumerate((theirs, None), start=1):
        message = InboxMessage.objects.create(
            partner=Partner.objects.get(country="AZ"), message_id=new_id(), kind="transit_passed",
            movement=new_id(), position=1, body=b"", sha256="", headers={}, key_id="",
            received_at=theirs.released_at, receipt="",
        )
        TransitNotice.objects.create(
            message=message, movement=movement, departure_country="KZ", mrn=f"26KZ000000000000{number}Y",
            country="AZ", position=1, step=Step.PASS, at=theirs.released_at,
            state=NoticeState.SET_ASIDE, reason=f"Reason {number}.", received_at=theirs.released_at,
        )
    assert "Reason 1." in customs_client.get(f"/transit/{theirs.pk}/").content.decode()
    listed = customs_client.get("/transit/").content.decode()
    assert "Reason 2." in listed and "Reason 1." not in listed


def test_guarantees_are_registered_by_supervisors(
    customs: Any, customs_client: Client, guarantee: Guarantee
) -> None:
    given = {"reference": "26GE000101U00500", "holder": "Poti Grain Mills JSC",
             "office": "GE000101", "limit": "5000", "currency": "EUR", "valid_to": "2030-01-01"}
    officer = client_of(make_officer(customs)[0])
    assert officer.post("/transit/guarantees/", given).status_code == 403
    assert customs_client.post("/transit/guarantees/", given).status_code == 302
    for name, value in (("reference", given["reference"]), ("currency", "XXQ"), ("limit", "0"),
                        ("office", "KZ000101"), ("reference", "<b>")):
        assert customs_client.post("/transit/guarantees/", given | {name: value}).status_code == 422
    assert Guarantee.objects.count() == 2
    assert "Poti Grain Mills JSC" in officer.get("/transit/guarantees/").content.decode()


def test_the_operator_sees_the_messages(ours: Movement) -> None:
    operator = client_of(make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)[0])
    assert "Transit: anticipated arrival" in operator.get("/exchange/").content.decode()
    for message in OutboxMessage.objects.filter(movement=ours.pk):
        assert operator.get(f"/exchange/out/{message.pk}/").status_code == 200
        outbox.deliver(message.pk)
        assert operator.get(f"/exchange/out/{message.pk}/").status_code == 200
