"""Signatures of webhooks, as Standard Webhooks has them: HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """``whsec_`` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """``v1,`` and the signature in base64. ``timestamp``: seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(
    secrets_in_force: Iterable[str], message_id: str, timestamp: int, body: str
) -> dict[str, str]:
    """The three headers; one signature per secret, the newest first."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            sign(secret, message_id, timestamp, body) for secret in secrets_in_force
        ),
    }


def locked(secret: str) -> bytes:
    """Encrypted for the database."""
    return _vault().encrypt(secret.encode())


def unlocked(stored: bytes | memoryview) -> str:
    """Raises ``cryptography.fernet.InvalidToken`` when the encryption key is another one."""
    return _vault().decrypt(bytes(stored)).decode()


def _vault() -> MultiFernet:
    """Several keys, separated by commas, let the encryption key roll: the first encrypts."""
    return MultiFernet(
        [Fernet(key.strip()) for key in settings.EXCHANGE_KEY_ENCRYPTION_KEY.split(",")]
    )
