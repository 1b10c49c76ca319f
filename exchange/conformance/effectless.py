"""A message of kind ``trial`` is judged and receipted like any other, and has no effect."""

from dataclasses import replace
from uuid import uuid4

from exchange.conformance.trial import Failed, Trial, case, now


@case("A trial", "a message of kind trial; then GET of it",
      "200 with a receipt that verifies, then 404 message-unknown",
      "A partner finds out whether everything fits, and nothing is kept of it.")
def trial_taken(trial: Trial) -> None:
    message, sent_at = trial.message(kind="trial"), now()
    trial.proven(trial.taken(trial.request(message), 200), message, sent_at)
    trial.absent(message.id)


@case("A trial", "a trial, then a good message with its id at its position", "200, then 201",
      "A trial takes neither its id nor its position.")
def trial_takes_no_position(trial: Trial) -> None:
    message = trial.message(kind="trial")
    trial.taken(trial.request(message), 200)
    trial.taken(trial.request(replace(message, kind=trial.kind)))


@case("A trial", "one trial three times: again with its id, and with another", "200 each time",
      "It may be repeated as often as it helps.")
def trial_repeated(trial: Trial) -> None:
    message = trial.message(kind="trial")
    for again in (message, message, replace(message, id=uuid4())):
        trial.taken(trial.request(again), 200)


@case("A trial", "a trial whose number of items is a word", "422 message-invalid with errors",
      "It is judged like any other message.")
def trial_invalid(trial: Trial) -> None:
    body = trial.message().body.replace(b"<GoodsItemQuantity>1<", b"<GoodsItemQuantity>one<")
    message = trial.message(body, kind="trial")
    reply = trial.refused(trial.request(message), 422, "message-invalid", leaves=message.id)
    if not reply.document.get("errors"):
        raise Failed("the answer does not list what is wrong in errors")
