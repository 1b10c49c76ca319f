"""Which declarations an agency's officers may see, which parts of them, and the note that they did.

Everything that shows a dataset to an official goes through ``covered_for``; a raw message, which
holds all of it, is for those from whom nothing is withheld (``sees_all``).
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from agencies.correspondence import CancellationRequest
from agencies.field_visibility import ElementGroup, covered
from agencies.models import Agency, Review
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


def withheld_from(actor: Actor) -> frozenset[str]:
    """The groups of elements that the actor's agency has no mandate to see; none for a trader."""
    if not actor.may(Permission.VIEW_CASES) or actor.organisation_id is None:
        return frozenset()
    found = Agency.objects.filter(organisation=actor.organisation_id)
    return frozenset(found.values_list("withheld", flat=True).first() or ())


def sees_all(actor: Actor) -> bool:
    return not withheld_from(actor)


def covered_for(actor: Actor, dataset: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the actor may see of a dataset."""
    return covered(dataset, withheld_from(actor))


def withheld_words(withheld: frozenset[str]) -> list[str]:
    """The groups in words, in the order of their list."""
    return [str(group.label) for group in ElementGroup if group in withheld]


def note_view(declaration: Declaration, actor: Actor) -> None:
    """Journal that an official read the case, once per official, hour and version."""
    newest = declaration.versions.order_by("-number").values_list("number", flat=True).first()
    with transaction.atomic():
        seen = Event.objects.filter(
            subject=declaration.pk, kind=EventKind.VIEWED, user=actor.user_id,
            organisation=actor.organisation_id,  # of programs, which have no user, whose it was
            at__gt=timezone.now() - VIEW_WINDOW, payload__version=newest or 0,
        )
        if not seen.exists():
            record(declaration.pk, EventKind.VIEWED, actor,
                   {"agency": actor.organisation_name, "version": newest or 0})


def version_seen_before(declaration: Declaration, actor: Actor, current: int) -> int | None:
    """The newest version before ``current`` that anybody of the actor's agency has read."""
    seen = Event.objects.filter(
        subject=declaration.pk, kind=EventKind.VIEWED, organisation=actor.organisation_id,
        payload__version__lt=current, payload__version__gt=0,
    )
    numbers = seen.values_list("payload__version", flat=True)
    return max(numbers, default=None)
