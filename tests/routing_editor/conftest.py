"""Two administrators, and the wine world of the agencies' tests."""

from dataclasses import dataclass

import pytest
from django.test import Client

from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.accounts.roles import OrganisationKind, Role
from tests.agencies.conftest import empty_world, world  # noqa: F401
from tests.factories import make_member, make_organisation


@dataclass
class Admins:
    author: User
    author_actor: Actor
    other: User
    other_actor: Actor

    def client(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client


@pytest.fixture
def admins(db: None) -> Admins:
    operator = make_organisation(OrganisationKind.OPERATOR)
    author, first = make_member(operator, Role.ADMIN)
    other, second = make_member(operator, Role.ADMIN)
    return Admins(author, first, other, second)
