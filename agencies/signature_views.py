"""The second signature on a review's page: a colleague signs or returns, the first takes back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from agencies import signatures
from agencies.conditions_of_approval import Proposal
from agencies.views import actor_of, decides


def _of_review(request: HttpRequest, pk: UUID, proposal_pk: UUID) -> Proposal:
    found = Proposal.objects.of_agency(actor_of(request)).filter(pk=proposal_pk, review=pk).first()
    if found is None:
        raise Http404
    return found


@decides
def proposal_sign(request: HttpRequest, pk: UUID, proposal_pk: UUID) -> HttpResponse:
    signatures.confirm(_of_review(request, pk, proposal_pk).pk, actor_of(request))
    messages.success(request, _("Signed. The decision is in force."))
    return redirect("review", pk=pk)


@decides
def proposal_return(request: HttpRequest, pk: UUID, proposal_pk: UUID) -> HttpResponse:
    signatures.send_back(
        _of_review(request, pk, proposal_pk).pk, actor_of(request), request.POST.get("words", ""))
    messages.success(request, _("Returned to your colleague, with your words."))
    return redirect("review", pk=pk)


@decides
def proposal_take_back(request: HttpRequest, pk: UUID, proposal_pk: UUID) -> HttpResponse:
    signatures.take_back(_of_review(request, pk, proposal_pk).pk, actor_of(request))
    messages.success(request, _("Taken back. Decide anew."))
    return redirect("review", pk=pk)
