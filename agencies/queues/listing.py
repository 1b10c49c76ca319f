"""The list of an agency's reviews: tabs, filters, order and pages, cheap with a million behind it.

Each queue is read along its own index only as far as the page needs, and the heads are merged; a
page begins after the last review of the one before (no offset). Counts stop at ``MOST_COUNTED``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.calendars import Office
from agencies.models import OVERDUE, Queue, Review, ReviewQuerySet
from agencies.states import WORKING, Lane, ReviewKind, ReviewState
from portal.accounts.actors import Actor

PER_PAGE = 50
MOST_COUNTED = 10_000
TABS = {
    "open": (_("To take up"), "inbox"),
    "mine": (_("Mine"), "user-round-check"),
    "taken": (_("Taken up"), "users"),
    "waiting": (_("Waiting for the trader"), "hourglass"),
    "all": (_("All"), "list"),
}
DUE = {"late": _("Overdue"), "today": _("Due today"), "week": _("Due within a week")}
SORTS = {"due": _("Due first"), "priority": _("Priority"), "lane": _("Lane, red first")}
# What a saved view keeps of the address.
PARAMETERS = ("show", "q", "queue", "office", "kind", "lane", "due", "officer", "sort")

# Red first; one that no profile has judged comes last.
LANES: tuple[str, ...] = (Lane.RED, Lane.YELLOW, Lane.BLUE, Lane.GREEN, "")
# As ``office`` of the address: where the officer sits. No office can have it as its code.
OWN_OFFICE = "~own"

_DUE_ORDER = ("due_at", "id")
# Of ``lane``: within each, one after the other.
_ORDERS = {"due": _DUE_ORDER, "priority": ("-priority", *_DUE_ORDER), "lane": _DUE_ORDER}
_NEWEST = ("-opened_at", "-id")


@dataclass(frozen=True)
class Wanted:
    """What the address asks for, as far as it can be understood."""

    show: str = "open"
    q: str = ""
    queue: str = ""
    office: str = ""
    kind: str = ""
    lane: str = ""
    due: str = ""
    officer: UUID | None = None
    sort: str = "due"
    # The review behind or before which the page begins.
    after: UUID | None = None
    before: UUID | None = None

    @classmethod
    def of(cls, asked: QueryDict) -> "Wanted":
        texts = {name: str(asked.get(name, "")).strip()[:70] for name in PARAMETERS}
        return cls(
            texts["show"] or "open", texts["q"], texts["queue"], texts["office"],
            _one_of(texts["kind"], ReviewKind.values), _one_of(texts["lane"], Lane.values),
            _one_of(texts["due"], DUE), _key(texts["officer"]),
            _one_of(texts["sort"], SORTS) or "due", _key(str(asked.get("after", ""))),
            _key(str(asked.get("before", ""))),
        )

    @property
    def query(self) -> dict[str, str]:
        """As in the address, without the place in the list."""
        return {name: str(value) for name in PARAMETERS
                if (value := getattr(self, name)) and (name, value) != ("sort", "due")}

    @property
    def narrowed(self) -> bool:
        plain = replace(self, show="", sort="due", after=None, before=None)
        return bool(plain.query)

    @property
    def order(self) -> tuple[str, ...]:
        return _NEWEST if self.show == "all" else _ORDERS[self.sort]


@dataclass(frozen=True)
class Page:
    """Reviews, and from which the pages after and before this one are reckoned, if there are any."""

    reviews: list[Review]
    next: UUID | None = None
    previous: UUID | None = None


def page_of(wanted: Wanted, actor: Actor, queues: Sequence[Queue]) -> Page:
    """One page of the tab, with what its lines show."""
    place = wanted.before or wanted.after
    last = Review.objects.came_to(actor).filter(pk=place).first() if place else None
    back = wanted.before is not None and last is not None
    keys = _keys(wanted, actor, queues, last, back)
    more, keys = len(keys) > PER_PAGE, keys[:PER_PAGE]
    if back and not more:  # the first page, whole, although fewer came before that review
        return page_of(replace(wanted, before=None, after=None), actor, queues)
    shown = {review.pk: review for review in Review.objects.filter(pk__in=keys)
             .select_related("declaration", "queue__agency", "claimed_by", "office")
             .prefetch_related("requests")}
    reviews = [shown[key] for key in (keys[::-1] if back else keys) if key in shown]
    if not reviews:
        return Page([])
    return Page(
        reviews,
        next=reviews[-1].pk if more or back else None,
        previous=reviews[0].pk if back or last is not None else None,
    )


def _keys(
    wanted: Wanted, actor: Actor, queues: Sequence[Queue], last: Review | None, back: bool
) -> list[UUID]:
    """The keys of a page and one more, from ``last`` on, or backward from it."""
    found = _narrowed(Review.objects.filter(tab(wanted.show, actor)), wanted, actor)
    order, lanes, count = wanted.order, LANES, PER_PAGE + 1
    if back:
        order, lanes = _reversed(order), LANES[::-1]
    if wanted.show == "all" or wanted.sort != "lane":
        return heads(found.filter(_beyond(order, last)), queues, order, count)
    keys: list[UUID] = []
    for lane in lanes[lanes.index(last.lane) if last else 0:]:
        here = found.filter(lane=lane)
        if last is not None and lane == last.lane:
            here = here.filter(_beyond(order, last))
        keys += heads(here, queues, order, count - len(keys))
        if len(keys) == count:
            break
    return keys


def heads(found: ReviewQuerySet, queues: Sequence[Queue], order: tuple[str, ...],
          count: int) -> list[UUID]:
    """The keys of the first of all queues together."""
    names = [name.lstrip("-") for name in order]
    parts = [
        found.filter(queue=queue).order_by(*order).values_list(*names)[:count]
        for queue in queues
    ]
    if not parts:
        return []
    merged = parts[0] if len(parts) == 1 else parts[0].union(*parts[1:], all=True).order_by(
        *order)[:count]
    return [row[-1] for row in merged]


def counts(actor: Actor, queues: Sequence[Queue], office: str = "") -> dict[str, int]:
    """How many each tab has, at most one more than ``MOST_COUNTED``; in one query. ``late`` too."""
    work = Review.objects.filter(queue__in=[one.pk for one in queues], state__in=WORKING)
    if office:
        work = work.filter(_in_office(office, actor))
    asked = {name: work.filter(tab(name, actor)) for name in TABS if name != "all"}
    asked["late"] = work.filter(OVERDUE)
    if not queues:
        return dict.fromkeys(asked, 0)
    texts: list[str] = []
    values: list[Any] = []
    for found in asked.values():
        part = found.order_by().values("pk")[: MOST_COUNTED + 1]
        sql, parameters = part.query.sql_with_params()
        texts.append(f"(SELECT count(*) FROM ({sql}) AS part)")  # noqa: S608
        values.extend(parameters)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(texts), values)
        return dict(zip(asked, cursor.fetchone(), strict=True))


def tab(show: str, actor: Actor) -> Q:
    """What a tab shows. A case that waits for the trader is nobody's work meanwhile."""
    match show:
        case "open":
            return Q(state=ReviewState.OPEN, paused_at=None)
        case "mine":
            return Q(state=ReviewState.CLAIMED, paused_at=None, claimed_by=actor.user_id)
        case "taken":
            return Q(state=ReviewState.CLAIMED, paused_at=None)
        case "waiting":
            return Q(state__in=WORKING, paused_at__isnull=False)
    return Q(opened_at__isnull=False)


