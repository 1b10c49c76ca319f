"""REST for agencies with a system of their own: what their officers do with a review.

Each is the verb of the pages, done for the officer whom the request names, once for each key.
"""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from agencies import decisions, requests, signatures
from agencies.api import NotNow
from agencies.api_calls import once
from agencies.api_officer import acting_officer
from agencies.api_reviews import short
from agencies.api_serializers import (
    ApprovalSerializer,
    AskSerializer,
    ConditionSerializer,
    FulfilmentSerializer,
    NextSerializer,
    OfficerSerializer,
    QuestionSerializer,
    RefusalSerializer,
    ReviewSerializer,
    WordsSerializer,
)
from agencies.cases import DecisionError
from agencies.conditions_of_approval import ApprovalCondition, ConditionTemplate, Proposal
from agencies.correspondence import InformationRequest
from agencies.forms import MOST_DAYS_TO_ANSWER
from agencies.inspections.models import Inspection
from agencies.models import Queue, Review
from agencies.outcomes import Wanted
from declarations.api import PROBLEM, PROBLEMS, ApiView
from portal.accounts.actors import Actor
from portal.accounts.permissions import actor_of
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.models import Event

ACTING = [
    OpenApiParameter(
        "Officer", str, OpenApiParameter.HEADER,
        description="Sign-in name or e-mail address of the officer who does it; or the field.",
    ),
    OpenApiParameter(
        "Idempotency-Key", str, OpenApiParameter.HEADER,
        description="Your own key for this request: sent again, it is not done again.",
    ),
]
CONFLICTS: dict[Any, Any] = PROBLEMS | {
    (status, "application/problem+json"): PROBLEM for status in (409, 422)
}
DONE = {200: ReviewSerializer} | CONFLICTS
MISSING = (Review.DoesNotExist, InformationRequest.DoesNotExist, Proposal.DoesNotExist,
           ApprovalCondition.DoesNotExist, Queue.DoesNotExist, Inspection.DoesNotExist)

Do = Callable[[Actor, dict[str, Any]], Response]


class ActingView(ApiView):
    """A POST of a program for an officer. ``act`` takes the officer and what was given."""

    required_permission = Permission.REVIEW
    parser_classes = (JSONParser,)

    def owned(self, actor: Actor) -> QuerySet[Any]:
        """Where the key of the address must be found: what is not the agency's is not there,
        whatever is sent to it."""
        return Review.objects.came_to(actor)

    def act(self, request: Request, form: type[BaseSerializer[Any]], do: Do) -> Response:
        if (pk := self.kwargs.get("pk")) is not None:
            get_object_or_404(self.owned(actor_of(request)), pk=pk)
        if not isinstance(request.data, dict):
            raise ValidationError(_("Send a JSON object."))
        given = form(data=request.data)
        given.is_valid(raise_exception=True)
        actor = acting_officer(request)
        try:
            return once(request, actor, lambda: do(actor, given.validated_data))
        except MISSING as error:
            raise Http404 from error
        except DecisionError as error:
            raise problem_of(error) from error


class ClaimView(ActingView):
    @extend_schema(operation_id="agency_reviews_claim", parameters=ACTING,
                   request=OfficerSerializer, responses=DONE)
    def post(self, request: Request, pk: UUID) -> Response:
        """Take the review up for the officer: from then on only that officer decides it."""
        def do(actor: Actor, _given: dict[str, Any]) -> Response:
            decisions.claim(pk, actor)
            return Response(short(request, pk))
        return self.act(request, OfficerSerializer, do)


class NextView(ActingView):
    @extend_schema(
        operation_id="agency_reviews_next", parameters=ACTING, request=NextSerializer,
        responses=DONE | {204: None},
    )
    def post(self, request: Request) -> Response:
        """Take up what is most urgent. 204: nothing is left to take up."""
        def do(actor: Actor, given: dict[str, Any]) -> Response:
            queue = Queue.objects.of_agency(actor).get(code=given["queue"]) if given.get(
                "queue") else None
            taken = decisions.claim_next(actor, queue)
            if taken is None:
                return Response(None, HTTPStatus.NO_CONTENT)
            return Response(short(request, taken.pk))
        return self.act(request, NextSerializer, do)


class HandBackView(ActingView):
    @extend_schema(operation_id="agency_reviews_hand_back", parameters=ACTING,
                   request=OfficerSerializer, responses=DONE)
    def post(self, request: Request, pk: UUID) -> Response:
        """Put the review back into the queue, undecided."""
        def do(actor: Actor, _given: dict[str, Any]) -> Response:
            decisions.hand_back(pk, actor)
            return Response(short(request, pk))
        return self.act(request, OfficerSerializer, do)


class ApproveView(ActingView):
    @extend_schema(operation_id="agency_reviews_approve", parameters=ACTING,
                   request=ApprovalSerializer, responses=DONE)
    def post(self, request: Request, pk: UUID) -> Response:
        """Agree, where need be with conditions. Where the rule asks for two officers this proposes."""
        def do(actor: Actor, given: dict[str, Any]) -> Response:
            decisions.approve(pk, actor, given.get("note", ""),
                              _wanted(actor, given.get("conditions", ())))
            return Response(short(request, pk))
        return self.act(request, ApprovalSerializer, do)


class RefuseView(ActingView):
    @extend_schema(operation_id="agency_reviews_refuse", parameters=ACTING,
                   request=RefusalSerializer, responses=DONE)
    def post(self, request: Request, pk: UUID) -> Response:
        """Refuse, for a coded reason and in words. Ends the case for every agency."""
        def do(actor: Actor, given: dict[str, Any]) -> Response:
            decisions.refuse(pk, actor, given["reason_code"], given["reason"])
            return Response(short(request, pk))
        return self.act(request, RefusalSerializer, do)


