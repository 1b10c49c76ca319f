"""What was changed in a declaration: two of its versions beside each other, and its amendments."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.visibility import covered_for
from declarations import representation
from declarations.change_request import ChangeRequest
from declarations.compared import compared
from declarations.models import Declaration, Version
from declarations.states import ChangeKind, ChangeState
from declarations.wco import Fault
from portal.accounts.actors import Actor
from portal.accounts.permissions import requires
from portal.accounts.roles import Permission
from portal.pages.declaration import download_of, fetch, must_see_all, name_of


@require_safe
@requires(Permission.VIEW_OWN, Permission.VIEW_CASES)
def versions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Any two versions compared; the last two where the address names none."""
    declaration = fetch(request, pk)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = list(declaration.versions.defer("body").order_by("number"))
    if not found:
        raise Http404
    old = _chosen(request, "old", found, -2)
    new = _chosen(request, "new", found, -1)
    return render(request, "declarations/amendment_versions.html", {
        "declaration": declaration, "versions": found, "old": old, "new": new,
        "comparison": compared(
            covered_for(actor, old.dataset), covered_for(actor, new.dataset)
        ) if old != new else None,
    })


def _chosen(request: HttpRequest, name: str, found: list[Version], default: int) -> Version:
    wanted = request.GET.get(name, "")
    if wanted:
        return next((one for one in found if str(one.number) == wanted), found[default])
    return found[max(default, -len(found))]


@require_safe
@requires(Permission.VIEW_OWN, Permission.VIEW_CASES)
def amendment(request: HttpRequest, pk: UUID, change_pk: UUID) -> HttpResponse:
    """One amendment: why, what it changes, and what became of it."""
    declaration = fetch(request, pk)
    change = _change(declaration, change_pk)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    base = declaration.versions.filter(number=change.base_number).first()
    is_owner = declaration.organisation_id == actor.organisation_id
    return render(request, "declarations/amendment.html", {
        "declaration": declaration, "change": change, "is_owner": is_owner,
        "comparison": compared(
            covered_for(actor, base.dataset if base else None), covered_for(actor, change.dataset)
        )
        if change.dataset is not None and change.kind == ChangeKind.AMENDMENT else None,
        "faults": [Fault.from_dict(fault).translated(_) for fault in change.faults],
        "may_withdraw": is_owner and actor.may(Permission.FILE)
        and representation.ended(declaration) is None
        and change.kind == ChangeKind.AMENDMENT
        and change.state in (ChangeState.CHECKING, ChangeState.ASKED),
        "may_decide": actor.may(Permission.REVIEW)
        and change.state == ChangeState.ASKED and change.decider_id == actor.organisation_id,
    })


@require_safe
@requires(Permission.VIEW_OWN, Permission.VIEW_CASES)
def amendment_message(request: HttpRequest, pk: UUID, change_pk: UUID) -> HttpResponse:
    """The exact bytes in which it was asked; of the form, those that the form wrote."""
    declaration = fetch(request, pk)
    must_see_all(request)
    change = _change(declaration, change_pk)
    body = change.request if change.request is not None else change.body
    if body is None:
        raise Http404
    return download_of(bytes(body), f"{name_of(declaration)}-{change.kind}.xml")


def _change(declaration: Declaration, change_pk: UUID) -> ChangeRequest:
    found = declaration.changes.filed().select_related("decider", "asked_by", "decided_by")
    return get_object_or_404(found, pk=change_pk)
