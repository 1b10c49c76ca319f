"""A good message arrives, and the receipt proves it."""

from exchange.conformance import wire
from exchange.conformance.messages import stretched
from exchange.conformance.proof import thumbprint
from exchange.conformance.trial import Failed, Trial, Unclear, case, now
from exchange.conformance.wire import MAX_BYTES


@case("A message", "a good message", "201 and a receipt",
      "Without this nothing else can be told apart.")
def good_message(trial: Trial) -> None:
    message, sent_at = trial.message(), now()
    trial.good = message, trial.taken(trial.request(message))
    trial.good_between = sent_at, now()


@case("The receipt", "a good message",
      "a receipt that verifies offline: typ, alg, kid, signature, and every member",
      "The receipt alone, with the receiver's public key, proves arrival to anybody.")
def receipt_verifies(trial: Trial) -> None:
    message, sent_at = trial.message(), now()
    trial.proven(trial.taken(trial.request(message)), message, sent_at)


@case("Keys", "GET /exchange/v1/keys, unsigned",
      "a JWK Set with the key that signs receipts: its thumbprint as kid, use, alg, nbf",
      "Partners compare what is published with what they were given.")
def published_keys(trial: Trial) -> None:
    reply = trial.send(wire.Request("GET", f"{trial.base}/exchange/v1/keys", {}))
    listed = reply.document.get("keys")
    if reply.status != 200 or not isinstance(listed, list):
        raise Failed(f"no JWK Set: {reply}")
    if not all(isinstance(key, dict) for key in listed):
        raise Failed("keys lists what is no key")
    known = [key for key in listed if key.get("kid") in trial.keys]
    if not known:
        raise Failed("none of the published keys is one that we were given")
    for key in listed:
        if "d" in key:
            raise Failed("a private key is published")
    for key in known:
        if thumbprint(key) != key["kid"]:
            raise Failed(f"kid {key['kid']} is not the thumbprint of its key")
        said = {name: key.get(name) for name in ("kty", "crv", "use", "alg")}
        if said != {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "Ed25519"}:
            raise Failed(f"key {key['kid']} is published with {said}")
        if not isinstance(key.get("nbf"), int):
            raise Failed(f"key {key['kid']} is published without nbf")
        if not isinstance(key.get("exp", 0), int):
            raise Failed(f"key {key['kid']} is published with an exp that is no number")


@case("A message", "a good message of exactly 10 MiB", "201 and a receipt",
      "A message has at most 10,485,760 bytes: one of that size is allowed.")
def large_message(trial: Trial) -> None:
    message = trial.message(stretched(trial.message().body, MAX_BYTES))
    trial.taken(trial.request(message))


@case("What the receiver does, 1", "a good message of one byte more than 10 MiB",
      "413 too-large", "The bound keeps a partner's mistake from filling our memory.")
def too_large_message(trial: Trial) -> None:
    message = trial.message(stretched(trial.message().body, MAX_BYTES + 1))
    trial.refused(trial.request(message), 413, "too-large", leaves=message.id)


@case("What the receiver does, 1", "a good message in chunks, with no Content-Length",
      "411 length-required", "The size is judged before a byte of the body is read.")
def no_length(trial: Trial) -> None:
    message = trial.message()
    reply = trial.send(trial.request(message), chunked=True)
    if reply.status == 201:
        raise Unclear("it was taken in: a server in front may have counted the bytes")
    trial.note_refusal(reply, 411, "length-required")
    trial.absent(message.id)


@case("The answer", "a good message whose body takes some seconds to arrive", "201 and a receipt",
      "Lines to a border post are slow: a receiver waits for the body as for an answer.")
def slow_message(trial: Trial) -> None:
    trial.taken_from(trial.send(trial.request(trial.message()), slow=trial.slowly), 201)
