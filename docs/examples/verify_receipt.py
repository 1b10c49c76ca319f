"""Verify a receipt of a trade single window offline.

    python verify_receipt.py RECEIPT KEYS [MESSAGE]

RECEIPT   the .jws or .json file that the portal gave for an accepted declaration
KEYS      the portal's public keys, saved from https://PORTAL/.well-known/jwks.json
MESSAGE   the message as it was filed, if it shall be held against the receipt

Needs Python 3.10 or later and the package "cryptography"; no network. Exit code 0 if everything
holds, 1 if not. It cannot know whether a later version has replaced the one in the receipt: for
that, ask the portal's page /verify/.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CLAIMS = ("jti", "country", "mrn", "lrn", "version", "sha256", "event", "event_sha256", "accepted_at")


class Refused(Exception):
    """The receipt proves nothing; the text says why."""


def decoded(text):
    """Base64url as RFC 7515 has it: no padding, and one way only to write each value."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise Refused("it is damaged") from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise Refused("it is damaged")
    return raw


def token_in(text):
    """The compact JWS in a .jws or .json file, and what the .json file says in clear."""
    if not text.lstrip().startswith("{"):
        return text.strip(), None
    content = json.loads(text)
    return content["receipt"], content.get("claims")


def verify(text, keys, message=None):
    """What the receipt attests. Raises Refused."""
    try:
        token, in_clear = token_in(text)
        protected, content, signature = token.split(".")
        header = json.loads(decoded(protected))
        algorithm, kind, name = header["alg"], header["typ"], header["kid"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused("it is not a receipt") from error
    if algorithm != "Ed25519" or kind != "acceptance-receipt+jws" or "crit" in header:
        raise Refused("it is not a receipt of acceptance signed with Ed25519")
    key = next((key for key in keys["keys"] if key["kid"] == name), None)
    if key is None or (key.get("kty"), key.get("crv")) != ("OKP", "Ed25519"):
        raise Refused("it names a key that is not among the portal's")
    try:
        public = Ed25519PublicKey.from_public_bytes(decoded(key["x"]))
        public.verify(decoded(signature), f"{protected}.{content}".encode())
    except (InvalidSignature, ValueError) as error:
        raise Refused("its signature does not verify") from error
    claims = json.loads(decoded(content))
    if any(claim not in claims for claim in CLAIMS):
        raise Refused("it does not say what a receipt of acceptance says")
    if in_clear is not None and in_clear != claims:
        raise Refused("its readable part is not what was signed")
    if message is not None and hashlib.sha256(message).hexdigest() != claims["sha256"]:
        raise Refused("it is genuine, but about another message")
    return claims


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__)
        return 1
    receipt, keys, *message = (Path(name).read_bytes() for name in arguments)
    try:
        claims = verify(receipt.decode("utf-8", "replace"), json.loads(keys), *message)
    except Refused as refused:
        print(f"REFUSED: {refused}")
        return 1
    for claim in CLAIMS:
        print(f"{claim:13} {claims[claim]}")
    print("GENUINE" + (", and the message is the one that was accepted" if message else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
