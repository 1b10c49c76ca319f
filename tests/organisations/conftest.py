"""A trader and a broker, each with a manager, for the tests of what they manage themselves."""

from dataclasses import dataclass

import pytest
from django.test import Client

from portal.accounts.actors import Actor
from portal.accounts.models import Organisation, User
from portal.accounts.roles import OrganisationKind, Role
from tests.factories import make_member, make_organisation


@dataclass
class Side:
    organisation: Organisation
    user: User
    actor: Actor
    client: Client


def side(kind: OrganisationKind, role: Role = Role.MANAGER) -> Side:
    organisation = make_organisation(kind)
    user, actor = make_member(organisation, role)
    client = Client()
    client.force_login(user)
    return Side(organisation, user, actor, client)


@pytest.fixture
def trader(db: None) -> Side:
    return side(OrganisationKind.TRADER)


@pytest.fixture
def broker(db: None) -> Side:
    return side(OrganisationKind.BROKER)