def _in_office(code: str, actor: Actor) -> Q:
    if code != OWN_OFFICE:
        return Q(office__code=code)
    return Q(office__in=list(Office.objects.of_officer(actor).values_list("pk", flat=True)))


def _narrowed(found: ReviewQuerySet, wanted: Wanted, actor: Actor) -> ReviewQuerySet:
    if wanted.office:
        found = found.filter(_in_office(wanted.office, actor))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.lane:
        found = found.filter(lane=wanted.lane)
    if wanted.officer:
        found = found.filter(Q(claimed_by=wanted.officer) | Q(decided_by=wanted.officer))
    if wanted.due:
        found = found.filter(_due(wanted.due))
    return found.matching(wanted.q) if wanted.q else found


def _due(when: str) -> Q:
    if when == "late":
        return OVERDUE
    days = 1 if when == "today" else 7
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    return Q(state__in=WORKING, due_at__gte=Now(), due_at__lt=midnight + timedelta(days=days))


def _reversed(order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _beyond(order: tuple[str, ...], last: Review | None) -> Q:
    """What comes after a review. The first part alone lets the index begin there."""
    if last is None:
        return Q()
    alternatives, same = Q(), Q()
    values = {name.lstrip("-"): getattr(last, name.lstrip("-")) for name in order}
    for name in order:
        field = name.lstrip("-")
        if values[field] is None:
            continue
        step = "lt" if name.startswith("-") else "gt"
        alternatives |= same & Q(**{f"{field}__{step}": values[field]})
        same &= Q(**{field: values[field]})
    first = order[0].lstrip("-")
    if values[first] is None:
        return alternatives
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{bound}": values[first]}) & alternatives


def _one_of(text: str, known: Any) -> str:
    return text if text in known else ""


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
