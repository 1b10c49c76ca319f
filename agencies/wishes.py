"""What the pages on requests to amend and requests to cancel have in common."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from agencies.decisions import DecisionError
from agencies.views import PER_PAGE


def listing(
    request: HttpRequest, waiting: QuerySet[Any], decided: QuerySet[Any], template: str, address: str
) -> HttpResponse:
    """Those to be decided by the agency, the oldest first; or the decided ones, the latest first.

    ``address``: the name of the page of one.
    """
    show_decided = request.GET.get("show") == "decided"
    shown = (
        decided.order_by(F("decided_at").desc(), "-id") if show_decided
        else waiting.order_by("asked_at", "id")
    )
    return render(request, template, {
        "page": Paginator(
            shown.select_related("declaration__organisation", "decided_by"), PER_PAGE
        ).get_page(request.GET.get("page")),
        "decided": show_decided, "address": address,
    })


def carry_out(request: HttpRequest, verb: Callable[[], object], done: str | Promise) -> None:
    """Do it and say so, or why not. Raises Http404 for what is another organisation's."""
    try:
        verb()
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except DecisionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(done))
