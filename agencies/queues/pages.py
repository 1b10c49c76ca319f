"""The queue page: the list with its tabs and filters, taking up the next, acting on many."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies import decisions
from agencies.calendars import Office
from agencies.correspondence import CancellationRequest
from agencies.models import Queue
from agencies.queues import bulk, listing
from agencies.queues.assigning import officers_of
from agencies.queues.listing import DUE, OWN_OFFICE, SORTS, TABS, Wanted
from agencies.states import Lane, ReviewKind
from declarations.change_request import ChangeRequest
from declarations.views_saved import SavedView, TooMany, keep
from portal.accounts.actors import Actor
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

COUNTS_KEPT = 10  # seconds, for the page that asks again and again


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined, no-any-return]


@require_safe
@requires(Permission.REVIEW)
def review_queue(request: HttpRequest) -> HttpResponse:
    """The agency's work: what is open, mine, taken up, waiting, or all that ever came."""
    actor = actor_of(request)
    views = list(SavedView.objects.seen_by(actor))
    first = next((v for v in views if v.first and v.owner_id == actor.user_id), None)
    if not request.GET and first is not None:
        return redirect(f"{reverse('review_queue')}?{first.address}")
    wanted = Wanted.of(request.GET)
    if wanted.show not in TABS:
        raise Http404
    every = list(Queue.objects.of_agency(actor))
    queue = next((one for one in every if one.code == wanted.queue), None)
    queues = [queue] if queue else every
    own = list(Office.objects.of_officer(actor))
    if not request.GET and own:
        wanted = replace(wanted, office=OWN_OFFICE)
    counted = listing.counts(actor, queues, wanted.office)
    if not request.GET and own and not counted["open"]:  # then what other offices have
        wanted = replace(wanted, office="")
        counted = listing.counts(actor, queues)
    supervises = actor.may(Permission.SUPERVISE)
    found = listing.page_of(wanted, actor, queues)
    return render(request, "agencies/queue.html", {
        "page": found.reviews,
        "next": "?" + urlencode(wanted.query | {"after": str(found.next)}) if found.next else "",
        "previous": ("?" + urlencode(wanted.query | {"before": str(found.previous)})
                     if found.previous else ""),
        "first": "?" + urlencode(wanted.query) if found.previous else "",
        "wanted": wanted,
        "show": wanted.show,
        "tabs": _tabs(wanted, counted),
        "counts_address": reverse("review_queue_counts") + "?" + urlencode(wanted.query),
        "queues": every, "queue": queue, "text": wanted.q,
        "own_offices": own, "own_office": OWN_OFFICE,
        "offices": Office.objects.of_agency(actor).filter(closed=False),
        "officers": officers_of(actor.organisation_id),
        "kinds": ReviewKind.choices, "lanes": Lane.choices, "dues": DUE.items(),
        "sorts": SORTS.items(),
        "late": counted["late"],
        "supervises": supervises,
        "cancellations": CancellationRequest.objects.of_agency(actor).waiting().count(),
        "amendments": ChangeRequest.objects.of_agency(actor).waiting().count(),
        "can_take": bool(counted["open"]),
        "views": views,
        "view": next((v for v in views if str(v.pk) == request.GET.get("view")), None),
    })


@require_safe
@requires(Permission.REVIEW)
def review_queue_counts(request: HttpRequest) -> HttpResponse:
    """The tabs alone, for the page that keeps their counts up to date; a few seconds old."""
    actor, wanted = actor_of(request), Wanted.of(request.GET)
    queues = list(Queue.objects.of_agency(actor))
    queues = [one for one in queues if one.code == wanted.queue] or queues
    name = f"queue-counts:{actor.organisation_id}:{actor.user_id}:" + "".join(
        f"{ord(letter):x}." for letter in wanted.queue + "|" + wanted.office)
    counted = cache.get(name)
    if counted is None:
        counted = listing.counts(actor, queues, wanted.office)
        cache.set(name, counted, COUNTS_KEPT)
    return render(request, "agencies/queue_tabs.html", {
        "tabs": _tabs(wanted, counted),
        "counts_address": reverse("review_queue_counts") + "?" + urlencode(wanted.query),
    })


def _tabs(wanted: Wanted, counted: dict[str, int]) -> list[dict[str, object]]:
    most = listing.MOST_COUNTED
    return [
        {"label": label, "icon": icon, "current": name == wanted.show,
         "count": None if name not in counted
         else f"{most:,}+" if counted[name] > most else f"{counted[name]:,}",
         "url": "?" + urlencode(wanted.query | {"show": name})}
        for name, (label, icon) in TABS.items()
    ]


@require_POST
@requires(Permission.REVIEW)
def review_claim_next(request: HttpRequest) -> HttpResponse:
    """Take up what comes first, of the queue in ``queue`` or of all the agency's."""
    actor = actor_of(request)
    code = request.POST.get("queue", "")
    queue = next((one for one in Queue.objects.of_agency(actor) if one.code == code), None)
    if code and queue is None:
        raise Http404
    taken = decisions.claim_next(actor, queue)
    if taken is not None:
        return redirect("review", pk=taken.pk)
    messages.info(request, _("Nothing is left to take up. New cases come here as soon as they are "
                             "routed to your agency."))
    return _to_queue({"queue": code} if code else {})


@require_POST
@requires(Permission.REVIEW)
def review_bulk(request: HttpRequest) -> HttpResponse:
    """Do one thing to all the chosen reviews, and tell the result of each."""
    action = request.POST.get("action", "")
    if action not in bulk.ACTIONS:
        raise Http404
    keys = [key for text in request.POST.getlist("review") if (key := _key(text)) is not None]
    if not keys:
        messages.error(request, _("Choose at least one review of the list."))
        return _to_queue({})
    outcomes = bulk.run(action, keys, actor_of(request), _key(request.POST.get("officer", "")))
    return render(request, "agencies/queue_results.html", {
        "outcomes": outcomes, "done": sum(one.done for one in outcomes),
    })


@require_POST
@requires(Permission.REVIEW)
def review_view_keep(request: HttpRequest) -> HttpResponse:
    """Save what the list shows under a name of the officer's."""
    name, query = request.POST.get("view_name", "").strip(), Wanted.of(request.POST).query
    if not name or len(name) > 60:
        messages.error(request, _("Give the view a name of at most 60 characters."))
        return _to_queue(query)
    try:
        view = keep(actor_of(request), name, query, shared="shared" in request.POST,
                    first="first" in request.POST)
    except TooMany:
        messages.error(request, _("You keep too many views already. Delete one first."))
        return _to_queue(query)
    messages.success(request, _("View “%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse('review_queue')}?{view.address}")


@require_POST
@requires(Permission.REVIEW)
def review_view_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(SavedView.objects.own(actor_of(request)), pk=pk).delete()
    messages.success(request, _("The view is deleted; no review was."))
    return _to_queue({"show": "open"})


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _to_queue(query: dict[str, str]) -> HttpResponseRedirect:
    address = reverse("review_queue")
    return redirect(f"{address}?{urlencode(query)}" if query else address)
