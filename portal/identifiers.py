"""Primary keys: UUIDv7 (RFC 9562), which index like a sequence and which nobody guesses."""

import uuid

from uuid_utils.compat import uuid7

__all__ = ["new_id"]


def new_id() -> uuid.UUID:
    """Return a new time-ordered identifier."""
    return uuid7()
