"""The pages of the reference."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations.rules import all_rules
from declarations.states import Kind
from declarations.wco import MessageKind, get_profile
from portal.accounts.permissions import public
from portal.pages.reference import dictionary as harmonised
from portal.pages.reference import lists, samples
from portal.pages.reference import rules as business

ROWS_ON_A_PAGE = 100
MOST_CHARACTERS = 100


@public
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What there is, and the files to take away."""
    names = dict(Kind.choices) | {MessageKind.CANCELLATION.value: _("Cancellation")}
    return render(request, "portal/reference/overview.html", {
        "rule_count": len(all_rules()),
        "element_count": len(harmonised.elements()),
        "list_count": len(lists.list_rows()),
        "profile": get_profile("carec"),
        "samples": [(kind.value, names.get(kind.value, "")) for kind in samples.KINDS],
        "response": MessageKind.RESPONSE.value,
    })


@public
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every business rule, found by words, area, kind of message and severity."""
    every = business.rule_rows()
    chosen = {name: _asked(request, name) for name in ("area", "kind", "severity")}
    text = _asked(request, "q")
    return render(request, "portal/reference/rules.html", {
        "rows": business.select(every, text, **chosen),
        "total": len(every),
        "areas": business.AREAS.items(),
        "kinds": Kind.choices,
        "text": text,
        "narrowed": bool(text or any(chosen.values())),
        **chosen,
    })


@public
@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """Every element of the dataset, found by words, kind of message and agency."""
    every = harmonised.rows()
    text, kind, agency = (_asked(request, name) for name in ("q", "kind", "agency"))
    found = harmonised.select(every, text, kind, agency)
    return render(request, "portal/reference/dictionary.html", {
        "page": Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
        "found": len(found),
        "total": len(every),
        "kinds": harmonised.kind_names().items(),
        "agencies": harmonised.agencies_of(every).items(),
        "text": text, "kind": kind, "agency": agency,
        "narrowed": bool(text or kind or agency),
    })


@public
@require_safe
def code_lists(request: HttpRequest) -> HttpResponse:
    """Every code list with its keeper and edition."""
    return render(request, "portal/reference/code_lists.html", {"rows": lists.list_rows()})


@public
@require_safe
def codes(request: HttpRequest, name: str) -> HttpResponse:
    """The codes of one list, found by code or by words in the language of the page."""
    try:
        about = lists.list_row(name)
    except KeyError:
        raise Http404 from None
    text = _asked(request, "q")
    rows = list(lists.code_rows(name, text))
    return render(request, "portal/reference/codes.html", {
        "list": about,
        "page": Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
        "found": len(rows),
        "dated": any(row.valid_from or row.valid_to for row in rows),
        "text": text,
    })


def _asked(request: HttpRequest, name: str) -> str:
    """What the address asks for, cut short."""
    return request.GET.get(name, "").strip()[:MOST_CHARACTERS]
