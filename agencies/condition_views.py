"""What follows an approval with conditions: its agency finds them fulfilled, or looks again."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from agencies import decisions
from agencies.cases import DecisionError
from agencies.conditions_of_approval import ApprovalCondition
from agencies.correspondence import TEXT_LENGTH
from agencies.models import Review
from agencies.views import actor_of, decides
from declarations.states import State


@decides
def condition_fulfil(request: HttpRequest, pk: UUID, condition_pk: UUID) -> HttpResponse:
    own = Review.objects.came_to(actor_of(request)).filter(pk=pk)
    if not ApprovalCondition.objects.filter(pk=condition_pk, review__in=own).exists():
        raise Http404
    note = request.POST.get("note", "")
    if len(note) > TEXT_LENGTH:
        raise DecisionError(_("Write at most %(count)s characters.") % {"count": TEXT_LENGTH})
    found = decisions.fulfil(condition_pk, actor_of(request), note)
    released = found.review.declaration.state == State.RELEASED
    messages.success(request, _("Fulfilled. It was the last one: the goods are released.")
                     if released and found.when == "before" else _("Fulfilled."))
    return redirect("review", pk=pk)


@decides
def review_look_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    decisions.look_again(pk, actor_of(request))
    messages.success(request, _("Your approval is taken back, with its open conditions. Decide anew."))
    return redirect("review", pk=pk)
