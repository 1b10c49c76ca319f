"""The public page: whether a permit stands, for anyone who has seen its paper.

Kept apart from the clearance path: it reads only, in a transaction that can do nothing else and is
stopped after a second; each address has so many questions a minute, counted in the cache; nothing of
it runs in a worker. A cache that is down closes the page, not the portal.
"""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from agencies.forms import summary
from agencies.permits.forms import VerifyForm
from agencies.permits.issuing import today
from agencies.permits.models import Permit
from agencies.permits.states import PermitState
from agencies.permits.words import country, type_name
from portal.accounts.permissions import public

logger = logging.getLogger(__name__)

PER_MINUTE = 30
WINDOW_SECONDS = 60
SLOWEST = "1s"

View = Callable[..., HttpResponseBase]


def _limited(view: View) -> View:
    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _may_ask(request):
            return _answer(request, "busy", {}, HTTPStatus.TOO_MANY_REQUESTS)
        return view(request, *args, **kwargs)

    return counted


def _may_ask(request: HttpRequest) -> bool:
    key = f"permit-verify:{get_adapter().get_client_ip(request)}"
    try:
        cache.add(key, 0, WINDOW_SECONDS)
        return cache.incr(key) <= PER_MINUTE
    except ValueError:  # it ran out between the two
        return True
    except RedisError:
        logger.warning("The cache does not answer; permits cannot be verified now.")
        return False


@public
@require_safe
@_limited
def permit_verify(request: HttpRequest) -> HttpResponseBase:
    """By number and check code, in a form that works without scripts."""
    if "number" not in request.GET and "check" not in request.GET:
        return render(request, "agencies/permits/verify.html", {"form": VerifyForm().as_shown()})
    form = VerifyForm(request.GET)
    if not form.is_valid():
        if _wants_json(request):
            told = {name: list(errors) for name, errors in form.errors.items()}
            return JsonResponse({"errors": told}, status=HTTPStatus.BAD_REQUEST)
        return render(request, "agencies/permits/verify.html", {
            "form": form.as_shown(), "errors": summary(form),
        }, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _verdict(request, form, number=form.cleaned_data["number"],
                    check_code=form.cleaned_data["check"])


@public
@require_safe
@_limited
def permit_verify_one(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """By the address in the QR code."""
    return _verdict(request, None, public_id=public_id)


def _verdict(request: HttpRequest, form: VerifyForm | None, **wanted: Any) -> HttpResponseBase:
    try:
        found = _find(**wanted)
    except OperationalError:  # slower than it may be
        return _answer(request, "busy", {}, HTTPStatus.SERVICE_UNAVAILABLE)
    if found is None:
        return _answer(request, "unknown", {"form": form.as_shown() if form else None},
                       HTTPStatus.NOT_FOUND)
    told = disclosed(found)
    if _wants_json(request):
        return _private(JsonResponse(told))
    state = found.state_on(today())
    return _private(render(request, "agencies/permits/verdict.html", {
        "told": told, "state": state, "stands": told["valid"], "permit": found,
        "type_name": type_name(found.scheme.permit_type), "today": today(),
        "balance": found.scheme.discloses_balance,
    }))


def _find(**wanted: Any) -> Permit | None:
    """Read in a transaction that cannot write, wait or last."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(f"SET LOCAL statement_timeout = '{SLOWEST}'")
        return (
            Permit.objects.filter(**wanted).exclude(state=PermitState.UNSIGNED).shown()
            .select_related("scheme__agency", "replaced_by").first()
        )


def disclosed(permit: Permit) -> dict[str, Any]:
    """All that strangers are told of a permit, as machines read it."""
    state = permit.state_on(today())
    begun = permit.valid_from <= today()
    scheme = permit.scheme
    goods = []
    for line in permit.lines.all():
        told = {
            "hs": line.hs, "description": line.description,
            "scientific_name": line.scientific_name,
            "quantity": f"{line.quantity.normalize():f}", "unit": line.unit,
        }
        if scheme.discloses_balance:
            told["remaining"] = f"{line.left_quantity.normalize():f}"
        goods.append(told)
    successor = getattr(permit, "replaced_by", None)
    return {
        "number": permit.number,
        "type": scheme.permit_type,
        "type_name": type_name(scheme.permit_type),
        "issuer": scheme.agency.name,
        "country": settings.PORTAL_COUNTRY,
        "holder": permit.holder_name,
        "state": str(state),
        "valid": state is PermitState.IN_FORCE and begun,
        "valid_from": permit.valid_from.isoformat(),
        "valid_to": permit.valid_to.isoformat(),
        "export_country": country(permit.export_country),
        "destination_country": country(permit.destination_country),
        "replaced_by": successor.number if successor else None,
        "goods": goods,
    }


def _wants_json(request: HttpRequest) -> bool:
    return request.GET.get("format") == "json" or (
        request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )


def _answer(
    request: HttpRequest, why: str, context: dict[str, Any], status: HTTPStatus
) -> HttpResponse:
    headers = {"Retry-After": str(WINDOW_SECONDS)} if why == "busy" else {}
    if _wants_json(request):
        words = {
            "busy": _("Too many questions. Ask again in a minute."),
            "unknown": _("There is no permit with this number and check code."),
        }[why]
        return JsonResponse({"error": why, "message": words}, status=status, headers=headers)
    answer = render(request, "agencies/permits/no_verdict.html", {"why": why, **context},
                    status=status)
    for name, value in headers.items():
        answer[name] = value
    return answer


def _private(answer: HttpResponse) -> HttpResponse:
    """The state of this moment: nobody keeps it, and no page is told where the reader came from."""
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
