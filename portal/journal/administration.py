"""What the administration pages change goes to the journal, beside Django's own log of it."""

import json
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

DID = {ADDITION: "added", CHANGE: "changed", DELETION: "deleted"}


class Journalled(admin.ModelAdmin):
    """A ModelAdmin whose additions, changes and deletions are events of the object's chain.

    The event is written in the transaction of the change; Django opens one for each of its forms.
    """

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        note(request, obj, ADDITION, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        note(request, obj, CHANGE, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            note(request, obj, DELETION, "")
        return super().log_deletions(request, queryset)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # Its actions delete: the events belong into one transaction with that.
        with transaction.atomic():
            return super().changelist_view(request, extra_context)


def note(request: HttpRequest, obj: Model, flag: int, message: Any, subject: Any = None) -> None:
    """Record that ``obj`` was added, changed or deleted, under ``subject`` or its own key."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    payload = {
        "did": DID[flag], "what": obj._meta.label, "key": str(obj.pk), "name": str(obj),
        "changes": _changes(message),
    }
    with transaction.atomic():
        record(subject or subject_of(obj), EventKind.ADMINISTERED, actor, payload)


def subject_of(obj: Model) -> UUID:
    """The key of the object; where that is a number, a UUID that stands for table and number."""
    if isinstance(obj.pk, UUID):
        return obj.pk
    return uuid5(NAMESPACE_OID, f"{obj._meta.label}:{obj.pk}")


def _changes(message: Any) -> list[str]:
    """Django's description of a change as lines: what was done, to which part, which fields.

    Names of fields only, never their values: a password is among them.
    """
    parts = json.loads(message) if isinstance(message, str) and message.startswith("[") else message
    lines = []
    for part in parts if isinstance(parts, list) else []:
        for verb, details in part.items():
            about = details.get("object") or ""
            fields = ", ".join(map(str, details.get("fields") or ()))
            lines.append(": ".join(filter(None, (f"{verb} {about}".strip(), fields))))
    return lines or ([message] if isinstance(message, str) and message else [])
