"""Signing keys: the portal's own, and those that partners gave us.

Ed25519 throughout. A key is named by its RFC 7638 thumbprint, so that a name cannot be given to
another key. Private keys are stored encrypted (Fernet) under EXCHANGE_KEY_ENCRYPTION_KEY; several
keys there, separated by commas, let the encryption key roll: the first encrypts, all decrypt.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from joserfc.jwk import OKPKey

from exchange import addresses
from exchange.limits import CLOCK_SKEW
from exchange.models import OwnKey, Partner, PartnerKey
from portal.accounts.actors import SYSTEM, Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

# What the events of the portal's own keys are about; those of a partner's are about the partner.
OWN_KEYS = uuid5(NAMESPACE_URL, "exchange/own-keys")
# Any fixed number: two processes that start at once must not both make the first key.
_FIRST_KEY_LOCK = 7_338_001


class KeyProblem(ValueError):
    """A key or an address that cannot be used; the message is for the person who gave it."""


# --- own keys -------------------------------------------------------------------------------
def ensure_own_key() -> OwnKey:
    """The key that signs now; the first call ever makes it."""
    key = OwnKey.objects.valid().first()
    if key is not None:
        return key
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FIRST_KEY_LOCK])
        return OwnKey.objects.valid().first() or _make_key(timezone.now(), SYSTEM)


def roll_own_key(
    starts: datetime | None = None,
    overlap: timedelta = timedelta(days=7),
    actor: Actor = SYSTEM,
) -> OwnKey:
    """Make the next key, which signs from ``starts`` (now); earlier ones end ``overlap`` later.

    Partners must know the new key before it signs: publish first, start later.
    """
    starts = starts or timezone.now()
    with transaction.atomic():
        for key in OwnKey.objects.select_for_update().filter(valid_to=None, revoked_at=None):
            key.valid_to = starts + overlap
            key.save(update_fields=["valid_to"])
        return _make_key(starts, actor)


def revoke(key: OwnKey | PartnerKey, actor: Actor) -> None:
    """Trust nothing that this key signs from now on. There is no way back."""
    with transaction.atomic():
        key = type(key).objects.select_for_update().get(pk=key.pk)
        if key.revoked_at is None:
            key.revoked_at = timezone.now()
            key.save(update_fields=["revoked_at"])
            note(key, EventKind.KEY_REVOKED, actor)


def note(key: OwnKey | PartnerKey, kind: EventKind, actor: Actor) -> None:
    """Write into the journal what became of a key."""
    subject: UUID = key.partner_id if isinstance(key, PartnerKey) else OWN_KEYS
    record(subject, kind, actor, {"key_id": key.key_id})


def private_half(key: OwnKey) -> Ed25519PrivateKey:
    """Decrypt. Raises ImproperlyConfigured when the encryption key is not the one it was kept under."""
    try:
        raw = _vault().decrypt(bytes(key.private_key))
    except InvalidToken as error:
        raise ImproperlyConfigured(
            f"EXCHANGE_KEY_ENCRYPTION_KEY does not open signing key {key.key_id}."
        ) from error
    return Ed25519PrivateKey.from_private_bytes(raw)


def own_jwks() -> dict[str, list[dict[str, Any]]]:
    """The JSON Web Key Set (RFC 7517) of the keys that sign now or soon."""
    ensure_own_key()
    return {"keys": [_published(key) for key in OwnKey.objects.published()]}


# --- partners -------------------------------------------------------------------------------
def register_partner(
    country: str,
    name: str,
    base_url: str,
    public_key_pem: str,
    key_id: str,
    *,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    actor: Actor = SYSTEM,
) -> Partner:
    """Add or update a partner and add its key; calling it again changes nothing.

    ``base_url`` is what stands before ``/exchange/v1``. Raises KeyProblem.
    """
    checked_key(public_key_pem, key_id)
    base_url = checked_address(base_url)
    with transaction.atomic():
        partner, _created = Partner.objects.update_or_create(
            country=country.upper(), defaults={"name": name, "base_url": base_url}
        )
        key, added = PartnerKey.objects.get_or_create(
            key_id=key_id,
            defaults={
                "partner": partner,
                "public_key": public_key_pem,
                # Its clock may be behind ours when it signs its first message.
                "valid_from": valid_from or timezone.now() - CLOCK_SKEW,
                "valid_to": valid_to,
            },
        )
        if key.partner_id != partner.pk:
            raise KeyProblem(_("This key belongs to %(partner)s.") % {"partner": key.partner})
        if added:
            note(key, EventKind.KEY_ADDED, actor)
    return partner


def checked_key(public_key_pem: str, key_id: str = "") -> str:
    """The thumbprint of a public key. Raises KeyProblem if it is not Ed25519 or not ``key_id``."""
    name = thumbprint(public_key(public_key_pem))
    if key_id and key_id != name:
        raise KeyProblem(
            _("The key id must be the key's RFC 7638 thumbprint, %(name)s.") % {"name": name}
        )
    return name


def checked_address(base_url: str, networks: Sequence[str] = ()) -> str:
    """The address without a closing slash. Raises KeyProblem for one that must not be called."""
    try:
        return addresses.checked(base_url, networks)
    except addresses.AddressRefused as refused:
        raise KeyProblem(str(refused)) from refused


def public_key(pem: str) -> Ed25519PublicKey:
    """Raises KeyProblem for anything but an Ed25519 public key in PEM."""
    try:
        key = load_pem_public_key(pem.strip().encode())
    except ValueError as error:
        raise KeyProblem(_("This is not a public key in PEM form.")) from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyProblem(_("The key must be an Ed25519 key."))
    return key


def pem_of_jwk(jwk: dict[str, Any]) -> str:
    """A partner's published key (RFC 8037) as PEM. Raises KeyProblem."""
    try:
        key = OKPKey.import_key({name: jwk[name] for name in ("kty", "crv", "x")}).public_key
    except (KeyError, ValueError) as error:
        raise KeyProblem(_("This is not an Ed25519 key in JWK form.")) from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyProblem(_("The key must be an Ed25519 key."))
    return _pem(key)


def thumbprint(key: Ed25519PublicKey) -> str:
    """RFC 7638 with SHA-256, in base64url."""
    return OKPKey.import_key(key).thumbprint()


def fingerprint(pem: str) -> str:
    """SHA-256 of the key's 32 bytes in groups of four: what two people read to each other."""
    digest = hashlib.sha256(public_key(pem).public_bytes_raw()).hexdigest()
    return " ".join(digest[at:at + 4] for at in range(0, len(digest), 4))


# --- inside ---------------------------------------------------------------------------------
def _make_key(starts: datetime, actor: Actor) -> OwnKey:
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = private.public_key()
    key = OwnKey.objects.create(
        key_id=thumbprint(public),
        private_key=_vault().encrypt(raw),
        public_key=_pem(public),
        valid_from=starts,
    )
    note(key, EventKind.KEY_ADDED, actor)
    return key


def _published(key: OwnKey) -> dict[str, Any]:
    jwk = OKPKey.import_key(public_key(key.public_key)).as_dict(private=False)
    window = {"nbf": int(key.valid_from.timestamp())}
    if key.valid_to:
        window["exp"] = int(key.valid_to.timestamp())
    return {**jwk, "kid": key.key_id, "use": "sig", "alg": "Ed25519", **window}


def _pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _vault() -> MultiFernet:
    return MultiFernet(
        [Fernet(secret.strip()) for secret in settings.EXCHANGE_KEY_ENCRYPTION_KEY.split(",")]
    )
