"""The three addresses that partners call. The signature is the gate: no session, no cookie, no CSRF.

Errors are problem documents (RFC 9457) whose ``code`` is stable; docs/exchange.md lists them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from exchange import inbox, keys, refusals, signing
from exchange.limits import MAX_MESSAGE_BYTES
from exchange.problems import Refused
from portal.accounts.permissions import public

P = ParamSpec("P")


def _refusals_answered(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    @wraps(view)
    def answered(*arguments: P.args, **named: P.kwargs) -> HttpResponse:
        try:
            return view(*arguments, **named)
        except Refused as refusal:
            request = arguments[0]
            assert isinstance(request, HttpRequest), "A view takes it first."
            refusals.note(request, refusal)
            return _problem(refusal)

    return answered


@public
@csrf_exempt
@require_POST
@_refusals_answered
def messages(request: HttpRequest) -> HttpResponse:
    """Take in a message: 201 with the receipt, 200 with the same receipt when it came before."""
    body = _body(request)
    message, new = inbox.receive(_signed(request), body)
    return JsonResponse({"receipt": message.receipt}, status=201 if new else 200)


@public
@csrf_exempt
@require_GET
@_refusals_answered
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Tell a partner whether its message has arrived: the receipt, or 404."""
    return JsonResponse({"receipt": inbox.find(_signed(request), message_id).receipt})


@public
@csrf_exempt
@require_GET
def own_keys(request: HttpRequest) -> HttpResponse:
    """The keys by which this portal signs, for anybody who checks a signature or a receipt."""
    response = JsonResponse(keys.own_jwks(), content_type="application/jwk-set+json")
    response["Cache-Control"] = "public, max-age=300"
    return response


def _body(request: HttpRequest) -> bytes:
    """The body, refused by its announced size before a byte of it is read."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        raise Refused(411, "length-required", "Content-Length is required.")
    if int(length) > MAX_MESSAGE_BYTES:
        raise Refused(413, "too-large", f"A message has at most {MAX_MESSAGE_BYTES} bytes.")
    return request.body


def _signed(request: HttpRequest) -> signing.HttpRequest:
    return signing.HttpRequest(
        method=request.method or "",
        url=request.build_absolute_uri(),
        headers={name.lower(): value for name, value in request.headers.items()},
    )


def _problem(refusal: Refused) -> HttpResponse:
    document: dict[str, Any] = {
        "type": f"urn:problem:exchange:{refusal.code}",
        "title": refusal.code.replace("-", " ").capitalize(),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
    }
    if refusal.errors:
        document["errors"] = refusal.errors
    response = JsonResponse(
        document, status=refusal.status, content_type="application/problem+json"
    )
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        response["WWW-Authenticate"] = 'Signature realm="exchange"'
    return response
