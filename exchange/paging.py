"""Pages of lists that grow without end: from a place on, the newest first, and never counted whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

_SIZE = 50
# More than that are not counted.
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list. ``older``: where the next page begins, "" for none."""

    object_list: list[Any]
    older: str
    is_first: bool


def page_of(found: QuerySet[Any], moment: str, before: str) -> Page:
    """The rows before a place, which an earlier page gave; nonsense gives the first page.

    ``moment`` names the field by which the list is ordered.
    """
    place = _read(found, before)
    if place is not None:
        at, key = place
        found = found.filter(**{f"{moment}__lte": at}).exclude(**{moment: at, "pk__gte": key})
    rows = list(found.order_by(f"-{moment}", "-pk")[: _SIZE + 1])
    older = ""
    if len(rows) > _SIZE:
        rows.pop()
        older = f"{getattr(rows[-1], moment).isoformat()}_{rows[-1].pk}"
    return Page(rows, older, place is None)


def count_of(found: QuerySet[Any]) -> str:
    """How many there are, in words; "10000+" where there are more."""
    count = found.order_by()[: _MOST + 1].count()
    return f"{_MOST}+" if count > _MOST else str(count)


def _read(found: QuerySet[Any], before: str) -> tuple[datetime, Any] | None:
    at, _underscore, key = before.partition("_")
    is_uuid = found.model._meta.pk.get_internal_type() == "UUIDField"
    try:
        moment = datetime.fromisoformat(at)
        place = UUID(key) if is_uuid else int(key[:18])
    except ValueError:
        return None
    return None if moment.tzinfo is None else (moment, place)
