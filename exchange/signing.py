"""HTTP message signatures (RFC 9421) over everything that a message to a partner says.

A signature covers the method, the whole address, the digest of the body (RFC 9530), the content
type and the four fields that place a message. One that covers less is refused, whoever made it.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from http_message_signatures import (
    ContentDigest,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.algorithms import ED25519
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from exchange.keys import ensure_own_key, private_half
from exchange.limits import CLOCK_SKEW, MAX_AGE, MAX_NONCE

TAG = "exchange-v1"
LABEL = "sig1"
ADDRESS = ("@method", "@target-uri")
PLACE = ("message-id", "message-kind", "movement", "position")
# What the signature of a message covers, and that of a question, which has no body.
MESSAGE = (*ADDRESS, "content-digest", "content-type", *PLACE)
QUESTION = ADDRESS
ENCODING = "content-encoding"
_LIFE = timedelta(minutes=2)


class SignatureRefused(InvalidSignature):
    """Why a signature is not accepted: a code for the program, words for the person.

    ``key_id``: the key that signed, where the signature held and what it covers did not.
    """

    def __init__(self, code: str, detail: str, key_id: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.key_id = key_id


@dataclass(slots=True)
class HttpRequest:
    """As much of a request as a signature covers. Header names are in lower case."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a good signature said of itself."""

    key_id: str
    created: datetime
    expires: datetime
    nonce: str


class _OwnKeyResolver(HTTPSignatureKeyResolver):
    def __init__(self, key: Any) -> None:
        self.key = key

    def resolve_private_key(self, key_id: str) -> Any:
        return self.key


class _PartnerKeyResolver(HTTPSignatureKeyResolver):
    def __init__(self, pem_of: Callable[[str], str]) -> None:
        self.pem_of = pem_of

    def resolve_public_key(self, key_id: str) -> bytes:
        return self.pem_of(key_id).encode()


def sign(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> dict[str, str]:
    """The headers with digest and signature added, by our newest key. ``body`` None: a question."""
    key = ensure_own_key()
    request = HttpRequest(method, url, {name.lower(): value for name, value in headers.items()})
    if body is not None:
        request.headers["content-digest"] = ContentDigest.create(body)
    components = QUESTION if body is None else MESSAGE
    if ENCODING in request.headers:
        components = (*components, ENCODING)
    now = datetime.now(UTC)
    signer = HTTPMessageSigner(
        signature_algorithm=ED25519, key_resolver=_OwnKeyResolver(private_half(key))
    )
    signer.sign(
        request,
        key_id=key.key_id,
        created=now,
        expires=now + _LIFE,
        nonce=secrets.token_urlsafe(16),
        label=LABEL,
        tag=TAG,
        include_alg=True,
        covered_component_ids=components,
        use_existing_digest=body is not None,
    )
    return {name.lower(): value for name, value in request.headers.items()}


def verify(
    request: HttpRequest,
    body: bytes | None,
    pem_of: Callable[[str], str],
    now: datetime | None = None,
    skew_of: Callable[[str], timedelta] = lambda _key_id: CLOCK_SKEW,
) -> Verified:
    """Check a request's signature, then its digest against ``body`` (None: a question).

    ``pem_of`` gives the public key of a key id or raises SignatureRefused; ``skew_of`` how far the
    clock of its holder may be off. ``now`` is another moment when an old message is proven again.
    Raises SignatureRefused.
    """
    if "signature" not in request.headers or "signature-input" not in request.headers:
        raise SignatureRefused("signature-missing", "Signature and Signature-Input are required.")
    components = QUESTION if body is None else MESSAGE
    if is_compressed(request.headers):
        components = (*components, ENCODING)
    verifier = _Verifier(components, now or datetime.now(UTC), pem_of, skew_of)
    try:
        results = verifier.verify(request, max_age=None, expect_tag=TAG)
    except SignatureRefused:
        raise
    except (HTTPMessageSignaturesException, ValueError) as error:
        words = str(error) or "it was not made by this key over these bytes"
        raise SignatureRefused(
            "signature-wrong", f"The signature does not verify: {words}."
        ) from error
    if len(results) != 1:
        raise SignatureRefused("signature-malformed", f"Exactly one signature tagged {TAG}.")
    parameters = results[0].parameters
    verified = Verified(
        key_id=str(parameters["keyid"]),
        created=datetime.fromtimestamp(int(parameters["created"]), UTC),
        expires=datetime.fromtimestamp(int(parameters["expires"]), UTC),
        nonce=str(parameters["nonce"]),
    )
    if body is not None:
        _check_digest(request.headers["content-digest"], body, verified.key_id)
    return verified


def is_compressed(headers: Mapping[str, str]) -> bool:
    """Whether the body is other than the message; then that is signed too."""
    return headers.get(ENCODING, "identity") != "identity"


class _Verifier(HTTPMessageVerifier):
    """The library's verifier, with the agreed times and coverage checked before the key is used."""

    def __init__(
        self, components: tuple[str, ...], now: datetime, pem_of: Callable[[str], str],
        skew_of: Callable[[str], timedelta],
    ) -> None:
        super().__init__(signature_algorithm=ED25519, key_resolver=_PartnerKeyResolver(pem_of))
        self.components = components
        self.now = now
        self.skew_of = skew_of

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        covered = {item.value for item in sig_input if not item.params}
        if missing := [name for name in self.components if name not in covered]:
            raise SignatureRefused(
                "signature-incomplete", f"The signature does not cover {', '.join(missing)}."
            )
        created = self._moment(sig_input.params, "created")
        expires = self._moment(sig_input.params, "expires")
        if not sig_input.params.get("keyid"):
            raise SignatureRefused("signature-malformed", "The parameter keyid is missing.")
        nonce = sig_input.params.get("nonce")
        if not nonce or len(nonce) > MAX_NONCE:
            raise SignatureRefused("signature-malformed", "A nonce of 1 to 64 characters is due.")
        skew = self.skew_of(str(sig_input.params["keyid"]))
        if created > self.now + skew:
            raise SignatureRefused("signature-from-future", "It was created after now.")
        if expires < created or expires - created > MAX_AGE:
            raise SignatureRefused(
                "signature-malformed", "expires must follow created by at most 5 minutes."
            )
        if created < self.now - MAX_AGE - skew:
            raise SignatureRefused("signature-too-old", "It was created more than 5 minutes ago.")
        if expires < self.now - skew:
            raise SignatureRefused("signature-expired", "It has expired.")

    def _moment(self, parameters: Mapping[str, Any], name: str) -> datetime:
        if name not in parameters:
            raise SignatureRefused("signature-malformed", f"The parameter {name} is missing.")
        try:
            return datetime.fromtimestamp(parameters[name], UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise SignatureRefused(
                "signature-malformed", f"The parameter {name} is no moment."
            ) from error


def _check_digest(value: str, body: bytes, key_id: str) -> None:
    """Our own SHA-256 of the bytes that arrived, against the signed header."""
    if "sha-256=" not in value:
        raise SignatureRefused("digest-wrong", "Content-Digest must carry sha-256.", key_id)
    try:
        ContentDigest.verify(value, body)
    except InvalidSignature as error:
        raise SignatureRefused(
            "digest-wrong", "Content-Digest is not the SHA-256 of the body that arrived.", key_id
        ) from error
