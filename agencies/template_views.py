"""Questions that an agency asks often: kept by its own supervisors, used by its officers."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.correspondence import RequestTemplate
from agencies.forms import TemplateForm, summary
from agencies.models import Agency
from agencies.views import actor_of
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


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
    actor = actor_of(request)
    own = RequestTemplate.objects.of_agency(actor)
    if pk is not None:
        template = get_object_or_404(own, pk=pk)
    else:
        agency = Agency.objects.filter(organisation=actor.organisation_id).first()
        if agency is None:
            raise Http404
        template = RequestTemplate(agency=agency)
    if request.method == "POST":
        form = TemplateForm(request.POST)
        if form.is_valid() and own.exclude(pk=template.pk).filter(
            title=form.cleaned_data["title"]
        ).exists():
            form.add_error("title", _("Your agency has one with this title already."))
        if form.is_valid():
            for name, value in form.cleaned_data.items():
                setattr(template, name, value)
            template.save()
            messages.success(request, _("Saved."))
            return redirect("request_templates")
    else:
        form = TemplateForm(initial={} if pk is None else {
            name: getattr(template, name) for name in TemplateForm.base_fields})
    faults = summary(form)
    return render(request, "agencies/request_template.html", {
        "form": form.as_shown(), "errors": faults, "template": template if pk else None,
    }, status=422 if faults else 200)


@require_POST
@requires(Permission.SUPERVISE)
def template_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(RequestTemplate.objects.of_agency(actor_of(request)), pk=pk).delete()
    messages.success(request, _("Deleted. Questions that were asked with it stay as they are."))
    return redirect("request_templates")
