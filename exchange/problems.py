"""Why a partner's request is not accepted."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Refused(Exception):
    """Why a message or a question is not accepted: an HTTP status and a stable code.

    ``key_id``: the key whose signature over it held, "" where none was proven.
    """

    status: int
    code: str
    detail: str
    errors: list[dict[str, Any]] = field(default_factory=list)
    retry_after: int | None = None
    key_id: str = ""
