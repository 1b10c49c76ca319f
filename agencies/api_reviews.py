"""REST for agencies with a system of their own: the reviews that came to them, to be read.

What is read of a case is journalled; what the agency's mandate does not cover is not handed out.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from agencies import requests
from agencies.api_officer import reader
from agencies.api_serializers import (
    ConditionSerializer,
    FileSerializer,
    OtherReviewSerializer,
    ProposalSerializer,
    QuestionSerializer,
    ReasonSerializer,
    ReviewSerializer,
)
from agencies.models import OVERDUE, Review
from agencies.states import Lane, ReviewKind, ReviewState
from agencies.visibility import covered_for, note_view, withheld_from
from declarations.api import PROBLEMS, ApiView, Newest, PagedView
from declarations.downloads import download
from declarations.models import Attachment
from portal.accounts.actors import Actor
from portal.accounts.permissions import actor_of
from portal.accounts.roles import Permission
from portal.journal.models import Event

MAX_TEXT = 70
# By how much the clocks of the portal's machines and of its database may differ.
CLOCKS_DIFFER = timedelta(seconds=30)
CAME = [state for state in ReviewState.values if state != ReviewState.WAITING]
OFFICER_HEADER = OpenApiParameter(
    "Officer", str, OpenApiParameter.HEADER,
    description="Sign-in name or e-mail address of the officer who reads. Journalled.",
)


class ByKey(Newest):
    """Oldest first. Keys are made in the order of time, so nothing moves while it is read."""

    ordering = "id"


class ByChange(ByKey):
    """With ``as_of``: from when on to ask for changes the next time, so that none is missed."""

    def paginate_queryset(self, *args: Any, **kwargs: Any) -> list[Any] | None:
        self.as_of = everything_before()  # first: what commits after this is not before it
        return super().paginate_queryset(*args, **kwargs)

    def get_paginated_response(self, data: Any) -> Response:
        answer = super().get_paginated_response(data)
        answer.data["as_of"] = self.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return answer

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = super().get_paginated_response_schema(schema)
        made["properties"]["as_of"] = {
            "type": "string", "format": "date-time",
            "description": "Send that of the first page as changed_since the next time.",
        }
        made["required"] = [*made.get("required", []), "as_of"]
        return made


class DatasetSerializer(ReviewSerializer):
    """A review with the dataset, why it came, questions, conditions and the other agencies."""

    reasons = ReasonSerializer(source="why", many=True, read_only=True)
    version = serializers.SerializerMethodField()
    dataset = serializers.SerializerMethodField()
    withheld = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()
    requests = serializers.SerializerMethodField()
    conditions = ConditionSerializer(many=True, read_only=True)
    proposals = ProposalSerializer(many=True, read_only=True)
    others = serializers.SerializerMethodField()

    class Meta(ReviewSerializer.Meta):
        fields: tuple[str, ...] = (
            *ReviewSerializer.Meta.fields, "reasons", "version", "dataset", "withheld", "files",
            "requests", "conditions", "proposals", "others",
        )
        read_only_fields = fields

    def get_version(self, review: Review) -> int | None:
        """The number of the version in force."""
        return self.context["version"] and self.context["version"].number

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_dataset(self, review: Review) -> dict[str, Any] | None:
        """The WCO dataset as JSON, as far as the agency may see it."""
        version = self.context["version"]
        return covered_for(self.context["actor"], version.dataset) if version else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_withheld(self, review: Review) -> list[str]:
        """Groups of elements that are left out of the dataset."""
        return sorted(withheld_from(self.context["actor"]))

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, review: Review) -> list[Any]:
        files = requests.files_seen_by(review.declaration, self.context["actor"])
        return list(FileSerializer(files, many=True, context=self.context).data)

    @extend_schema_field(QuestionSerializer(many=True))
    def get_requests(self, review: Review) -> list[Any]:
        found = review.requests.select_related("asked_by").prefetch_related("files")
        return list(QuestionSerializer(found, many=True, context=self.context).data)

    @extend_schema_field(OtherReviewSerializer(many=True))
    def get_others(self, review: Review) -> list[Any]:
        found = review.declaration.reviews.exclude(pk=review.pk).select_related("queue__agency")
        return list(OtherReviewSerializer(found, many=True).data)


class ReviewsView(PagedView):
    required_permission = Permission.VIEW_CASES
    serializer_class = ReviewSerializer
    pagination_class = ByChange

    @extend_schema(
        operation_id="agency_reviews_list",
        parameters=[
            OpenApiParameter("state", str, many=True, enum=CAME),
            OpenApiParameter("kind", str, enum=ReviewKind.values),
            OpenApiParameter("lane", str, enum=Lane.values),
            OpenApiParameter("queue", str, description="Code of one of your queues."),
            OpenApiParameter("office", str, description="Code of one of your offices."),
            OpenApiParameter("officer", str, description="Sign-in name of who has taken it up."),
            OpenApiParameter("overdue", bool, description="Past due, and not waiting for the trader."),
            OpenApiParameter("q", str, description="LRN, MRN, party, goods or HS code."),
            OpenApiParameter(
                "changed_since", OpenApiTypes.DATETIME,
                description="Only where something has happened to the case since. Send the as_of of "
                "the first page of your last reading: then nothing is missed.",
            ),
        ],
        responses={200: ReviewSerializer(many=True)} | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """The reviews that came to your agency, the oldest first."""
        return self.list(request)

    def get_queryset(self) -> QuerySet[Review]:
        given = self.request.query_params
        found = Review.objects.came_to(actor_of(self.request))
        if states := given.getlist("state"):
            for state in states:
                _one_of("state", state, CAME)
            found = found.filter(state__in=states)
        for name, column, values in (
            ("kind", "kind", ReviewKind.values), ("lane", "lane", Lane.values),
            ("queue", "queue__code", None), ("office", "office__code", None),
            ("officer", "claimed_by__username", None),
        ):
            if wanted := given.get(name):
                found = found.filter(**{column: _one_of(name, wanted, values)})
        if overdue := given.get("overdue"):
            late = _one_of("overdue", overdue, ["true", "false"]) == "true"
            found = found.filter(OVERDUE if late else ~Q(pk__in=found.filter(OVERDUE).values("pk")))
        if text := given.get("q", "").strip()[:MAX_TEXT]:
            found = found.matching(text)
        if since := given.get("changed_since"):
            changed = Event.objects.filter(pk__gte=_first_key(_moment(since)))
            found = found.filter(declaration__in=changed.values("subject"))
        return found.select_related(
            "declaration", "queue", "office", "claimed_by", "decided_by")


class ReviewView(ApiView):
    required_permission = Permission.VIEW_CASES

    @extend_schema(
        operation_id="agency_reviews_read", parameters=[OFFICER_HEADER],
        responses={200: DatasetSerializer} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One review, with the declaration's dataset as far as your mandate covers it."""
        actor = reader(request)
        return Response(detail(request, seen(request, pk), actor))


