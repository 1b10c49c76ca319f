"""What messages that are no declarations say, on their pages and in the list."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from agencies.permits.abroad.settling import Goods
from agencies.permits.states import UseState
from exchange.facts import facts_of, gist_of
from exchange.models import InboxMessage
from exchange.permits import incoming, messages
from portal.accounts.roles import OrganisationKind, Role
from tests.exchange.peer import Peer
from tests.factories import make_member, make_organisation
from tests.transit.conftest import IN, Teller, peer_of  # noqa: F401
from tests.transit.documents import announcement


def test_a_passage_says_office_and_seals_and_no_empty_fields(
    peer_of: Callable[[str], Peer],  # noqa: F811
) -> None:
    peer = peer_of("KZ")
    teller = Teller(peer)
    assert teller.tell("transit_announced", announcement(*IN)) == 201
    assert teller.tell(
        "transit_passed", "<Office>KZ000103</Office><Seals>broken</Seals><Remark>Two of three.</Remark>"
    ) == 201
    announced, passed = InboxMessage.objects.order_by("position")
    told = {fact.label: fact.value for fact in facts_of(announced)}
    assert [office[1] for office in told["Itinerary"]] == list(IN)
    assert told["Principal"] and told["Country of departure"] == "KZ"
    told = {fact.label: fact.value for fact in facts_of(passed)}
    assert told["Seals"] == "Broken or missing" and told["Remark"] == "Two of three."
    assert told["Office"] != "KZ000103"  # its name
    assert [fact.value for fact in gist_of(passed)][1:] == ["Broken or missing", "Two of three."]

    client = Client()
    client.force_login(make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)[0])
    page = client.get(f"/exchange/in/{passed.pk}/").content.decode()
    assert "Broken or missing" in page
    assert "Set aside" in page  # Aktau is where this one departs, and no office of transit
    for absent in ("Declarant", "Invoice", "Table of goods"):
        assert absent not in page
    listed = client.get("/exchange/?tab=incoming").content.decode()
    assert "Two of three." in listed and "Broken or missing" in listed


@pytest.mark.parametrize("aim", [UseState.RESERVED, UseState.FREED])
def test_a_use_of_a_permit_says_what_is_taken(aim: UseState) -> None:
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    goods = Goods("CIT", "160431", Decimal("48.5"), "KGM", date(2026, 11, 24), Decimal(100), "USD",
                  (("405123784", "Kakheti Fine Foods LLC"),))
    said = messages.Told(uuid4(), 2, at, "AZ-CITES-2026-000001", "26GE29000000000018", 1, aim,
                         goods if aim == UseState.RESERVED else None)
    kind = messages.kind_of(said)
    message = InboxMessage(kind=kind, body=messages.write(said), **incoming.columns(said))
    told = {fact.label: fact.value for fact in facts_of(message)}
    assert (told["Permit"], told["Revision"]) == ("AZ-CITES-2026-000001", 2)
    assert told.get("Quantity") == (Decimal("48.5") if aim == UseState.RESERVED else None)
    assert gist_of(message)[0].value == "AZ-CITES-2026-000001"


def test_a_refusal_of_a_use_says_why() -> None:
    said = messages.Answered(uuid4(), 1, datetime(2026, 11, 24, tzinfo=UTC), "AZ-1", "quantity",
                             Decimal(3), "KGM")
    message = InboxMessage(kind=messages.ANSWER, body=messages.write(said), **incoming.columns(said))
    told = {fact.label: fact.value for fact in facts_of(message)}
    assert told["Answer"] == "Less than this quantity is left."
    assert told["Left on the permit"] == Decimal(3)
    assert [fact.value for fact in gist_of(message)] == ["AZ-1", told["Answer"], "3"]
