"""The one page of a declaration, for its owner and for the agencies that review it."""

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from agencies.conditions_of_approval import ApprovalCondition
from agencies.correspondence import InformationRequest
from agencies.field_visibility import is_withheld
from agencies.models import Review
from agencies.visibility import (
    cases_of,
    covered_for,
    note_view,
    sees_all,
    withheld_from,
    withheld_words,
)
from declarations import attachments, representation
from declarations.amending import AMENDABLE
from declarations.filetypes import SUFFIXES
from declarations.models import Declaration, DeclarationQuerySet, Response, Version
from declarations.states import ChangeState, State
from exchange.models import OutboxMessage
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.journal.models import Event, Receipt
from portal.pages import case, opinions, timeline
from portal.pages.dataset import Sheet, is_error, sheet

TABS: dict[str, tuple[str | Promise, str]] = {
    "data": (_("Data"), "list"),
    "documents": (_("Documents"), "paperclip"),
    "reviews": (_("Reviews"), "landmark"),
    "requests": (_("Requests"), "message-circle-question-mark"),
    "timeline": (_("Timeline"), "history"),
    "messages": (_("Messages"), "file-code"),
}
ITEMS_PER_PAGE = 50
SHOWN_BYTES = 200_000
# What an address may give as the number of a version.
VERSION = re.compile(r"[1-9][0-9]{0,8}")


def visible_to(actor: Actor) -> DeclarationQuerySet:
    """The declarations whose page the actor may open: its organisation's own and those filed for
    it, or its cases."""
    if actor.may(Permission.VIEW_CASES):
        return cases_of(actor)
    if actor.may(Permission.VIEW_OWN):
        return Declaration.objects.visible_to(actor)
    return Declaration.objects.none()


def fetch(request: HttpRequest, pk: UUID) -> Declaration:
    """The declaration, if the person may see it (else 404); an official's look is journalled."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    declaration = get_object_or_404(
        visible_to(actor).select_related("organisation", "principal"), pk=pk
    )
    if actor.organisation_id not in (declaration.organisation_id, declaration.principal_id):
        note_view(declaration, actor)
    return declaration


def reviews_of(declaration: Declaration) -> list[Review]:
    return list(
        declaration.reviews.select_related("queue__agency", "claimed_by", "decided_by")
        .order_by("tier", "queue__agency__name")
    )


@require_safe
@requires(Permission.VIEW_OWN, Permission.VIEW_CASES)
def declaration(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page: who has it, the next action, and one of the tabs."""
    found = fetch(request, pk)
    tab = request.GET.get("tab", "data")
    if tab not in TABS:
        raise Http404
    return page(request, found, tab)


def page(
    request: HttpRequest, found: Declaration, tab: str, status: int = 200, **more: Any
) -> HttpResponse:
    """The page with one of its tabs; ``more`` is what a form on the tab has to say."""
    version = found.versions.order_by("-number").first()
    fault_count = sum(map(is_error, version.faults)) if version else 0
    reviews = reviews_of(found)
    asked = list(InformationRequest.objects.about(found.pk))
    cancellation = found.cancellation_requests.select_related("queue__agency").first()
    amendment = found.changes.amendments().undecided().select_related("decider").first()
    actor: Actor = request.actor  # type: ignore[attr-defined]
    is_owner = found.organisation_id == actor.organisation_id
    ended = representation.ended(found) if is_owner else None
    acts = is_owner and ended is None and actor.may(Permission.FILE)
    takes_over = actor.may(Permission.FILE) and representation.takes_over(
        found, actor.organisation_id)
    context = {
        "declaration": found,
        "version": version,
        "holder": case.holder(found, reviews, fault_count, asked, cancellation, amendment),
        "steps": case.steps(found, reviews) if found.state != State.DRAFT else [],
        "polling": polling(found),
        "next": None if ended
        else case.next_action(found, reviews, actor, asked, cancellation, amendment),
        "is_owner": is_owner,
        "mandate_ended": ended,
        "is_principal": found.principal_id is not None
        and found.principal_id == actor.organisation_id,
        "asked": asked,
        "cancellation": cancellation,
        "amendment": amendment,
        "may_amend": acts and amendment is None and found.state in AMENDABLE,
        "writes_amendment": acts and found.changes.filter(state=ChangeState.WRITING).exists(),
        "acts": acts,
        "may_answer": acts or takes_over,
        "may_cancel": acts and case.may_ask_to_cancel(found, actor, cancellation),
        "hidden": (hidden := withheld_from(actor)),
        "withheld": withheld_words(hidden),
        "tab": tab,
        "tabs": tabs(found, tab, reviews, fault_count, asked),
        **CONTENT[tab](request, found, version, reviews),
        **more,
    }
    return render(request, "portal/declaration.html", context, status=status)


@require_safe
@requires(Permission.VIEW_OWN, Permission.VIEW_CASES)
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The steps alone, for htmx. Reloads the page once the state is no longer the one it shows."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = get_object_or_404(visible_to(actor).select_related("organisation"), pk=pk)
    reviews = reviews_of(found)
    context = {
        "declaration": found,
        "steps": case.steps(found, reviews),
        "polling": polling(found),
    }
    response = render(request, "portal/declaration/progress.html", context)
    if request.GET.get("state", found.state) != found.state:
        response["HX-Refresh"] = "true"
    return response


def polling(declaration: Declaration) -> str:
    """How often the steps are asked for: fast while the portal works, slowly while people do."""
    if declaration.state in case.CHECKING:
        return "every 2s"
    if declaration.state == State.DRAFT or declaration.state in case.FINAL:
        return ""
    return "every 20s"


