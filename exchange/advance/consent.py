"""What the consignee may do with what a neighbour told: say whether the consignment is his, and only
then begin the import from it. Whoever is not named as importer or consignee knows nothing of it."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations import drafts
from declarations.forms.declaration import DeclarationForms
from declarations.models import Declaration
from declarations.starting import Dataset, typed_from
from declarations.states import Kind, State
from exchange.advance import prefill
from exchange.advance.models import Advance, Confirmation, receivers_for
from exchange.advance.states import Answer
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation
from portal.accounts.roles import Permission
from portal.journal.kinds import EventKind
from portal.journal.record import record

EVENTS = {Answer.OURS: EventKind.ADVANCE_CONFIRMED, Answer.NOT_OURS: EventKind.ADVANCE_DISOWNED}


class NotPossible(Exception):
    """Why not, in the reader's words."""


def answer(pk: UUID, actor: Actor, said: Answer) -> Confirmation:
    """Keep what the consignee, or who represents him, says. Raises Advance.DoesNotExist, NotPossible
    once another of those named has confirmed it, or it was withdrawn."""
    with transaction.atomic():
        advance, whose = _locked(pk, actor)
        known = Confirmation.objects.filter(advance=advance).first()
        if known is not None and (known.answer, known.organisation_id) == (said, whose.pk):
            return known
        if (known and known.answer == Answer.OURS and known.organisation_id != whose.pk
                and not known.is_void_for(whose)):
            raise NotPossible(
                _("%(name)s has confirmed that the consignment is its own.")
                % {"name": known.organisation.name})
        kept, _made = Confirmation.objects.update_or_create(advance=advance, defaults={
            "organisation": whose, "answer": said, "by": actor.label[:150], "at": timezone.now()})
        record(advance.pk, EVENTS[said], actor, {
            "mrn": advance.mrn, "for": str(whose.pk), "identifier": whose.identifier})
    return kept


def begin_import(pk: UUID, actor: Actor) -> Declaration:
    """A draft of the import, pre-filled; the same one while it is a draft. Raises
    Advance.DoesNotExist, or NotPossible before the consignee has confirmed."""
    with transaction.atomic():
        advance, whose = _locked(pk, actor)
        confirmed = (
            Confirmation.objects.select_related("draft")
            .filter(advance=advance, answer=Answer.OURS, organisation=whose).first()
        )
        if confirmed is None:
            raise NotPossible(_("Confirm first that the consignment is yours."))
        begun = confirmed.draft
        if begun and begun.state == State.DRAFT and begun.organisation_id == actor.organisation_id:
            return begun
        assert actor.organisation_id is not None  # whoever is told acts for an organisation
        filer = Organisation.objects.get(pk=actor.organisation_id)
        dataset = prefill.import_of(advance.dataset, advance.mrn, _importer(whose))
        forms = DeclarationForms(Kind.IMPORT, typed_from(Kind.IMPORT, dataset, filer))
        confirmed.draft = drafts.begin(actor, forms)
        confirmed.save(update_fields=["draft"])
        record(advance.pk, EventKind.ADVANCE_USED, actor, {
            "mrn": advance.mrn, "declaration": str(confirmed.draft.pk)})
        return confirmed.draft


def _locked(pk: UUID, actor: Actor) -> tuple[Advance, Organisation]:
    """With whom of those named the actor acts for."""
    if not actor.may(Permission.FILE):
        raise PermissionDenied
    advance = Advance.objects.told_to(actor).select_for_update(of=("self",)).get(pk=pk)
    if advance.is_void:
        raise NotPossible(_("The neighbour’s customs has withdrawn this declaration."))
    return advance, whose(advance, actor)


def whose(advance: Advance, actor: Actor) -> Organisation:
    """Of those named, whom the actor acts for; its own organisation before one it represents."""
    known = receivers_for(actor)
    named = [known[one] for one in advance.receivers if one in known]
    return min(named, key=lambda one: one.pk != actor.organisation_id)


def _importer(organisation: Organisation) -> Dataset:
    address = {
        "Line": organisation.address, "CityName": organisation.city,
        "PostcodeID": organisation.postcode, "CountryCode": organisation.country,
    }
    return {
        "Name": organisation.name, "ID": organisation.identifier,
        "Address": {name: text for name, text in address.items() if text},
    }
