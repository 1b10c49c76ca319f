"""The REST interface: file, look up, follow. Thin: intake and the querysets do the work."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError as ImproperValue
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.exceptions import NotFound, UnsupportedMediaType, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from declarations import intake, representation, serializers
from declarations.api_requests import (
    JSON_TYPES,
    XML_TYPES,
    media_type,
    parts_of,
    profile_of,
    read_body,
)
from declarations.bundles import Part
from declarations.change_request import ChangeRequest
from declarations.door import IntakeRefused, refused, xml_from_json
from declarations.models import Declaration
from declarations.problems import document, refusal
from declarations.states import Channel, Kind, State
from declarations.wco import Layer
from portal.accounts.actors import Actor
from portal.accounts.permissions import PUBLIC, actor_of
from portal.accounts.roles import Permission
from portal.journal.models import Event

MAX_BATCH_KEY = 150

PROBLEM = serializers.ProblemSerializer
PROBLEMS: dict[Any, Any] = {
    (status, "application/problem+json"): PROBLEM for status in (400, 401, 403, 404)
}
FILING_PROBLEMS = PROBLEMS | {
    (status, "application/problem+json"): PROBLEM for status in (409, 411, 413, 415, 422)
}
FILING_PARAMETERS = [
    OpenApiParameter(
        "profile", str,
        description="Message profile, NAME or NAME@VERSION; also a header. Default: carec.",
    ),
    OpenApiParameter(
        "Idempotency-Key", str, OpenApiParameter.HEADER,
        description="Your own key for this request: sent again, it files nothing twice.",
    ),
]


class OneRepresentation(BaseContentNegotiation):
    """Each address has one form of answer: an ``Accept`` for another is no reason to refuse."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    content_negotiation_class = OneRepresentation


class Newest(CursorPagination):
    """A list read page by page, by the cursor in ``next``."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering: str = "-created_at"  # type: ignore[assignment]

    def paginate_queryset(self, *args: Any, **kwargs: Any) -> list[Any] | None:
        try:
            return super().paginate_queryset(*args, **kwargs)
        except (ValueError, ImproperValue) as error:  # a cursor that somebody made up
            raise NotFound(_("This cursor is not one of ours. Begin without one.")) from error


class ByIssue(Newest):
    ordering = "issued_at"


class BySequence(Newest):
    ordering = "sequence"


class PagedView(ListAPIView[Any]):
    content_negotiation_class = OneRepresentation


class DeclarationsView(PagedView):
    required_permission = Permission.VIEW_OWN
    serializer_class = serializers.DeclarationSerializer
    pagination_class = Newest

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            self.required_permission = Permission.FILE
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="declarations_list",
        parameters=[
            OpenApiParameter("state", str, enum=State.values),
            OpenApiParameter("kind", str, enum=Kind.values),
        ],
        responses={200: serializers.DeclarationSerializer(many=True)} | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """One's own declarations that were filed, newest first."""
        return self.list(request)

    def get_queryset(self) -> QuerySet[Declaration]:
        found = Declaration.objects.owned_by(actor_of(self.request)).filed()
        for name, values in (("state", State.values), ("kind", Kind.values)):
            if wanted := self.request.query_params.get(name):
                if wanted not in values:
                    allowed = {"values": ", ".join(values)}
                    raise ValidationError({name: [_("Use one of: %(values)s.") % allowed]})
                found = found.filter(**{name: wanted})
        return found

    @extend_schema(
        operation_id="declarations_file",
        parameters=FILING_PARAMETERS,
        request={"application/xml": OpenApiTypes.BINARY, "application/json": OpenApiTypes.OBJECT},
        responses={202: serializers.ReceiptSerializer} | FILING_PROBLEMS,
    )
    def post(self, request: Request) -> Response:
        """File one message: XML, or JSON of its dataset. Checked after the answer.

        A message that amends or cancels a declaration (function code 4 or 5, or the types INV and
        COR) names it by its MRN as ID; the answer then leads to what was asked.
        """
        content_type = media_type(request) or "application/xml"
        if content_type not in XML_TYPES | JSON_TYPES:
            raise UnsupportedMediaType(content_type, _(
                "A declaration is sent as application/xml or application/json, not as "
                "“%(media_type)s”. Set the Content-Type header."
            ) % {"media_type": content_type})
        declaration = file(
            actor_of(request), read_body(request, settings.MAX_MESSAGE_BYTES),
            is_json=content_type in JSON_TYPES, profile=profile_of(request),
            key=request.headers.get("Idempotency-Key"),
        )
        receipt = receipt_of(declaration, request)
        return Response(
            receipt, HTTPStatus.ACCEPTED, headers={"Location": receipt["links"]["self"]}
        )


