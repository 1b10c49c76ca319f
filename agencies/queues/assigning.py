"""Giving a review to an officer: by a supervisor, or because a colleague is absent.

As every verb of a case these lock the declaration first; see ``agencies.decisions``.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.calendars import Absence
from agencies.cases import Case, DecisionError, about, is_own
from agencies.decisions import lock_review
from agencies.forms import today
from agencies.models import Review
from agencies.states import WORKING, ReviewState
from portal.accounts.actors import Actor
from portal.accounts.models import Membership, User
from portal.accounts.roles import Permission, Role
from portal.journal.kinds import EventKind
from portal.journal.record import record


def officers_of(organisation_id: UUID | None) -> QuerySet[User]:
    """The people of an agency who decide reviews, by name."""
    members = Membership.objects.filter(
        organisation=organisation_id, role__in=[Role.OFFICER, Role.SUPERVISOR]
    )
    return User.objects.filter(pk__in=members.values("user"), is_active=True).order_by("username")


def assign(review_id: UUID, officer_id: UUID, actor: Actor) -> Review:
    """Give the review, open or taken up, to an officer of the same agency; a supervisor does.

    Raises Review.DoesNotExist for another agency's review, DecisionError when it cannot be.
    """
    if not actor.may(Permission.SUPERVISE):
        raise DecisionError(_("Only a supervisor may give cases to officers."))
    with transaction.atomic():
        case, review = lock_review(review_id, actor)
        officer = officers_of(actor.organisation_id).filter(pk=officer_id).first()
        if officer is None:
            raise DecisionError(_("Choose an officer of your agency."), "officer")
        if review.state not in WORKING:
            raise DecisionError(_("This review is closed: %(state)s.")
                                % {"state": review.get_state_display()})
        if Absence.objects.on(today()).filter(officer=officer).exists():
            raise DecisionError(_("%(officer)s is absent today. Choose another officer.")
                                % {"officer": officer}, "officer")
        if _submitted(case, officer, actor.organisation_id):
            raise DecisionError(_("%(officer)s belongs to those who filed it. Choose another officer.")
                                % {"officer": officer}, "officer")
        if review.claimed_by_id != officer.pk:
            give(review, officer, actor)
        return review


def give(review: Review, officer: User, actor: Actor, **why: str) -> None:
    """Put the review, locked, into the officer's hands, with its event."""
    before = {"before": str(review.claimed_by)} if review.claimed_by_id else {}
    review.state, review.claimed_by, review.claimed_at = (
        ReviewState.CLAIMED, officer, timezone.now())
    review.save(update_fields=["state", "claimed_by", "claimed_at"])
    record(review.declaration_id, EventKind.REVIEW_ASSIGNED, actor,
           about(review) | before | {"officer": str(officer)} | why)


def put_back(review: Review, actor: Actor, **why: str) -> None:
    """Put the review, locked, back into the queue, with its event."""
    review.state, review.claimed_by, review.claimed_at = ReviewState.OPEN, None, None
    review.save(update_fields=["state", "claimed_by", "claimed_at"])
    record(review.declaration_id, EventKind.REVIEW_HANDED_BACK, actor, about(review) | why)


def may_have(case: Case, officer: User, organisation_id: UUID | None) -> bool:
    """Whether the officer is at work in that agency and did not file the case."""
    return (
        officers_of(organisation_id).filter(pk=officer.pk).exists()
        and not Absence.objects.on(today()).filter(officer=officer).exists()
        and not _submitted(case, officer, organisation_id)
    )


def _submitted(case: Case, officer: User, organisation_id: UUID | None) -> bool:
    return is_own(case.declaration, Actor(str(officer), officer.pk, organisation_id))
