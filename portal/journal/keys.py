"""The journal's own signing key: made at the first checkpoint, encrypted at rest."""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from joserfc.jwk import OKPKey

from portal.journal.models import SigningKey


def current() -> SigningKey:
    """The newest key; made if there is none. The caller holds the lock of the checkpoints."""
    return SigningKey.objects.first() or make()


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
