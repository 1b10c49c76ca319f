"""REST for agencies with a system of their own: inspections called for, joined, and their results.

Who takes part reads what all found, as on the officers' page. What is found on site is noted with
the page on the phone.
"""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.api_deciding import ACTING, CONFLICTS, ActingView
from agencies.api_officer import reader
from agencies.api_reviews import OFFICER_HEADER, ByKey
from agencies.api_serializers import OfficerSerializer
from agencies.cases import DecisionError
from agencies.inspections import appointing, noting, visits
from agencies.inspections.models import (
    TEXT_LENGTH,
    Finding,
    Inspection,
    Participant,
    Site,
)
from agencies.inspections.states import Aspect, FindingKind, InspectionState, Look, Part, Verdict
from agencies.inspections.visits import MOST_HOURS_TO_ANSWER, Need, Wish
from agencies.visibility import note_view
from declarations.api import PROBLEMS, ApiView, PagedView
from portal.accounts.actors import Actor
from portal.accounts.permissions import actor_of
from portal.accounts.roles import Permission

MOST_ITEMS = 999


class ParticipantSerializer(serializers.ModelSerializer[Participant]):
    """An agency's part in the visit, why, and what it concludes."""

    agency = serializers.CharField(source="agency.name", read_only=True)
    part = serializers.ChoiceField(choices=Part.choices, read_only=True)
    looks = serializers.ListField(child=serializers.ChoiceField(choices=Look.choices),
                                  read_only=True)
    items = serializers.ListField(
        child=serializers.IntegerField(), read_only=True,
        help_text="Numbers of goods items to be seen; none: the consignment as a whole.")

    class Meta:
        model = Participant
        fields = ("agency", "part", "reasons", "looks", "items", "answered_at", "conclusion",
                  "signed_at")
        read_only_fields = fields


class FindingSerializer(serializers.ModelSerializer[Finding]):
    """What an inspector saw or did. Of checks of one item by one agency the last one counts."""

    agency = serializers.CharField(source="agency.name", read_only=True)
    kind = serializers.ChoiceField(choices=FindingKind.choices, read_only=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices, allow_blank=True, read_only=True)
    aspects = serializers.ListField(
        child=serializers.ChoiceField(choices=Aspect.choices), read_only=True)
    photographs = serializers.SerializerMethodField(help_text="How many were taken.")

    class Meta:
        model = Finding
        fields = ("id", "agency", "kind", "item", "verdict", "aspects", "text", "sample",
                  "laboratory", "seal_removed", "seal_applied", "photographs", "noted_at")
        read_only_fields = fields

    def get_photographs(self, finding: Finding) -> int:
        return len(finding.photographs.all())


class InspectionSerializer(serializers.ModelSerializer[Inspection]):
    """One visit to the goods of a declaration by all the agencies that need to see them."""

    mrn = serializers.CharField(source="declaration.mrn", read_only=True)
    state = serializers.ChoiceField(choices=InspectionState.choices, read_only=True)
    lead = serializers.CharField(source="lead.name", read_only=True)
    place = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()
    review = serializers.SerializerMethodField()
    participants = serializers.SerializerMethodField()

    class Meta:
        model = Inspection
        fields: tuple[str, ...] = (
            "id", "declaration", "mrn", "review", "state", "lead", "prepare", "called_at",
            "answer_by", "place", "starts_at", "ends_at", "confirmed_at", "other_time",
            "started_at", "closed_at", "result", "participants")
        read_only_fields = fields

    def get_place(self, inspection: Inspection) -> str:
        return appointing.place(inspection)

    @extend_schema_field(serializers.ChoiceField(choices=Verdict.choices, allow_null=True))
    def get_result(self, inspection: Inspection) -> str | None:
        """Null until the last agency has signed."""
        if inspection.discrepancy is None:
            return None
        return str((Verdict.DISCREPANCY if inspection.discrepancy else Verdict.AS_DECLARED).value)

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_review(self, inspection: Inspection) -> str | None:
        """Your agency's review for which it is."""
        own = self.context["organisation"]
        return next((str(one.review_id) for one in inspection.participants.all()
                     if one.agency.organisation_id == own), None)

    @extend_schema_field(ParticipantSerializer(many=True))
    def get_participants(self, inspection: Inspection) -> list[Any]:
        return list(ParticipantSerializer(inspection.participants.all(), many=True).data)


