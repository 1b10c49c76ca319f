"""The officer's pages: the queue of the agency, and one review with its decision and questions."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies import decisions, requests, signatures
from agencies.approval_form import ApprovalForm
from agencies.cases import is_own
from agencies.changed import changes
from agencies.conditions_of_approval import ApprovalCondition, ConditionTemplate
from agencies.correspondence import InformationRequest, RequestTemplate
from agencies.decisions import DecisionError
from agencies.dossier import dossier, every_element
from agencies.emphasis import hides, layout
from agencies.explanation import reasons
from agencies.field_visibility import ElementGroup, covered
from agencies.file_views import PICTURES, SHOWN
from agencies.forms import QuestionForm, RefusalForm, summary, today
from agencies.models import Review
from agencies.related import earlier, permits_cited
from agencies.states import ReviewState
from agencies.visibility import note_view, withheld_words
from declarations.states import State
from portal.accounts.actors import Actor
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

PER_PAGE = 50
ITEMS_PER_PAGE = 50


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined, no-any-return]


# --- one review -----------------------------------------------------------------------------


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # for the viewer, see file_views
@requires(Permission.REVIEW)
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was declared, why it came here, what the others say, and the decision."""
    found = _fetch(request, pk)
    note_view(found.declaration, actor_of(request))
    if not (chosen := request.GET.get("template")):
        return _page(request, found)
    templates = RequestTemplate.objects.of_agency(actor_of(request))
    template = next((one for one in templates if str(one.pk) == chosen), None)
    if template is None:
        raise Http404
    return _page(request, found, question=QuestionForm.from_template(template),
                 template_chosen=template)


def _fetch(request: HttpRequest, pk: UUID) -> Review:
    reviews = Review.objects.came_to(actor_of(request)).select_related(
        "declaration__organisation", "declaration__principal", "queue__agency", "claimed_by",
        "decided_by",
    )
    return get_object_or_404(reviews, pk=pk)


def _page(request: HttpRequest, found: Review, **forms: Any) -> HttpResponse:
    actor = actor_of(request)
    withheld = frozenset(found.queue.agency.withheld)
    version = found.declaration.versions.order_by("-number").only("dataset", "number").first()
    dataset = covered(version.dataset if version else None, withheld)
    why = reasons(found.snapshot, lambda name: hides(name, withheld))
    changed = changes(found.declaration, version, actor, withheld)
    laid_out = dossier(dataset, frozenset().union(*(one.items for one in why)), changed)
    only_matched = request.GET.get("goods") == "matched"
    lines = [line for line in laid_out.lines if line.matched or not only_matched]
    shown = Paginator(lines, ITEMS_PER_PAGE).get_page(request.GET.get("items"))
    files = list(requests.files_seen_by(found.declaration, actor))
    chosen = next((one for one in files if str(one.pk) == request.GET.get("file")), None)
    others = found.declaration.reviews.exclude(pk=found.pk).select_related("queue__agency")
    conditions = list(ApprovalCondition.objects.about(found.declaration_id))
    own_conditions = [one for one in conditions if one.review_id == found.pk]
    refusal: RefusalForm = forms.get("refusal") or RefusalForm()
    question: QuestionForm = forms.get("question") or QuestionForm()
    asked = list(InformationRequest.objects.about(found.declaration_id))
    holds = found.state == ReviewState.CLAIMED and found.claimed_by_id == actor.user_id
    approval: ApprovalForm = forms.get("approval") or _approval(actor if holds else None)
    faults = summary(approval, refusal, question)
    own = is_own(found.declaration, actor)
    # Only where a rule asks for it can there be a proposal.
    proposal = signatures.waiting(found) if found.needs_second_signature else None
    return render(request, "agencies/review.html", {
        "review": found,
        "declaration": found.declaration,
        "reasons": why,
        "withheld": withheld_words(withheld),
        "hides_value": ElementGroup.VALUE in withheld,
        "changes": changed,
        "layout": layout(found.snapshot, withheld, changed.parts if changed else {}),
        "every_element": every_element(dataset, [one.place for one in shown])
        if "all" in request.GET else None,
        "dossier": laid_out,
        "lines": shown,
        "files": [(one, one.media_type in SHOWN) for one in files],
        "file": chosen if chosen and chosen.media_type in SHOWN else None,
        "file_is_picture": chosen is not None and chosen.media_type in PICTURES,
        "today": today(),
        "permits": permits_cited(dataset, actor, withheld),
        "earlier": earlier(found.declaration, actor, request.GET.get("earlier")),
        "only_matched": only_matched,
        "others": others,
        "holds": holds,
        "proposal": proposal,
        "may_sign": proposal is not None and proposal.proposed_by_id != actor.user_id,
        "own": own,
        "stands_in": not holds and not own and decisions.stands_in(found, actor),
        "conditions": own_conditions,
        "their_conditions": [one for one in conditions if one.review_id != found.pk],
        "may_fulfil": found.state == ReviewState.APPROVED and not own,
        "may_look_again": found.state == ReviewState.APPROVED and not own
        and found.declaration.state == State.UNDER_REVIEW
        and any(one.holds_up for one in own_conditions),
        "may_hand_back": found.state == ReviewState.CLAIMED
        and (holds or actor.may(Permission.SUPERVISE)),
        "approval": approval.as_shown(),
        "refusal": refusal.as_shown(),
        "question": question.as_shown(),
        "templates": RequestTemplate.objects.of_agency(actor) if holds else (),
        "template_chosen": forms.get("template_chosen"),
        "requests": asked,
        "answer_due": min(
            (one.due_at for one in asked if one.is_open and one.review_id == found.pk), default=None),
        "may_withdraw": holds or actor.may(Permission.SUPERVISE),
        "errors": faults,
    }, status=422 if faults else 200)


