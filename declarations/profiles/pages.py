"""The administrator's pages: installed profiles, and installing one in two steps.

First a zip is uploaded and looked through; what is refused leaves nothing behind. Then it is said
what the schemas are, checked as often as wanted, and installed.
"""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from declarations import wco
from declarations.profiles import plan, store
from declarations.profiles.archive import MAX_ARCHIVE_BYTES
from declarations.profiles.forms import (
    EndForm,
    OrganisationsForm,
    SampleForm,
    SetupForm,
    UploadForm,
)
from declarations.profiles.install import install, set_end, set_organisations
from declarations.profiles.models import InstalledProfile, ProfileGrant, ProfileUpload
from declarations.profiles.showing import Problem, kind_lines, listed, problems, trial_of
from declarations.wco.foreign import SchemasRefused
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.journal.models import Event

FORGOTTEN_AFTER = timedelta(days=1)


@require_safe
@requires(Permission.ADMINISTER)
def profiles(request: HttpRequest) -> HttpResponse:
    """Every installed version with where it stands, and what comes with the portal."""
    installed = InstalledProfile.objects.without_archive()
    return render(request, "declarations/profiles/list.html", {
        "profiles": listed(installed, store.today()),
        "built_in": wco.profiles(),
        "uploads": ProfileUpload.objects.defer("archive"),
    })


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def profile_new(request: HttpRequest) -> HttpResponse:
    """Step one: upload the zip."""
    form = UploadForm(*_sent(request))
    refused: list[Problem] = []
    if form.is_valid():
        file = form.cleaned_data["archive"]
        body = file.read(MAX_ARCHIVE_BYTES + 1)
        try:
            with plan.opened(body):
                pass
        except SchemasRefused as error:
            refused = problems(error.faults)
        else:
            ProfileUpload.objects.filter(
                uploaded_at__lt=timezone.now() - FORGOTTEN_AFTER
            ).delete()
            upload = ProfileUpload.objects.create(
                filename=(file.name or "")[:200], archive=body,
                sha256=hashlib.sha256(body).hexdigest(),
                uploaded_by=request.actor.label,  # type: ignore[attr-defined]
            )
            return redirect("profile_setup", upload.pk)
    status = 422 if refused or form.errors else 200
    return render(
        request, "declarations/profiles/new.html",
        {"form": form, "refused": refused, "max_megabytes": MAX_ARCHIVE_BYTES // 2**20},
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def profile_setup(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Step two: say what the schemas are; check, or check and install."""
    upload = get_object_or_404(ProfileUpload, pk=pk)
    archive = bytes(upload.archive)
    context: dict[str, Any] = {"upload": upload}
    with plan.opened(archive) as (files, schemas):
        context |= {"ignored": files.ignored, "schema_count": len(files.schemas)}
        form = SetupForm(schemas, *_sent(request))
    context["form"] = form
    if form.is_valid():
        try:
            if "install" in request.POST:
                installed = install(request.actor, form.plan(), archive)  # type: ignore[attr-defined]
                upload.delete()
                messages.success(request, _("%(profile)s is installed.") % {"profile": installed})
                return redirect("profile", installed.pk)
            sample = form.cleaned_data["sample"]
            examined = plan.examine(form.plan(), archive, sample.read() if sample else None)
            context["examined"] = examined
            context["kinds"] = kind_lines(
                {kind.value: entry for kind, entry in examined.plan.entries.items()},
                {code: kind.value for code, kind in examined.plan.codes.items()},
            )
            if examined.trial:
                context["trial"] = trial_of(examined.trial, examined.sample)
        except SchemasRefused as error:
            context["refused"] = problems(error.faults)
    elif form.errors:
        context["refused"] = _slips(form)
    status = 422 if context.get("refused") else 200
    return render(request, "declarations/profiles/setup.html", context, status=status)


@require_POST
@requires(Permission.ADMINISTER)
def profile_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Forget an upload that was not installed."""
    get_object_or_404(ProfileUpload.objects.defer("archive"), pk=pk).delete()
    messages.info(request, _("The upload was discarded."))
    return redirect("profiles")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def profile(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One installed version. Posting tries a sample message by it."""
    installed = get_object_or_404(InstalledProfile.objects.without_archive(), pk=pk)
    if request.method != "POST":
        return _show(request, installed)
    form = SampleForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, installed, sample_form=form, refused=_slips(form))
    by = store.load(installed)
    verdict = wco.validate(form.cleaned_data["sample"].read(), by)
    read = wco.from_xml(verdict.message.root, by) if verdict.message else None
    return _show(request, installed, trial=trial_of(verdict, read))


@require_POST
@requires(Permission.ADMINISTER)
def profile_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the last day on which a version is in force."""
    installed = get_object_or_404(InstalledProfile.objects.without_archive(), pk=pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _show(request, installed, end_form=form, refused=_slips(form))
    try:
        set_end(request.actor, pk, form.cleaned_data["valid_to"])  # type: ignore[attr-defined]
    except SchemasRefused as error:
        return _show(request, installed, end_form=form, refused=problems(error.faults))
    messages.success(request, _("The last day in force was changed."))
    return redirect("profile", pk)


@require_POST
@requires(Permission.ADMINISTER)
def profile_organisations(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change who may file with a profile, whatever its version."""
    installed = get_object_or_404(InstalledProfile.objects.without_archive(), pk=pk)
    form = OrganisationsForm(request.POST)
    if not form.is_valid():
        return _show(request, installed, organisations_form=form, refused=_slips(form))
    set_organisations(request.actor, pk, form.cleaned_data["organisations"])  # type: ignore[attr-defined]
    messages.success(request, _("The organisations were changed."))
    return redirect("profile", pk)


@require_safe
@requires(Permission.ADMINISTER)
def profile_archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The zip, exactly as it was installed."""
    installed = get_object_or_404(InstalledProfile, pk=pk)
    name = f"{installed.name}-{installed.version}.zip"
    return HttpResponse(bytes(installed.archive), content_type="application/zip", headers={
        "Content-Disposition": f'attachment; filename="{name}"'})


def _show(request: HttpRequest, installed: InstalledProfile, **context: Any) -> HttpResponse:
    grants = list(
        ProfileGrant.objects.filter(name=installed.name).select_related("organisation")
    )
    numbers = "\n".join(grant.organisation.identifier for grant in grants)
    everyone = listed(
        InstalledProfile.objects.without_archive().filter(name=installed.name), store.today()
    )
    shown = {
        "profile": next(one for one in everyone if one.profile == installed),
        "others": [one for one in everyone if one.profile != installed],
        "kinds": kind_lines(installed.entries, installed.type_codes),
        "grants": grants,
        "events": Event.objects.of(installed.pk),
        "end_form": EndForm(initial={"valid_to": installed.valid_to}),
        "organisations_form": OrganisationsForm(initial={"organisations": numbers}),
        "sample_form": SampleForm(),
    }
    status = 422 if "refused" in context else 200
    return render(request, "declarations/profiles/detail.html", shown | context, status=status)


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    """What a form is made of: nothing unless it was posted, then even an empty one."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _slips(form: Form) -> list[Problem]:
    """What is wrong in the fields, each with its field to go to."""
    return [
        Problem(str(text), str(form[name].label), form[name].id_for_label)
        for name, texts in form.errors.items() for text in texts
    ]
