"""What an agency keeps about itself: changed by its own people, with an event in its own chain.

Every change is made under the lock of the agency's row, so that what a form found to be free is
still free when it is saved. Subject of the events is the agency's organisation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.forms import ModelForm

from agencies.models import Agency
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
# An event keeps so much of a text.
MOST_TOLD = 300

Changes = dict[str, list[Any]]


def agency_of(actor: Actor) -> Agency:
    """The agency that the actor acts for. Raises Agency.DoesNotExist for everyone else."""
    if actor.organisation_id is None:
        raise Agency.DoesNotExist
    return Agency.objects.select_related("organisation").get(organisation=actor.organisation_id)


def locked(actor: Actor) -> Agency:
    """Like ``agency_of``, and nobody else changes what it keeps meanwhile. In a transaction."""
    found = Agency.objects.select_for_update(no_key=True).filter(organisation=actor.organisation_id)
    return found.get()


def must_manage(actor: Actor) -> None:
    if not actor.may(Permission.MANAGE):
        raise PermissionDenied


def keep(form: ModelForm, agency: Agency, actor: Actor, kind: EventKind, **more: Any) -> bool:
    """Save a form that was found valid under the lock, with its event; False if nothing changes."""
    one, names = form.instance, list(form.fields)
    stored = None if one._state.adding else type(one)._default_manager.get(pk=one.pk)
    before = values_of(stored, names) if stored is not None else dict.fromkeys(names, "")
    one = form.save()
    changes = {
        name: [before[name], after] for name, after in values_of(one, names).items()
        if after != before[name] and (stored is not None or after not in ("", False))
    }
    if not changes:
        return False
    tell(agency, actor, kind, CHANGED if stored is not None else ADDED, one, changes=changes, **more)
    return True


def remove(one: models.Model, agency: Agency, actor: Actor, kind: EventKind) -> None:
    """Delete it, with its event; in the transaction that holds the lock."""
    assert transaction.get_connection().in_atomic_block
    tell(agency, actor, kind, REMOVED, one)
    one.delete()


def tell(
    agency: Agency, actor: Actor, kind: EventKind, did: str, one: models.Model | str, **more: Any
) -> None:
    """The event of one change."""
    key = {} if isinstance(one, str) else {"key": str(one.pk)}
    record(agency.organisation_id, kind, actor, {"did": did, "name": str(one)[:MOST_TOLD]} | key | more)


def values_of(one: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """The fields as an event tells them: text, whole numbers, yes and no."""
    return {name: _value(one, one._meta.get_field(name)) for name in names}


def _value(one: models.Model, field: Any) -> Any:
    if field.many_to_many:
        return ", ".join(sorted(map(str, getattr(one, field.name).all())))[:MOST_TOLD]
    return plain(getattr(one, field.name))


def plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(str, value))[:MOST_TOLD]
    return str(value)[:MOST_TOLD]
