"""A former declaration copied into a new draft."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from declarations import drafts
from declarations.forms.begun import copied
from declarations.forms.dataset import from_dataset
from declarations.forms.declaration import DeclarationForms
from declarations.models import Declaration
from declarations.pages.acting import actor_of
from declarations.states import State
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission


@require_POST
@requires(Permission.FILE)
def declaration_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whatever became of the former one, it stays as it is."""
    former = get_object_or_404(Declaration.objects.owned_by(actor_of(request)), pk=pk)
    return copy(request, former)


def copy(request: HttpRequest, former: Declaration) -> HttpResponse:
    """Begin the draft and go to it."""
    if former.state == State.DRAFT:
        typed, base = drafts.typed_of(former), drafts.base_of(former)
    else:
        filed = former.current.dataset
        if filed is None:
            messages.error(request, _("This message could not be read, so it cannot be copied."))
            return redirect("declaration", former.pk)
        typed, base = from_dataset(former.kind, filed), filed
    typed, base = copied(former.kind, typed, base)
    draft = drafts.begin(
        actor_of(request), DeclarationForms(former.kind, typed, base), copies=former
    )
    messages.success(request, _(
        "This is a new draft with a reference of its own. Change what is different this time."
    ))
    return redirect("declaration_edit", draft.pk)
