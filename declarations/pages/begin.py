"""Where every new declaration begins: which kind it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from declarations.states import Kind
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

# Kind, icon, title, and when it is the right one.
CHOICES = (
    (Kind.IMPORT, "log-in", _("Import"), _("Goods come into the country to stay or to be used.")),
    (Kind.EXPORT, "log-out", _("Export"), _("Goods leave the country.")),
    (Kind.TRANSIT, "route", _("Transit"), _("Goods pass under customs seal, secured by a guarantee.")),
    (
        Kind.LPCO, "file-badge", _("Permit application"),
        _("Ask an agency for a permit or certificate before the goods move."),
    ),
)


@require_safe
@requires(Permission.FILE)
def declaration_begin(request: HttpRequest) -> HttpResponse:
    return render(request, "declarations/begin.html", {"choices": CHOICES})
