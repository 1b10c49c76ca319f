"""An agency with a system of its own, and what that sends."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from agencies.models import Agency
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.accounts.tokens import create_client
from tests.agencies.conftest import World, empty_world, world
from tests.factories import make_officer

__all__ = ["World", "empty_world", "world"]

SCOPES = (Permission.REVIEW, Permission.VIEW_CASES)
ROOT = "/api/v1/agency/"


@dataclass
class System:
    """A program of an agency. ``officer`` is named with every request."""

    agency: Agency
    token: str
    officer: User | None = None

    def get(self, path: str, **parameters: Any) -> Any:
        return Client().get(ROOT + path, parameters, headers=self._headers())

    def post(
        self, path: str, body: dict[str, Any] | None = None, key: str = "",
        officer: User | None = None,
    ) -> Any:
        headers = self._headers(officer) | ({"Idempotency-Key": key} if key else {})
        return Client().post(
            ROOT + path, body or {}, content_type="application/json", headers=headers)

    def _headers(self, officer: User | None = None) -> dict[str, str]:
        who = officer or self.officer
        named = {"Officer": who.username} if who else {}
        return {"Authorization": f"Bearer {self.token}"} | named


def make_system(
    agency: Agency, scopes: tuple[Permission, ...] = SCOPES, name: str = "Laboratory system"
) -> System:
    officer, _actor = make_officer(agency)
    _client, token = create_client(agency.organisation, name, scopes)
    return System(agency, token, officer)


@pytest.fixture
def phyto(world: World) -> System:
    return make_system(world.phyto)


@pytest.fixture
def vet(world: World) -> System:
    return make_system(world.vet)


@pytest.fixture
def customs(world: World) -> System:
    return make_system(world.customs)
