"""The wine world of the agencies' tests, and profiles made just so."""

from tests.agencies.conftest import empty_world, world  # noqa: F401
from tests.routing_editor.conftest import admins  # noqa: F401
