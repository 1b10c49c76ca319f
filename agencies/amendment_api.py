"""REST: taking back a request to amend or to cancel."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agencies import amendments, cancellations
from agencies.api import CONFLICTS, CancellationSerializer, NotNow
from agencies.correspondence import CancellationRequest
from agencies.decisions import DecisionError
from declarations.api import ApiView, own
from declarations.change_request import ChangeRequest
from declarations.serializers import ChangeSerializer
from portal.accounts.permissions import actor_of
from portal.accounts.roles import Permission


class AmendmentWithdrawView(ApiView):
    required_permission = Permission.FILE

    @extend_schema(
        operation_id="declarations_amendment_withdraw", request=None,
        responses={200: ChangeSerializer} | CONFLICTS,
    )
    def post(self, request: Request, pk: UUID, change_id: UUID) -> Response:
        """Take back a request to amend that is not decided yet."""
        declaration = own(request, pk)
        if not declaration.changes.filter(pk=change_id).exists():
            raise Http404
        try:
            change = amendments.withdraw(change_id, actor_of(request))
        except ChangeRequest.DoesNotExist as error:
            raise Http404 from error
        except DecisionError as error:
            raise NotNow(str(error)) from error
        context: dict[str, Any] = {"request": request}
        return Response(ChangeSerializer(change, context=context).data)


class CancellationWithdrawView(ApiView):
    required_permission = Permission.FILE

    @extend_schema(
        operation_id="declarations_cancellation_withdraw", request=None,
        responses={200: CancellationSerializer} | CONFLICTS,
    )
    def post(self, request: Request, pk: UUID, request_id: UUID) -> Response:
        """Take back a request to cancel that is not decided yet."""
        declaration = own(request, pk)
        if not declaration.cancellation_requests.filter(pk=request_id).exists():
            raise Http404
        try:
            asked = cancellations.withdraw(request_id, actor_of(request))
        except CancellationRequest.DoesNotExist as error:
            raise Http404 from error
        except DecisionError as error:
            raise NotNow(str(error)) from error
        return Response(CancellationSerializer(asked).data)