class InspectionDetailSerializer(InspectionSerializer):
    findings = serializers.SerializerMethodField()

    class Meta(InspectionSerializer.Meta):
        fields = (*InspectionSerializer.Meta.fields, "findings")
        read_only_fields = fields

    @extend_schema_field(FindingSerializer(many=True))
    def get_findings(self, inspection: Inspection) -> list[Any]:
        return list(FindingSerializer(Finding.objects.about(inspection.pk), many=True).data)


class NeedSerializer(OfficerSerializer):
    reasons = serializers.CharField(
        max_length=TEXT_LENGTH, help_text="For the agencies; the trader is not told.")
    looks = serializers.ListField(
        child=serializers.ChoiceField(choices=Look.choices), required=False,
        max_length=len(Look.values), help_text="Without it: the goods.")
    items = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=MOST_ITEMS,
        help_text="Numbers of goods items; without it the consignment as a whole.")


class CallSerializer(NeedSerializer):
    prepare = serializers.CharField(
        required=False, allow_blank=True, max_length=TEXT_LENGTH, help_text="The trader reads it.")
    site = serializers.CharField(required=False, help_text="Name of one of your agency's places.")
    wished_at = serializers.DateTimeField(required=False)
    hours = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_HOURS_TO_ANSWER,
        help_text="Hours in which the other agencies answer; 4 without it.")


class AppointmentSerializer(OfficerSerializer):
    site = serializers.CharField(help_text="Name of a place of an agency that takes part.")
    starts_at = serializers.DateTimeField(help_text="The beginning of a slot of the place.")
    minutes = serializers.IntegerField(min_value=1, max_value=600)
    directions = serializers.CharField(required=False, allow_blank=True, max_length=200)
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=TEXT_LENGTH,
        help_text="Of moving it; the trader reads it.")


class CallOffSerializer(OfficerSerializer):
    reason = serializers.CharField(max_length=TEXT_LENGTH, help_text="The trader reads it.")


class ConclusionSerializer(OfficerSerializer):
    conclusion = serializers.CharField(required=False, allow_blank=True, max_length=TEXT_LENGTH)


SEEN = {200: InspectionDetailSerializer} | CONFLICTS


def shown(request: Request, pk: UUID) -> Any:
    """Read after the verb: as it stands now."""
    found = get_object_or_404(_of_agency(request), pk=pk)
    return InspectionDetailSerializer(found, context=_context(request)).data


class InspectionsView(PagedView):
    required_permission = Permission.VIEW_CASES
    serializer_class = InspectionSerializer
    pagination_class = ByKey

    @extend_schema(
        operation_id="agency_inspections_list",
        parameters=[
            OpenApiParameter("state", str, enum=InspectionState.values),
            OpenApiParameter("part", str, enum=Part.values,
                             description="What your agency has to do with it; asked: to be answered."),
        ],
        responses={200: InspectionSerializer(many=True)} | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """The inspections that your agency called for, is asked to or takes part in."""
        return self.list(request)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), **_context(self.request)}

    def get_queryset(self) -> QuerySet[Inspection]:
        found = _of_agency(self.request)
        given = self.request.query_params
        if state := given.get("state"):
            found = found.filter(state=_one_of("state", state, InspectionState.values))
        if part := given.get("part"):
            found = found.filter(participants__in=Participant.objects.filter(
                part=_one_of("part", part, Part.values),
                agency__organisation=actor_of(self.request).organisation_id))
        return found


class InspectionView(ApiView):
    required_permission = Permission.VIEW_CASES

    @extend_schema(operation_id="agency_inspections_read", parameters=[OFFICER_HEADER],
                   responses={200: InspectionDetailSerializer} | PROBLEMS)
    def get(self, request: Request, pk: UUID) -> Response:
        """One inspection: who takes part, when and where, what was found, the result. Journalled."""
        found = get_object_or_404(_of_agency(request), pk=pk)
        note_view(found.declaration, reader(request))
        return Response(shown(request, pk))


