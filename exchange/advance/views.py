"""Pages of advance information: what neighbours told of a trader's consignments."""

from uuid import UUID

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from declarations.models import Declaration
from exchange.advance import consent
from exchange.advance.consent import NotPossible
from exchange.advance.models import Advance
from exchange.advance.showing import facts_of
from exchange.advance.states import Answer
from portal.accounts.actors import Actor
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

_PAGE_SIZE = 30


@requires(Permission.VIEW_OWN)
@require_safe
def announced(request: HttpRequest) -> HttpResponse:
    """Everything that neighbours told of consignments of the reader, or only what waits for him."""
    actor = _actor(request)
    told = Advance.objects.told_to(actor)
    waiting = Advance.objects.waiting_for(actor)
    everything = request.GET.get("show") == "all"
    found = (told if everything else waiting).select_related("partner", "confirmation")
    return render(request, "exchange/advance/announced.html", {
        "page": Paginator(found.prefetch_related("matches"), _PAGE_SIZE).get_page(
            request.GET.get("page")),
        "everything": everything, "waiting": waiting.count(), "total": told.count(),
    })


@requires(Permission.VIEW_OWN)
@require_safe
def announcement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One consignment, by what its consignee knows it by."""
    actor = _actor(request)
    advance = _advance(request, pk)
    whose = consent.whose(advance, actor)
    confirmation = getattr(advance, "confirmation", None)
    if confirmation is not None and confirmation.is_void_for(whose):
        confirmation = None
    own = Declaration.objects.visible_to(actor)
    return render(request, "exchange/advance/announcement.html", {
        "advance": advance, "facts": facts_of(advance), "whose": whose,
        "represented": whose.pk != actor.organisation_id,
        "confirmation": confirmation,
        "ours": confirmation is not None and confirmation.answer == Answer.OURS,
        "by_another": confirmation is not None and confirmation.answer == Answer.OURS
        and confirmation.organisation_id != whose.pk,
        "draft": own.filter(pk=confirmation.draft_id).first() if confirmation else None,
        "imports": own.filter(advance_matches__advance=advance),
        "may_act": actor.files and not advance.is_void,
    })


@requires(Permission.FILE)
@require_POST
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, Answer.OURS, _("Confirmed. You may begin the import from it now."))


@requires(Permission.FILE)
@require_POST
def disown(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, Answer.NOT_OURS, _("Noted: the consignment is not yours."))


@requires(Permission.FILE)
@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A draft of the import, once the consignment is confirmed."""
    _advance(request, pk)
    try:
        draft = consent.begin_import(pk, _actor(request))
    except NotPossible as why:
        notices.error(request, str(why))
        return redirect("announcement", pk=pk)
    notices.success(request, _("Begun from what the neighbour declared. Check every field: you "
                               "answer for what you file."))
    return redirect("declaration_edit", pk=draft.pk)


def _answer(request: HttpRequest, pk: UUID, said: Answer, words: str) -> HttpResponse:
    _advance(request, pk)
    try:
        consent.answer(pk, _actor(request), said)
    except NotPossible as why:
        notices.error(request, str(why))
    else:
        notices.success(request, words)
    return redirect("announcement", pk=pk)


def _advance(request: HttpRequest, pk: UUID) -> Advance:
    """404 for whoever is neither named in it nor represents who is."""
    told = Advance.objects.told_to(_actor(request))
    return get_object_or_404(
        told.select_related("partner", "confirmation__organisation"), pk=pk)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
