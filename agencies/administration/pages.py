"""The agency at a glance, its offices, queues, usual conditions, places and permit series."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.administration import forms
from agencies.administration.parts import Part, actor_of, delete, edit, own_agency, show, show_list
from agencies.calendars import Absence, Holiday, Office
from agencies.conditions_of_approval import ConditionTemplate
from agencies.correspondence import RequestTemplate
from agencies.field_visibility import ElementGroup
from agencies.forms import today
from agencies.inspections.models import Site
from agencies.models import Queue
from agencies.permits.models import PermitScheme
from agencies.queues.assigning import officers_of
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind

OFFICES = Part(
    "agency_offices", "agency_office", gettext_lazy("Offices"), Office, forms.OfficeForm,
    EventKind.OFFICES_CHANGED, gettext_lazy("New office"),
)
QUEUES = Part(
    "agency_queues", "agency_queue", gettext_lazy("Queues"), Queue, forms.QueueForm,
    EventKind.QUEUES_CHANGED, gettext_lazy("New queue"),
)
CONDITIONS = Part(
    "agency_conditions", "agency_condition", gettext_lazy("Usual conditions"), ConditionTemplate,
    forms.ConditionTemplateForm, EventKind.CONDITION_TEMPLATES_CHANGED,
    gettext_lazy("New condition"), more={"removes": "agency_condition_remove"},
)
SCHEMES = Part(
    "agency_schemes", "agency_scheme", gettext_lazy("Permit series"), PermitScheme,
    forms.SchemeForm, EventKind.SCHEMES_CHANGED,
)


@require_safe
@requires(Permission.MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """What the operator set, read only, and how much of each part there is."""
    agency, actor, day = own_agency(request), actor_of(request), today()
    withheld = frozenset(agency.withheld)
    own_queues = Queue.objects.filter(agency=agency)
    return show(request, "overview.html", {
        "groups": [(group.label, group not in withheld) for group in ElementGroup],
        "counts": {
            "officers": officers_of(actor.organisation_id).count(),
            "offices": Office.objects.filter(agency=agency, closed=False).count(),
            "holidays": Holiday.objects.filter(agency=agency, day__gte=day).count(),
            "absent": Absence.objects.filter(agency=agency).on(day).count(),
            "queues": own_queues.count(),
            "conditions": ConditionTemplate.objects.filter(agency=agency).count(),
            "questions": RequestTemplate.objects.filter(agency=agency).count(),
            "sites": Site.objects.filter(agency=agency, closed=False).count(),
            "schemes": PermitScheme.objects.filter(agency=agency).count(),
        },
    }, agency)


@require_safe
@requires(Permission.MANAGE)
def offices(request: HttpRequest) -> HttpResponse:
    rows = Office.objects.filter(agency=own_agency(request)).prefetch_related(
        "officers", "queues").order_by("closed", "name")
    seated = Office.objects.filter(agency=own_agency(request), closed=False).values("officers")
    return show_list(request, OFFICES, "offices.html", rows, nowhere=officers_of(
        actor_of(request).organisation_id).exclude(pk__in=seated.filter(officers__isnull=False)))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def office(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    return edit(request, OFFICES, pk)


@require_safe
@requires(Permission.MANAGE)
def queues(request: HttpRequest) -> HttpResponse:
    rows = Queue.objects.filter(agency=own_agency(request)).select_related("office")
    return show_list(request, QUEUES, "queues.html", rows)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def queue(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    return edit(request, QUEUES, pk)


@require_safe
@requires(Permission.MANAGE)
def conditions(request: HttpRequest) -> HttpResponse:
    return show_list(request, CONDITIONS, "conditions.html",
                     ConditionTemplate.objects.filter(agency=own_agency(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def condition(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    return edit(request, CONDITIONS, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def condition_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    return delete(request, CONDITIONS, pk, _(
        "Officers can no longer choose it. Conditions that were set with it stay as they are."))


@require_safe
@requires(Permission.MANAGE)
def schemes(request: HttpRequest) -> HttpResponse:
    return show_list(request, SCHEMES, "schemes.html",
                     PermitScheme.objects.filter(agency=own_agency(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE)
def scheme(request: HttpRequest, pk: UUID) -> HttpResponse:
    return edit(request, SCHEMES, pk)
