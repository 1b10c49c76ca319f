"""Skipping, alarms, missing receipts, refusals kept, and compression."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from exchange import compression, keys, operations, outbox, proof, refusals, tasks, watching
from exchange.models import (
    InboxMessage,
    OutboxMessage,
    OutboxState,
    Partner,
    RefusedInbound,
)
from portal.accounts.actors import Actor
from portal.accounts.roles import OrganisationKind, Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.pipeline import heartbeat
from tests.exchange.peer import Key, Outgoing, Peer
from tests.factories import make_member, make_organisation

Queue = Callable[..., OutboxMessage]
OPERATOR = Actor(label="operator")


@pytest.fixture
def operator(peer: Peer) -> Client:
    user, _actor = make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


def state_of(message: OutboxMessage) -> str:
    message.refresh_from_db()
    return message.state


# --- skipping -------------------------------------------------------------------------------
def test_a_skipped_message_lets_the_later_ones_go_on(
    queue: Queue, peer: Peer, operator: Client
) -> None:
    first, second = queue(EventKind.ACCEPTED), queue(EventKind.RELEASED)
    peer.faults.append("422")
    outbox.deliver(first.pk)
    operator.post(f"/exchange/out/{first.pk}/skip/", {"why": " "})
    assert state_of(first) == OutboxState.PARKED
    operator.post(f"/exchange/out/{first.pk}/skip/", {"why": "they have it on paper"})
    assert state_of(first) == OutboxState.SKIPPED
    assert second.blocker() is None
    outbox.deliver(second.pk)
    assert state_of(second) == OutboxState.DELIVERED
    assert Event.objects.get(kind="message_skipped").payload["reason"] == "they have it on paper"
    assert "they have it on paper" in operator.get(f"/exchange/out/{first.pk}/").content.decode()
    operations.resend(first.pk, OPERATOR, "they want it after all")
    outbox.deliver(first.pk)
    assert state_of(first) == OutboxState.DELIVERED
    for verb in ("skip", "resend"):  # a page that was opened before
        answer = operator.post(f"/exchange/out/{first.pk}/{verb}/", {"why": "late"}, follow=True)
        assert "Nothing was done" in answer.content.decode()
    assert state_of(first) == OutboxState.DELIVERED


def test_only_what_is_stuck_is_skipped(queue: Queue) -> None:
    assert operations.skip(queue().pk, OPERATOR, "why").state == OutboxState.PENDING


# --- alarms ---------------------------------------------------------------------------------
def test_an_alarm_is_raised_once_and_ends(
    queue: Queue, peer: Peer, partner: Partner, operator: Client
) -> None:
    heartbeat()
    message = queue()
    assert watching.raise_alarms() == []
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert watching.raise_alarms() == ["AZ"]
    assert watching.raise_alarms() == []
    answer = operator.get("/readyz")
    assert (answer.status_code, answer.json()["exchange"]) == (200, "late: AZ")
    assert "longer than half an hour" in operator.get("/exchange/").content.decode()
    OutboxMessage.objects.update(created_at=timezone.now())
    outbox.deliver(message.pk)
    tasks.watch()
    assert "exchange" not in operator.get("/readyz").json()
    assert [e.kind for e in Event.objects.of(partner.pk)].count("partner_late") == 1


def test_a_paused_partner_raises_no_alarm(queue: Queue, partner: Partner) -> None:
    queue()
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(hours=1))
    operations.pause(partner.pk, OPERATOR, "on purpose")
    assert watching.raise_alarms() == []


# --- receipts -------------------------------------------------------------------------------
def test_a_missing_receipt_is_asked_for_after_sending_has_ended(queue: Queue, peer: Peer) -> None:
    first, second = queue(EventKind.ACCEPTED), queue(EventKind.RELEASED)
    peer.faults.extend(["no-receipt", "no-receipt"])
    outbox.deliver(first.pk)
    OutboxMessage.objects.update(next_attempt_at=timezone.now())
    outbox.deliver(first.pk)
    assert state_of(first) == OutboxState.PARKED
    assert watching.to_chase() == []
    OutboxMessage.objects.update(next_attempt_at=timezone.now() - timedelta(hours=2))
    assert watching.to_chase() == [first.pk]
    assert watching.to_chase() == [], "its turn has been"
    assert outbox.chase(first.pk) == second.pk
    assert state_of(first) == OutboxState.DELIVERED
    assert [method for method, _path in peer.requests] == ["POST", "GET", "GET"]


def test_what_did_not_arrive_is_not_asked_about_again(queue: Queue, peer: Peer) -> None:
    message = queue()
    OutboxMessage.objects.update(state=OutboxState.EXPIRED, outcome_unknown=True)
    assert outbox.chase(message.pk) is None
    assert (state_of(message), message.outcome_unknown) == (OutboxState.EXPIRED, False)
    assert peer.arrivals == []


# --- refusals -------------------------------------------------------------------------------
def test_refusals_are_kept_with_who_and_why(
    peer: Peer, wine: bytes, partner: Partner, operator: Client
) -> None:
    peer.send(Outgoing(b"<x/>"))
    peer.send(Outgoing(wine, kind="lost"))
    peer.key = Key()
    peer.send(Outgoing(wine))
    found = {one.code: one for one in RefusedInbound.objects.all()}
    assert set(found) == {"message-invalid", "header-invalid", "key-unknown"}
    assert (found["message-invalid"].partner, found["message-invalid"].proven) == (partner, True)
    assert (found["header-invalid"].partner, found["header-invalid"].proven) == (partner, False)
    assert (found["key-unknown"].partner, found["key-unknown"].sha256 != "") == (None, True)
    page = operator.get("/exchange/refused/").content.decode()
    assert "key-unknown" in page and "signature holds" in page
    assert "key-unknown" not in operator.get(
        f"/exchange/refused/?partner={partner.pk}").content.decode()
    RefusedInbound.objects.update(at=timezone.now() - timedelta(days=8))
    assert refusals.prune() == 2, "what is proven is kept longer"


def test_nobody_is_refused_in_the_name_of_another(
    peer: Peer, partner: Partner, wine: bytes
) -> None:
    """A request may name a key of somebody else beside the one that signed it."""
    victim = Key()
    keys.register_partner("KZ", "Kazakhstan customs", "http://127.0.0.1:9", victim.pem, victim.id)
    Partner.objects.update(message_kinds=["cancelled"])
    send = httpx.post

    def with_another(url: str, **more: Any) -> httpx.Response:
        headers = dict(more.pop("headers"))
        headers["signature-input"] = (
            f'a=("@method");keyid="{victim.id}";tag="another", ' + headers["signature-input"])
        headers["signature"] = "a=:YQ==:, " + headers["signature"]
        return send(url, headers=headers, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "post", with_another)
        assert peer.send(Outgoing(wine)).json()["code"] == "kind-not-agreed"
    found = RefusedInbound.objects.get()
    assert (found.partner, found.proven, found.key_id) == (partner, True, peer.key.id)


def test_a_flood_of_refusals_is_not_kept(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(refusals, "REFUSED_PER_MINUTE", 2)
    for _n in range(5):
        peer.send(Outgoing(b"<x/>"))
    assert RefusedInbound.objects.count() <= 4, "two in each minute that this took"


def test_who_only_knocks_does_not_hide_what_a_partner_is_refused(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(refusals, "REFUSED_PER_MINUTE", 2)
    for _n in range(6):
        httpx.post(f"{peer.portal_url}/exchange/v1/messages", content=b"<x/>")
    peer.send(Outgoing(b"<x/>"))
    assert RefusedInbound.objects.filter(proven=True).count() == 1


# --- compression ----------------------------------------------------------------------------
def test_a_compressed_message_is_taken_and_proven(
    peer: Peer, partner: Partner, wine: bytes
) -> None:
    message = Outgoing(wine, compressed=True)
    assert peer.send(message).status_code == 415, "it was not agreed"
    Partner.objects.update(compresses=True)
    answer = peer.send(message)
    assert answer.status_code == 201
    kept = InboxMessage.objects.get()
    assert bytes(kept.body) == wine
    assert peer.check_receipt(answer.json()["receipt"])["sha256"] == kept.sha256
    assert [step.holds for step in proof.of_incoming(kept)] == [True] * 4
    message.compressed = False
    assert peer.send(message).status_code == 200, "the same message, plain"
    InboxMessage.objects.update(encoded=gzip.compress(b"<other/>"))
    assert not all(step.holds for step in proof.of_incoming(InboxMessage.objects.get()))


def test_our_messages_are_compressed_where_agreed(queue: Queue, peer: Peer) -> None:
    Partner.objects.update(compresses=True)
    message = queue()
    outbox.deliver(message.pk)
    assert state_of(message) == OutboxState.DELIVERED
    assert peer.taken[str(message.pk)].headers["content-encoding"] == "gzip"
    assert peer.taken[str(message.pk)].body == bytes(message.body)


def test_expansion_is_capped() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    with pytest.raises(compression.TooLarge):
        compression.decode(bomb)
    whole = compression.encode(b"<x/>" * 100)
    assert compression.decode(whole) == b"<x/>" * 100
    for broken in (whole[:-4], whole + whole, whole + b"x", b"no gzip"):
        with pytest.raises(compression.NotReadable):
            compression.decode(broken)