class CallView(ActingView):
    @extend_schema(operation_id="agency_reviews_inspect", parameters=ACTING, request=CallSerializer,
                   responses=SEEN)
    def post(self, request: Request, pk: UUID) -> Response:
        """Call for an inspection, from a review that the officer has taken up.

        The other agencies with an open review are asked to join. Where one is called already,
        your agency joins that one.
        """
        def do(actor: Actor, given: dict[str, Any]) -> Response:
            site = None
            if name := given.get("site"):
                site = Site.objects.of_agency(actor).filter(name=name, closed=False).first()
                if site is None:
                    raise DecisionError(_("Choose a place of your own agency."), "site")
            wish = Wish(given.get("prepare", ""), site, given.get("wished_at"))
            if hours := given.get("hours"):
                wish = Wish(wish.prepare, site, wish.at, hours)
            return Response(shown(request, visits.call(pk, actor, _need(given), wish).pk))
        return self.act(request, CallSerializer, do)


class OfInspection(ActingView):
    def owned(self, actor: Actor) -> QuerySet[Any]:
        return Inspection.objects.of_agency(actor)


class JoinView(OfInspection):
    @extend_schema(operation_id="agency_inspections_join", parameters=ACTING,
                   request=NeedSerializer, responses=SEEN)
    def post(self, request: Request, pk: UUID) -> Response:
        """Take part, until the visit begins; say why and what your agency has to see."""
        def do(actor: Actor, given: dict[str, Any]) -> Response:
            return Response(shown(request, visits.join(pk, actor, _need(given)).pk))
        return self.act(request, NeedSerializer, do)


class NotNeededView(OfInspection):
    @extend_schema(operation_id="agency_inspections_not_needed", parameters=ACTING,
                   request=OfficerSerializer, responses=SEEN)
    def post(self, request: Request, pk: UUID) -> Response:
        """Say that your agency needs no look at the goods."""
        def do(actor: Actor, _given: dict[str, Any]) -> Response:
            return Response(shown(request, visits.not_needed(pk, actor).pk))
        return self.act(request, OfficerSerializer, do)


class AppointView(OfInspection):
    @extend_schema(operation_id="agency_inspections_appoint", parameters=ACTING,
                   request=AppointmentSerializer, responses=SEEN)
    def post(self, request: Request, pk: UUID) -> Response:
        """Fix place and time, or move them, as the lead agency."""
        def do(actor: Actor, given: dict[str, Any]) -> Response:
            found = Inspection.objects.of_agency(actor).get(pk=pk)
            sites = [one for one in appointing.bookable(found) if one.name == given["site"]]
            if not sites:
                raise DecisionError(_("Choose a place of an agency that takes part."), "site")
            appointing.appoint(
                pk, actor, sites[0].pk, given["starts_at"], given["minutes"],
                given.get("directions", ""), given.get("reason", ""))
            return Response(shown(request, pk))
        return self.act(request, AppointmentSerializer, do)


class CallOffView(OfInspection):
    @extend_schema(operation_id="agency_inspections_call_off", parameters=ACTING,
                   request=CallOffSerializer, responses=SEEN)
    def post(self, request: Request, pk: UUID) -> Response:
        """Call it off before it has begun, as the lead agency; the reviews go on without."""
        def do(actor: Actor, given: dict[str, Any]) -> Response:
            return Response(shown(request, visits.call_off(pk, actor, given["reason"]).pk))
        return self.act(request, CallOffSerializer, do)


class SignResultView(OfInspection):
    @extend_schema(operation_id="agency_inspections_sign", parameters=ACTING,
                   request=ConclusionSerializer, responses=SEEN)
    def post(self, request: Request, pk: UUID) -> Response:
        """Sign your agency's result. The last signature closes the visit for all agencies."""
        def do(actor: Actor, given: dict[str, Any]) -> Response:
            return Response(shown(
                request, noting.sign(pk, actor, given.get("conclusion", "")).pk))
        return self.act(request, ConclusionSerializer, do)


def _of_agency(request: Request) -> QuerySet[Inspection]:
    return Inspection.objects.of_agency(actor_of(request)).select_related(
        "declaration", "lead", "site").prefetch_related("participants__agency")


def _context(request: Request) -> dict[str, Any]:
    return {"request": request, "organisation": actor_of(request).organisation_id}


def _need(given: dict[str, Any]) -> Need:
    return Need(given["reasons"], given.get("looks") or (Look.GOODS,), given.get("items", ()))


def _one_of(name: str, value: str, allowed: list[str]) -> str:
    if value not in allowed:
        raise serializers.ValidationError({name: [
            _("Use one of: %(values)s.") % {"values": ", ".join(allowed)}]})
    return value
