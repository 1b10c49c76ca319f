"""What the agencies' REST interface answers and takes; the OpenAPI description is made from these."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from agencies.conditions_of_approval import (
    CODE_LENGTH,
    CONDITION_LENGTH,
    MAX_CONDITIONS,
    ApprovalCondition,
    ConditionState,
    ConditionTime,
    Proposal,
    ProposalState,
    Verb,
)
from agencies.correspondence import (
    DOCUMENT_LENGTH,
    MAX_DOCUMENTS,
    TEXT_LENGTH,
    InformationRequest,
)
from agencies.models import Review
from agencies.states import Lane, RefusalReason, RequestState, ReviewKind, ReviewState
from declarations.models import Attachment, Declaration
from declarations.states import Kind, State


class OfficerSerializer(serializers.Serializer[Any]):
    """Who does it. The header ``Officer`` says the same, and is stronger."""

    officer = serializers.CharField(
        required=False, max_length=254,
        help_text="Sign-in name or e-mail address of an officer of your agency.",
    )


# --- what is answered -----------------------------------------------------------------------


class CaseSerializer(serializers.ModelSerializer[Declaration]):
    """The declaration in short, without anything that a mandate may not cover."""

    status = serializers.ChoiceField(source="state", choices=State.choices, read_only=True)
    kind = serializers.ChoiceField(choices=Kind.choices, read_only=True)

    class Meta:
        model = Declaration
        fields = ("id", "lrn", "mrn", "kind", "status", "importer", "exporter", "export_country",
                  "destination_country", "office", "goods", "hs_codes", "item_count",
                  "submitted_at", "accepted_at")
        read_only_fields = fields


class ReasonSerializer(serializers.Serializer[Any]):
    """A rule that sent the case here, as it stood then."""

    title = serializers.CharField()
    legal_basis = serializers.CharField()
    items = serializers.ListField(
        child=serializers.IntegerField(), help_text="Numbers of the goods items that matched.")


class ConditionSerializer(serializers.ModelSerializer[ApprovalCondition]):
    when = serializers.ChoiceField(choices=ConditionTime.choices, read_only=True)
    state = serializers.ChoiceField(choices=ConditionState.choices, read_only=True)

    class Meta:
        model = ApprovalCondition
        fields = ("id", "code", "text", "when", "state", "fulfilled_at", "note")
        read_only_fields = fields


class ProposalSerializer(serializers.ModelSerializer[Proposal]):
    """A decision that a second officer has to sign."""

    verb = serializers.ChoiceField(choices=Verb.choices, read_only=True)
    state = serializers.ChoiceField(choices=ProposalState.choices, read_only=True)
    proposed_by = serializers.CharField(source="proposed_by.username", read_only=True)

    class Meta:
        model = Proposal
        fields = ("id", "verb", "reason_code", "reason", "conditions", "state", "proposed_by",
                  "proposed_at", "words")
        read_only_fields = fields


class ReviewLinks(serializers.Serializer[Any]):
    self = serializers.URLField()  # type: ignore[assignment]
    page = serializers.URLField(help_text="The review in the portal, for people.")


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """One review of your agency."""

    declaration = CaseSerializer(read_only=True)
    queue = serializers.CharField(source="queue.code", read_only=True)
    office = serializers.CharField(source="office.code", default=None, read_only=True)
    kind = serializers.ChoiceField(choices=ReviewKind.choices, read_only=True)
    state = serializers.ChoiceField(choices=ReviewState.choices, read_only=True)
    lane = serializers.ChoiceField(choices=Lane.choices, allow_blank=True, read_only=True)
    officer = serializers.CharField(
        source="claimed_by.username", default=None, read_only=True,
        help_text="Sign-in name of who has taken it up.",
    )
    decided_by = serializers.CharField(
        source="decided_by.username", default=None, read_only=True)
    second_signature = serializers.BooleanField(
        source="needs_second_signature", read_only=True,
        help_text="The decision is proposed, and takes effect once a second officer has signed.",
    )
    waits_for_trader = serializers.BooleanField(read_only=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = Review
        fields: tuple[str, ...] = (
            "id", "declaration", "queue", "office", "kind", "tier", "state", "priority", "lane",
            "officer", "decided_by", "reason_code", "reason", "second_signature",
            "waits_for_trader", "opened_at", "claimed_at", "due_at", "closed_at", "links",
        )
        read_only_fields = fields

    @extend_schema_field(ReviewLinks)
    def get_links(self, review: Review) -> dict[str, str]:
        absolute = self.context["request"].build_absolute_uri
        return {"self": absolute(reverse("api_agency_review", args=[review.pk])),
                "page": absolute(reverse("review", args=[review.pk]))}


class FileSerializer(serializers.ModelSerializer[Attachment]):
    content = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ("id", "name", "media_type", "size", "sha256", "uploaded_at", "content")
        read_only_fields = fields

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_content(self, file: Attachment) -> str:
        path = reverse("api_agency_file", args=[self.context["review"].pk, file.pk])
        return str(self.context["request"].build_absolute_uri(path))


class QuestionSerializer(serializers.ModelSerializer[InformationRequest]):
    """A question to the trader; its answer is there once it is sent."""

    state = serializers.ChoiceField(choices=RequestState.choices, read_only=True)
    documents = serializers.ListField(child=serializers.CharField(), read_only=True)
    asked_by = serializers.CharField(source="asked_by.username", read_only=True)
    answer = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    class Meta:
        model = InformationRequest
        fields = ("id", "state", "text", "documents", "asked_by", "asked_at", "due_at", "answer",
                  "files", "closed_at")
        read_only_fields = fields

    def get_answer(self, asked: InformationRequest) -> str:
        return asked.answer if asked.state == RequestState.ANSWERED else ""

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, asked: InformationRequest) -> list[Any]:
        """What the trader only prepares is not the agency's to see."""
        sent = asked.files.all() if asked.state == RequestState.ANSWERED else ()
        return list(FileSerializer(sent, many=True, context=self.context).data)


