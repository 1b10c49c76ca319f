"""A trader with a declaration, an agency with a review of it, and events to tell of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.models import Agency, Queue, Review
from agencies.states import ReviewState
from declarations.models import Declaration
from declarations.states import Kind, State
from portal.accounts.actors import SYSTEM, Actor
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record
from tests.factories import make_agency, make_member, make_officer, make_organisation, new_lrn


@dataclass
class Case:
    organisation: Organisation
    user: User
    actor: Actor
    declaration: Declaration
    agency: Agency
    officer: User
    officer_actor: Actor
    review: Review

    def about(self, **more: Any) -> dict[str, Any]:
        return {"review": str(self.review.pk), "agency": self.agency.name, "queue": "General",
                "tier": 1, **more}


Tell = Callable[..., Event]


@pytest.fixture
def tell() -> Tell:
    """Record an event in a transaction of its own."""

    def recorded(subject: Any, kind: EventKind, actor: Actor = SYSTEM, **payload: Any) -> Event:
        with transaction.atomic():
            return record(subject, kind, actor, payload)

    return recorded


@pytest.fixture
def case(db: None) -> Case:
    return make_case()


def make_case() -> Case:
    organisation = make_organisation(name="Kolkheti Trade LLC")
    user, actor = make_member(organisation, Role.MANAGER)
    agency = make_agency("veterinary", name="National Food Agency")
    officer, officer_actor = make_officer(agency)
    declaration = Declaration.objects.create(
        organisation=organisation, filed_by=user, kind=Kind.IMPORT, state=State.UNDER_REVIEW,
        lrn=new_lrn(), mrn=f"26GE{Declaration.objects.count():013d}X", accepted_at=timezone.now(),
        submitted_at=timezone.now(),
    )
    review = Review.objects.create(
        declaration=declaration, queue=Queue.objects.get(agency=agency), tier=1,
        kind="documentary", state=ReviewState.CLAIMED, claimed_by=officer,
        opened_at=timezone.now(), due_at=timezone.now() + timedelta(hours=24),
    )
    return Case(organisation, user, actor, declaration, agency, officer, officer_actor, review)
