"""After an unknown outcome the sender asks; nobody learns of another's messages."""

import time
from dataclasses import replace
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.conformance import messages, wire
from exchange.conformance.messages import Identity
from exchange.conformance.trial import Failed, Trial, Unclear, case, now

# How often and how long (s) it is asked whether a message arrived whose answer was not read.
_ASKED, _PAUSE = 20, 0.25


@case("Asking", "GET of a message that came before", "200 and the receipt given before",
      "The sender that lost its receipt can have it again.")
def asked_after(trial: Trial) -> None:
    message, receipt = trial.taken_before()
    reply = trial.ask(message.id)
    if reply.status != 200:
        raise Failed(f"it does not know the message: {reply}")
    if reply.receipt != receipt:
        raise Failed("the answer carries another receipt")


@case("Asking", "a message whose answer is not read; then GET, and the message again",
      "200 with a receipt that verifies, or 404 message-unknown and then 201; at last the same "
      "receipt for the message again",
      "A line cut after sending must cost neither the message nor its proof.")
def lost_receipt(trial: Trial) -> None:
    message, sent_at = trial.message(), now()
    try:
        wire.call(trial.request(message), listen=False)
    except wire.NoAnswer as planned:
        trial.came.append(str(planned))
    receipt = _asked_until_known(trial, message.id)
    if not receipt:
        receipt = trial.taken(trial.request(message), 200, 201)
    trial.proven(receipt, message, sent_at)
    if trial.taken(trial.request(message), 200) != receipt:
        raise Failed("the message sent again got another receipt")


def _asked_until_known(trial: Trial, message_id: UUID) -> str:
    """The receipt, or nothing if the endpoint keeps saying that it has not arrived."""
    for attempt in range(_ASKED):
        if attempt:
            trial.came.pop()
            time.sleep(_PAUSE)
        reply = trial.ask(message_id)
        if reply.status == 200:
            return reply.receipt
        if (reply.status, reply.code) != (404, "message-unknown"):
            raise Failed(f"asked after it: {reply}")
    return ""


@case("Asking", "GET of a message that nobody sent", "404 message-unknown",
      "Only this code tells the sender that it may send again.")
def asked_after_nothing(trial: Trial) -> None:
    trial.absent(uuid4())


@case("Asking", "GET of a message that another partner sent, signed by us",
      "404 message-unknown", "Each partner learns of its own messages only.")
def asked_after_anothers(trial: Trial) -> None:
    if trial.foreign is None:
        raise Unclear("no such message is known here: name one with --foreign")
    trial.absent(trial.foreign)


@case("Asking", "GET of a message that came before, not signed, then signed by a stranger",
      "401 signature-missing, 401 key-unknown", "Nobody else learns what was exchanged.")
def asked_by_a_stranger(trial: Trial) -> None:
    message, _receipt = trial.taken_before()
    request = messages.asked(trial.base, message.id, trial.who)
    trial.refused(replace(request, headers={}), 401, "signature-missing")
    stranger = Identity(trial.who.country, "A" * 43, Ed25519PrivateKey.generate())
    request = messages.asked(trial.base, message.id, stranger)
    trial.refused(request, 401, "key-unknown")
