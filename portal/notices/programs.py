"""The notification queue of programs: pulled oldest first, kept until acknowledged.

Each API client has a queue of its own, so that two programs of one organisation do not take each
other's messages.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import ApiClient
from portal.accounts.roles import Permission
from portal.journal.models import Event
from portal.notices.audiences import Concerned
from portal.notices.models import ProgramNotice

# What nobody fetched or acknowledged by then is forgotten: the declaration itself stays.
LIFE = timedelta(days=30)


def queue_for_programs(event: Event, concerned: Concerned) -> None:
    """One row for each client of the filing organisation that may see its declarations."""
    if not concerned.files:
        return
    clients = (
        ApiClient.objects.valid()
        .filter(organisation=concerned.organisation, scopes__contains=[str(Permission.VIEW_OWN)])
        .values_list("pk", flat=True)
    )
    declaration = concerned.declaration
    rows = [
        ProgramNotice(
            client_id=client, event=event.pk, kind=event.kind, declaration_id=declaration["pk"],
            lrn=declaration["lrn"], mrn=declaration["mrn"], at=event.at,
        )
        for client in clients
    ]
    if rows:
        ProgramNotice.objects.bulk_create(rows)


def acknowledge(client: ApiClient, ids: Iterable[UUID]) -> int:
    """Take these out of the client's queue; how many were still in it. Others' are not touched."""
    return ProgramNotice.objects.filter(
        client=client, pk__in=ids, acknowledged_at=None
    ).update(acknowledged_at=timezone.now())
