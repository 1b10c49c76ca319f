"""From a neighbour's messages about one export to what is known of it here.

Everything is found anew from the messages that have come, whatever their order and however often
this runs: the dataset is read from the bytes of the newest one, and what was withdrawn once stays
withdrawn.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from declarations import wco
from declarations.profiles import store
from declarations.states import Kind
from exchange.advance.models import Advance
from exchange.advance.references import references_of
from exchange.advance.states import TELLING, VOIDING, Progress
from exchange.models import CAREC, InboxMessage
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.record import record

EVENTS = {
    Progress.DECLARED: EventKind.ADVANCE_TOLD, Progress.LEFT: EventKind.ADVANCE_TOLD,
    Progress.VOID: EventKind.ADVANCE_VOIDED,
}
_MRN = re.compile(r"\d{2}([A-Z]{2})[A-Z0-9]{14}", re.ASCII)


class NotReadable(ValueError):
    """The message cannot be read any more, such as under a profile that is no longer installed."""


def tells_of_export(message: InboxMessage) -> bool:
    """By what was projected on arrival."""
    return message.kind in TELLING and str(message.summary.get("type") or "").startswith("EX")


def take(message_id: UUID) -> Advance | None:
    """Keep or renew what the messages of this one's movement tell, with its event; in the caller's
    transaction. None for what is not an export to this country, or not one of the country that
    tells of it. Raises NotReadable."""
    message = InboxMessage.objects.select_related("partner").filter(pk=message_id).first()
    if message is None or not tells_of_export(message) or _is_of_another(message):
        return None
    _lock(message)
    messages = list(
        InboxMessage.objects.filter(partner=message.partner_id, movement=message.movement,
                                    kind__in=TELLING)
        .select_related("partner").order_by("position")
    )
    newest, kinds = messages[-1], {one.kind for one in messages}
    known = Advance.objects.filter(
        partner=message.partner_id, movement=message.movement).first()
    seen = known is not None and known.message_id == newest.pk
    dataset = wco.from_json(known.dataset) if known is not None and seen else read(newest)
    leads_here = _destination(dataset) in ("", settings.PORTAL_COUNTRY)
    if known is None and not leads_here:
        return None
    progress = _progress(kinds) if leads_here else Progress.VOID
    if known is not None and seen and known.progress == progress:
        return known
    return _keep(known or Advance(partner=message.partner, movement=message.movement),
                 newest, dataset, progress)


def read(message: InboxMessage) -> wco.Declaration:
    """What the kept bytes say. Raises NotReadable."""
    body = bytes(message.body)
    for name in dict.fromkeys((CAREC, message.partner.profile)):
        try:
            profile = wco.get_profile(CAREC) if name == CAREC else store.find(name)
        except wco.UnknownProfile:
            continue
        verdict = wco.validate(body, profile, wco.MessageKind(Kind.EXPORT))
        if verdict.accepted and verdict.message is not None:
            return wco.from_xml(verdict.message.root, profile)
    raise NotReadable(f"message {message.message_id} of {message.partner} cannot be read")


def _is_of_another(message: InboxMessage) -> bool:
    """Whether the MRN names a country that did not sign this: nobody tells of others' exports."""
    found = _MRN.fullmatch(message.mrn)
    return found is not None and found[1] != message.partner.country


def _keep(
    advance: Advance, message: InboxMessage, dataset: wco.Declaration, progress: Progress
) -> Advance:
    accepted = dataset.AcceptanceDateTime
    advance.message, advance.progress = message, progress
    advance.mrn = message.mrn
    advance.dataset = wco.to_json(dataset)
    advance.exporter = str(message.summary.get("exporter") or "")[:140]
    advance.consignee = str(message.summary.get("importer") or "")[:140]
    advance.goods = _goods(message)
    advance.accepted_at = _moment(accepted) or message.received_at
    advance.changed_at = message.received_at
    advance.trace(references_of(dataset, message.mrn))
    advance.save()
    record(advance.pk, EVENTS[progress], Actor(label=message.partner.name), {
        "mrn": advance.mrn, "partner": message.partner.country, "progress": str(progress),
        "message": str(message.message_id), "sha256": message.sha256,
    })
    return advance


def _progress(kinds: Collection[str]) -> Progress:
    if VOIDING & set(kinds):
        return Progress.VOID
    return Progress.LEFT if EventKind.RELEASED in kinds else Progress.DECLARED


def _destination(dataset: wco.Declaration) -> str:
    """"" where it was not agreed to tell it."""
    shipment = dataset.GoodsShipment
    destination = shipment.Destination if shipment else None
    return (destination.CountryCode or "") if destination else ""


def _goods(message: InboxMessage) -> str:
    told = [str(one.get("description") or "") for one in message.summary.get("goods") or ()]
    return "; ".join(filter(None, told))[:200]


def _moment(told: wco.DateTime | None) -> datetime | None:
    """None also for one that no calendar has."""
    try:
        return told.as_datetime() if told else None
    except ValueError:
        return None


def _lock(message: InboxMessage) -> None:
    """Messages of one movement one after the other, also before there is a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"advance {message.partner_id} {message.movement}"],
        )
