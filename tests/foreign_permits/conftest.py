import pytest

from tests.permits.world import World


@pytest.fixture
def world(db: None) -> World:
    return World()
