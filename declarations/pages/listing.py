"""The trader's list of declarations: found, sorted, exported, and kept as a view."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from declarations import tables_csv
from declarations.filters import DeclarationFilter
from declarations.models import Declaration
from declarations.pages.acting import actor_of
from declarations.tables import PER_PAGE, DeclarationTable
from declarations.views_saved import SavedView, query_of
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


@require_safe
@requires(Permission.VIEW_OWN)
def declaration_list(request: HttpRequest) -> HttpResponse:
    """Newest first, or by the person's first view. Two queries whatever the number: page and count."""
    actor = actor_of(request)
    views = list(SavedView.objects.seen_by(actor))
    if not request.GET and (first := next((v for v in views if _is_first(v, request)), None)):
        return redirect(f"{reverse('declaration_list')}?{first.address}")
    own = Declaration.objects.owned_by(actor).only(*DeclarationTable.NEEDED)
    found = DeclarationFilter(request.GET, queryset=own, request=request)
    table = DeclarationTable(found.qs)
    RequestConfig(request, paginate=False).configure(table)  # it only sorts: a page's length is ours
    table.paginate(per_page=PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
    shown = request.GET.get("view", "")
    query = query_of(request.GET)
    return render(request, "declarations/list.html", {
        "table": table, "filter": found,
        "narrowed": any(request.GET.get(name) for name in DeclarationFilter.Meta.fields),
        "views": views, "view": next((view for view in views if str(view.pk) == shown), None),
        "query": query, "columns": tables_csv.COLUMNS, "most_rows": tables_csv.MOST_ROWS,
    })


def _is_first(view: SavedView, request: HttpRequest) -> bool:
    return view.first and view.owner_id == actor_of(request).user_id


@require_safe
@requires(Permission.VIEW_OWN)
def declaration_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """What the list shows, all of its pages, as CSV with the chosen columns."""
    own = Declaration.objects.owned_by(actor_of(request))
    found = DeclarationFilter(request.GET, queryset=own, request=request).qs
    table = DeclarationTable(found)
    RequestConfig(request, paginate=False).configure(table)
    rows = table.data.data
    if (count := rows.count()) > tables_csv.MOST_ROWS:
        messages.error(request, _(
            "These are %(count)s declarations; at most %(most)s are exported at once. Narrow the days."
        ) % {"count": count, "most": tables_csv.MOST_ROWS})
        return redirect(f"{reverse('declaration_list')}?{urlencode(_asked(request))}")
    columns = tables_csv.chosen(request.GET.getlist("column"))
    answer = StreamingHttpResponse(
        tables_csv.lines(rows, columns), content_type="text/csv; charset=utf-8"
    )
    name = f"declarations-{timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _asked(request: HttpRequest) -> dict[str, Any]:
    return {**query_of(request.GET), "view": "all"}
