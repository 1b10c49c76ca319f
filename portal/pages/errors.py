"""What is answered when an address is wrong or something failed: a page, or a problem document.

Programs that call the REST or exchange addresses get RFC 9457 problem documents, people get pages.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from declarations.problems import CONTENT_TYPE, document

MACHINE_PATHS = ("/api/", "/exchange/v1/")


def for_program(request: HttpRequest) -> bool:
    return request.path.startswith(MACHINE_PATHS)


def problem(status: HTTPStatus, detail: str) -> HttpResponse:
    """The same shape as every other refusal of the REST interface, ``errors`` included."""
    code = status.phrase.lower().replace(" ", "_")
    return JsonResponse(
        document(status, code, detail), status=status.value, content_type=CONTENT_TYPE
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if for_program(request):
        return problem(HTTPStatus.BAD_REQUEST, "The request was not understood.")
    # No request in the context: what is wrong with it might break the page again.
    return HttpResponse(render_to_string("400.html"), status=HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if for_program(request):
        return problem(HTTPStatus.FORBIDDEN, "This is not permitted with these credentials.")
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if for_program(request):
        return problem(HTTPStatus.NOT_FOUND, "There is nothing at this address.")
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest, *_: Any) -> HttpResponse:
    if for_program(request):
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "Something went wrong on our side; nothing was half-saved. Try again later.",
        )
    # Static on purpose: database, session and languages may be what failed.
    return HttpResponse(render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)
