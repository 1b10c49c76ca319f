"""A person's notices and preferences, and the public door that stops e-mails."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.middleware import ACTING_FOR
from portal.accounts.permissions import public, requires
from portal.notices import unsubscribing, words
from portal.notices.bell import unread_count
from portal.notices.kinds import MANDATORY, Group, Urgency
from portal.notices.models import Notice, Preference
from portal.notices.preferences import PreferenceForm, groups_for

PAGE_SIZE = 50


@requires()
def notices(request: HttpRequest) -> HttpResponse:
    """The person's notices, newest first; read on by the key of the last one shown."""
    found = Notice.objects.of(request.actor)  # type: ignore[attr-defined]
    show = "all" if request.GET.get("show") == "all" else "unread"
    if show == "unread":
        found = found.unread()
    group = request.GET.get("group", "")
    if group in Group.values:
        found = found.filter(group=group)
    if (before := _key(request.GET.get("before", ""))) is not None:
        found = found.filter(pk__lt=before)
    shown = list(found.order_by("-id")[: PAGE_SIZE + 1])
    return render(request, "notices/list.html", {
        "lines": [_line(notice) for notice in shown[:PAGE_SIZE]],
        "older": shown[PAGE_SIZE - 1].pk if len(shown) > PAGE_SIZE else None,
        "show": show, "group": group, "begun": before is None,
        "groups": _groups(request), "unread": unread_count(request),
    })


@requires()
def notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read one notice: mark it so and go to what it is about, acting for whom it concerns."""
    found = get_object_or_404(Notice.objects.of(request.actor), pk=pk)  # type: ignore[attr-defined]
    if found.read_at is None:
        Notice.objects.filter(pk=pk, read_at=None).update(read_at=timezone.now())
    if found.organisation_id != request.actor.organisation_id:  # type: ignore[attr-defined]
        request.session[ACTING_FOR] = str(found.organisation_id)
        messages.info(request, _("You now act for %(name)s.") % {"name": found.organisation})
    return redirect(words.address(found))


@require_POST
@requires()
def notice_read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark one as read, without going there."""
    found = get_object_or_404(Notice.objects.of(request.actor), pk=pk)  # type: ignore[attr-defined]
    Notice.objects.filter(pk=found.pk, read_at=None).update(read_at=timezone.now())
    return _back(request)


@require_POST
@requires()
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all that the person had seen when the page was made: later ones stay unread."""
    own = Notice.objects.of(request.actor).unread()  # type: ignore[attr-defined]
    if (newest := _key(request.POST.get("newest", ""))) is not None:
        own = own.filter(pk__lte=newest)
    own.update(read_at=timezone.now())
    return _back(request)


@requires()
def bell(request: HttpRequest) -> HttpResponse:
    """The bell of the top bar alone, for its refreshing."""
    return render(request, "notices/parts/bell.html", {"unread": unread_count(request)})


@requires()
@require_http_methods(["GET", "HEAD", "POST"])
def notice_preferences(request: HttpRequest) -> HttpResponse:
    preference = Preference.objects.filter(user=request.user.pk).first() or Preference()
    form = PreferenceForm(
        request.POST or None, actor=request.actor, preference=preference,  # type: ignore[attr-defined]
    )
    if request.method == "POST" and form.is_valid():
        form.keep(request.user)  # type: ignore[arg-type]
        messages.success(request, _("Your choice is kept."))
        return redirect("notice_preferences")
    return render(request, "notices/preferences.html", {"form": form})


@csrf_exempt  # a mail program posts here by itself (RFC 8058); the signed link is the authority
@public
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop one sort of e-mail: asked first when a person follows the link, at once by POST."""
    try:
        user, group = unsubscribing.read(token)
    except unsubscribing.LinkRefused as refused:
        raise Http404 from refused
    if request.method == "POST":
        unsubscribing.stop(user, group)
    return render(request, "notices/unsubscribe.html", {
        "group": group, "done": request.method == "POST", "mandatory": group in MANDATORY,
        "token": token,
    })


def _line(found: Notice) -> dict[str, Any]:
    return {
        "notice": found, "title": words.title(found), "text": words.text(found),
        "icon": words.icon(found), "urgency": Urgency(found.urgency),
        "group": Group(found.group).label,
    }


def _groups(request: HttpRequest) -> list[dict[str, str]]:
    return [{"value": one.value, "label": str(one.label)}
            for one in groups_for(request.actor)]  # type: ignore[attr-defined]


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _back(request: HttpRequest) -> HttpResponse:
    address = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
        return redirect("notices")
    return HttpResponseRedirect(address)

