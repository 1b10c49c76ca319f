"""What the portal sends: queued with the event, delivered once, in order, through every fault."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from declarations import wco
from declarations.models import Declaration
from exchange import keys, operations, outbox, proof, tasks
from exchange.models import (
    DeliveryAttempt,
    OutboxMessage,
    OutboxState,
    OwnKey,
    Partner,
    PartnerKey,
    Subscription,
)
from portal.accounts.actors import SYSTEM, Actor
from portal.celery import app
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record
from tests.exchange.conftest import make_declaration
from tests.exchange.peer import Key, Peer

Queue = Callable[..., OutboxMessage]
OPERATOR = Actor(label="operator")


def kinds(message: OutboxMessage) -> list[str]:
    return [e.kind for e in Event.objects.of(message.movement) if e.payload.get("message")]


def outcomes(message: OutboxMessage) -> list[tuple[bool, str]]:
    return list(message.tries.values_list("asked", "outcome"))


def now_due() -> None:
    """As if the back-off of every waiting message were over."""
    OutboxMessage.objects.filter(state=OutboxState.PENDING).update(next_attempt_at=timezone.now())
    Partner.objects.update(silent_until=None)


def deliver(message: OutboxMessage) -> OutboxMessage:
    outbox.deliver(message.pk)
    message.refresh_from_db()
    return message


# --- queueing -------------------------------------------------------------------------------
def test_an_event_queues_the_released_version(queue: Queue, declaration: Declaration) -> None:
    message = queue()
    verdict = wco.validate(bytes(message.body), wco.get_profile("carec"))
    assert verdict.accepted, verdict.faults
    told = wco.from_xml(verdict.message.root, wco.get_profile("carec"))
    assert declaration.mrn == told.ID
    assert told.FunctionalReferenceID == declaration.lrn
    assert told.AcceptanceDateTime.as_datetime() == declaration.accepted_at.replace(microsecond=0)
    assert (message.movement, message.position, message.kind) == (declaration.pk, 1, "released")
    assert kinds(message) == ["message_queued"]
    assert list(OutboxMessage.objects.of_declaration(declaration.pk)) == [message]


def test_nothing_is_queued_when_the_event_is_undone(queue: Queue, declaration: Declaration) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(declaration.pk, EventKind.RELEASED, SYSTEM)
        raise ZeroDivisionError
    assert not OutboxMessage.objects.exists()


def test_only_subscribed_events_and_partners_are_told(
    queue: Queue, declaration: Declaration, partner: Partner
) -> None:
    with transaction.atomic():
        record(declaration.pk, EventKind.VIEWED, SYSTEM)
    elsewhere = make_declaration()
    Declaration.objects.filter(pk=elsewhere.pk).update(export_country="TR")
    at_home = make_declaration()
    Declaration.objects.filter(pk=at_home.pk).update(export_country="GE")
    export = make_declaration()
    Declaration.objects.filter(pk=export.pk).update(kind="export")
    with transaction.atomic():
        for one in (elsewhere, at_home, export):
            record(one.pk, EventKind.RELEASED, SYSTEM)
    assert not OutboxMessage.objects.exists()


def test_every_country_on_the_itinerary_is_told_once(
    queue: Queue, partner: Partner, peer: Peer
) -> None:
    Subscription.objects.create(event_kind="released", declaration_kind="import",
                                addressee="itinerary")
    for country, key in (("KZ", Key()), ("AM", Key())):
        keys.register_partner(country, country, peer.url, key.pem, key.id)
    route = [{"SequenceNumeric": n, "RoutingCountryCode": code}
             for n, code in enumerate(("KZ", "AZ", "GE"), 1)]
    declaration = make_declaration(Consignment={"Itinerary": route})
    with transaction.atomic():
        record(declaration.pk, EventKind.RELEASED, SYSTEM)
    told = OutboxMessage.objects.values_list("partner__country", "position")
    assert sorted(told) == [("AZ", 1), ("KZ", 1)]


def test_positions_count_up_within_a_movement(queue: Queue) -> None:
    first, second = queue(EventKind.ACCEPTED), queue(EventKind.RELEASED)
    assert (first.position, second.position) == (1, 2)
    assert queue(of=make_declaration()).position == 1


# --- delivery -------------------------------------------------------------------------------
def test_a_message_arrives_and_its_receipt_verifies(queue: Queue, peer: Peer) -> None:
    message = deliver(queue())
    assert message.state == OutboxState.DELIVERED
    assert message.receipt_verified_at and message.receipt
    assert peer.taken[str(message.pk)].body == bytes(message.body)
    assert kinds(message) == ["message_queued", "message_delivered"]
    assert outcomes(message) == [(False, "delivered")]
    assert [step.holds for step in proof.of_outgoing(message)] == [True] * 3


def test_a_delivered_message_is_not_sent_again(queue: Queue, peer: Peer) -> None:
    message = deliver(queue())
    deliver(message)
    tasks.deliver(str(message.pk))
    assert len(peer.requests) == 1


def test_a_lost_receipt_is_asked_for_before_sending_again(queue: Queue, peer: Peer) -> None:
    peer.faults.append("receipt-lost")
    message = deliver(queue())
    assert (message.state, message.outcome_unknown) == (OutboxState.PENDING, True)
    assert message.next_attempt_at > timezone.now()
    now_due()
    deliver(message)
    assert message.state == OutboxState.DELIVERED
    assert [method for method, _path in peer.requests] == ["POST", "GET"]
    assert outcomes(message) == [(False, "unknown"), (True, "delivered")]


def test_what_was_cut_before_it_arrived_is_sent_again_after_asking(
    queue: Queue, peer: Peer
) -> None:
    peer.faults.append("cut")
    message = deliver(queue())
    now_due()
    deliver(message)
    assert message.state == OutboxState.DELIVERED
    assert [method for method, _path in peer.requests] == ["POST", "GET", "POST"]
    assert outcomes(message) == [(False, "unknown"), (True, "absent"), (False, "delivered")]


@pytest.mark.parametrize("fault", ["no-receipt", "wrong-receipt", "endless"])
def test_a_bad_receipt_is_asked_for_again(queue: Queue, peer: Peer, fault: str) -> None:
    peer.faults.append(fault)
    message = deliver(queue())
    assert (message.state, message.outcome_unknown) == (OutboxState.PENDING, True)
    now_due()
    assert deliver(message).state == OutboxState.DELIVERED


def test_no_proof_even_when_asked_is_parked(queue: Queue, peer: Peer) -> None:
    peer.faults.extend(["no-receipt", "no-receipt"])
    message = deliver(queue())
    now_due()
    assert deliver(message).state == OutboxState.PARKED
    assert "receipt" in message.last_error


def test_a_receipt_by_a_revoked_key_proves_nothing(queue: Queue, peer: Peer) -> None:
    message = queue()
    keys.revoke(PartnerKey.objects.get(), OPERATOR)
    assert deliver(message).state == OutboxState.PENDING
    assert not message.receipt


def test_a_peer_that_is_down_gets_it_when_it_is_up(queue: Queue, peer: Peer) -> None:
    peer.stop()
    message = deliver(queue())
    assert (message.state, message.outcome_unknown) == (OutboxState.PENDING, False)
    assert outcomes(message) == [(False, "unreachable")]
    assert message.next_attempt_at > timezone.now()
    assert deliver(message).attempts == 1, "its time has not come"
    peer.start()
    now_due()
    assert deliver(message).state == OutboxState.DELIVERED


def test_one_message_probes_a_silent_partner_and_the_others_wait(
    queue: Queue, peer: Peer, partner: Partner
) -> None:
    peer.stop()
    probe, others = queue(), [queue(of=make_declaration()) for _n in range(3)]
    deliver(probe)
    assert [deliver(other).attempts for other in others] == [0, 0, 0]
    assert tasks.sweep() == 0
    peer.start()
    Partner.objects.update(silent_until=timezone.now())
    assert [deliver(other).state for other in others] == [OutboxState.DELIVERED] * 3
    partner.refresh_from_db()
    assert partner.silent_until is None


@pytest.mark.parametrize("status", ["429", "503"])
def test_a_busy_peer_says_when_to_come_back(queue: Queue, peer: Peer, status: str) -> None:
    peer.faults.append(status)
    message = deliver(queue())
    assert (message.state, message.outcome_unknown) == (OutboxState.PENDING, False)
    assert message.next_attempt_at >= timezone.now() + timedelta(seconds=110)
    now_due()
    assert deliver(message).state == OutboxState.DELIVERED


@pytest.mark.parametrize("status", ["500", "502", "504"])
def test_a_broken_peer_is_asked_later(queue: Queue, peer: Peer, status: str) -> None:
    peer.faults.append(status)
    message = deliver(queue())
    assert (message.state, message.outcome_unknown) == (OutboxState.PENDING, True)
    now_due()
    assert deliver(message).state == OutboxState.DELIVERED
    assert len(peer.arrivals) == 1


def test_waits_grow_and_differ() -> None:
    waits = [outbox.back_off(n).total_seconds() for n in range(1, 30)]
    assert 1 <= waits[0] <= 2
    assert 4 <= waits[2] <= 8
    assert all(450 <= wait <= 900 for wait in waits[12:])
    assert len({outbox.back_off(5) for _n in range(10)}) > 1


@pytest.mark.parametrize("status", ["400", "401", "404", "409", "422", "302"])
def test_a_refused_message_is_parked_and_can_be_resent(
    queue: Queue, peer: Peer, status: str
) -> None:
    peer.faults.append(status)
    message = deliver(queue())
    assert message.state == OutboxState.PARKED
    assert kinds(message)[-1] == "message_parked"
    assert len(peer.requests) == 1, "redirects are not followed, refusals not repeated"
    assert tasks.sweep() == 0
    operations.resend(message.pk, OPERATOR, "the partner has our key now")
    assert deliver(message).state == OutboxState.DELIVERED
    resent = Event.objects.get(kind="message_resent")
    assert (resent.actor, resent.payload["reason"]) == ("operator", "the partner has our key now")


def test_what_is_not_parked_is_not_resent(queue: Queue, peer: Peer) -> None:
    message = deliver(queue())
    assert operations.resend(message.pk, OPERATOR, "why not").state == OutboxState.DELIVERED
    assert not Event.objects.filter(kind="message_resent").exists()


# --- order ----------------------------------------------------------------------------------
def test_a_movement_arrives_in_order(queue: Queue, peer: Peer) -> None:
    first, second, third = (
        queue(kind) for kind in (EventKind.ACCEPTED, EventKind.RELEASED, EventKind.CANCELLED)
    )
    deliver(third)
    deliver(second)
    assert peer.arrivals == []
    deliver(first)
    assert peer.arrivals == [str(first.pk), str(second.pk), str(third.pk)]


def test_a_parked_message_holds_those_behind_it_and_no_others(queue: Queue, peer: Peer) -> None:
    first, second = queue(EventKind.ACCEPTED), queue(EventKind.RELEASED)
    other = queue(of=make_declaration())
    peer.faults.append("422")
    deliver(first)
    assert deliver(second).blocker() == first
    assert OutboxMessage.objects.with_blocker().get(pk=second.pk).blocked
    assert deliver(other).state == OutboxState.DELIVERED
    operations.resend(first.pk, OPERATOR, "put right")
    deliver(first)
    second.refresh_from_db()
    assert second.state == OutboxState.DELIVERED


def test_an_expired_message_is_shown_and_holds_those_behind_it(queue: Queue, peer: Peer) -> None:
    first, second = queue(EventKind.ACCEPTED), queue(EventKind.RELEASED)
    OutboxMessage.objects.filter(pk=first.pk).update(expires_at=timezone.now())
    assert deliver(first).state == OutboxState.EXPIRED
    assert deliver(second).blocker() == first
    assert peer.requests == []
    operations.resend(first.pk, OPERATOR, "still wanted")
    assert deliver(first).state == OutboxState.DELIVERED


def test_a_message_that_may_have_arrived_is_asked_about_before_it_expires(
    queue: Queue, peer: Peer
) -> None:
    peer.faults.append("receipt-lost")
    message = deliver(queue())
    now_due()
    OutboxMessage.objects.update(expires_at=timezone.now())
    assert deliver(message).state == OutboxState.DELIVERED


# --- the kill switch ------------------------------------------------------------------------
def test_a_paused_partner_gets_nothing_and_loses_nothing(
    queue: Queue, peer: Peer, partner: Partner
) -> None:
    operations.pause(partner.pk, OPERATOR, "its key is in doubt")
    message = deliver(queue())
    assert message.state == OutboxState.PENDING
    assert tasks.sweep() == 0
    assert peer.requests == []
    Partner.objects.update(paused_at=timezone.now() - timedelta(days=10))
    OutboxMessage.objects.update(expires_at=timezone.now() - timedelta(days=7))
    operations.resume(partner.pk, OPERATOR)
    assert deliver(message).state == OutboxState.DELIVERED
    events = list(Event.objects.of(partner.pk).values_list("kind", "actor"))
    assert events == [
        ("key_added", "system"), ("partner_paused", "operator"), ("partner_resumed", "operator"),
    ]


# --- workers --------------------------------------------------------------------------------
def test_two_workers_at_once_send_once(queue: Queue, peer: Peer) -> None:
    message = queue()
    peer.hold = threading.Event()
    workers = [threading.Thread(target=_work, args=(message,)) for _n in range(4)]
    for worker in workers:
        worker.start()
    assert peer.entered.wait(10)
    assert outbox.claim(message.pk) is None, "it is in another's hands"
    peer.hold.set()
    for worker in workers:
        worker.join(20)
    message.refresh_from_db()
    assert message.state == OutboxState.DELIVERED
    assert len(peer.requests) == 1


def _work(message: OutboxMessage) -> None:
    try:
        outbox.deliver(message.pk)
    finally:
        connection.close()


def test_the_lease_of_a_killed_worker_runs_out_and_the_peer_is_asked(
    queue: Queue, peer: Peer
) -> None:
    message = queue()
    lease = outbox.claim(message.pk)
    assert lease is not None
    outbox.call(lease)  # … and the worker dies before it can report
    assert tasks.sweep() == 0
    assert deliver(message).state == OutboxState.PENDING
    OutboxMessage.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert tasks.sweep() == 1
    assert deliver(message).state == OutboxState.DELIVERED
    assert [method for method, _path in peer.requests] == ["POST", "GET"]
    assert len(peer.arrivals) == 1


def test_a_worker_that_overstays_its_lease_changes_nothing_but_brings_proof(
    queue: Queue, peer: Peer
) -> None:
    message = queue()
    peer.faults.append("422")
    late = outbox.claim(message.pk)
    assert late is not None
    refused = outbox.call(late)
    OutboxMessage.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    current = outbox.claim(message.pk)
    assert current is not None
    outbox.report(late, refused)
    message.refresh_from_db()
    assert message.state == OutboxState.PENDING
    assert message.leased_until == current.until
    outbox.report(current, outbox.call(current))
    assert deliver(message).state == OutboxState.DELIVERED
    assert DeliveryAttempt.objects.filter(message=message).count() == 3


def test_the_sweep_finds_what_the_broker_forgot(queue: Queue, peer: Peer) -> None:
    message = queue()
    cache.clear()  # cache and broker are one server here
    assert tasks.sweep() == 1
    assert tasks.sweep() == 1
    assert deliver(message).state == OutboxState.DELIVERED
    assert tasks.sweep() == 0


def test_a_broker_that_is_down_does_not_undo_the_decision(
    queue: Queue, peer: Peer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    message = queue()
    assert "on_commit" in caplog.text, "the broker was meant to be down"
    assert message.state == OutboxState.PENDING
    assert deliver(message).state == OutboxState.DELIVERED


# --- keys -----------------------------------------------------------------------------------
def test_the_private_key_is_kept_encrypted(peer: Peer) -> None:
    key = keys.ensure_own_key()
    raw = keys.private_half(key).private_bytes_raw()
    assert raw not in bytes(OwnKey.objects.get().private_key)


def test_another_encryption_key_opens_nothing(peer: Peer, settings: Any) -> None:
    key = keys.ensure_own_key()
    settings.EXCHANGE_KEY_ENCRYPTION_KEY = "A" * 43 + "="
    with pytest.raises(Exception, match="EXCHANGE_KEY_ENCRYPTION_KEY"):
        keys.private_half(key)


def test_our_rolled_key_signs_once_partners_have_it(queue: Queue, peer: Peer) -> None:
    old = keys.ensure_own_key()
    later = keys.roll_own_key(starts=timezone.now() + timedelta(hours=1))
    assert keys.ensure_own_key() == old
    assert {key["kid"] for key in keys.own_jwks()["keys"]} == {old.key_id, later.key_id}
    now = keys.roll_own_key()
    assert keys.ensure_own_key() == now
    peer.trust_published_keys(keys.own_jwks())
    assert deliver(queue()).state == OutboxState.DELIVERED


def test_a_key_goes_by_its_thumbprint(peer: Peer) -> None:
    key = Key()
    with pytest.raises(keys.KeyProblem):
        keys.register_partner("AM", "Armenia", "https://am.example", key.pem, "my-key")
    assert keys.checked_key(key.pem) == key.id


@pytest.mark.parametrize(
    "address",
    ["ftp://az.example", "https://", "https://user@az.example", "https://az.example/?x=1", "az"],
)
def test_an_address_that_must_not_be_called_is_refused(address: str) -> None:
    with pytest.raises(keys.KeyProblem):
        keys.checked_address(address)


def test_plain_http_is_refused_outside_closed_use(settings: Any) -> None:
    settings.EXCHANGE_ALLOW_PLAIN_HTTP = False
    with pytest.raises(keys.KeyProblem):
        keys.checked_address("http://az.example")
    assert keys.checked_address("https://az.example/exchange/v1/") == "https://az.example"

