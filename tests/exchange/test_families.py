"""Kinds of message that are not agreed with a partner: seen on its page, and agreed in one go."""

from django.test import Client

from exchange.models import TRANSIT_KINDS, Partner, WireKind
from portal.accounts.roles import OrganisationKind, Role
from portal.journal.models import Event
from tests.factories import make_member, make_organisation


def test_a_partner_of_before_the_transits_is_brought_up_to_date(partner: Partner) -> None:
    old = [kind for kind in WireKind.values if kind not in TRANSIT_KINDS]
    partner.message_kinds = [*old, "transit_announced"]
    partner.save()
    client = Client()
    client.force_login(make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)[0])
    address = f"/exchange/partners/{partner.pk}/"
    page = client.get(address).content.decode()
    assert "these kinds are not agreed, though others of them are:" in page
    assert "Transit: discharge" in page.split("Exchange them too")[0]
    assert page.count("Exchange them too") == 1

    assert client.post(f"{address}agreement/nothing/").status_code == 404
    assert client.post(f"{address}agreement/transit/").status_code == 302
    partner.refresh_from_db()
    assert partner.message_kinds == list(WireKind.values)
    changed = Event.objects.of(partner.pk).get(kind="partner_changed").payload["changed"]
    assert set(changed) == {"message_kinds"}
    assert "Exchange them too" not in client.get(address).content.decode()

    other = Client()
    other.force_login(make_member(make_organisation())[0])
    assert other.post(f"{address}agreement/transit/").status_code == 403
