"""Errors of the REST interface as problem documents (RFC 9457).

``errors`` lists every fault: ``pointer`` (WCO, a list of steps), ``path`` (names of elements),
``code`` and ``message``, in the language of the request.
"""

import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from declarations.door import IntakeRefused
from declarations.wco import Fault

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


class TooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class LengthRequired(exceptions.APIException):
    status_code = HTTPStatus.LENGTH_REQUIRED
    default_code = "length_required"


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer what a view raised. None, for what nobody foresaw: Django then logs it as a 500."""
    problem = problem_of(error)
    if problem is None:
        return None
    set_rollback()
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(error, OperationalError):
        logger.error("The database did not do it: %s", error)
        headers["Retry-After"] = "5"
    return Response(
        problem, status=problem["status"], headers=headers, content_type=CONTENT_TYPE
    )


def problem_of(error: Exception) -> dict[str, Any] | None:
    """The problem document of an exception, or None for one that is no answer to a client."""
    match error:
        case IntakeRefused():
            return refusal(error)
        case exceptions.ValidationError():
            return document(
                error.status_code, "invalid", _("Some parameters are not right."),
                [{"pointer": [], "path": name, "code": "invalid", "message": str(text)}
                 for name, text in _parameters(error)],
            )
        case exceptions.APIException():
            return document(error.status_code, error.default_code, str(error.detail))
        case Http404():
            return document(HTTPStatus.NOT_FOUND, "not_found", _("There is nothing here for you."))
        case PermissionDenied():
            return document(
                HTTPStatus.FORBIDDEN, "permission_denied",
                _("Your credentials do not allow this. Ask for the scope that does."),
            )
        case RequestDataTooBig():
            return document(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", _("The request is too large.")
            )
        case MultiPartParserError() | SuspiciousOperation():
            return document(
                HTTPStatus.BAD_REQUEST, "parse_error", _("The request could not be read.")
            )
        case OperationalError():
            return document(
                HTTPStatus.SERVICE_UNAVAILABLE, "busy",
                _("The portal is busy and nothing was kept. Send the same request again."),
            )
    return None


def _parameters(error: exceptions.ValidationError) -> list[tuple[str, Any]]:
    """Name and text of each parameter that is wrong."""
    if not isinstance(error.detail, dict):
        return [("", text) for text in error.detail]
    return [(name, text) for name, texts in error.detail.items() for text in texts]


def refusal(error: IntakeRefused) -> dict[str, Any]:
    errors = errors_of(error.faults)
    return document(error.status, error.faults[0].code, errors[0]["message"], errors)


def errors_of(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """The faults as the contract lists them, and what helps to find and mend each."""
    return [
        {
            "pointer": [step.to_dict() for step in fault.pointer],
            "path": _sendable(fault.path),
            "code": fault.code,
            "message": _sendable(fault.translated(_)),
            "layer": fault.layer.value,
            "severity": fault.severity.value,
            "line": fault.line,
            "value": None if fault.value is None else _sendable(fault.value),
            "allowed": list(fault.allowed),
        }
        for fault in faults
    ]


def _sendable(text: str) -> str:
    """Without halves of characters, which JSON can hold (\\ud800) and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def document(
    status: int, code: str, detail: str, errors: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A problem document. ``code`` is stable and ends its type; ``errors`` has at least one."""
    return {
        "type": f"urn:problem:declarations:{code.lower().replace('_', '-')}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "errors": errors or [{"pointer": [], "path": "", "code": code, "message": detail}],
    }
