"""After an unknown outcome the sender asks; nobody learns of another's messages."""

import time
from dataclasses import replace
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.conformance import messages, wire
from exchange.conformance.messages import QUESTION, Identity, Signing
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


@case("Asking", "one signed GET twice, byte for byte", "200, then 409 replayed",
      "A nonce is new for every request, and a question is one.")
def question_replayed(trial: Trial) -> None:
    message, _receipt = trial.taken_before()
    request = messages.asked(trial.base, message.id, trial.who)
    reply = trial.send(request)
    if reply.status != 200:
        raise Failed(f"it does not know the message: {reply}")
    trial.refused(request, 409, "replayed")


@case("Asking", "GET of a message that came before, signed for another id; then signed over "
      "@method alone", "401 signature-wrong, 401 signature-incomplete",
      "A question about one message is none about another.")
def question_signed_otherwise(trial: Trial) -> None:
    message, _receipt = trial.taken_before()
    request = messages.asked(trial.base, message.id, trial.who)
    other = messages.asked(trial.base, uuid4(), trial.who)
    trial.refused(replace(request, headers=other.headers), 401, "signature-wrong")
    less = Signing(covered=QUESTION[:1])
    request = messages.asked(trial.base, message.id, trial.who, less)
    trial.refused(request, 401, "signature-incomplete")


@case("Asking", "a message that is cut in the middle of its body; then GET, and the whole message",
      "404 message-unknown, then 201", "Half a message is none.")
def cut_in_the_body(trial: Trial) -> None:
    message = trial.message()
    try:
        wire.call(trial.request(message), cut=True)
    except wire.NoAnswer as planned:
        trial.came.append(str(planned))
    trial.absent(message.id)
    trial.taken(trial.request(message))


@case("The answer", "PUT and DELETE where messages are sent, and DELETE of a message, signed",
      "405, each time", "There are three addresses, each with one method.")
def other_method(trial: Trial) -> None:
    message, _receipt = trial.taken_before()
    posted, asked = trial.request(message), messages.asked(trial.base, message.id, trial.who)
    for request in (replace(posted, method="PUT"), replace(posted, method="DELETE", body=None),
                    replace(asked, method="DELETE")):
        reply = trial.send(request)
        if reply.status != 405:
            raise Failed(f"{request.method} is answered: {reply}")