class FileView(ApiView):
    required_permission = Permission.VIEW_CASES

    @extend_schema(
        operation_id="agency_reviews_file", parameters=[OFFICER_HEADER],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID, file_id: UUID) -> HttpResponseBase:
        """One document of the case, as its exact bytes."""
        review = seen(request, pk)
        file: Attachment = get_object_or_404(
            requests.files_seen_by(review.declaration, actor_of(request)), pk=file_id)
        return download(file)


class MessageView(ApiView):
    required_permission = Permission.VIEW_CASES

    @extend_schema(
        operation_id="agency_reviews_message", parameters=[OFFICER_HEADER],
        responses={(200, "application/xml"): OpenApiTypes.BINARY} | PROBLEMS,
    )
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """The message as it was filed. For agencies from which nothing of it is withheld."""
        review = seen(request, pk)
        version = review.declaration.versions.order_by("-number").first()
        if version is None or withheld_from(actor_of(request)):
            raise Http404
        return HttpResponse(bytes(version.body), content_type="application/xml")


def seen(request: Request, pk: UUID) -> Review:
    """The review of the program's own agency (else 404); that its case is read is journalled."""
    actor = reader(request)
    review = get_object_or_404(
        Review.objects.came_to(actor).select_related(
            "declaration", "queue", "office", "claimed_by", "decided_by"), pk=pk)
    note_view(review.declaration, actor)
    return review


def detail(request: Request, review: Review, actor: Actor) -> Any:
    version = review.declaration.versions.order_by("-number").first()
    return DatasetSerializer(review, context={
        "request": request, "actor": actor, "review": review, "version": version}).data


def short(request: Request, pk: UUID) -> Any:
    """A review as the list has it: what a program that may not read cases is told, too."""
    found = Review.objects.of_agency(actor_of(request)).select_related(
        "declaration", "queue", "office", "claimed_by", "decided_by").get(pk=pk)
    return ReviewSerializer(found, context={"request": request}).data


def _one_of(name: str, value: str, allowed: Any) -> str:
    if allowed is not None and value not in allowed:
        raise ValidationError({name: [
            _("Use one of: %(values)s.") % {"values": ", ".join(allowed)}]})
    return value


def _moment(text: str) -> datetime:
    try:
        found = parse_datetime(text.replace(" ", "+"))  # a plus sign that was not encoded
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 9000:
        raise ValidationError({"changed_since": [
            _("Write date and time as 2026-01-31T08:00:00Z.")]})
    return found if timezone.is_aware(found) else found.replace(tzinfo=UTC)


def everything_before() -> datetime:
    """The moment before which all that is ever written to the journal can be read by now.

    An event has the time of its making and is seen once its transaction commits: one that began
    earlier may show later. So it is when the oldest open transaction of the database began, less
    what clocks may differ.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT LEAST(clock_timestamp(), MIN(xact_start)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()")
        (oldest,) = cursor.fetchone()
    return oldest - CLOCKS_DIFFER


def _first_key(moment: datetime) -> UUID:
    """The least key of what was made then or later: keys begin with milliseconds (UUIDv7)."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
