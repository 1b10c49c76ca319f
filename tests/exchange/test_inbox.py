"""What the portal takes in, and what it refuses, leaving nothing behind."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from exchange import keys, operations, proof
from exchange.inbox import _refuse_replay
from exchange.models import InboxMessage, Partner, PartnerKey
from exchange.problems import Refused
from exchange.signing import Verified
from portal.accounts.actors import Actor
from portal.journal.models import Event
from tests.exchange.peer import MESSAGE, Key, Outgoing, Peer, digest_field


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["detail"]
    return answer.status_code, document["code"]


@pytest.fixture
def leaves_nothing(peer: Peer) -> Iterator[None]:
    """A refused request ends with an empty inbox and no event."""
    yield
    assert not InboxMessage.objects.exists()
    assert not received().exists()


def received() -> QuerySet[Event]:
    return Event.objects.filter(kind="message_received")


refused = pytest.mark.usefixtures("leaves_nothing")


def test_a_message_is_taken_in_and_its_receipt_verifies(peer: Peer, wine: bytes) -> None:
    message = Outgoing(wine)
    answer = peer.send(message)
    assert answer.status_code == 201, answer.text
    statement = peer.check_receipt(answer.json()["receipt"])
    kept = InboxMessage.objects.get()
    assert statement == {
        "message_id": str(message.id), "sha256": kept.sha256, "kind": "released",
        "movement": str(message.movement), "position": 1, "sender": "AZ", "receiver": "GE",
        "received_at": kept.received_at.isoformat().replace("+00:00", "Z"),
    }
    assert bytes(kept.body) == wine
    assert kept.mrn == "26AZ0000000000001X"
    assert kept.summary["goods"][0]["hs"] == "220421"
    assert kept.summary["invoice_amount"] == "18600.00"
    assert "set-cookie" not in answer.headers
    event = Event.objects.get(subject=kept.pk)
    assert (event.kind, event.payload["sha256"]) == ("message_received", kept.sha256)


def test_every_step_of_a_kept_message_proves_again(peer: Peer, wine: bytes) -> None:
    peer.send(Outgoing(wine))
    kept = InboxMessage.objects.get()
    assert [step.holds for step in proof.of_incoming(kept)] == [True] * 4
    kept.body = bytes(kept.body).replace(b"wine", b"wing")
    assert [step.holds for step in proof.of_incoming(kept)] == [False, True, False, True]


@refused
@pytest.mark.parametrize("part", ["signature", "message-kind", "movement", "position", "message-id"])
def test_a_request_changed_after_signing_is_refused(peer: Peer, wine: bytes, part: str) -> None:
    other = {"signature": "sig1=:" + "A" * 86 + "==:", "message-kind": "refused", "position": "7",
             "movement": str(uuid.uuid4()), "message-id": str(uuid.uuid4())}
    answer = peer.send(Outgoing(wine, headers={part: other[part]}))
    assert code(answer) == (401, "signature-wrong")


@refused
def test_other_bytes_than_those_signed_are_refused(peer: Peer, wine: bytes) -> None:
    message = Outgoing(wine)
    url = f"{peer.portal_url}/exchange/v1/messages"
    signed = {"content-type": "application/xml", "content-digest": digest_field(wine),
              "message-id": str(message.id), "message-kind": "released",
              "movement": str(message.movement), "position": "1"}
    signed |= peer.sign("POST", url, signed, MESSAGE)
    answer = httpx.post(url, content=wine.replace(b"wine", b"wing"), headers=signed)
    assert code(answer) == (400, "digest-wrong")


@refused
@pytest.mark.parametrize("missing", MESSAGE)
def test_a_signature_that_covers_less_is_refused(peer: Peer, wine: bytes, missing: str) -> None:
    covered = tuple(name for name in MESSAGE if name != missing)
    assert code(peer.send(Outgoing(wine, covered=covered))) == (401, "signature-incomplete")


@refused
@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"age": 3600.0}, "signature-too-old"),
        ({"age": 290.0, "life": 60.0}, "signature-expired"),
        ({"age": -120.0}, "signature-from-future"),
        ({"life": 900.0}, "signature-malformed"),
        ({"parameters": {"nonce": None}}, "signature-malformed"),
        ({"parameters": {"created": None}}, "signature-malformed"),
        ({"parameters": {"expires": None}}, "signature-malformed"),
        ({"parameters": {"tag": "other"}}, "signature-wrong"),
        ({"parameters": {"alg": "hmac-sha256"}}, "signature-wrong"),
        ({"parameters": {"keyid": "someone"}}, "key-unknown"),
        ({"headers": {"signature": ""}}, "signature-wrong"),
    ],
)
def test_a_signature_out_of_bounds_is_refused(
    peer: Peer, wine: bytes, message: dict, expected: str
) -> None:
    assert code(peer.send(Outgoing(wine, **message))) == (401, expected)


def test_a_clock_within_the_agreed_skew_is_accepted(peer: Peer, wine: bytes) -> None:
    assert peer.send(Outgoing(wine, age=-50.0)).status_code == 201
    assert peer.send(Outgoing(wine, age=150.0, life=120.0)).status_code == 201


@refused
def test_unsigned_is_refused(peer: Peer, wine: bytes) -> None:
    headers = {"content-type": "application/xml", "message-id": str(uuid.uuid4()),
               "message-kind": "released", "movement": str(uuid.uuid4()), "position": "1"}
    answer = httpx.post(f"{peer.portal_url}/exchange/v1/messages", content=wine, headers=headers)
    assert code(answer) == (401, "signature-missing")


@refused
@pytest.mark.parametrize("end", ["valid_to", "revoked_at"])
def test_a_key_that_has_ended_is_refused(peer: Peer, wine: bytes, end: str) -> None:
    PartnerKey.objects.update(**{end: timezone.now() - timedelta(seconds=1)})
    assert code(peer.send(Outgoing(wine))) == (401, "key-expired")


@refused
def test_a_key_not_yet_valid_is_refused(peer: Peer, wine: bytes) -> None:
    PartnerKey.objects.update(valid_from=timezone.now() + timedelta(hours=1))
    assert code(peer.send(Outgoing(wine))) == (401, "key-expired")


def test_a_rolled_key_signs(peer: Peer, wine: bytes) -> None:
    peer.key = Key()
    assert code(peer.send(Outgoing(wine))) == (401, "key-unknown")
    keys.register_partner("AZ", "Azerbaijan customs", peer.url, peer.key.pem, peer.key.id)
    assert peer.send(Outgoing(wine)).status_code == 201


def test_the_same_request_again_is_a_replay(peer: Peer, wine: bytes) -> None:
    message = Outgoing(wine, parameters={"nonce": "once"})
    assert peer.send(message).status_code == 201
    assert code(peer.send(message)) == (409, "replayed")
    assert InboxMessage.objects.count() == 1


def test_a_repeat_gets_the_same_receipt_and_has_no_effect(peer: Peer, wine: bytes) -> None:
    message = Outgoing(wine)
    first, second = peer.send(message), peer.send(message)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert InboxMessage.objects.get().repeats == 1
    assert received().count() == 1


def test_the_same_id_with_other_bytes_is_a_conflict(peer: Peer, wine: bytes) -> None:
    message = Outgoing(wine)
    peer.send(message)
    message.body = wine.replace(b"Red grape", b"Old grape")
    assert code(peer.send(message)) == (409, "digest-conflict")
    assert bytes(InboxMessage.objects.get().body) == wine


def test_the_same_id_at_another_place_is_a_conflict(peer: Peer, wine: bytes) -> None:
    message = Outgoing(wine)
    peer.send(message)
    message.position = 2
    assert code(peer.send(message)) == (409, "place-conflict")


def test_two_messages_at_one_place_are_a_conflict(peer: Peer, wine: bytes) -> None:
    message = Outgoing(wine)
    peer.send(message)
    answer = peer.send(Outgoing(wine, movement=message.movement))
    assert code(answer) == (409, "position-taken")
    assert InboxMessage.objects.count() == 1


def test_an_effect_that_the_database_refuses_is_no_conflict_of_places(
    peer: Peer, wine: bytes
) -> None:
    """The sender would give up on a conflict; on a 500 it comes back, and nothing was kept."""
    table, name = Event._meta.db_table, "refuses_what_a_message_does"
    message = Outgoing(wine)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name}"
                       " CHECK (kind <> 'message_received') NOT VALID")
    try:
        assert peer.send(message).status_code == 500
        assert not InboxMessage.objects.exists()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    assert peer.send(message).status_code == 201
    assert received().count() == 1


@pytest.mark.filterwarnings("error::django.core.cache.CacheKeyWarning")
def test_a_nonce_may_hold_what_a_key_of_the_cache_may_not() -> None:
    now = timezone.now()
    verified = Verified("key", now, now, f" with spaces {uuid.uuid4()}")
    _refuse_replay(verified)
    with pytest.raises(Refused) as refused:
        _refuse_replay(verified)
    assert refused.value.code == "replayed"


def test_the_same_message_on_many_connections_has_one_effect(peer: Peer, wine: bytes) -> None:
    message = Outgoing(wine)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: peer.send(message), range(8)))
    connection.close()
    assert sorted(a.status_code for a in answers) == [200] * 7 + [201]
    assert len({a.json()["receipt"] for a in answers}) == 1
    assert InboxMessage.objects.count() == received().count() == 1


def test_a_gap_is_taken_in_shown_and_closed(peer: Peer, wine: bytes) -> None:
    movement = uuid.uuid4()
    assert peer.send(Outgoing(wine, movement=movement, position=2)).status_code == 201
    assert InboxMessage.objects.with_gap().get(position=2).gap
    assert peer.send(Outgoing(wine, movement=movement, position=1)).status_code == 201
    assert not InboxMessage.objects.with_gap().filter(gap=True).exists()


@refused
def test_an_invalid_message_is_refused_with_its_faults(peer: Peer, wine: bytes) -> None:
    broken = wine.replace(b"<TypeCode>IMA</TypeCode>", b"", 1)
    assert broken != wine
    answer = peer.send(Outgoing(broken))
    assert code(answer) == (422, "message-invalid")
    assert answer.json()["errors"]


@refused
@pytest.mark.parametrize(
    "body", [b"", b"{}", b"<a", b'<!DOCTYPE x [<!ENTITY e "y">]><x>&e;</x>', b"\x00\x01"]
)
def test_nonsense_is_refused(peer: Peer, body: bytes) -> None:
    assert code(peer.send(Outgoing(body))) == (422, "message-invalid")


@refused
@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("message-id", "7", (400, "header-invalid")),
        ("movement", "", (400, "header-invalid")),
        ("message-kind", "drafted", (400, "header-invalid")),
        ("position", "0", (400, "header-invalid")),
        ("position", "-1", (400, "header-invalid")),
        ("position", "99999999999999999999", (400, "header-invalid")),
        ("content-type", "application/json", (415, "media-type")),
        ("content-encoding", "gzip", (415, "media-type")),
    ],
)
def test_wrong_fields_are_refused(
    peer: Peer, wine: bytes, header: str, value: str, expected: tuple[int, str]
) -> None:
    assert code(peer.send(Outgoing(wine, headers={header: value}))) == expected


@refused
def test_a_message_that_is_too_large_is_refused(peer: Peer) -> None:
    assert code(peer.send(Outgoing(b"x" * (10 * 1024 * 1024 + 1)))) == (413, "too-large")


@refused
def test_a_body_without_length_is_refused(peer: Peer, wine: bytes) -> None:
    url = f"{peer.portal_url}/exchange/v1/messages"
    answer = httpx.post(url, content=iter([wine]))
    assert code(answer) == (411, "length-required")


def test_a_paused_partner_comes_back_later(peer: Peer, partner: Partner, wine: bytes) -> None:
    operations.pause(partner.pk, Actor(label="operator"), "keys in doubt")
    answer = peer.send(Outgoing(wine))
    assert code(answer) == (503, "partner-paused")
    assert int(answer.headers["retry-after"]) > 0
    assert not InboxMessage.objects.exists()
    operations.resume(partner.pk, Actor(label="operator"))
    assert peer.send(Outgoing(wine)).status_code == 201


def test_asking_gives_the_receipt_or_not_found(peer: Peer, wine: bytes) -> None:
    message = Outgoing(wine)
    assert code(peer.ask(message.id)) == (404, "message-unknown")
    receipt = peer.send(message).json()["receipt"]
    answer = peer.ask(message.id)
    assert (answer.status_code, answer.json()) == (200, {"receipt": receipt})


def test_nobody_asks_about_anothers_message(peer: Peer, wine: bytes) -> None:
    message = Outgoing(wine)
    peer.send(message)
    stranger = Peer("AM", "GE", peer.portal_url)
    assert code(stranger.ask(message.id)) == (401, "key-unknown")
    keys.register_partner("AM", "Armenia customs", "http://127.0.0.1:9", stranger.key.pem,
                          stranger.key.id)
    assert code(stranger.ask(message.id)) == (404, "message-unknown")
    url = f"{peer.portal_url}/exchange/v1/messages/{message.id}"
    assert code(httpx.get(url)) == (401, "signature-missing")


def test_the_published_keys_are_those_that_sign(peer: Peer) -> None:
    answer = httpx.get(f"{peer.portal_url}/exchange/v1/keys")
    assert answer.headers["content-type"] == "application/jwk-set+json"
    (key,) = answer.json()["keys"]
    assert key["kid"] in peer.portal_keys
    assert not {"d", "private_key"} & key.keys()
