"""Whoever did not sign, or signed something else, is refused, and nothing is left behind."""

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.conformance.messages import MESSAGE, Identity, Signing, digest
from exchange.conformance.trial import Trial, case
from exchange.conformance.wire import Request

_STRANGER = "A" * 43  # of the form of a thumbprint, and of no key


def _badly_signed(trial: Trial, how: Signing, *codes: str) -> None:
    message = trial.message()
    trial.refused(trial.request(message, how), 401, *codes, leaves=message.id)


def _changed(request: Request, **fields: str | None) -> Request:
    """Other header fields than those that were signed; None takes one away."""
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    kept = {name: value for name, value in request.headers.items() if name not in named}
    return replace(request, headers=kept | {n: v for n, v in named.items() if v is not None})


@case("What the receiver does, 3", "a message without Signature and Signature-Input",
      "401 signature-missing", "An unsigned message could be anybody's.")
def signature_missing(trial: Trial) -> None:
    message = trial.message()
    request = _changed(trial.request(message), signature=None, signature_input=None)
    trial.refused(request, 401, "signature-missing", leaves=message.id)


@case("What the receiver does, 3", "our key's name, another key's signature",
      "401 signature-wrong", "The signature is what proves the sender, not the name of its key.")
def signature_wrong(trial: Trial) -> None:
    message = trial.message()
    impostor = Identity(trial.who.country, trial.who.key_id, Ed25519PrivateKey.generate())
    request = trial.request(message, who=impostor)
    trial.refused(request, 401, "signature-wrong", leaves=message.id)


@case("What the receiver does, 3", "a signed message whose Message-Kind was changed on the way",
      "401 signature-wrong", "The signature covers what the message is, not only its bytes.")
def field_changed(trial: Trial) -> None:
    message = trial.message()
    other = "refused" if message.kind != "refused" else "accepted"
    request = _changed(trial.request(message), message_kind=other)
    trial.refused(request, 401, "signature-wrong", leaves=message.id)


@case("What the receiver does, 3", "a message signed for another address",
      "401 signature-wrong", "A message to one country must not be passed off on another.")
def other_address(trial: Trial) -> None:
    message = trial.message()
    elsewhere = Trial("https://elsewhere.invalid", trial.country, trial.who, {})
    request = replace(trial.request(message), headers=elsewhere.request(message).headers)
    trial.refused(request, 401, "signature-wrong", leaves=message.id)


@case("What the receiver does, 4", "a signed Content-Digest that is of other bytes",
      "400 digest-wrong", "The receiver's own SHA-256 decides what was received.")
def digest_wrong(trial: Trial) -> None:
    message = trial.message(fields={"content-digest": digest(b"other bytes")})
    trial.refused(trial.request(message), 400, "digest-wrong", leaves=message.id)


@case("What the receiver does, 4", "a message whose bytes were changed on the way",
      "400 digest-wrong", "The receiver's own SHA-256 decides what was received.")
def bytes_changed(trial: Trial) -> None:
    message = trial.message()
    request = trial.request(message)
    body = message.body.replace(b"18600.00", b"18600.01")
    trial.refused(replace(request, body=body), 400, "digest-wrong", leaves=message.id)


@case("The signature", "a message signed by a key that nobody gave",
      "401 key-unknown", "Only keys that partners gave each other are trusted.")
def key_unknown(trial: Trial) -> None:
    message = trial.message()
    stranger = Identity(trial.who.country, _STRANGER, Ed25519PrivateKey.generate())
    trial.refused(trial.request(message, who=stranger), 401, "key-unknown", leaves=message.id)


@case("The signature", "eight messages, whose signatures each cover one component less",
      "401 signature-incomplete, each time", "It may cover more, never less.")
def signature_covers_less(trial: Trial) -> None:
    for missing in MESSAGE:
        covered = tuple(name for name in MESSAGE if name != missing)
        _badly_signed(trial, Signing(covered=covered), "signature-incomplete")


@case("The signature", "four messages, each without one of created, expires, keyid, nonce",
      "401 signature-malformed, each time", "All parameters but alg are required.")
def parameter_missing(trial: Trial) -> None:
    for name in ("created", "expires", "keyid", "nonce"):
        _badly_signed(trial, Signing(parameters={name: None}), "signature-malformed")


@case("The signature", "a nonce of no character, and one of 65",
      "401 signature-malformed, each time", "A nonce has 1 to 64 characters.")
def nonce_out_of_bounds(trial: Trial) -> None:
    for nonce in ("", "n" * 65):
        _badly_signed(trial, Signing(parameters={"nonce": nonce}), "signature-malformed")


@case("The signature", "a signature with another tag, and one with none",
      "401 signature-wrong, each time",
      "A signature made for another purpose is none for this one.")
def other_tag(trial: Trial) -> None:
    for tag in ("other", None):
        _badly_signed(trial, Signing(parameters={"tag": tag}), "signature-wrong")


@case("The signature", "a signature that names another algorithm", "401 signature-wrong",
      "Ed25519 is what was agreed: no signature chooses for itself how it is checked.")
def other_algorithm(trial: Trial) -> None:
    _badly_signed(trial, Signing(parameters={"alg": "rsa-v1_5-sha256"}), "signature-wrong")


@case("The signature", "two signatures tagged exchange-v1, both good", "401 signature-malformed",
      "There is exactly one, so that nobody has to choose.")
def two_signatures(trial: Trial) -> None:
    message = trial.message()
    second = trial.request(message, Signing(label="sig2"))
    trial.refused(_beside(trial.request(message), second), 401, "signature-malformed",
                  leaves=message.id)


@case("The signature", "another label and order, no alg, one field more than must be covered, "
      "and beside it a signature with another tag", "201",
      "The label is free, so is the order; it may cover more; other signatures are not ours to judge.")
def signed_otherwise(trial: Trial) -> None:
    message = trial.message(fields={"trial-note": "covered too"})
    how = Signing(("trial-note", *reversed(MESSAGE)), parameters={"alg": None}, label="proof")
    other = trial.request(message, Signing(parameters={"tag": "other"}))
    trial.taken(_beside(trial.request(message, how), other))


@case("What the receiver does", "a body that is no XML, signed by a stranger",
      "401 key-unknown", "Whoever is not known learns nothing about the content.")
def stranger_learns_nothing(trial: Trial) -> None:
    message = trial.message(b"not XML")
    stranger = Identity(trial.who.country, _STRANGER, Ed25519PrivateKey.generate())
    trial.refused(trial.request(message, who=stranger), 401, "key-unknown", leaves=message.id)


def _beside(request: Request, other: Request) -> Request:
    """With both signatures."""
    both = {name: f"{request.headers[name]}, {other.headers[name]}"
            for name in ("signature-input", "signature")}
    return replace(request, headers={**request.headers, **both})
