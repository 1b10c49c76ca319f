"""Drafts: begun, saved and thrown away by their organisation; nothing typed is ever refused."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from declarations.forms.declaration import DeclarationForms
from declarations.forms.typed import Typed
from declarations.models import Declaration
from declarations.projection import project
from declarations.states import State
from declarations.wco import from_json
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

Json = dict[str, Any]


class DraftConflict(Exception):
    """Somebody saved the draft after this person opened it. ``current`` is the draft as it is."""

    def __init__(self, current: Declaration) -> None:
        super().__init__(f"draft {current.pk} was saved at {current.changed_at}")
        self.current = current

    @property
    def by(self) -> str:
        return str((self.current.draft or {}).get("by", ""))


class NotADraft(Exception):
    """The declaration was filed meanwhile: it can no longer be changed as a draft."""


def begin(
    actor: Actor, forms: DeclarationForms, corrects: Declaration | None = None, *,
    copies: Declaration | None = None, needed_for: Declaration | None = None,
    permitted_by: Declaration | None = None,
) -> Declaration:
    """Keep a new draft for the actor's organisation.

    ``corrects`` is the rejected one that it redoes, ``copies`` the one it was copied from,
    ``needed_for`` the one that lacks the permit applied for, and ``permitted_by`` the application
    for the permit that its goods have; the journal remembers each.
    """
    assert actor.organisation_id is not None  # whoever may file acts for an organisation
    declaration = Declaration(
        organisation_id=actor.organisation_id, filed_by_id=actor.user_id, kind=forms.kind
    )
    with transaction.atomic():
        _keep(declaration, actor, forms, str(corrects.pk) if corrects else None)
        origins = {"corrects": corrects, "copies": copies, "needed_for": needed_for,
                   "permitted_by": permitted_by}
        record(
            declaration.pk, EventKind.DRAFTED, actor,
            {name: str(origin.pk) for name, origin in origins.items() if origin},
        )
    return declaration


def save(actor: Actor, pk: UUID, forms: DeclarationForms, stamp: str) -> Declaration:
    """Save a draft that was opened when it was last changed at ``stamp`` (ISO 8601).

    Raises Declaration.DoesNotExist, NotADraft, or DraftConflict if it was saved since.
    """
    with transaction.atomic():
        declaration = Declaration.objects.owned_by(actor).select_for_update(of=("self",)).get(pk=pk)
        if declaration.state != State.DRAFT:
            raise NotADraft
        if stamp_of(declaration) != stamp:
            raise DraftConflict(declaration)
        _keep(declaration, actor, forms, (declaration.draft or {}).get("corrects"))
    return declaration


def discard(actor: Actor, pk: UUID) -> None:
    """Delete a draft for good. Raises Declaration.DoesNotExist, or NotADraft once it is filed."""
    with transaction.atomic():
        declaration = Declaration.objects.owned_by(actor).select_for_update(of=("self",)).get(pk=pk)
        if declaration.state != State.DRAFT:
            raise NotADraft
        record(pk, EventKind.DRAFT_DELETED, actor)
        declaration.delete()


def stamp_of(declaration: Declaration) -> str:
    """What a page remembers of the draft it shows, to notice a change by somebody else."""
    changed: datetime = declaration.changed_at
    return changed.isoformat()


def typed_of(declaration: Declaration) -> Typed:
    return Typed.from_json((declaration.draft or {}).get("typed", {}))


def base_of(declaration: Declaration) -> Json:
    return dict((declaration.draft or {}).get("base") or {})


def _keep(
    declaration: Declaration, actor: Actor, forms: DeclarationForms, corrects: str | None
) -> None:
    declaration.draft = {
        "typed": forms.typed.to_json(), "dataset": forms.dataset, "base": forms.base,
        "by": actor.label, "corrects": corrects,
    }
    # Shown in lists by what is readable so far; an LRN that is too long is cut only there.
    project(declaration, from_json(forms.dataset, lenient=True))
    declaration.lrn = forms.typed.header.get("lrn", "").strip()[:35]
    declaration.save()
