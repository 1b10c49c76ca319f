"""Messages about transits over the real protocol, with neighbours that share no code with us."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from agencies.models import Agency
from exchange import outbox
from exchange.models import InboxMessage, OutboxMessage, Partner
from exchange.transit import arrivals, messages, passages
from exchange.transit.models import Movement, TransitNotice
from exchange.transit.states import NoticeState, Result, Stage
from portal.accounts.actors import Actor
from portal.journal.models import Event
from tests.exchange.peer import Outgoing, Peer
from tests.factories import make_officer
from tests.transit.conftest import IN, Teller
from tests.transit.documents import announcement, document, passage, stamp

Peers = Callable[[str], Peer]


def states() -> list[tuple[str, str, str]]:
    return list(TransitNotice.objects.values_list("country", "step", "state"))


def reasons() -> list[str]:
    return list(TransitNotice.objects.unsettled().values_list("reason", flat=True))


def test_from_the_announcement_to_the_discharge_as_the_destination(
    peer_of: Peers, officer: Actor
) -> None:
    kazakhstan, azerbaijan = peer_of("KZ"), peer_of("AZ")
    kz, az = Teller(kazakhstan), Teller(azerbaijan)
    first = kz.message("transit_announced", announcement(*IN))
    answer = kazakhstan.send(first)
    assert answer.status_code == 201
    assert kazakhstan.check_receipt(answer.json()["receipt"])["kind"] == "transit_announced"
    assert kazakhstan.send(first).status_code == 200, "a repeat has no second effect"
    movement = Movement.objects.get()
    assert (movement.stage, movement.departure_country, movement.declaration) == (
        Stage.RELEASED, "KZ", None)
    assert movement.countries == ["KZ", "AZ", "GE"] and movement.seals == ["KZ8840112", "KZ8840113"]
    assert az.tell("transit_passed", passage("AZ000103")) == 201
    assert az.tell("transit_passed", passage("AZ000202", "broken")) == 201
    arrivals.advise(movement.pk, officer, "GE000101")
    arrivals.give_result(movement.pk, officer, Result.SATISFACTORY, "broken", "Resealed by AZ.")
    for message in OutboxMessage.objects.filter(kind="transit_arrived"):
        outbox.deliver(message.pk)
    for peer in (kazakhstan, azerbaijan):
        heard = [(one.headers["message-kind"], one.headers["position"])
                 for one in (peer.taken[key] for key in peer.arrivals)]
        assert heard == [("transit_arrived", "1"), ("transit_controlled", "2")]
        assert b"<Office>GE000101</Office>" in peer.taken[peer.arrivals[0]].body
    assert kz.tell("transit_discharged") == 201
    movement.refresh_from_db()
    assert movement.stage == Stage.DISCHARGED
    assert all(stop.passed_at for stop in movement.itinerary)
    assert {state for _country, _step, state in states()} == {NoticeState.APPLIED}
    actors = list(Event.objects.of(movement.pk).exclude(kind__startswith="message")
                  .values_list("kind", "actor"))
    assert ("transit_passed", "AZ customs") in actors
    assert ("transit_discharged", "KZ customs") in actors


def test_what_comes_too_early_waits_and_is_applied_in_order(peer_of: Peers) -> None:
    kz, az = Teller(peer_of("KZ")), Teller(peer_of("AZ"))
    alat = az.message("transit_passed", passage("AZ000103"))
    kesik = az.message("transit_passed", passage("AZ000202"))
    assert az.peer.send(kesik).status_code == 201
    assert az.peer.send(alat).status_code == 201
    assert {state for *_x, state in states()} == {NoticeState.WAITING}
    assert "has not been announced" in " ".join(reasons())
    assert kz.tell("transit_announced", announcement(*IN)) == 201
    assert {state for *_x, state in states()} == {NoticeState.APPLIED}
    passed = Event.objects.of(Movement.objects.get().pk).filter(kind="transit_passed")
    assert [event.payload["office"] for event in passed] == ["AZ000103", "AZ000202"]


def test_what_its_sender_skipped_is_not_waited_for_forever(peer_of: Peers, customs: Agency) -> None:
    user, _officer = make_officer(customs)
    kz, az = Teller(peer_of("KZ")), Teller(peer_of("AZ"))
    kz.tell("transit_announced", announcement(*IN))
    az.message("transit_incident")  # written, and never sent
    az.tell("transit_passed", passage("AZ000103"))
    movement, notice = Movement.objects.get(), TransitNotice.objects.get(country="AZ")
    assert (movement.stage, notice.state) == (Stage.RELEASED, NoticeState.WAITING)
    client = Client()
    client.force_login(user)
    assert "Do not wait" in client.get(f"/transit/{movement.pk}/").content.decode()
    address = f"/transit/{movement.pk}/notices/{notice.pk}/take/"
    assert "Say why" in client.post(address, follow=True).content.decode()
    page = client.post(address, {"why": "AZ skipped it, by telephone."}, follow=True)
    assert "The message is applied." in page.content.decode()
    assert "AZ skipped it" in page.content.decode()
    movement.refresh_from_db()
    assert movement.stage == Stage.UNDER_WAY
    assert "does not wait" in client.post(address, {"why": "x"}, follow=True).content.decode()


def test_the_announcement_and_a_passage_at_once_never_miss_each_other(peer_of: Peers) -> None:
    tellers = {"transit_announced": Teller(peer_of("KZ")), "transit_passed": Teller(peer_of("AZ"))}
    for number in range(4):
        mrn = f"26KZ{number:013d}X"
        outgoing = []
        for kind, teller in tellers.items():
            teller.mrn, teller.position, teller.movement = mrn, 0, Outgoing(b"").movement
            inside = announcement(*IN) if kind == "transit_announced" else passage("AZ000103")
            outgoing.append((teller.peer, teller.message(kind, inside)))
        threads = [threading.Thread(target=peer.send, args=(one,)) for peer, one in outgoing]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Movement.objects.get(mrn=mrn).stage == Stage.UNDER_WAY


def test_what_is_beyond_the_senders_part_is_kept_and_never_applied(peer_of: Peers) -> None:
    kz, az, am = Teller(peer_of("KZ")), Teller(peer_of("AZ")), Teller(peer_of("AM"))
    assert az.tell("transit_announced", announcement(*IN)) == 201, "announces another's movement"
    kz.tell("transit_announced", announcement(*IN))
    movement = Movement.objects.get()
    for teller, kind, inside in (
        (az, "transit_discharged", ""),
        (az, "transit_arrived", "<Office>GE000101</Office>"),
        (az, "transit_passed", passage("GE000101")),
        (am, "transit_passed", passage("AZ000103")),
        (kz, "transit_passed", passage("AZ000103")),
        (am, "transit_recovered", "<Remark>Ours now.</Remark>"),
    ):
        assert teller.tell(kind, inside) == 201, "the receipt proves only that it came"
    movement.refresh_from_db()
    assert movement.stage == Stage.RELEASED
    assert TransitNotice.objects.filter(state=NoticeState.SET_ASIDE).count() == 7
    assert all(reasons())
    events = Event.objects.of(movement.pk).values_list("kind", flat=True)
    assert list(events) == ["transit_announced"] + ["transit_set_aside"] * 6
    assert az.tell("transit_passed", passage("AZ000103")) == 201, "it holds nothing back"
    movement.refresh_from_db()
    assert movement.stage == Stage.UNDER_WAY


def test_a_movement_that_does_not_concern_us_or_lies_is_set_aside(peer_of: Peers) -> None:
    kz = Teller(peer_of("KZ"))
    kz.tell("transit_announced", announcement("KZ000103", "AZ000103"))
    kz.tell("transit_announced", announcement("AZ000103", "GE000101"))
    lying = announcement(*IN).replace("<Country>AZ</Country>", "<Country>KZ</Country>", 1)
    kz.tell("transit_announced", lying)
    kz.tell("transit_announced", announcement(*IN), at=stamp(timedelta(hours=2)))
    assert not Movement.objects.exists()
    assert [state for *_x, state in states()] == [NoticeState.SET_ASIDE] * 4


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("transit_passed", b"<BorderPassage/>"),
        ("transit_passed", document("ArrivalAdvice", "26KZ0000000000001X", "KZ",
                                    "<Office>GE000101</Office>")),
        ("transit_passed", document("BorderPassage", "26KZ", "KZ", passage("AZ000103"))),
        ("transit_passed", document("BorderPassage", "26KZ0000000000001X", "KZ",
                                    passage("AZ000103") + "<Extra/>")),
        ("transit_passed", document("BorderPassage", "26KZ0000000000001X", "KZ",
                                    passage("AZ000103", "fine"))),
        ("transit_passed", document("BorderPassage", "26KZ0000000000001X", "KZ",
                                    passage("AZ000103"), at="2026-02-30T10:00:00Z")),
        ("transit_passed", document("BorderPassage", "26KZ0000000000001X", "KZ",
                                    passage("AZ000103") + "<!-- x -->")),
        ("transit_passed", b'<!DOCTYPE x [<!ENTITY a "b">]>' + document(
            "BorderPassage", "26KZ0000000000001X", "KZ", passage("AZ000103"))),
        ("transit_announced", document("AnticipatedArrival", "26KZ0000000000001X", "KZ",
                                       announcement("KZ000103", *["AZ000103"] * 2, "GE000101"))),
        ("transit_discharged", b" " * 70_000),
        ("transit_discharged", b"\xff\xfe nonsense"),
    ],
)
def test_what_is_no_such_message_is_refused_and_leaves_nothing(
    peer_of: Peers, kind: str, body: bytes
) -> None:
    peer = peer_of("KZ")
    answer = peer.send(Outgoing(body, kind=kind))
    assert (answer.status_code, answer.json()["code"]) == (422, "message-invalid")
    assert answer.json()["errors"]
    assert not InboxMessage.objects.exists() and not TransitNotice.objects.exists()


def test_a_kind_that_was_not_agreed_is_neither_taken_nor_sent(
    peer_of: Peers, officer: Actor
) -> None:
    kz = Teller(peer_of("KZ"))
    peer_of("AZ")
    Partner.objects.filter(country="AZ").update(message_kinds=["released", "transit_announced"])
    kz.tell("transit_announced", announcement("KZ000103", "GE000204", "AZ000101"))
    movement = Movement.objects.get()
    passages.confirm(movement.pk, officer, "GE000204")
    assert list(OutboxMessage.objects.values_list("partner__country", flat=True)) == ["KZ"]


def test_what_is_written_reads_back(db: None) -> None:
    body = document("Incident", "26KZ0000000000001X", "KZ",
                    "<Office>AZ000103</Office><Incident>seals</Incident><Vehicle>1</Vehicle>"
                    "<Seal>A</Seal><Seal>B</Seal><Remark>Two seals</Remark>")
    read = messages.read("transit_incident", body)
    assert messages.read("transit_incident", messages.write(read)) == read