class BatchView(ApiView):
    required_permission = Permission.FILE

    @extend_schema(
        operation_id="declarations_file_batch",
        parameters=FILING_PARAMETERS,
        request={
            "application/zip": OpenApiTypes.BINARY, "multipart/form-data": OpenApiTypes.OBJECT,
        },
        responses={202: serializers.BatchSerializer} | FILING_PROBLEMS,
    )
    def post(self, request: Request) -> Response:
        """File many messages; each stands for itself, and the answer has one line for each."""
        key = request.headers.get("Idempotency-Key")
        if key is not None and not 0 < len(key) <= MAX_BATCH_KEY:
            most = {"max": MAX_BATCH_KEY}
            raise ValidationError({"Idempotency-Key": [_("Use 1 to %(max)s characters.") % most]})
        lines = [
            self._file(request, part, None if key is None else f"{key}/{number}")
            for number, part in enumerate(parts_of(request), 1)
        ]
        refused = sum("problem" in line for line in lines)
        return Response(
            {"taken": len(lines) - refused, "not_taken": refused, "messages": lines},
            HTTPStatus.ACCEPTED,
        )

    def _file(self, request: Request, part: Part, key: str | None) -> dict[str, Any]:
        if part.body is None:
            problem = document(
                HTTPStatus.BAD_REQUEST, "parse_error",
                _("This file is damaged or encrypted. Pack it again, without a password."),
            )
            return {"name": part.name, "status": "not_taken", "problem": problem}
        try:
            declaration = file(
                actor_of(request), part.body,
                is_json=part.is_json, profile=profile_of(request), key=key,
            )
        except IntakeRefused as refused:
            return {"name": part.name, "status": "not_taken", "problem": refusal(refused)}
        return {"name": part.name} | receipt_of(declaration, request)


class DeclarationView(ApiView):
    required_permission = Permission.VIEW_OWN

    @extend_schema(
        operation_id="declarations_read",
        responses={200: serializers.DeclarationDetailSerializer} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One declaration as it stands now."""
        written = serializers.DeclarationDetailSerializer(
            readable(request, pk), context={"request": request}
        )
        return Response(written.data)


class ResponsesView(PagedView):
    required_permission = Permission.VIEW_OWN
    serializer_class = serializers.ResponseSerializer
    pagination_class = ByIssue

    @extend_schema(
        operation_id="declarations_responses",
        responses={200: serializers.ResponseSerializer(many=True)} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """The WCO Responses to a declaration, oldest first."""
        return self.list(request)

    def get_queryset(self) -> QuerySet[Any]:
        return readable(self.request, self.kwargs["pk"]).responses.defer("body")


class ResponseView(ApiView):
    required_permission = Permission.VIEW_OWN

    @extend_schema(
        operation_id="declarations_response_xml",
        responses={(200, "application/xml"): OpenApiTypes.BINARY} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID, response_id: UUID) -> HttpResponse:
        """One WCO Response, as its exact bytes."""
        response = get_object_or_404(readable(request, pk).responses, pk=response_id)
        return HttpResponse(bytes(response.body), content_type="application/xml")


class EventsView(PagedView):
    required_permission = Permission.VIEW_OWN
    serializer_class = serializers.EventSerializer
    pagination_class = BySequence

    @extend_schema(
        operation_id="declarations_events",
        responses={200: serializers.EventSerializer(many=True)} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Everything that happened to a declaration, oldest first."""
        return self.list(request)

    def get_queryset(self) -> QuerySet[Event]:
        return Event.objects.of(readable(self.request, self.kwargs["pk"]).pk)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI description speaks of tokens; drf-spectacular finds it by itself."""

    target_class = "portal.accounts.tokens.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SchemaView(SpectacularJSONAPIView):
    """This interface in OpenAPI 3.1."""

    required_permission = PUBLIC


def readable(request: Request, pk: UUID) -> Declaration:
    """One's own, or one that somebody has filed for one's organisation by mandate."""
    return get_object_or_404(Declaration.objects.visible_to(actor_of(request)).filed(), pk=pk)


def own(request: Request, pk: UUID) -> Declaration:
    """One's own; to act on it, only while the mandate that it was filed under is in force."""
    found = get_object_or_404(Declaration.objects.owned_by(actor_of(request)).filed(), pk=pk)
    if request.method not in SAFE_METHODS and (words := representation.ended(found)) is not None:
        raise refused("SW-REP-03", "%(words)s", HTTPStatus.CONFLICT, Layer.RULE, words=words)
    return found


def file(
    actor: Actor, body: bytes, *, is_json: bool, profile: str, key: str | None
) -> Declaration | ChangeRequest:
    if is_json:
        body = xml_from_json(body, profile)
    return intake.take_in(actor, body, channel=Channel.REST, profile=profile, idempotency_key=key)


def receipt_of(taken: Declaration | ChangeRequest, request: Request) -> dict[str, Any]:
    if isinstance(taken, ChangeRequest):
        return {
            "id": str(taken.pk), "lrn": taken.declaration.lrn, "status": taken.state,
            "links": serializers.change_links_of(taken, request),
        }
    declaration = taken
    return {
        "id": str(declaration.pk), "lrn": declaration.lrn, "status": declaration.state,
        "links": serializers.links_of(declaration, request),
    }
