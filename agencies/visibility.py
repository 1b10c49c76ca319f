"""Which declarations an agency's officers may see, and the note that they did."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from agencies.correspondence import CancellationRequest
from agencies.models import Review
from declarations.change_request import ChangeRequest
from declarations.models import Declaration, DeclarationQuerySet
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record

# An official who reads a case again within this time leaves no second entry in the journal.
VIEW_WINDOW = timedelta(hours=1)


def cases_of(actor: Actor) -> DeclarationQuerySet:
    """The declarations that came to the actor's agency, whether decided or not: to be reviewed,
    or because their trader asks to cancel them.

    A review that still waits for an earlier tier does not count: its case has not come yet.
    """
    if not actor.may(Permission.VIEW_CASES):
        return Declaration.objects.none()
    own = Review.objects.of_agency(actor).filter(
        declaration=OuterRef("pk"), opened_at__isnull=False
    )
    asked = CancellationRequest.objects.of_agency(actor).filter(declaration=OuterRef("pk"))
    amended = ChangeRequest.objects.of_agency(actor).filter(declaration=OuterRef("pk"))
    return Declaration.objects.filter(Exists(own) | Exists(asked) | Exists(amended))


def note_view(declaration: Declaration, actor: Actor) -> None:
    """Journal that an official read the case, once per official and hour."""
    with transaction.atomic():
        seen = Event.objects.filter(
            subject=declaration.pk, kind=EventKind.VIEWED, user=actor.user_id,
            at__gt=timezone.now() - VIEW_WINDOW,
        )
        if not seen.exists():
            record(declaration.pk, EventKind.VIEWED, actor, {"agency": actor.organisation_name})
