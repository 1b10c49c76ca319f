"""The agencies and the rules of ``tests.agencies``, with an officer who has taken up a review."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from agencies import decisions
from agencies.models import Review
from declarations.models import Declaration
from portal.accounts.actors import Actor
from tests.agencies.conftest import World, empty_world, world
from tests.agencies.test_pages import filed, signed_in
from tests.factories import make_officer

__all__ = ["empty_world", "world"]


@dataclass
class Desk:
    """An officer at a review that is the officer's to decide."""

    client: Client
    actor: Actor
    review: Review

    @property
    def declaration(self) -> Declaration:
        return Declaration.objects.get(pk=self.review.declaration_id)

    def page(self, query: str = "", status: int = 200) -> str:
        answer = self.client.get(reverse("review", args=[self.review.pk]) + query)
        assert answer.status_code == status, answer.status_code
        return answer.content.decode()

    def post(self, name: str, *keys: Any, **data: Any) -> HttpResponse:
        return self.client.post(  # type: ignore[return-value]
            reverse(name, args=[self.review.pk, *keys]), data, follow=True)


@pytest.fixture
def desk(world: World) -> Desk:
    """Plant protection alone is to decide: the others have agreed, or are not needed."""
    return desk_at(world)


def desk_at(world: World, **fields: object) -> Desk:
    user, actor = make_officer(world.phyto)
    declaration = filed(world, **fields)
    review = world.review(declaration, world.phyto)
    declaration.reviews.exclude(pk=review.pk).update(state="lapsed")
    decisions.claim(review.pk, actor)
    return Desk(signed_in(user), actor, world.review(declaration, world.phyto))
