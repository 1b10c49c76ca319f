"""REST: the notification queue of a program. Pull the oldest, deal with it, acknowledge."""

from http import HTTPStatus
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from declarations.api import PROBLEMS, ApiView
from declarations.models import Response as WcoResponse
from portal.accounts.models import ApiClient
from portal.accounts.roles import Permission
from portal.accounts.tokens import hash_of
from portal.notices import programs
from portal.notices.catalogue import program_kinds
from portal.notices.models import ProgramNotice

DEFAULT_LIMIT, MAX_LIMIT = 50, 200


class NotificationLinks(serializers.Serializer[Any]):
    declaration = serializers.URLField()
    response = serializers.URLField(
        allow_null=True, help_text="The WCO Response to this event, as XML; null where it has none."
    )


class NotificationSerializer(serializers.ModelSerializer[ProgramNotice]):
    """One event of a declaration of yours. ``id`` stays the same until it is acknowledged."""

    kind = serializers.ChoiceField(choices=sorted(program_kinds()), read_only=True)
    declaration = serializers.UUIDField(source="declaration_id", read_only=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = ProgramNotice
        fields = ("id", "event", "kind", "declaration", "lrn", "mrn", "at", "links")
        read_only_fields = fields

    @extend_schema_field(NotificationLinks)
    def get_links(self, notice: ProgramNotice) -> dict[str, str | None]:
        absolute = self.context["request"].build_absolute_uri
        response = self.context["responses"].get(notice.event)
        return {
            "declaration": absolute(reverse("api_declaration", args=[notice.declaration_id])),
            "response": response and absolute(
                reverse("api_response", args=[notice.declaration_id, response])
            ),
        }


class QueueSerializer(serializers.Serializer[Any]):
    notifications = NotificationSerializer(many=True)
    more = serializers.BooleanField(help_text="Whether more wait behind these.")


class AcknowledgementSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MAX_LIMIT)


class AcknowledgedSerializer(serializers.Serializer[Any]):
    acknowledged = serializers.IntegerField(
        help_text="How many were still in the queue; those acknowledged before are not counted."
    )


class NotificationsView(ApiView):
    required_permission = Permission.VIEW_OWN

    @extend_schema(
        operation_id="notifications_pull",
        parameters=[
            OpenApiParameter(
                "limit", int, description=f"At most so many, 1 to {MAX_LIMIT}; {DEFAULT_LIMIT}."
            ),
            OpenApiParameter(
                "kind", str, many=True, enum=sorted(program_kinds()),
                description="Only these kinds of event; give it several times for several.",
            ),
        ],
        responses={200: QueueSerializer} | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """What this token's program has not acknowledged yet, the oldest first.

        The same come again until they are acknowledged; after 30 days they are dropped.
        """
        limit = _limit(request.query_params.get("limit", ""))
        found = ProgramNotice.objects.waiting_for(_client(request))
        if kinds := request.query_params.getlist("kind"):
            if unknown := set(kinds) - set(program_kinds()):
                raise ValidationError({"kind": [
                    _("There is no kind “%(kind)s”.") % {"kind": min(unknown)}
                ]})
            found = found.filter(kind__in=kinds)
        shown = list(found[: limit + 1])
        responses = dict(
            WcoResponse.objects.filter(event__in=[one.event for one in shown[:limit]])
            .values_list("event", "pk")
        )
        written = NotificationSerializer(
            shown[:limit], many=True, context={"request": request, "responses": responses}
        )
        return Response({"notifications": written.data, "more": len(shown) > limit})


class AcknowledgeView(ApiView):
    required_permission = Permission.VIEW_OWN
    parser_classes = (JSONParser,)

    @extend_schema(
        operation_id="notifications_acknowledge",
        request=AcknowledgementSerializer,
        responses={200: AcknowledgedSerializer} | PROBLEMS,
    )
    def post(self, request: Request) -> Response:
        """Take notifications out of the queue. Safe to repeat; unknown ids are passed over."""
        given = AcknowledgementSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        count = programs.acknowledge(_client(request), given.validated_data["ids"])
        return Response({"acknowledged": count}, HTTPStatus.OK)


def _client(request: Request) -> ApiClient:
    """The program behind the token: the queue is its own, not its organisation's."""
    token = request.headers.get("Authorization", "").partition(" ")[2]
    client = ApiClient.objects.filter(token_hash=hash_of(token)).first()
    if client is None:
        raise Http404
    return client


def _limit(text: str) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= MAX_LIMIT:
        raise ValidationError({"limit": [_("Use a number from 1 to %(max)s.") % {"max": MAX_LIMIT}]})
    return int(text)
