"""REST: what agencies ask about one's own declaration, and answering it."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from agencies import cancellations, requests
from agencies.correspondence import TEXT_LENGTH, CancellationRequest, InformationRequest
from agencies.decisions import DecisionError
from agencies.states import CancellationState, RequestState
from declarations import attachments
from declarations.api import PROBLEM, PROBLEMS, ApiView, own, readable
from declarations.api_requests import check_length, media_type
from declarations.attachments import MAX_AT_ONCE
from declarations.downloads import download
from declarations.models import Attachment, Declaration
from portal.accounts.permissions import actor_of
from portal.accounts.roles import Permission

# Ten files of ten megabytes, and the rest of the request.
MAX_ANSWER_BYTES = 101 * 1024 * 1024
CONFLICTS = PROBLEMS | {
    (status, "application/problem+json"): PROBLEM for status in (409, 413)
}


class NotNow(APIException):
    """The case does not stand so that this could be done."""

    status_code = HTTPStatus.CONFLICT
    default_code = "not_now"


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    links = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ("id", "name", "media_type", "size", "sha256", "uploaded_at", "links")
        read_only_fields = fields

    @extend_schema_field({"type": "object", "properties": {"content": {"type": "string"}}})
    def get_links(self, file: Attachment) -> dict[str, str]:
        path = reverse("api_file", args=[file.declaration_id, file.pk])
        return {"content": self.context["request"].build_absolute_uri(path)}


class RequestSerializer(serializers.ModelSerializer[InformationRequest]):
    """A question of an agency, and its answer once that is sent."""

    agency = serializers.CharField(source="review.queue.agency.name", read_only=True)
    state = serializers.ChoiceField(choices=RequestState.choices, read_only=True)
    documents = serializers.ListField(child=serializers.CharField(), read_only=True)
    files = AttachmentSerializer(many=True, read_only=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = InformationRequest
        fields = ("id", "agency", "state", "text", "documents", "asked_at", "due_at", "answer",
                  "files", "closed_at", "links")
        read_only_fields = fields

    @extend_schema_field({"type": "object", "properties": {"answer": {"type": "string"}}})
    def get_links(self, asked: InformationRequest) -> dict[str, str]:
        path = reverse("api_request_answer", args=[asked.review.declaration_id, asked.pk])
        return {"answer": self.context["request"].build_absolute_uri(path)}


class AnswerSerializer(serializers.Serializer[Any]):
    """Text, files, or both; those that were prepared in the portal are sent too."""

    answer = serializers.CharField(required=False, allow_blank=True, max_length=TEXT_LENGTH)
    files = serializers.ListField(
        child=serializers.FileField(), required=False, max_length=MAX_AT_ONCE,
        help_text="Of multipart/form-data: PDF, JPEG, PNG, TIFF, WebP, DOCX, XLSX, ODT or ODS.",
    )


class CancellationSerializer(serializers.ModelSerializer[CancellationRequest]):
    agency = serializers.CharField(source="queue.agency.name", read_only=True)
    state = serializers.ChoiceField(choices=CancellationState.choices, read_only=True)
    reason = serializers.CharField(max_length=TEXT_LENGTH)

    class Meta:
        model = CancellationRequest
        fields = ("id", "agency", "state", "reason", "asked_at", "decided_at", "decision")
        read_only_fields = ("id", "agency", "state", "asked_at", "decided_at", "decision")


class RequestsView(ApiView):
    required_permission = Permission.VIEW_OWN

    @extend_schema(
        operation_id="declarations_requests",
        responses={200: RequestSerializer(many=True)} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What agencies asked about a declaration, the newest first.

        For whom it was filed by mandate reads them too; an answer that is only prepared is the
        filer's own.
        """
        declaration = readable(request, pk)
        found = InformationRequest.objects.about(declaration.pk)
        shown = RequestSerializer(found, many=True, context={"request": request}).data
        if declaration.organisation_id != actor_of(request).organisation_id:
            for one in shown:
                if one["state"] == RequestState.OPEN:
                    one |= {"answer": "", "files": []}
                one["links"] = {}
        return Response(shown)


class RequestAnswerView(ApiView):
    required_permission = Permission.FILE
    parser_classes = (JSONParser, MultiPartParser)

    @extend_schema(
        operation_id="declarations_request_answer",
        request={"application/json": AnswerSerializer, "multipart/form-data": AnswerSerializer},
        responses={200: RequestSerializer} | CONFLICTS,
    )
    def post(self, request: Request, pk: UUID, request_id: UUID) -> Response:
        """Answer one question. All of it is taken, or nothing."""
        actor = actor_of(request)
        asked = get_object_or_404(
            InformationRequest.objects.to(actor), pk=request_id,
            review__declaration=answerable(request, pk),
        )
        check_length(request, MAX_ANSWER_BYTES)
        request.parsers = [
            MultiPartParser() if media_type(request) == "multipart/form-data" else JSONParser()]
        given = AnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        received, refused = attachments.receive(given.validated_data.get("files", []))
        if refused:
            raise ValidationError({one.name: [one.message] for one in refused})
        try:
            requests.answer(asked.pk, actor, given.validated_data.get("answer", ""), received)
        except DecisionError as error:
            raise _problem(error) from error
        answered = InformationRequest.objects.about(pk).get(pk=asked.pk)
        return Response(RequestSerializer(answered, context={"request": request}).data)


def answerable(request: Request, pk: UUID) -> Declaration:
    """One's own while the mandate is in force; or what was filed for one's organisation."""
    declaration = readable(request, pk)
    if declaration.organisation_id == actor_of(request).organisation_id:
        return own(request, pk)
    return declaration


class FileView(ApiView):
    required_permission = Permission.VIEW_OWN

    @extend_schema(
        operation_id="declarations_file_content",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID, file_id: UUID) -> HttpResponseBase:
        """One file of a declaration, as its exact bytes."""
        file: Attachment = get_object_or_404(own(request, pk).attachments, pk=file_id)
        return download(file)


class CancellationsView(ApiView):
    required_permission = Permission.VIEW_OWN
    parser_classes = (JSONParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            self.required_permission = Permission.FILE
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="declarations_cancellations",
        responses={200: CancellationSerializer(many=True)} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """The requests to cancel a declaration, the newest first."""
        found: QuerySet[CancellationRequest] = own(
            request, pk
        ).cancellation_requests.select_related("queue__agency")
        return Response(CancellationSerializer(found, many=True).data)

    @extend_schema(
        operation_id="declarations_cancel",
        request=CancellationSerializer,
        responses={202: CancellationSerializer} | CONFLICTS,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Ask customs to cancel a declaration that was accepted."""
        declaration = own(request, pk)
        given = CancellationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            asked = cancellations.ask(
                declaration.pk, actor_of(request), given.validated_data["reason"])
        except DecisionError as error:
            raise _problem(error) from error
        return Response(CancellationSerializer(asked).data, HTTPStatus.ACCEPTED)


def _problem(error: DecisionError) -> APIException:
    if error.field:
        return ValidationError({error.field: [str(error)]})
    return NotNow(str(error))
