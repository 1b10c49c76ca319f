"""A decision that takes two officers, on the page as they see it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies import decisions
from agencies.conditions_of_approval import Proposal
from agencies.models import Review
from agencies.states import RefusalReason, ReviewState
from declarations.states import State
from portal.accounts.actors import Actor
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from tests.agencies.conftest import World
from tests.agencies.test_pages import filed, page, signed_in
from tests.factories import make_officer, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(world: World) -> tuple[Client, Actor]:
    user, actor = make_officer(world.phyto, name="tamar")
    return signed_in(user), actor


@pytest.fixture
def second(world: World) -> tuple[Client, Actor]:
    user, actor = make_officer(world.phyto, name="davit")
    return signed_in(user), actor


@pytest.fixture
def review(world: World, first: tuple[Client, Actor]) -> Review:
    """Held by the first officer; the rule that sent it here asks for two signatures."""
    found = filed(world).reviews.get(queue__agency=world.phyto)
    snapshot: dict[str, Any] = found.snapshot
    for rule in snapshot["rules"]:
        rule["second_signature"] = True
    Review.objects.filter(pk=found.pk).update(snapshot=snapshot)
    decisions.claim(found.pk, first[1])
    found.refresh_from_db()
    assert found.needs_second_signature
    return found


def act(client: Client, name: str, review: Review, status: int = 302, **data: str) -> None:
    asked = Proposal.objects.get(review=review)
    response = client.post(reverse(name, args=[review.pk, asked.pk]), data)
    assert response.status_code == status, response.status_code


def propose(client: Client, review: Review) -> None:
    answer = client.post(reverse("review_approve", args=[review.pk]), {"note": "Fine."}, follow=True)
    assert "when a colleague signs it" in answer.content.decode()
    review.refresh_from_db()
    assert review.state == ReviewState.CLAIMED and review.closed_at is None


def test_a_colleague_signs_and_the_decision_is_in_force(
    review: Review, first: tuple[Client, Actor], second: tuple[Client, Actor]
) -> None:
    propose(first[0], review)
    assert "Sign the decision" not in page(first[0], reverse("review", args=[review.pk]))
    assert "Sign the decision" in page(second[0], reverse("review", args=[review.pk]))
    act(second[0], "proposal_sign", review)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED
    approved = Event.objects.get(subject=review.declaration_id, kind=EventKind.REVIEW_APPROVED)
    assert (approved.user, approved.payload["proposed_by"]) == (second[1].user_id, "tamar")


def test_nobody_signs_the_own_proposal(review: Review, first: tuple[Client, Actor]) -> None:
    propose(first[0], review)
    act(first[0], "proposal_sign", review)
    review.refresh_from_db()
    assert review.state == ReviewState.CLAIMED


@pytest.mark.parametrize("whose", ["organisation", "principal"])
def test_a_person_of_the_filer_does_not_sign(
    world: World, review: Review, first: tuple[Client, Actor], whose: str
) -> None:
    user, actor = make_officer(world.phyto, name="both")
    type(review.declaration).objects.filter(pk=review.declaration_id).update(
        principal=make_organisation())
    review.declaration.refresh_from_db()
    Membership.objects.create(
        user=user, organisation=getattr(review.declaration, whose), role=Role.DECLARANT)
    propose(first[0], review)
    asked = Proposal.objects.get(review=review)
    assert not Proposal.objects.to_sign(actor).exists()
    with_session = signed_in(user)
    with_session.post(reverse("proposal_sign", args=[review.pk, asked.pk]))
    review.refresh_from_db()
    assert review.state == ReviewState.CLAIMED


def test_another_agency_does_not_find_it(
    world: World, review: Review, first: tuple[Client, Actor]
) -> None:
    propose(first[0], review)
    user, _actor = make_officer(world.vet)
    act(signed_in(user), "proposal_sign", review, 404)


def test_it_is_returned_with_words_and_decided_anew(
    review: Review, first: tuple[Client, Actor], second: tuple[Client, Actor]
) -> None:
    propose(first[0], review)
    act(second[0], "proposal_return", review, words="")
    assert "Write why" in page(second[0], reverse("review", args=[review.pk]))
    act(second[0], "proposal_return", review, words="Look at item 2.")
    assert "Approve" in page(first[0], reverse("review", args=[review.pk]))
    told = Event.objects.get(subject=review.declaration_id, kind=EventKind.DECISION_RETURNED)
    assert told.payload["words"] == "Look at item 2."


def test_the_first_takes_it_back_and_a_refusal_takes_two_as_well(
    review: Review, first: tuple[Client, Actor], second: tuple[Client, Actor]
) -> None:
    propose(first[0], review)
    act(first[0], "proposal_take_back", review)
    decisions.refuse(review.pk, first[1], RefusalReason.OTHER, "Not allowed.")
    review.declaration.refresh_from_db()
    assert review.declaration.state != State.REFUSED
    asked = Proposal.objects.waiting().get(review=review)
    second[0].post(reverse("proposal_sign", args=[review.pk, asked.pk]))
    review.declaration.refresh_from_db()
    assert review.declaration.state == State.REFUSED
