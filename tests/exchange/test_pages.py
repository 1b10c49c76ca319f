"""The operator's pages: who may see them, what they show, what they change."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from exchange import keys, outbox
from exchange.models import (
    InboxMessage,
    OutboxMessage,
    OutboxState,
    Partner,
    PartnerKey,
    RefusedInbound,
)
from portal.accounts.roles import OrganisationKind, Role
from portal.journal.models import Event
from tests.exchange.peer import Key, Outgoing, Peer
from tests.factories import make_agency, make_member, make_officer, make_organisation, make_user

Queue = Callable[..., OutboxMessage]


@pytest.fixture
def operator(peer: Peer) -> Client:
    user, _actor = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


def test_only_operators_see_the_exchange(queue: Queue, peer: Peer) -> None:
    pk = queue().pk
    trader, _actor = make_member(make_organisation())
    officer, _actor = make_officer(make_agency())
    for user in (trader, officer):
        client = Client()
        client.force_login(user)
        for address in ("/exchange/", f"/exchange/out/{pk}/", f"/exchange/out/{pk}/message.xml"):
            assert client.get(address).status_code == 403
        assert client.post(f"/exchange/out/{pk}/resend/", {"why": "x"}).status_code == 403
    assert Client().get("/exchange/").status_code == 302


def test_the_lists_show_and_narrow(
    operator: Client, queue: Queue, peer: Peer, wine: bytes, partner: Partner
) -> None:
    message = queue()
    outbox.deliver(message.pk)
    peer.send(Outgoing(wine, position=2))
    page = operator.get("/exchange/").content.decode()
    assert message.declaration.mrn in page
    assert "verified" in page
    assert message.declaration.mrn not in operator.get("/exchange/?state=parked").content.decode()
    incoming = operator.get(f"/exchange/?tab=incoming&partner={partner.pk}").content.decode()
    assert "26AZ0000000000001X" in incoming
    assert "earlier one missing" in incoming
    for nonsense in ("?partner=x&state=y&page=z", "?tab=incoming&page=9999"):
        assert operator.get(f"/exchange/{nonsense}").status_code == 200
    assert operator.get("/exchange/?state=%00").status_code == 400


def test_long_lists_are_read_page_by_page(
    operator: Client, peer: Peer, partner: Partner, wine: bytes
) -> None:
    now = timezone.now()
    # Two of each at the same moment: none is lost or shown twice where a page ends.
    RefusedInbound.objects.bulk_create(
        RefusedInbound(at=now - timedelta(seconds=n // 2), proven=False, status=401,
                       code="key-unknown", detail=f"the {n}th")
        for n in range(120)
    )
    seen, address = [], "?"
    while address:
        page = operator.get(f"/exchange/refused/{address}").context["page"]
        seen += [one.detail for one in page.object_list]
        address = f"?{urlencode({'before': page.older})}" if page.older else ""
    assert sorted(seen) == sorted(f"the {n}th" for n in range(120))
    for nonsense in ("x", "2026-01-01_1", "2026-01-01T00:00:00+00:00_x", "_"):
        assert operator.get("/exchange/refused/", {"before": nonsense}).context["page"].is_first
    assert "Older" in operator.get("/exchange/refused/").content.decode()


def test_an_empty_exchange_says_what_to_expect(operator: Client) -> None:
    Partner.objects.all()
    page = operator.get("/exchange/").content.decode()
    assert "Nothing to send" in page


def test_a_message_page_proves_the_message(
    operator: Client, queue: Queue, peer: Peer, wine: bytes
) -> None:
    message = queue()
    outbox.deliver(message.pk)
    page = operator.get(f"/exchange/out/{message.pk}/").content.decode()
    assert page.count("<strong>yes</strong>") == 3
    assert message.sha256 in page
    assert "signature-input" in page
    answer = operator.get(f"/exchange/out/{message.pk}/message.xml")
    assert answer.content == bytes(message.body)
    peer.send(Outgoing(wine))
    kept = InboxMessage.objects.get()
    page = operator.get(f"/exchange/in/{kept.pk}/").content.decode()
    assert page.count("<strong>yes</strong>") == 4
    assert "Red grape wine" in page
    assert operator.get(f"/exchange/in/{kept.pk}/message.xml").content == wine


def test_a_tampered_row_shows_on_its_page(
    operator: Client, peer: Peer, wine: bytes
) -> None:
    peer.send(Outgoing(wine))
    kept = InboxMessage.objects.get()
    InboxMessage.objects.update(body=wine.replace(b"Red", b"Dry"))
    page = operator.get(f"/exchange/in/{kept.pk}/").content.decode()
    assert page.count("<strong>no</strong>") == 2


def test_pause_and_resume_with_a_reason(operator: Client, partner: Partner) -> None:
    operator.post(f"/exchange/partners/{partner.pk}/pause/", {"why": " "})
    assert not Partner.objects.filter(paused_at__isnull=False).exists()
    answer = operator.post(
        f"/exchange/partners/{partner.pk}/pause/", {"why": "key in doubt"}, follow=True
    )
    assert "key in doubt" in answer.content.decode()
    assert operator.get(f"/exchange/partners/{partner.pk}/pause/").status_code == 405
    operator.post(f"/exchange/partners/{partner.pk}/resume/")
    assert list(Event.objects.of(partner.pk).values_list("kind", flat=True)) == [
        "key_added", "partner_paused", "partner_resumed",
    ]


def test_a_parked_message_is_sent_again_from_its_page(
    operator: Client, queue: Queue, peer: Peer
) -> None:
    peer.faults.append("422")
    message = queue()
    outbox.deliver(message.pk)
    assert "Send again" in operator.get(f"/exchange/out/{message.pk}/").content.decode()
    operator.post(f"/exchange/out/{message.pk}/resend/", {"why": ""})
    message.refresh_from_db()
    assert message.state == OutboxState.PARKED
    operator.post(f"/exchange/out/{message.pk}/resend/", {"why": "they fixed it"})
    message.refresh_from_db()
    assert message.state == OutboxState.PENDING


def test_hostile_content_is_shown_as_text(operator: Client, queue: Queue) -> None:
    message = queue()
    OutboxMessage.objects.update(body=b"<a>&lt;script&gt;alert(1)&lt;/script&gt;</a>",
                                 last_error="<script>x</script>", state=OutboxState.PARKED)
    page = operator.get(f"/exchange/out/{message.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<script>x" not in page


# --- administration -------------------------------------------------------------------------
@pytest.fixture
def admin(peer: Peer) -> Client:
    user = make_user(is_staff=True, is_superuser=True)
    organisation = make_organisation(OrganisationKind.OPERATOR)
    organisation.memberships.create(user=user, role=Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


def partner_form(**changes: Any) -> dict[str, Any]:
    return {
        "country": "am", "name": "Armenia customs", "base_url": "https://am.example/",
        "keys-TOTAL_FORMS": "1", "keys-INITIAL_FORMS": "0", "keys-MIN_NUM_FORMS": "0",
        "keys-MAX_NUM_FORMS": "1000", "keys-0-public_key": Key().pem,
        "keys-0-valid_from_0": "2026-01-01", "keys-0-valid_from_1": "00:00:00",
        "keys-0-valid_to_0": "", "keys-0-valid_to_1": "",
    } | changes


def test_an_administrator_adds_a_partner_with_its_key(admin: Client) -> None:
    answer = admin.post("/admin/exchange/partner/add/", partner_form())
    assert answer.status_code == 302, answer.content.decode()
    partner = Partner.objects.get(country="AM")
    assert partner.base_url == "https://am.example"
    key = partner.keys.get()
    assert key.key_id == keys.checked_key(key.public_key)
    event = Event.objects.get(subject=partner.pk)
    assert (event.kind, event.payload) == ("key_added", {"key_id": key.key_id})


@pytest.mark.parametrize(
    "changes",
    [{"base_url": "ftp://am.example"}, {"keys-0-public_key": "rubbish"},
     {"keys-0-valid_to_0": "2025-01-01", "keys-0-valid_to_1": "00:00:00"}],
)
def test_a_partner_that_cannot_be_used_is_not_added(admin: Client, changes: dict) -> None:
    assert admin.post("/admin/exchange/partner/add/", partner_form(**changes)).status_code == 200
    assert not Partner.objects.filter(country="AM").exists()


def test_plain_http_is_not_accepted_in_production(admin: Client, settings: Any) -> None:
    settings.EXCHANGE_ALLOW_PLAIN_HTTP = False
    form = partner_form(base_url="http://am.example")
    assert "https" in admin.post("/admin/exchange/partner/add/", form).content.decode()
    assert not Partner.objects.filter(country="AM").exists()


def test_an_administrator_revokes_a_key_for_good(admin: Client) -> None:
    key = PartnerKey.objects.get()
    admin.post("/admin/exchange/partnerkey/", {"action": "revoke", "_selected_action": [key.pk]})
    key.refresh_from_db()
    assert key.revoked_at
    assert Event.objects.of(key.partner_id).last().kind == "key_revoked"
    assert admin.get(f"/admin/exchange/partnerkey/{key.pk}/delete/").status_code == 403
    for model in ("partner", "partnerkey", "ownkey", "subscription"):
        assert admin.get(f"/admin/exchange/{model}/").status_code == 200
