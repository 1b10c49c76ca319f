"""Questions that an agency asks often: kept by its own supervisors, used by its officers."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.administration.forms import RequestTemplateForm
from agencies.administration.parts import Part, actor_of, delete, edit
from agencies.correspondence import RequestTemplate
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind

QUESTIONS = Part(
    "request_templates", "request_template", gettext_lazy("Questions asked often"),
    RequestTemplate, RequestTemplateForm, EventKind.REQUEST_TEMPLATES_CHANGED,
    gettext_lazy("New question"), more={"removes": "request_template_delete"},
)


@require_safe
@requires(Permission.REVIEW)
def template_list(request: HttpRequest) -> HttpResponse:
    """The agency's own; only a supervisor is offered to change them."""
    actor = actor_of(request)
    return render(request, "agencies/request_templates.html", {
        "templates": RequestTemplate.objects.of_agency(actor),
        "may_edit": actor.may(Permission.SUPERVISE),
    })


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPERVISE)
def template_edit(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """A new one, or one of the agency's own to be changed."""
    return edit(request, QUESTIONS, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPERVISE)
def template_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    return delete(request, QUESTIONS, pk, _(
        "Officers can no longer choose it. Questions that were asked with it stay as they are."))
