"""The agencies' world of wine, and a storage of the test's own."""

from pathlib import Path
from typing import Any

import pytest

from tests.agencies.conftest import empty_world, world  # noqa: F401


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Path(settings.MEDIA_ROOT)
