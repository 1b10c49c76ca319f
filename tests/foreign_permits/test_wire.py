"""Our permit used in Azerbaijan, over the real protocol, with lines that are cut."""

from uuid import UUID, uuid4

from django.utils import timezone

from agencies.permits.issuing import today
from agencies.permits.models import Permit
from agencies.permits.states import UseState
from exchange import outbox
from exchange.models import OutboxMessage, Partner
from exchange.permits import messages
from exchange.permits.messages import Answered, Told
from tests.exchange.peer import Outgoing, Peer
from tests.foreign_permits.test_issuer import balance, goods
from tests.permits.world import World


def tells(permit: Permit, use: UUID, revision: int, aim: str, mass: str = "30") -> Outgoing:
    told = Told(use, revision, timezone.now(), permit.number, "26AZ0000000000001X", 1, UseState(aim),
                None if aim == UseState.FREED else goods(mass, day=today()))
    return Outgoing(messages.write(told), kind=messages.kind_of(told), movement=use,
                    position=revision)


def answers(peer: Peer) -> list[Answered]:
    """What the neighbour has heard from us, in the order in which it came."""
    read = [messages.read(messages.ANSWER, peer.taken[key].body) for key in peer.arrivals]
    assert all(isinstance(one, Answered) for one in read)
    return read  # type: ignore[return-value]


def test_the_line_is_cut_after_the_reservation_and_the_use_comes_later(
    partner: Partner, peer: Peer, world: World
) -> None:
    permit, use = world.permit("100"), uuid4()
    asked = tells(permit, use, 1, "reserved")
    assert [peer.send(asked).status_code, peer.send(asked).status_code] == [201, 200]
    assert balance(permit) == [30, 0, 70]
    peer.faults.append("cut")  # our answer may have come, or not: we do not know
    reply = OutboxMessage.objects.get()
    assert reply.kind == "permit_use_answered" and reply.movement != use
    outbox.deliver(reply.pk)
    world.declare(permit, "70")
    assert balance(permit) == [100, 0, 0], "what is reserved abroad stays reserved"
    used = tells(permit, use, 2, "written_off", "25")
    assert peer.send(used).status_code == 201
    assert balance(permit) == [70, 25, 5]
    assert peer.send(tells(permit, uuid4(), 1, "reserved", "6")).status_code == 201
    OutboxMessage.objects.update(next_attempt_at=timezone.now())
    Partner.objects.update(silent_until=None)
    for message in OutboxMessage.objects.order_by("movement", "position"):
        outbox.deliver(message.pk)
    said = answers(peer)
    assert [(one.use == use, one.revision, one.reason, one.left) for one in said] == [
        (True, 1, "", 70), (True, 2, "", 5), (False, 1, "quantity", None)]


def test_words_that_come_in_the_wrong_order_or_of_others_change_nothing_twice(
    partner: Partner, peer: Peer, world: World
) -> None:
    permit, use = world.permit("100"), uuid4()
    assert peer.send(tells(permit, use, 3, "freed")).status_code == 201
    assert peer.send(tells(permit, use, 2, "written_off")).status_code == 201
    assert peer.send(tells(permit, use, 1, "reserved")).status_code == 201
    assert balance(permit) == [0, 0, 100]
    wrong = tells(permit, uuid4(), 1, "reserved")
    wrong.body = wrong.body.replace(b"<Quantity unit=\"KGM\">30<", b"<Quantity unit=\"KGM\">-30<")
    assert peer.send(wrong).status_code == 422
    Partner.objects.update(message_kinds=["released"])
    assert peer.send(tells(permit, uuid4(), 1, "reserved")).status_code == 403
    assert balance(permit) == [0, 0, 100]
