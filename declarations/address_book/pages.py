"""The pages of the address book."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from declarations.address_book import csv_files
from declarations.address_book.forms import PartyForm
from declarations.address_book.models import Party
from declarations.forms.codes import entries
from declarations.pages.acting import actor_of
from portal.accounts.models import Organisation
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission

PER_PAGE = 50


@require_safe
@requires(Permission.FILE)
def address_book(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:80]
    own = Party.objects.owned_by(actor_of(request))
    page = Paginator(own.matching(asked), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "declarations/address_book/list.html", {"page": page, "asked": asked})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def party_new(request: HttpRequest) -> HttpResponse:
    organisation = get_object_or_404(Organisation, pk=actor_of(request).organisation_id)
    return _edit(request, Party(organisation=organisation))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def party_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Declarations that the party was filled into keep what they say."""
    return _edit(request, get_object_or_404(Party.objects.owned_by(actor_of(request)), pk=pk))


def _edit(request: HttpRequest, party: Party) -> HttpResponse:
    is_new = party._state.adding
    sent = request.POST if request.method == "POST" else None
    form = PartyForm(sent, instance=party, actor=actor_of(request))
    if sent is not None and form.is_valid():
        form.save()
        messages.success(request, _("%(name)s is kept in the address book.") % {"name": party.name})
        return redirect("address_book")
    return render(request, "declarations/address_book/edit.html", {
        "form": form, "party": party, "is_new": is_new,
        "code_lists": {"country": entries("country")},
    }, status=422 if form.errors else 200)


@require_POST
@requires(Permission.FILE)
def party_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    party = get_object_or_404(Party.objects.owned_by(actor_of(request)), pk=pk)
    party.delete()
    messages.success(request, _(
        "%(name)s was taken out of the address book. Declarations keep what they say."
    ) % {"name": party.name})
    return redirect("address_book")


@require_safe
@requires(Permission.FILE)
def address_book_export(request: HttpRequest) -> HttpResponse:
    text = csv_files.written(Party.objects.owned_by(actor_of(request)))
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"address-book-{timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FILE)
def address_book_import(request: HttpRequest) -> HttpResponse:
    """All lines or, if one is wrong, none; parties whose number is known are skipped and told."""
    found = None
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            found = csv_files.Imported(faults=[_("Choose a CSV file.")])
        else:
            content = file.read(csv_files.MAX_BYTES + 1)
            found = csv_files.take_over(
                actor_of(request), content, replace="replace" in request.POST
            )
        if not found.faults and not found.skipped:
            count = found.made + found.replaced
            messages.success(request, ngettext(
                "%(count)s party was taken over.", "%(count)s parties were taken over.", count
            ) % {"count": count})
            return redirect("address_book")
    status = 422 if found is not None and found.faults else 200
    return render(request, "declarations/address_book/import.html", {"found": found}, status=status)
