"""What an officer does about another country's permit, from the page of the review."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import wraps
from uuid import UUID

from django.contrib import messages as notices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.cases import DecisionError
from agencies.models import Review
from agencies.views import actor_of
from exchange.models import ForeignUse
from exchange.permits import acting
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

Act = Callable[[HttpRequest, UUID], tuple[ForeignUse, str]]


def _acts(permission: Permission) -> Callable[[Act], Callable[[HttpRequest, UUID], HttpResponse]]:
    """What was done, or why not, is said on the page of the agency's review."""

    def decorate(act: Act) -> Callable[[HttpRequest, UUID], HttpResponse]:
        @require_POST
        @requires(permission)
        @wraps(act)
        def view(request: HttpRequest, pk: UUID) -> HttpResponse:
            mine = Review.objects.came_to(actor_of(request))
            review = mine.filter(declaration__foreign_uses=pk).order_by("-opened_at").first()
            if review is None:
                raise Http404
            try:
                _use, done = act(request, pk)
            except DecisionError as error:
                notices.error(request, str(error))
            else:
                notices.success(request, done)
            return redirect("review", pk=review.pk)

        return view

    return decorate


@_acts(Permission.SUPERVISE)
def vouch(request: HttpRequest, pk: UUID) -> tuple[ForeignUse, str]:
    use = acting.vouch(pk, actor_of(request), request.POST.get("reason", ""))
    return use, _("Kept. The goods may be released; the write-off is told to the other country.")


@_acts(Permission.REVIEW)
def found(request: HttpRequest, pk: UUID) -> tuple[ForeignUse, str]:
    try:
        quantity = Decimal(request.POST.get("quantity", "").strip().replace(",", "."))
    except InvalidOperation:
        quantity = Decimal("NaN")
    if not quantity.is_finite() or abs(quantity) >= 10**15:
        raise DecisionError(_("Write the quantity as a number, such as 27.5."), "quantity")
    use = acting.found(pk, actor_of(request), quantity.quantize(Decimal("0.000001")))
    return use, _("Noted. So much is written off at the release.")


@_acts(Permission.REVIEW)
def ask(request: HttpRequest, pk: UUID) -> tuple[ForeignUse, str]:
    return acting.ask_again(pk, actor_of(request)), _("Asked again.")
