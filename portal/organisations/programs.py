"""API clients ("programs") of an organisation: made, renewed and revoked by its managers."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actors import Actor
from portal.accounts.models import ApiClient
from portal.accounts.roles import Permission, scopes_of
from portal.accounts.tokens import create_client, new_token
from portal.journal.kinds import EventKind
from portal.journal.record import record
from portal.organisations.members import Refused, locked

LONGEST_DAYS = 365
MOST = 50


def add(actor: Actor, name: str, scopes: Sequence[str], days: int) -> tuple[ApiClient, str]:
    """Make a program. The second value is its token, which cannot be read again. Raises Refused."""
    with transaction.atomic():
        organisation = locked(actor)
        allowed = scopes_of(organisation.kind)
        if not scopes or not set(scopes) <= set(map(str, allowed)):
            raise Refused(_("Choose at least one thing that the program may do."))
        _check_days(days)
        if ApiClient.objects.of(actor).valid().count() >= MOST:
            raise Refused(_("Your organisation has %(count)s programs already. Revoke one first.")
                          % {"count": MOST})
        client, token = create_client(
            organisation, name, tuple(Permission(one) for one in scopes), timedelta(days=days)
        )
        record(organisation.pk, EventKind.PROGRAM_ADDED, actor, payload_of(client))
        return client, token


def renew(actor: Actor, pk: UUID, days: int) -> tuple[ApiClient, str]:
    """A new token; the former one is refused at once. Raises Refused or ApiClient.DoesNotExist."""
    with transaction.atomic():
        organisation = locked(actor)
        client = ApiClient.objects.of(actor).select_for_update(of=("self",)).get(pk=pk)
        if client.revoked_at:
            raise Refused(_("This program was revoked. Add a new one."))
        _check_days(days)
        token, client.token_hash = new_token()
        client.expires_at = timezone.now() + timedelta(days=days)
        client.save(update_fields=["token_hash", "expires_at"])
        record(organisation.pk, EventKind.PROGRAM_RENEWED, actor, payload_of(client))
        return client, token


def revoke(actor: Actor, pk: UUID) -> ApiClient:
    """Its token is refused from now on. Raises ApiClient.DoesNotExist."""
    with transaction.atomic():
        organisation = locked(actor)
        client = ApiClient.objects.of(actor).select_for_update(of=("self",)).get(pk=pk)
        if client.revoked_at is None:
            client.revoked_at = timezone.now()
            client.save(update_fields=["revoked_at"])
            record(organisation.pk, EventKind.PROGRAM_REVOKED, actor, payload_of(client))
        return client


def _check_days(days: int) -> None:
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(_("A token lasts between one day and a year."))


def payload_of(client: ApiClient) -> dict[str, object]:
    """What the journal keeps of a program: never its token."""
    return {"program": client.name, "client": str(client.pk), "scopes": list(client.scopes),
            "expires": client.expires_at.isoformat()}
