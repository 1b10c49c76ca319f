"""Receipts of acceptance: to download, to check by anybody, and the keys to check them with."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from declarations import receipts as acceptances
from declarations.models import Declaration
from portal import paper
from portal.accounts.permissions import public, requires
from portal.accounts.roles import Permission
from portal.journal import keys, receipts
from portal.journal.models import Receipt
from portal.pages import receipts_print, receipts_verdict
from portal.pages.declaration import VERSION, fetch
from portal.pages.receipts_verdict import MINUTE, Verdict

MAX_RECEIPT_BYTES = 4 * receipts.MAX_CHARACTERS


# --- for those who may see the declaration --------------------------------------------------


@require_safe
@requires(Permission.VIEW_OWN, Permission.VIEW_CASES)
def print_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The declaration as an official document (PDF/A), in the language of the page."""
    found = fetch(request, pk)
    language = get_language() or "en"
    try:
        made = paper.render(
            "declaration",
            receipts_print.document(found, request.actor),  # type: ignore[attr-defined]
            language=language, standard="a-2b",
        )
    except paper.PaperBusy:
        return HttpResponse(
            _("Many documents are being made just now. Try again in a moment."),
            status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "10"},
        )
    # Shown in the browser's own viewer: made by us, and PDF/A holds no script.
    return HttpResponse(
        made, content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{file_name(found)}.pdf"'},
    )


@require_safe
@requires(Permission.VIEW_OWN, Permission.VIEW_CASES)
def receipt_file(request: HttpRequest, pk: UUID, form: str) -> HttpResponse:
    """The receipt of the version in force, or of ``?version=``: the bare JWS, or JSON around it."""
    found = fetch(request, pk)
    number = request.GET.get("version")
    if number is not None and not VERSION.fullmatch(number):
        raise Http404
    receipt = acceptances.of(found.pk, None if number is None else int(number))
    if receipt is None:
        raise Http404
    name = f"{file_name(found)}-v{receipt.version}-receipt.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "jws":
        return HttpResponse(receipt.token, content_type="application/jose", headers=headers)
    return JsonResponse(readable(receipt), headers=headers, json_dumps_params={"indent": 2})


def file_name(declaration: Declaration) -> str:
    return slugify(declaration.mrn or declaration.lrn) or str(declaration.pk)


def readable(receipt: Receipt) -> dict[str, Any]:
    """The receipt with its content in clear, and where to check it."""
    header, claims = receipts.read(receipt.token)
    return {
        "receipt": receipt.token,
        "header": header,
        "claims": claims,
        "verify_at": receipts_print.verify_address(receipt),
        "keys_at": settings.PORTAL_URL.rstrip("/") + reverse("jwks"),
    }


# --- for anybody ----------------------------------------------------------------------------


@public
@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    """The public keys of receipts and permits, also those that sign no more (RFC 7517)."""
    return JsonResponse(
        keys.jwks(), content_type="application/jwk-set+json",
        headers={"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"},
    )


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Paste or upload a receipt, and the message it is about if one has it."""
    if request.method != "POST":
        return _page(request)
    if receipts_verdict.too_many(request):
        return _slow_down(request)
    file, message = request.FILES.get("file"), request.FILES.get("message")
    pasted = request.POST.get("receipt", "").strip()
    if file is not None and (file.size or 0) <= MAX_RECEIPT_BYTES:
        pasted = file.read().decode("utf-8", "replace")
    elif file is not None or len(pasted) > MAX_RECEIPT_BYTES:
        return _page(request, error=_("This is too large for a receipt."), status=400)
    if not pasted:
        error = _("Paste a receipt or choose its file.")
        return _page(request, error=error, status=400)
    if message is not None and (message.size or 0) > settings.MAX_MESSAGE_BYTES:
        return _page(request, error=_("This is too large for a message."), status=400)
    return _page(request, receipts_verdict.judge(pasted, message.read() if message else None))


@public
@never_cache
@require_safe
def verify_id(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """Where the QR code of a printed declaration leads."""
    if receipts_verdict.too_many(request):
        return _slow_down(request)
    verdict = receipts_verdict.of_id(receipt_id)
    return _page(request, verdict, status=200 if verdict.genuine else 404)


@public
@never_cache
@require_safe
def verify_token(request: HttpRequest, token: str) -> HttpResponse:
    """The same with the whole receipt in the address."""
    if receipts_verdict.too_many(request):
        return _slow_down(request)
    verdict = receipts_verdict.judge(token)
    return _page(request, verdict, status=200 if verdict.genuine else 404)


def _slow_down(request: HttpRequest) -> HttpResponse:
    error = _("Many receipts were checked from your address. Wait a minute, then go on.")
    response = _page(request, error=error, status=429)
    response["Retry-After"] = str(MINUTE)
    return response


def _page(
    request: HttpRequest, verdict: Verdict | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    context = {"verdict": verdict, "error": error}
    return render(request, "portal/receipt_verify.html", context, status=status)
