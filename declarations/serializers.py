"""What the REST interface answers; the OpenAPI description is made from these."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from declarations.change_request import ChangeRequest
from declarations.comparison import compare
from declarations.models import Declaration, Response
from declarations.problems import errors_of
from declarations.states import ChangeKind, ChangeState, Kind, State
from declarations.wco import Fault, Layer, Severity
from portal.journal.models import Event


def links_of(declaration: Declaration, request: Request) -> dict[str, str]:
    """Where to look next."""
    names = {"self": "api_declaration", "responses": "api_responses", "events": "api_events",
             "page": "declaration"}
    return {
        relation: request.build_absolute_uri(reverse(name, args=[declaration.pk]))
        for relation, name in names.items()
    }


def change_links_of(change: ChangeRequest, request: Request) -> dict[str, str]:
    """Where to look next for what was asked about a filed declaration."""
    own = reverse("api_change", args=[change.declaration_id, change.pk])
    return links_of(change.declaration, request) | {
        "self": request.build_absolute_uri(own),
        "declaration": links_of(change.declaration, request)["self"],
    }


class LinksSerializer(serializers.Serializer[Any]):
    self = serializers.URLField()  # type: ignore[assignment]
    declaration = serializers.URLField(
        required=False, help_text="Of a message that changes one: the declaration."
    )
    responses = serializers.URLField()
    events = serializers.URLField()
    page = serializers.URLField(help_text="The declaration in the portal, for people.")


class ReceiptSerializer(serializers.Serializer[Any]):
    """A message that was taken in and waits to be checked: a filing, or one that amends or cancels
    a declaration, which then has an id and a status of its own."""

    id = serializers.UUIDField()
    lrn = serializers.CharField(help_text="Of the declaration.")
    status = serializers.CharField(
        help_text="“submitted” of a filing; “checking” of a message that amends or cancels one."
    )
    links = LinksSerializer()


class ErrorSerializer(serializers.Serializer[Any]):
    """One fault of a message."""

    pointer = serializers.ListField(
        child=serializers.DictField(), help_text="WCO pointer: sections from the declaration down."
    )
    path = serializers.CharField(help_text="The same place by names of elements.")
    code = serializers.CharField()
    message = serializers.CharField()
    layer = serializers.ChoiceField(choices=[str(layer) for layer in Layer], required=False)
    severity = serializers.ChoiceField(choices=[str(one) for one in Severity], required=False)
    line = serializers.IntegerField(allow_null=True, required=False)
    value = serializers.CharField(allow_null=True, required=False, help_text="What stands there.")
    allowed = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="What would do, where that is few."
    )


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem document (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = ErrorSerializer(many=True)  # type: ignore[assignment]


class BatchLineSerializer(ReceiptSerializer):
    """What became of one message of a batch; ``problem`` instead of a receipt when refused."""

    name = serializers.CharField()
    status = serializers.CharField(help_text="As of a receipt, or not_taken.")  # type: ignore[assignment]
    problem = ProblemSerializer(required=False)


class BatchSerializer(serializers.Serializer[Any]):
    taken = serializers.IntegerField()
    not_taken = serializers.IntegerField()
    messages = BatchLineSerializer(many=True)


class DeclarationSerializer(serializers.ModelSerializer[Declaration]):
    status = serializers.ChoiceField(source="state", choices=State.choices, read_only=True)
    kind = serializers.ChoiceField(choices=Kind.choices, read_only=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = Declaration
        fields: tuple[str, ...] = (
            "id", "lrn", "mrn", "kind", "status", "profile", "profile_version", "importer",
            "exporter", "export_country", "destination_country", "transport_mode", "office",
            "invoice_amount", "invoice_currency", "gross_mass_kg", "item_count", "goods",
            "hs_codes", "submitted_at", "accepted_at", "closed_at", "links",
        )
        read_only_fields = fields

    @extend_schema_field(LinksSerializer)
    def get_links(self, declaration: Declaration) -> dict[str, str]:
        return links_of(declaration, self.context["request"])


class RiskReasonSerializer(serializers.Serializer[Any]):
    """A risk rule that counted and whose profile lets it be told."""

    title = serializers.CharField()
    legal_basis = serializers.CharField()


class RiskSerializer(serializers.Serializer[Any]):
    """The risk lane, and what may be told of why."""

    lane = serializers.ChoiceField(
        choices=["green", "yellow", "blue", "red"],
        help_text="green: no check; yellow: documents; blue: after release; red: the goods.",
    )
    reasons = RiskReasonSerializer(many=True)


class DeclarationDetailSerializer(DeclarationSerializer):
    """With what the checks found, why it was rejected or warnings, and with the risk lane."""

    errors = serializers.SerializerMethodField()  # type: ignore[assignment]
    risk = serializers.SerializerMethodField()

    class Meta(DeclarationSerializer.Meta):
        fields: tuple[str, ...] = (*DeclarationSerializer.Meta.fields, "errors", "risk")
        read_only_fields = fields

    @extend_schema_field(RiskSerializer(
        allow_null=True, help_text="null: not assessed, or not yet."))
    def get_risk(self, declaration: Declaration) -> dict[str, Any] | None:
        told: dict[str, Any] | None = import_string(settings.RISK_TOLD)(declaration)
        return told

    @extend_schema_field(ErrorSerializer(many=True))
    def get_errors(self, declaration: Declaration) -> list[dict[str, Any]]:
        return errors_of(Fault.from_dict(fault) for fault in declaration.current.faults)


class DifferenceSerializer(serializers.Serializer[Any]):
    """One element that differs between two versions."""

    path = serializers.CharField()
    pointer = serializers.ListField(child=serializers.DictField(), help_text="WCO pointer.")
    label = serializers.CharField()  # type: ignore[assignment]
    old = serializers.JSONField(allow_null=True, help_text="null: it is new.")
    new = serializers.JSONField(allow_null=True, help_text="null: it is gone.")


class ChangeSerializer(serializers.ModelSerializer[ChangeRequest]):
    """What was asked about a filed declaration, and what became of it."""

    kind = serializers.ChoiceField(choices=ChangeKind.choices, read_only=True)
    status = serializers.ChoiceField(source="state", choices=ChangeState.choices, read_only=True)
    agency = serializers.CharField(source="decider.name", default="", read_only=True)
    version = serializers.IntegerField(
        source="granted_number", read_only=True, allow_null=True,
        help_text="The version that a granted amendment became.",
    )
    amends = serializers.IntegerField(source="base_number", read_only=True)
    errors = serializers.SerializerMethodField()  # type: ignore[assignment]
    links = serializers.SerializerMethodField()

    class Meta:
        model = ChangeRequest
        fields: tuple[str, ...] = (
            "id", "kind", "status", "reason", "amends", "version", "agency", "asked_at",
            "decided_at", "decision", "errors", "links",
        )
        read_only_fields = fields

    @extend_schema_field(ErrorSerializer(many=True))
    def get_errors(self, change: ChangeRequest) -> list[dict[str, Any]]:
        return errors_of(Fault.from_dict(fault) for fault in change.faults)

    @extend_schema_field(LinksSerializer)
    def get_links(self, change: ChangeRequest) -> dict[str, str]:
        return change_links_of(change, self.context["request"])


class ChangeDetailSerializer(ChangeSerializer):
    """With every element that differs from the version that it amends."""

    differences = serializers.SerializerMethodField()

    class Meta(ChangeSerializer.Meta):
        fields: tuple[str, ...] = (*ChangeSerializer.Meta.fields, "differences")
        read_only_fields = fields

    @extend_schema_field(DifferenceSerializer(many=True))
    def get_differences(self, change: ChangeRequest) -> list[dict[str, Any]]:
        if change.dataset is None:
            return []
        base = change.declaration.versions.filter(number=change.base_number).first()
        return [
            {"path": one.path, "pointer": [step.to_dict() for step in one.pointer],
             "label": " › ".join(place.label(gettext) for place in one.places),
             "old": one.old, "new": one.new}
            for one in compare(base.dataset if base else None, change.dataset)
        ]


class ResponseSerializer(serializers.ModelSerializer[Response]):
    links = serializers.SerializerMethodField()

    class Meta:
        model = Response
        fields = ("id", "function_code", "issued_at", "event", "links")
        read_only_fields = fields

    def get_links(self, response: Response) -> dict[str, str]:
        path = reverse("api_response", args=[response.declaration_id, response.pk])
        return {"xml": self.context["request"].build_absolute_uri(path)}


class EventSerializer(serializers.ModelSerializer[Event]):
    """One event of the declaration's chain; ``hash`` covers it and the hash before it."""

    class Meta:
        model = Event
        fields = ("id", "sequence", "kind", "actor", "at", "payload", "previous_hash", "hash")
        read_only_fields = fields
