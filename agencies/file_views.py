"""A file of the case, shown beside the data.

Only kinds that a browser draws by itself are shown. The answer may be framed by our own pages alone
and stands in a sandbox without an origin: nothing in it runs, loads, opens or sends anything.
Everything else is handed out as a download.
"""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from agencies import requests
from agencies.models import Review
from agencies.visibility import note_view
from declarations.filetypes import JPEG, PDF, PNG, WEBP
from declarations.models import Attachment
from portal.accounts.actors import Actor
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

PICTURES = frozenset({JPEG.media_type, PNG.media_type, WEBP.media_type})
SHOWN = PICTURES | {PDF.media_type}


@require_safe
@requires(Permission.REVIEW)
def review_file(request: HttpRequest, pk: UUID, file_pk: UUID) -> FileResponse:
    """The exact bytes, to be looked at; 404 for a kind that is only handed out."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = get_object_or_404(
        Review.objects.came_to(actor).select_related("declaration"), pk=pk)
    file: Attachment = get_object_or_404(
        requests.files_seen_by(found.declaration, actor), pk=file_pk, media_type__in=SHOWN)
    note_view(found.declaration, actor)
    try:
        content = default_storage.open(str(file.file.name))
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        content, as_attachment=False, filename=file.name, content_type=file.media_type,
        headers={
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
            "X-Frame-Options": "SAMEORIGIN",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
