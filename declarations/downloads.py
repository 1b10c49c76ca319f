"""Handing out a kept file: always as a download, never to be shown or run by a browser."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from declarations.models import Attachment


def download(file: Attachment) -> FileResponse:
    """The exact bytes. What they hold came from outside and must run nowhere.

    Who may have the file is for the caller to decide. Raises Http404 if the storage lost it.
    """
    try:
        content = default_storage.open(str(file.file.name))
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        content, as_attachment=True, filename=file.name, content_type=file.media_type,
        headers={
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