@require_safe
@requires(Permission.VIEW_OWN, Permission.VIEW_CASES)
def message(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The exact bytes that were filed: the newest version, or the one of ``?version=``."""
    found = fetch(request, pk)
    must_see_all(request)
    number = request.GET.get("version")
    if number is not None and not VERSION.fullmatch(number):
        raise Http404
    versions = found.versions.order_by("-number")
    version = (versions if number is None else versions.filter(number=int(number))).first()
    if version is None:
        raise Http404
    return download_of(bytes(version.body), f"{name_of(found)}-v{version.number}.xml")


@require_safe
@requires(Permission.VIEW_OWN, Permission.VIEW_CASES)
def response(request: HttpRequest, pk: UUID, response_pk: UUID) -> HttpResponse:
    """The exact bytes of one Response to the declarant."""
    found = fetch(request, pk)
    must_see_all(request)
    answer: Response = get_object_or_404(found.responses, pk=response_pk)
    return download_of(bytes(answer.body), f"{name_of(found)}-response-{answer.function_code}.xml")


def must_see_all(request: HttpRequest) -> None:
    """A raw message is only for those from whom no part of it is withheld. Raises Http404."""
    if not sees_all(request.actor):  # type: ignore[attr-defined]
        raise Http404


def name_of(declaration: Declaration) -> str:
    return slugify(declaration.mrn or declaration.lrn) or str(declaration.pk)


def download_of(body: bytes, name: str) -> HttpResponse:
    """As a file to keep, never rendered: the bytes came from outside."""
    return HttpResponse(
        body,
        content_type="application/xml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# --- tabs -----------------------------------------------------------------------------------


def tabs(
    declaration: Declaration, current: str, reviews: list[Review], fault_count: int,
    asked: list[InformationRequest],
) -> list[dict[str, Any]]:
    counts = {
        "data": fault_count,
        "reviews": len(reviews),
        "requests": len(asked),
        "messages": declaration.versions.count() + declaration.responses.count()
        + declaration.outbox.count(),
    }
    return [
        {"name": name, "label": label, "icon": icon, "current": name == current,
         "count": counts.get(name, 0), "bad": name == "data"}
        for name, (label, icon) in TABS.items()
    ]


def _sheet(request: HttpRequest, declaration: Declaration, version: Version | None) -> Sheet:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if version is None:  # a draft: what has been typed so far
        return sheet((declaration.draft or {}).get("dataset"), [])
    withheld = withheld_from(actor)
    faults = [one for one in version.faults if not is_withheld(one.get("path", ""), withheld)]
    return sheet(covered_for(actor, version.dataset), faults)


def data_tab(
    request: HttpRequest, declaration: Declaration, version: Version | None, reviews: list[Review]
) -> dict[str, Any]:
    laid_out = _sheet(request, declaration, version)
    items = Paginator(laid_out.items, ITEMS_PER_PAGE).get_page(request.GET.get("items"))
    return {"sheet": laid_out, "items": items}


def documents_tab(
    request: HttpRequest, declaration: Declaration, version: Version | None, reviews: list[Review]
) -> dict[str, Any]:
    return {"documents": _sheet(request, declaration, version).documents}


def reviews_tab(
    request: HttpRequest, declaration: Declaration, version: Version | None, reviews: list[Review]
) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sees_rules = actor.may(Permission.VIEW_CASES)
    return {
        "conditions": list(ApprovalCondition.objects.about(declaration.pk)),
        "opinions": [
            opinions.opinion(review, sees_rules, withheld_from(actor)) for review in reviews
        ],
        "sees_rules": sees_rules,
    }


def requests_tab(
    request: HttpRequest, declaration: Declaration, version: Version | None, reviews: list[Review]
) -> dict[str, Any]:
    return {
        "cancellations": declaration.cancellation_requests.select_related(
            "queue__agency", "asked_by"),
        "changes": declaration.changes.filed().select_related("decider", "asked_by")
        .defer("body", "request", "dataset"),
        "max_files": attachments.MAX_AT_ONCE,
        "max_megabytes": settings.MAX_ATTACHMENT_BYTES // (1024 * 1024),
        "suffixes": ",".join(SUFFIXES),
    }


def timeline_tab(
    request: HttpRequest, declaration: Declaration, version: Version | None, reviews: list[Review]
) -> dict[str, Any]:
    events = list(Event.objects.of(declaration.pk))
    organisations = dict(
        Organisation.objects.filter(pk__in={e.organisation for e in events if e.organisation})
        .values_list("pk", "name")
    )
    return {"timeline": timeline.timeline(events, organisations)}


def messages_tab(
    request: HttpRequest, declaration: Declaration, version: Version | None, reviews: list[Review]
) -> dict[str, Any]:
    may_read = sees_all(request.actor)  # type: ignore[attr-defined]
    text = ""
    if version and may_read:
        text = bytes(version.body[:SHOWN_BYTES]).decode("utf-8", "replace")
    return {
        "may_read": may_read,
        "versions": declaration.versions.order_by("-number"),
        "text": text,
        "text_is_cut": bool(version and len(version.body) > SHOWN_BYTES),
        "responses": declaration.responses.order_by("-issued_at"),
        "receipts": Receipt.objects.of(declaration.pk),
        "exchanged": OutboxMessage.objects.filter(declaration=declaration)
        .select_related("partner").annotate(tried=Count("tries")).defer("body"),
    }


CONTENT = {
    "data": data_tab,
    "documents": documents_tab,
    "reviews": reviews_tab,
    "requests": requests_tab,
    "timeline": timeline_tab,
    "messages": messages_tab,
}
