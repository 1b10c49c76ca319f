"""The agencies of ``tests.agencies``, and reviews of theirs."""

from tests.agencies.conftest import empty_world, world  # noqa: F401