# --- what an officer does -------------------------------------------------------------------

Decision = Callable[..., HttpResponse]


def decides(view: Decision) -> Decision:
    """A POST on a review of one's own agency; what cannot be done is said on the review's page."""

    @require_POST
    @requires(Permission.REVIEW)
    @wraps(view)
    def checked(request: HttpRequest, pk: UUID, **more: UUID) -> HttpResponse:
        try:
            return view(request, pk, **more)
        except Review.DoesNotExist as error:
            raise Http404 from error
        except DecisionError as error:
            messages.error(request, str(error))
            return redirect("review", pk=pk)

    return checked


@decides
def review_claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    decisions.claim(pk, actor_of(request))
    return redirect("review", pk=pk)


@decides
def review_hand_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = decisions.hand_back(pk, actor_of(request))
    messages.success(request, _("%(declaration)s is back in the queue.") % {
        "declaration": found.declaration})
    return redirect("review_queue")


@decides
def review_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = _approval(actor_of(request), request.POST)
    if not form.is_valid():
        return _page(request, _fetch(request, pk), approval=form)
    found = decisions.approve(pk, actor_of(request), form.cleaned_data["note"], form.wanted)
    if found.closed_at is None:
        messages.success(request, _proposed())
    elif form.wanted:
        messages.success(request, _("Approved with conditions. The trader is told what to do."))
    else:
        messages.success(request, _("Approved. The decision is recorded."))
    return redirect("review", pk=pk)


def _approval(actor: Actor | None, data: Any = None) -> ApprovalForm:
    """The form with the usual conditions of the actor's agency; with none for who cannot decide."""
    templates = ConditionTemplate.objects.of_agency(actor) if actor else ()
    return ApprovalForm(templates, data)


@decides
def review_refuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, _fetch(request, pk), refusal=form)
    found = decisions.refuse(pk, actor_of(request), **form.cleaned_data)
    messages.success(
        request,
        _proposed() if found.closed_at is None else _("Refused. The trader is told the reason."),
    )
    return redirect("review", pk=pk)


def _proposed() -> str:
    return _("Proposed. The decision takes effect when a colleague signs it.")


@decides
def review_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _page(request, _fetch(request, pk), question=form)
    requests.ask(pk, actor_of(request), form.cleaned_data["text"], form.due_at,
                 form.cleaned_data["documents"])
    messages.success(request, _("The trader is asked. The clock of your review stands until the "
                                "answer comes."))
    return redirect("review", pk=pk)


@decides
def request_withdraw(request: HttpRequest, pk: UUID, request_pk: UUID) -> HttpResponse:
    found = _fetch(request, pk)
    get_object_or_404(found.requests, pk=request_pk)
    requests.withdraw(request_pk, actor_of(request))
    messages.success(request, _("The question is withdrawn. The trader need not answer it."))
    return redirect("review", pk=pk)
