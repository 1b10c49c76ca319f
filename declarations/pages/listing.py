"""The trader's list of declarations."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from declarations.filters import DeclarationFilter
from declarations.models import Declaration
from declarations.pages.acting import actor_of
from declarations.tables import PER_PAGE, DeclarationTable
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


@require_safe
@requires(Permission.VIEW_OWN)
def declaration_list(request: HttpRequest) -> HttpResponse:
    """Newest first. Two queries whatever the number of declarations: one page and one count."""
    own = Declaration.objects.owned_by(actor_of(request)).only(*DeclarationTable.NEEDED)
    found = DeclarationFilter(request.GET, queryset=own, request=request)
    table = DeclarationTable(found.qs)
    RequestConfig(request, paginate=False).configure(table)  # it only sorts: a page's length is ours
    table.paginate(per_page=PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
    narrowed = any(request.GET.get(name) for name in DeclarationFilter.Meta.fields)
    return render(
        request, "declarations/list.html", {"table": table, "filter": found, "narrowed": narrowed}
    )
