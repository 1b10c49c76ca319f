"""Two portals for a test, stopped whatever happens."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.portals import Neighbours


@pytest.fixture
def neighbours(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Neighbours]]:
    """Make two portals that know each other; they are not started yet."""
    made: list[Neighbours] = []

    def make(seed: str, share: float = 0.0, **how: Any) -> Neighbours:
        made.append(Neighbours(tmp_path, seed, share, **how))
        return made[0]

    yield make
    for each in made:
        each.stop()