class OfProposal(ActingView):
    def owned(self, actor: Actor) -> QuerySet[Any]:
        return Proposal.objects.of_agency(actor)


class SignView(OfProposal):
    @extend_schema(operation_id="agency_proposals_sign", parameters=ACTING,
                   request=OfficerSerializer, responses=DONE)
    def post(self, request: Request, pk: UUID) -> Response:
        """Sign what a colleague proposed, as the second officer; then it takes effect.

        Not by the program that proposed it: one token is one pair of hands. A person signs in the
        portal, or another program of the agency does for its officer.
        """
        def do(actor: Actor, _given: dict[str, Any]) -> Response:
            _must_be_another_program(pk, actor)
            return Response(short(request, signatures.confirm(pk, actor).pk))
        return self.act(request, OfficerSerializer, do)


class ReturnView(OfProposal):
    @extend_schema(operation_id="agency_proposals_return", parameters=ACTING,
                   request=WordsSerializer, responses=DONE)
    def post(self, request: Request, pk: UUID) -> Response:
        """Return a colleague's proposal, and say why."""
        def do(actor: Actor, given: dict[str, Any]) -> Response:
            return Response(short(request, signatures.send_back(pk, actor, given["words"]).pk))
        return self.act(request, WordsSerializer, do)


class TakeBackView(OfProposal):
    @extend_schema(operation_id="agency_proposals_take_back", parameters=ACTING,
                   request=OfficerSerializer, responses=DONE)
    def post(self, request: Request, pk: UUID) -> Response:
        """Take one's own proposal back, to decide anew."""
        def do(actor: Actor, _given: dict[str, Any]) -> Response:
            return Response(short(request, signatures.take_back(pk, actor).pk))
        return self.act(request, OfficerSerializer, do)


class FulfilView(ActingView):
    def owned(self, actor: Actor) -> QuerySet[Any]:
        return ApprovalCondition.objects.filter(
            review__queue__agency__organisation=actor.organisation_id)

    @extend_schema(operation_id="agency_conditions_fulfil", parameters=ACTING,
                   request=FulfilmentSerializer, responses={200: ConditionSerializer} | CONFLICTS)
    def post(self, request: Request, pk: UUID) -> Response:
        """Find a condition of an approval fulfilled. The last one before release releases."""
        def do(actor: Actor, given: dict[str, Any]) -> Response:
            return Response(ConditionSerializer(
                decisions.fulfil(pk, actor, given.get("note", ""))).data)
        return self.act(request, FulfilmentSerializer, do)


class AskView(ActingView):
    @extend_schema(operation_id="agency_reviews_ask", parameters=ACTING, request=AskSerializer,
                   responses={201: QuestionSerializer} | CONFLICTS)
    def post(self, request: Request, pk: UUID) -> Response:
        """Ask the trader. The review's clock stands until the answer, or until it is withdrawn."""
        def do(actor: Actor, given: dict[str, Any]) -> Response:
            if given["due_at"] > timezone.now() + timedelta(days=MOST_DAYS_TO_ANSWER):
                raise DecisionError(_("Choose a day within the next %(count)s days.")
                                    % {"count": MOST_DAYS_TO_ANSWER}, "due_at")
            asked = requests.ask(
                pk, actor, given["text"], given["due_at"], given.get("documents", ()))
            return Response(_question(request, asked), HTTPStatus.CREATED)
        return self.act(request, AskSerializer, do)


class WithdrawView(ActingView):
    def owned(self, actor: Actor) -> QuerySet[Any]:
        return InformationRequest.objects.filter(
            review__queue__agency__organisation=actor.organisation_id)

    @extend_schema(operation_id="agency_requests_withdraw", parameters=ACTING,
                   request=OfficerSerializer, responses={200: QuestionSerializer} | CONFLICTS)
    def post(self, request: Request, pk: UUID) -> Response:
        """Take a question back; the trader need not answer it."""
        def do(actor: Actor, _given: dict[str, Any]) -> Response:
            return Response(_question(request, requests.withdraw(pk, actor)))
        return self.act(request, OfficerSerializer, do)


def problem_of(error: DecisionError) -> APIException:
    if error.field:
        name = "due_at" if error.field == "due_on" else error.field
        return ValidationError({name: [str(error)]})
    return NotNow(str(error))


def _question(request: Request, asked: InformationRequest) -> Any:
    return QuestionSerializer(
        asked, context={"request": request, "review": asked.review}).data


def _wanted(actor: Actor, given: Any) -> list[Wanted]:
    """The conditions, with what a template says where the request does not."""
    known = {one.code: one for one in ConditionTemplate.objects.of_agency(actor)}
    wanted = []
    for one in given:
        code = one.get("code", "")
        template = known.get(code)
        if code and code != "other" and template is None:
            raise DecisionError(
                _("Your agency has no template of a condition with the code “%(code)s”.")
                % {"code": code}, "conditions")
        text = one.get("text") or (template.text if template else "")
        when = one.get("when") or (template.when if template else "before")
        wanted.append(Wanted(code, text, when))
    return wanted


def _must_be_another_program(proposal_id: UUID, actor: Actor) -> None:
    proposal = get_object_or_404(
        Proposal.objects.of_agency(actor).select_related("review"), pk=proposal_id)
    by_it = Event.objects.filter(
        subject=proposal.review.declaration_id, kind=EventKind.DECISION_PROPOSED,
        payload__proposal=str(proposal_id), payload__client=str(actor.client_id),
    )
    if by_it.exists():
        raise DecisionError(_(
            "This program proposed the decision. The second officer signs in the portal, or by "
            "another program of your agency."
        ))
