"""Filing messages from files in the browser, one answer per file."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from declarations import intake
from declarations.change_request import ChangeRequest
from declarations.forms.filing import PROFILE
from declarations.models import Declaration
from declarations.pages.acting import actor_of
from declarations.profiles import store
from declarations.states import Channel
from declarations.wco import Fault
from portal.accounts.actors import Actor
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

# Below Django's own limit of 100, which answers without words.
MAX_FILES = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: a declaration, a request to change one, or why not."""

    name: str
    declaration: Declaration | None = None
    change: ChangeRequest | None = None
    faults: tuple[Fault, ...] = ()
    message: str = ""

    @property
    def problems(self) -> list[dict[str, Any]]:
        """The faults in the language of the page."""
        return [
            {"message": fault.translated(_), "path": fault.path, "line": fault.line,
             "code": fault.code}
            for fault in self.faults
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def declaration_upload(request: HttpRequest) -> HttpResponse:
    """File each chosen file; one that is refused leaves nothing behind and stops no other."""
    if request.method != "POST":
        return _show(request)
    files = request.FILES.getlist("files")
    if not files:
        return _show(request, error=_("Choose at least one XML file."))
    if len(files) > MAX_FILES:
        return _show(request, error=_("At most %(count)s files at a time.") % {"count": MAX_FILES})
    profile = request.POST.get("profile", "") or PROFILE
    outcomes = [_file(actor_of(request), file, profile) for file in files]
    refused = any(outcome.declaration is None for outcome in outcomes)
    return _show(request, outcomes=outcomes, status=422 if refused else 200)


def _file(actor: Actor, file: UploadedFile, profile: str) -> Outcome:
    name = file.name or ""
    if (file.size or 0) > settings.MAX_MESSAGE_BYTES:
        limit = settings.MAX_MESSAGE_BYTES // (1024 * 1024)
        return Outcome(name, message=_(
            "The file is larger than %(limit)s MB. Split it into several declarations."
        ) % {"limit": limit})
    try:
        taken = intake.take_in(actor, file.read(), channel=Channel.FILE, profile=profile)
    except intake.IntakeRefused as refused:
        return Outcome(name, faults=tuple(refused.faults))
    if isinstance(taken, ChangeRequest):
        return Outcome(name, taken.declaration, taken)
    return Outcome(name, taken)


def _show(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    if context.get("error"):
        status = 422
    formats = {
        "profiles": store.open_to(actor_of(request)),
        "profile": request.POST.get("profile", "") or PROFILE,
    }
    limits = {"max_files": MAX_FILES, "max_megabytes": settings.MAX_MESSAGE_BYTES // (1024 * 1024)}
    return render(request, "declarations/upload.html", limits | formats | context, status=status)
