"""Delivery at least once, effect exactly once: repeats, conflicts, and messages out of order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

from exchange.conformance.messages import Signing
from exchange.conformance.trial import Failed, Trial, case


@case("What the receiver does, 5", "one signed request twice, byte for byte",
      "201, then 409 replayed", "A copy of a request is somebody else's: the sender signs anew.")
def replayed(trial: Trial) -> None:
    request = trial.request(trial.message())
    trial.taken(request)
    trial.refused(request, 409, "replayed")


@case("What the receiver does, 5", "two messages signed with the same nonce",
      "201, then 409 replayed", "A nonce is new for every request.")
def nonce_used_again(trial: Trial) -> None:
    how = Signing(parameters={"nonce": f"trial-{uuid4()}"})
    trial.taken(trial.request(trial.message(), how))
    message = trial.message()
    trial.refused(trial.request(message, how), 409, "replayed", leaves=message.id)


@case("What the receiver does, 7", "a message that came before, signed anew",
      "200 and the receipt given before", "A repeat changes nothing and gets the same proof.")
def duplicate(trial: Trial) -> None:
    message = trial.message()
    first = trial.taken(trial.request(message))
    if trial.taken(trial.request(message), 200) != first:
        raise Failed("the repeat got another receipt")


@case("What the receiver does, 7 and 10", "one message eight times at once, each signed",
      "201 once, 200 seven times, and one receipt for all",
      "Its effect is stored once, however many knock.")
def duplicates_at_once(trial: Trial) -> None:
    message = trial.message()
    requests = [trial.request(message) for _ in range(8)]
    with ThreadPoolExecutor(len(requests)) as pool:
        replies = list(pool.map(trial.send, requests))
    for reply in replies:
        if reply.status not in (200, 201) or not reply.receipt:
            raise Failed(f"one of them is not taken in: {reply}")
    if (receipts := len({reply.receipt for reply in replies})) != 1:
        raise Failed(f"there are {receipts} receipts")
    if (new := [reply.status for reply in replies].count(201)) != 1:
        raise Failed(f"{new} of them are answered with 201")


@case("What the receiver does, 7", "a message id that came before, with other bytes",
      "409 digest-conflict", "An id names its bytes for ever.")
def same_id_other_bytes(trial: Trial) -> None:
    message = trial.message()
    trial.taken(trial.request(message))
    other = replace(message, body=trial.message().body)
    trial.refused(trial.request(other), 409, "digest-conflict")


@case("What the receiver does, 7",
      "a message that came before, at another position, in another movement, of another kind",
      "409 place-conflict, each time", "An id names its place for ever.")
def same_id_other_place(trial: Trial) -> None:
    message = trial.message()
    trial.taken(trial.request(message))
    other_kind = "refused" if message.kind != "refused" else "accepted"
    for place in ({"position": 2}, {"movement": uuid4()}, {"kind": other_kind}):
        trial.refused(trial.request(replace(message, **place)), 409, "place-conflict")


@case("A message", "a message that came before, its id and movement in capital letters",
      "200 and the receipt given before", "A UUID is the same in either case.")
def same_id_in_capitals(trial: Trial) -> None:
    message = trial.message()
    first = trial.taken(trial.request(message))
    capitals = {"message-id": str(message.id).upper(), "movement": str(message.movement).upper()}
    if trial.taken(trial.request(replace(message, fields=capitals)), 200) != first:
        raise Failed("the repeat got another receipt")


@case("What the receiver does, 9", "another message at a position that is held",
      "409 position-taken", "Each position of a movement is one message.")
def position_taken(trial: Trial) -> None:
    message = trial.message()
    trial.taken(trial.request(message))
    other = trial.message(movement=message.movement)
    trial.refused(trial.request(other), 409, "position-taken", leaves=other.id)


@case("What the receiver does", "positions 1, 3 and then 2 of a movement",
      "201 each time", "A gap is no reason to refuse: proof must not depend on other messages.")
def out_of_order(trial: Trial) -> None:
    movement = uuid4()
    for position in (1, 3, 2):
        trial.taken(trial.request(trial.message(movement=movement, position=position)))
