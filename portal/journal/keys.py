"""The journal's own signing keys: the first is made when it is needed, all are encrypted at rest."""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from joserfc.jwk import OKPKey

from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.models import SigningKey
from portal.journal.record import record

# The fully specified name of EdDSA over Ed25519 (RFC 9864; plain "EdDSA" is deprecated there).
ALGORITHM = "Ed25519"
# What the events about these keys are about.
KEYS = uuid5(NAMESPACE_URL, "journal/keys")
# Any fixed number: two processes that sign for the first time must not both make the first key.
_FIRST_KEY_LOCK = 7_338_003


def current() -> SigningKey:
    """The newest key, which signs; made if there is none."""
    if key := SigningKey.objects.first():
        return key
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FIRST_KEY_LOCK])
        return SigningKey.objects.first() or make()


def roll(actor: Actor = SYSTEM) -> SigningKey:
    """Make the next key. It signs from now on; earlier ones stay public and go on verifying."""
    with transaction.atomic():
        key = make()
        record(KEYS, EventKind.KEY_ADDED, actor, {"key_id": key.key_id})
    return key


def jwks() -> dict[str, list[dict[str, Any]]]:
    """The JSON Web Key Set (RFC 7517) of every key that ever signed, the newest first."""
    current()
    return {
        "keys": [
            {**key.public_key, "kid": key.key_id, "use": "sig", "alg": ALGORITHM}
            for key in SigningKey.objects.all()
        ]
    }


def make() -> SigningKey:
    """Make the key that signs from now on. Earlier ones go on verifying what they signed."""
    key = OKPKey.generate_key("Ed25519")
    private = json.dumps(key.as_dict(private=True)).encode()
    return SigningKey.objects.create(
        key_id=key.thumbprint(),
        public_key=key.as_dict(private=False),
        private_key=_vault().encrypt(private),
    )


def private_half(key: SigningKey) -> OKPKey:
    """Decrypt. Raises ImproperlyConfigured when the encryption key is not the one it was kept under."""
    try:
        return OKPKey.import_key(json.loads(_vault().decrypt(bytes(key.private_key))))
    except InvalidToken as error:
        raise ImproperlyConfigured(
            f"EXCHANGE_KEY_ENCRYPTION_KEY does not open the journal's key {key.key_id}."
        ) from error


def _vault() -> MultiFernet:
    """Several keys, separated by commas, let the encryption key roll: the first encrypts."""
    return MultiFernet(
        [Fernet(secret.strip()) for secret in settings.EXCHANGE_KEY_ENCRYPTION_KEY.split(",")]
    )
