"""Whether a request that came is signed as docs/exchange.md has it: the kit's own reading of it."""

import base64
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature

from exchange.conformance.messages import COMPRESSED, MESSAGE, QUESTION, digest
from exchange.conformance.proof import SKEW, TrustedKey

_SIGNATURE = re.compile(r'([a-z*][\w.*-]*)=(\(([^)]*)\)((?:;[\w-]+=(?:"[^"]*"|-?\d+))*))')
_PARAMETER = re.compile(r';([\w-]+)=(?:"([^"]*)"|(-?\d+))')
_AGE = 300


class NotAuthentic(Exception):
    """What is wrong with a signature."""


def check(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None,
    keys: Mapping[str, TrustedKey], skew: timedelta = SKEW,
) -> str:
    """The nonce. ``headers`` by their names in lower case. Raises NotAuthentic."""
    found = [
        (label, whole, re.findall(r'"([^"]+)"', covered), parameters)
        for label, whole, covered, text in _SIGNATURE.findall(headers.get("signature-input", ""))
        for parameters in [{name: quoted or number
                            for name, quoted, number in _PARAMETER.findall(text)}]
        if parameters.get("tag") == "exchange-v1"
    ]
    if len(found) != 1:
        raise NotAuthentic(f"{len(found)} signatures have the tag exchange-v1")
    label, whole, covered, parameters = found[0]
    encoded = headers.get("content-encoding", "identity") != "identity"
    needed = QUESTION if body is None else COMPRESSED if encoded else MESSAGE
    missing = {*needed} - {*covered}
    if missing:
        raise NotAuthentic(f"the signature does not cover {', '.join(sorted(missing))}")
    _check_times(parameters, int(skew.total_seconds()))
    values = {**headers, "@method": method, "@target-uri": url}
    absent = [name for name in covered if name not in values]
    if absent:
        raise NotAuthentic(f"it covers what is not there: {', '.join(absent)}")
    lines = [*(f'"{name}": {values[name]}' for name in covered), f'"@signature-params": {whole}']
    key = _key(keys, parameters.get("keyid", ""))
    made = re.search(rf"(?:^|[ ,]){re.escape(label)}=:([^:]*):", headers.get("signature", ""))
    try:
        signature = base64.b64decode(made[1] if made else "", validate=True)
        key.public.verify(signature, "\n".join(lines).encode())
    except (InvalidSignature, ValueError) as error:
        raise NotAuthentic("the signature does not verify") from error
    if body is not None and headers.get("content-digest") != digest(body):
        raise NotAuthentic("Content-Digest is not that of the body")
    if not 1 <= len(parameters.get("nonce", "")) <= 64:
        raise NotAuthentic("the nonce has not 1 to 64 characters")
    return parameters["nonce"]


def _check_times(parameters: Mapping[str, str], skew: int) -> None:
    try:
        created, expires = int(parameters["created"]), int(parameters["expires"])
    except (KeyError, ValueError) as error:
        raise NotAuthentic("created or expires is missing") from error
    now = time.time()
    if not now - _AGE - skew <= created <= now + skew:
        raise NotAuthentic("created is to come, or long ago")
    if not created <= expires <= created + _AGE or expires < now - skew:
        raise NotAuthentic("expires is before created, too long after it, or past")


def _key(keys: Mapping[str, TrustedKey], key_id: str) -> TrustedKey:
    key, now = keys.get(key_id), datetime.now(UTC)
    if key is None:
        raise NotAuthentic(f"key {key_id} is none that we were given")
    if now < key.valid_from or (key.valid_to is not None and now >= key.valid_to):
        raise NotAuthentic(f"key {key_id} is not valid now")
    return key
