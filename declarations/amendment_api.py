"""REST: asking to amend a declaration, and what became of that."""

import json
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from declarations import amending, serializers
from declarations.api import (
    FILING_PARAMETERS,
    FILING_PROBLEMS,
    PROBLEMS,
    ApiView,
    own,
    receipt_of,
)
from declarations.api_requests import JSON_TYPES, XML_TYPES, media_type, read_body
from declarations.change_request import ChangeRequest
from declarations.door import xml_from_json
from declarations.intake import check_key
from declarations.models import Declaration
from declarations.states import Channel
from portal.accounts.permissions import actor_of
from portal.accounts.roles import Permission


class AmendmentsView(ApiView):
    required_permission = Permission.VIEW_OWN

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            self.required_permission = Permission.FILE
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="declarations_amendments",
        responses={200: serializers.ChangeSerializer(many=True)} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """The amendments asked for of a declaration, the newest first."""
        found = own(request, pk).changes.amendments().filed().select_related(
            "decider", "declaration").defer("body", "request")
        return Response(
            serializers.ChangeSerializer(found, many=True, context={"request": request}).data
        )

    @extend_schema(
        operation_id="declarations_amend",
        parameters=[
            OpenApiParameter("reason", str, description="Why; beside a message in XML that does "
                             "not say it in an AdditionalInformation of the type AES."),
            *FILING_PARAMETERS,
        ],
        request={
            "application/xml": OpenApiTypes.BINARY,
            "application/json": {
                "type": "object", "required": ["message"],
                "properties": {
                    "reason": {"type": "string"},
                    "message": {"type": "object", "description": "The amended dataset."},
                },
            },
        },
        responses={202: serializers.ReceiptSerializer} | FILING_PROBLEMS,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Ask to amend: the whole amended message (function code 5, same LRN), or a correction."""
        declaration = own(request, pk)
        content_type = media_type(request) or "application/xml"
        if content_type not in XML_TYPES | JSON_TYPES:
            raise UnsupportedMediaType(content_type, _(
                "A declaration is sent as application/xml or application/json, not as "
                "“%(media_type)s”. Set the Content-Type header."
            ) % {"media_type": content_type})
        body = read_body(request, settings.MAX_MESSAGE_BYTES)
        reason = request.query_params.get("reason", "")
        profile = request.query_params.get("profile") or request.headers.get("Profile") or ""
        if content_type in JSON_TYPES:
            body, reason = _unpacked(body, reason, profile or declaration.profile)
        key = request.headers.get("Idempotency-Key")
        check_key(key)
        change = _ask(request, declaration, body, reason, profile, key)
        receipt = receipt_of(change, request)
        return Response(
            receipt, HTTPStatus.ACCEPTED, headers={"Location": receipt["links"]["self"]}
        )


class ChangeView(ApiView):
    required_permission = Permission.VIEW_OWN

    @extend_schema(
        operation_id="declarations_change",
        responses={200: serializers.ChangeDetailSerializer} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID, change_id: UUID) -> Response:
        """What a message or a person asked about a declaration, and what became of it."""
        found = own(request, pk).changes.filed().select_related("decider", "declaration")
        change = get_object_or_404(found, pk=change_id)
        return Response(
            serializers.ChangeDetailSerializer(change, context={"request": request}).data
        )


def _ask(
    request: Request, declaration: Declaration, body: bytes, reason: str, profile: str,
    key: str | None,
) -> ChangeRequest:
    try:
        return amending.ask(
            actor_of(request), declaration.pk, body, reason, channel=Channel.REST,
            profile=profile, idempotency_key=key,
        )
    except Declaration.DoesNotExist as error:
        raise Http404 from error


def _unpacked(body: bytes, reason: str, profile: str) -> tuple[bytes, str]:
    """The message and the reason of a JSON body; the dataset alone will do too."""
    try:
        data = json.loads(body, parse_float=str)
    except (ValueError, RecursionError):
        return xml_from_json(body, profile), reason  # says what is wrong with it
    if isinstance(data, dict) and "message" in data:
        given = data.get("reason", reason)
        if not isinstance(given, str):
            raise ValidationError({"reason": [_("Write the reason as text.")]})
        return xml_from_json(json.dumps(data["message"]).encode(), profile), given
    return xml_from_json(body, profile), reason
