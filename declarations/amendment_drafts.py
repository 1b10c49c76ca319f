"""An amendment while it is being written in the form: kept like a draft, until it is asked for
(``declarations.amending``) or thrown away.
"""

from copy import deepcopy
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from declarations.amending import locked_of, must_be_amendable
from declarations.change_request import REASON_LENGTH, ChangeRequest
from declarations.door import refused
from declarations.forms.dataset import from_dataset
from declarations.forms.declaration import DeclarationForms
from declarations.forms.typed import Typed
from declarations.profiles import store
from declarations.states import ChangeKind, ChangeState
from portal.accounts.actors import Actor

Json = dict[str, Any]


class Conflict(Exception):
    """Somebody saved the amendment after this person opened it. ``current``: as it is now."""

    def __init__(self, current: ChangeRequest) -> None:
        super().__init__(f"amendment {current.pk} was saved at {current.changed_at}")
        self.current = current

    @property
    def by(self) -> str:
        return str((self.current.draft or {}).get("by", ""))


def begin(actor: Actor, declaration_id: UUID) -> ChangeRequest:
    """The amendment that is being written, begun from the version in force if there is none.

    Raises Declaration.DoesNotExist, or IntakeRefused where it cannot be amended.
    """
    with transaction.atomic():
        declaration = locked_of(actor, declaration_id)
        written = declaration.changes.filter(state=ChangeState.WRITING).first()
        version = declaration.current
        if written is not None:
            if written.base_number == version.number:
                return written
            written.delete()  # of a version that is no longer in force
        must_be_amendable(declaration)
        if declaration.profile not in store.built_in():
            raise refused(
                "SW-AMEND-FORM",
                _("This declaration was filed with the message profile “%(profile)s”, for which "
                  "the portal has no form. Send the amendment from your own system."),
                HTTPStatus.CONFLICT, profile=declaration.profile,
            )
        base = {name: one for name, one in (version.dataset or {}).items() if name != "ID"}
        return ChangeRequest.objects.create(
            declaration=declaration, organisation_id=declaration.organisation_id,
            kind=ChangeKind.AMENDMENT, base_number=version.number, channel="form",
            asked_by_id=actor.user_id,
            draft={"typed": from_dataset(declaration.kind, base).to_json(), "base": base,
                   "by": actor.label},
        )


def save(
    actor: Actor, change_id: UUID, forms: DeclarationForms, reason: str, stamp: str
) -> ChangeRequest:
    """Keep what was typed. Raises ChangeRequest.DoesNotExist once it was filed or thrown away, and
    Conflict if somebody saved it after ``stamp``."""
    with transaction.atomic():
        change = (
            ChangeRequest.objects.owned_by(actor).filter(state=ChangeState.WRITING)
            .select_for_update(of=("self",)).select_related("declaration__organisation")
            .get(pk=change_id)
        )
        if stamp_of(change) != stamp:
            raise Conflict(change)
        change.draft = {"typed": forms.typed.to_json(), "base": forms.base, "by": actor.label}
        change.reason = reason[:REASON_LENGTH]
        change.save()
    return change


def discard(actor: Actor, change_id: UUID) -> None:
    """Throw an amendment away that was never filed. Raises ChangeRequest.DoesNotExist."""
    ChangeRequest.objects.owned_by(actor).get(pk=change_id, state=ChangeState.WRITING).delete()


def stamp_of(change: ChangeRequest) -> str:
    changed: datetime = change.changed_at
    return changed.isoformat()


def typed_of(change: ChangeRequest) -> Typed:
    return Typed.from_json((change.draft or {}).get("typed", {}))


def base_of(change: ChangeRequest) -> Json:
    return deepcopy((change.draft or {}).get("base") or {})
