"""The first page: what waits for this person, by role."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from agencies.models import OVERDUE, Queue, Review, RuleSet
from agencies.states import ReviewState
from declarations.models import Declaration
from declarations.states import State
from exchange.models import OutboxMessage, OutboxState, Partner
from portal.accounts.actors import Actor
from portal.accounts.permissions import requires

LATEST = 10


@dataclass(frozen=True)
class Tile:
    """One number that matters, with where it leads."""

    label: str | Promise
    count: int
    icon: str
    tone: str
    url: str
    note: str | Promise = ""


@require_safe
@requires()
def home(request: HttpRequest) -> HttpResponse:
    """The overview of the signed-in person's role; the signed-out are sent to sign in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.reviews:
        return render(request, "portal/home/officer.html", officer(actor))
    if actor.administers:
        return render(request, "portal/home/admin.html", administrator())
    if actor.files:
        return render(request, "portal/home/trader.html", trader(actor))
    return render(request, "portal/home/nobody.html")


def trader(actor: Actor) -> dict[str, Any]:
    own = Declaration.objects.owned_by(actor)
    counts: dict[str, int] = dict(own.values_list("state").annotate(Count("pk")).order_by())
    listing = reverse("declaration_list")

    def tile(label: Promise, icon: str, tone: str, state: State, *more: State) -> Tile:
        count = counts.get(state, 0)
        return Tile(label, count, icon, tone if count else "mute", f"{listing}?state={state}")

    waiting = own.filter(
        state__in=[State.REJECTED, State.INFORMATION_REQUIRED, State.DRAFT]
    ).order_by("-changed_at")
    return {
        "tiles": [
            tile(_("Drafts"), "pencil-line", "mute", State.DRAFT),
            tile(_("Being checked"), "loader", "info", State.SUBMITTED),
            tile(_("To correct"), "circle-x", "bad", State.REJECTED),
            tile(_("To answer"), "message-circle-question-mark", "wait", State.INFORMATION_REQUIRED),
            tile(_("With the agencies"), "landmark", "wait", State.UNDER_REVIEW),
            tile(_("Released"), "badge-check", "good", State.RELEASED),
            tile(_("Refused"), "ban", "bad", State.REFUSED),
        ],
        "to_do": list(waiting[:5]),
        "to_do_count": waiting.count(),
        "latest": list(own.filed().order_by("-submitted_at")[:LATEST]),
    }


def officer(actor: Actor) -> dict[str, Any]:
    reviews = Review.objects.of_agency(actor)
    listing = reverse("review_queue")
    today = timezone.now() - timedelta(hours=24)
    counts = reviews.aggregate(
        open=Count("pk", filter=Q(state=ReviewState.OPEN)),
        mine=Count("pk", filter=Q(state=ReviewState.CLAIMED, claimed_by=actor.user_id)),
        late=Count("pk", filter=OVERDUE),
        decided=Count("pk", filter=Q(decided_by=actor.user_id, closed_at__gt=today)),
    )
    late = Q(reviews__in=Review.objects.filter(OVERDUE))
    return {
        "tiles": [
            Tile(_("Waiting in the queue"), counts["open"], "inbox",
                 "wait" if counts["open"] else "mute", listing),
            Tile(_("Taken up by me"), counts["mine"], "user-round-check",
                 "info" if counts["mine"] else "mute", f"{listing}?show=mine"),
            Tile(_("Overdue"), counts["late"], "alarm-clock",
                 "bad" if counts["late"] else "mute", listing),
            Tile(_("Decided by me in 24 hours"), counts["decided"], "stamp", "mute",
                 f"{listing}?show=all"),
        ],
        "queues": Queue.objects.filter(agency__organisation=actor.organisation_id)
        .annotate(
            waiting=Count("reviews", filter=Q(reviews__state=ReviewState.OPEN)),
            taken=Count("reviews", filter=Q(reviews__state=ReviewState.CLAIMED)),
            late=Count("reviews", filter=late),
        ),
        "next_reviews": list(
            reviews.in_queue().filter(paused_at=None)
            .select_related("declaration", "queue__agency", "claimed_by")[:LATEST]
        ),
    }


def administrator() -> dict[str, Any]:
    day = timezone.now() - timedelta(hours=24)
    outbox = OutboxMessage.objects.aggregate(
        pending=Count("pk", filter=Q(state=OutboxState.PENDING)),
        parked=Count("pk", filter=Q(state=OutboxState.PARKED)),
        delivered=Count("pk", filter=Q(state=OutboxState.DELIVERED, delivered_at__gt=day)),
    )
    exchange = reverse("exchange")
    partners = Partner.objects.annotate(
        waiting=Count("outbox", filter=Q(outbox__state=OutboxState.PENDING), distinct=True),
        parked=Count("outbox", filter=Q(outbox__state=OutboxState.PARKED), distinct=True),
        delivered=Count("outbox", filter=Q(outbox__state=OutboxState.DELIVERED), distinct=True),
        received=Count("inbox", distinct=True),
    )
    counts = dict(Declaration.objects.values_list("state").annotate(Count("pk")).order_by())
    return {
        "tiles": [
            Tile(_("Waiting to be sent"), outbox["pending"], "clock",
                 "info" if outbox["pending"] else "mute", exchange),
            Tile(_("Stuck: need an officer"), outbox["parked"], "triangle-alert",
                 "bad" if outbox["parked"] else "mute", exchange),
            Tile(_("Delivered in 24 hours"), outbox["delivered"], "check-check",
                 "good" if outbox["delivered"] else "mute", exchange),
        ],
        "partners": partners,
        "rule_set": RuleSet.objects.in_force().annotate(rule_count=Count("rules"))
        .select_related("default_queue__agency").first(),
        "states": [(state, counts.get(state, 0)) for state in State if counts.get(state)],
        "queues": Queue.objects.select_related("agency").annotate(
            waiting=Count("reviews", filter=Q(reviews__state=ReviewState.OPEN)),
            taken=Count("reviews", filter=Q(reviews__state=ReviewState.CLAIMED)),
        ),
    }
