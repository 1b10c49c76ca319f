"""An administrator, the official files where they are, and lists that are as shipped again after."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from declarations.code_editions import store
from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.accounts.roles import OrganisationKind, Role
from tests.factories import make_member, make_organisation

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "codelists"
needs_official = pytest.mark.skipif(
    not OFFICIAL.is_dir(), reason=f"The official code lists are not at {OFFICIAL}."
)


def official(*names: str) -> list[tuple[str, bytes]]:
    return [(name, (OFFICIAL / name).read_bytes()) for name in names]


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    store.forget()
    yield
    store.forget()


@pytest.fixture
def administrator(db: None) -> tuple[User, Actor]:
    return make_member(make_organisation(OrganisationKind.OPERATOR), Role.ADMIN)


@pytest.fixture
def admin(administrator: tuple[User, Actor]) -> Actor:
    return administrator[1]
