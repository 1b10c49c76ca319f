"""Which declarations an agency's officers may see."""

from django.db.models import Exists, OuterRef

from agencies.models import Review
from declarations.models import Declaration, DeclarationQuerySet
from portal.accounts.actors import Actor
from portal.accounts.roles import Permission


def cases_of(actor: Actor) -> DeclarationQuerySet:
    """The declarations that came to the actor's agency, whether decided or not.

    A review that still waits for an earlier tier does not count: its case has not come yet.
    """
    if not actor.may(Permission.VIEW_CASES):
        return Declaration.objects.none()
    own = Review.objects.of_agency(actor).filter(
        declaration=OuterRef("pk"), opened_at__isnull=False
    )
    return Declaration.objects.filter(Exists(own))
