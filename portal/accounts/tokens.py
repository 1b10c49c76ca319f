"""API tokens: made once, shown once, kept only as a hash (RFC 6750 bearer tokens)."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from portal.accounts.actors import Actor
from portal.accounts.models import ApiClient, Organisation
from portal.accounts.roles import Permission

FILING_SCOPES = (Permission.FILE, Permission.VIEW_OWN)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> tuple[str, str]:
    """A token, and its hash, which alone is kept."""
    token = "sw_" + secrets.token_urlsafe(32)
    return token, hash_of(token)


def create_client(
    organisation: Organisation,
    name: str,
    scopes: tuple[Permission, ...] = FILING_SCOPES,
    lifetime: timedelta = timedelta(days=365),
) -> tuple[ApiClient, str]:
    """Make a client of ``organisation``. The second value is its token: it cannot be read again."""
    token, token_hash = new_token()
    client = ApiClient.objects.create(
        organisation=organisation,
        name=name,
        token_hash=token_hash,
        scopes=[str(scope) for scope in scopes],
        expires_at=timezone.now() + lifetime,
    )
    return client, token


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer …`` → the client's actor in ``request.auth``."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Actor] | None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        client = (
            ApiClient.objects.select_related("organisation").filter(token_hash=hash_of(token)).first()
        )
        if client is None:
            raise AuthenticationFailed(_("The token is not known. Ask for a new one."))
        if client.revoked_at or client.expires_at <= timezone.now():
            raise AuthenticationFailed(_("The token has expired or was revoked. Ask for a new one."))
        # Minutes are enough to see that a token is in use, and save a write per request.
        ApiClient.objects.filter(pk=client.pk).exclude(
            last_used_at__gt=timezone.now() - timedelta(minutes=5)
        ).update(last_used_at=timezone.now())
        return AnonymousUser(), Actor(
            label=f"{client.name} (API)",
            organisation_id=client.organisation_id,
            organisation_name=client.organisation.name,
            permissions=frozenset(Permission(s) for s in client.scopes),
            client_id=client.pk,
        )

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="single-window"'
