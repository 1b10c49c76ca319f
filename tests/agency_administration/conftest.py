"""The agencies of ``tests.agencies``; plant protection with its supervisor, an officer and clients."""

from dataclasses import dataclass

import pytest
from django.test import Client

from agencies.models import Agency
from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.accounts.roles import Role
from tests.agencies.conftest import World, empty_world, world  # noqa: F401
from tests.factories import make_officer


@dataclass
class Desk:
    """One person of an agency at the pages."""

    agency: Agency
    user: User
    actor: Actor
    client: Client


def desk(agency: Agency, role: Role = Role.SUPERVISOR) -> Desk:
    user, actor = make_officer(agency, role)
    client = Client()
    client.force_login(user)
    return Desk(agency, user, actor, client)


@pytest.fixture
def boss(world: World) -> Desk:  # noqa: F811
    return desk(world.phyto)


@pytest.fixture
def officer(world: World) -> Desk:  # noqa: F811
    return desk(world.phyto, Role.OFFICER)
