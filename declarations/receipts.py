"""A receipt for every version that came into force, signed in the transaction of its acceptance."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from declarations.models import Declaration
from declarations.states import State
from portal.journal import receipts
from portal.journal.kinds import EventKind
from portal.journal.models import Event, Receipt

# A version comes into force when the declaration is accepted, and when an amendment is.
IN_FORCE_BY = frozenset({EventKind.ACCEPTED, EventKind.AMENDED})


class Standing(StrEnum):
    """What became of the version that a receipt is about; all that strangers are told."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"
    ENDED = "ended"


def on_event(event: Event) -> None:
    """Journal subscriber."""
    if event.kind not in IN_FORCE_BY:
        return
    declaration = Declaration.objects.only("mrn", "lrn").get(pk=event.subject)
    versions = declaration.versions.only("number", "sha256", "declaration")
    number = event.payload.get("version")
    version = versions.get(number=number) if number else versions.latest("number")
    receipts.issue(
        event, mrn=declaration.mrn or "", lrn=declaration.lrn,
        version=version.number, sha256=version.sha256,
    )


def standing(receipt: Receipt) -> tuple[Standing, datetime | None]:
    """Whether the version is still in force, and if not, since when."""
    newest = Receipt.objects.of(receipt.subject).first()
    if newest is not None and newest.pk != receipt.pk:
        following = Receipt.objects.of(receipt.subject).filter(at__gt=receipt.at).last()
        return Standing.REPLACED, (following or newest).at
    declaration = Declaration.objects.only("state", "closed_at").get(pk=receipt.subject)
    if declaration.state in (State.CANCELLED, State.REFUSED, State.REJECTED):
        return Standing.ENDED, declaration.closed_at
    return Standing.IN_FORCE, None


def of(declaration_id: UUID, version: int | None = None) -> Receipt | None:
    """The receipt of the version in force, or of an earlier one; None before acceptance."""
    found = Receipt.objects.of(declaration_id)
    return (found if version is None else found.filter(version=version)).first()
