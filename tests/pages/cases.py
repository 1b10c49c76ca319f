"""Declarations in a state worth looking at, made by hand: these tests are about the pages."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from agencies.models import Agency, Review
from agencies.states import ReviewKind, ReviewState
from declarations.models import Declaration, Response, Version
from declarations.states import Channel, Kind, State
from declarations.wco import Fault, Layer
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.models import ChainHead, Event
from portal.journal.record import digest
from tests.factories import wine_dataset, wine_import

BAD_ORIGIN = Fault(
    code="code-unknown",
    layer=Layer.RULE,
    template="%(value)s is no country in force.",
    params={"value": "XQ"},
    path="/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[1]/Origin[1]/CountryCode",
    line=12,
    value="XQ",
)
MISSING_MODE = Fault(
    code="missing",
    layer=Layer.XSD,
    template="Inland mode of transport is missing.",
    path="/Declaration/GoodsShipment/Consignment/ArrivalTransportMeans/ModeCode",
)


def make_declaration(
    actor: Actor, state: State = State.UNDER_REVIEW, *faults: Fault, **fields: Any
) -> Declaration:
    """A declaration of the actor's organisation with one version and its first event."""
    now = timezone.now()
    filed = state != State.DRAFT
    dataset = wine_dataset()
    values = {
        "kind": Kind.IMPORT, "lrn": dataset["FunctionalReferenceID"], "goods": "Red grape wine",
        "mrn": None, "importer": "Kolkheti Trade LLC", "exporter": "Ganja Sharab 2 OJSC",
        "export_country": "AZ", "destination_country": "GE", "item_count": 1,
        "submitted_at": now if filed else None,
        "accepted_at": now if filed and state not in (State.SUBMITTED, State.REJECTED) else None,
        "draft": None if filed else {"dataset": dataset},
    }
    with transaction.atomic():
        declaration = Declaration.objects.create(
            organisation_id=actor.organisation_id, filed_by_id=actor.user_id, state=state,
            **(values | fields),
        )
        event = _event(declaration, EventKind.SUBMITTED if filed else EventKind.DRAFTED, actor)
        if filed:
            body = wine_import(FunctionalReferenceID=declaration.lrn)
            Version.objects.create(
                declaration=declaration, number=1, channel=Channel.REST, body=body,
                sha256=hashlib.sha256(body).hexdigest(), dataset=dataset,
                faults=[fault.to_dict() for fault in faults],
                organisation_id=actor.organisation_id,
            )
            Response.objects.create(
                declaration=declaration, function_code="03" if faults else "01",
                body=b"<Response/>", event=event.pk,
            )
    return declaration


def _event(declaration: Declaration, kind: EventKind, actor: Actor) -> Event:
    """The first event of a chain, past the subscribers: nothing is to be set in motion."""
    event = Event(subject=declaration.pk, sequence=1, kind=kind, actor=actor.label,
                  user=actor.user_id, organisation=actor.organisation_id, at=timezone.now())
    event.hash = digest(event)
    event.save(force_insert=True)
    ChainHead.objects.create(subject=declaration.pk, sequence=1, hash=event.hash)
    return event


def send_to(agency: Agency, declaration: Declaration, state: ReviewState = ReviewState.OPEN) -> Review:
    return Review.objects.create(
        declaration=declaration, queue=agency.queues.get(), tier=1, kind=ReviewKind.DOCUMENTARY,
        state=state, opened_at=timezone.now(), due_at=timezone.now(),
    )