class OtherReviewSerializer(serializers.ModelSerializer[Review]):
    """What another agency says of the same declaration."""

    agency = serializers.CharField(source="queue.agency.name", read_only=True)
    state = serializers.ChoiceField(choices=ReviewState.choices, read_only=True)

    class Meta:
        model = Review
        fields = ("agency", "tier", "state", "closed_at")
        read_only_fields = fields


# --- what is taken --------------------------------------------------------------------------


class WantedConditionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(
        required=False, allow_blank=True, max_length=CODE_LENGTH,
        help_text="Of your agency's templates; without one it is “other”.",
    )
    text = serializers.CharField(
        required=False, allow_blank=True, max_length=CONDITION_LENGTH,
        help_text="Without one, that of the template.",
    )
    when = serializers.ChoiceField(
        choices=ConditionTime.choices, required=False, help_text="Without it, the template's.")


class ApprovalSerializer(OfficerSerializer):
    note = serializers.CharField(required=False, allow_blank=True, max_length=TEXT_LENGTH)
    conditions = serializers.ListField(
        child=WantedConditionSerializer(), required=False, max_length=MAX_CONDITIONS)


class RefusalSerializer(OfficerSerializer):
    reason_code = serializers.ChoiceField(choices=RefusalReason.choices)
    reason = serializers.CharField(max_length=TEXT_LENGTH, help_text="The trader reads it.")


class AskSerializer(OfficerSerializer):
    text = serializers.CharField(max_length=TEXT_LENGTH, help_text="The trader reads it.")
    documents = serializers.ListField(
        child=serializers.CharField(max_length=DOCUMENT_LENGTH), required=False,
        max_length=MAX_DOCUMENTS, help_text="Documents asked for, in words.",
    )
    due_at = serializers.DateTimeField(help_text="Until when to answer; at most 90 days.")


class WordsSerializer(OfficerSerializer):
    words = serializers.CharField(max_length=TEXT_LENGTH, help_text="Your colleague reads it.")


class FulfilmentSerializer(OfficerSerializer):
    note = serializers.CharField(required=False, allow_blank=True, max_length=TEXT_LENGTH)


class NextSerializer(OfficerSerializer):
    queue = serializers.CharField(
        required=False, help_text="Code of one of your queues; without it, of all.")
