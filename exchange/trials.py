"""A trial message: the whole way to a partner and back, without effect on either side.

It is signed, judged and receipted like any other message, and kept by nobody. The steps and how
each went stay in the journal.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange import addresses, keys, outbox, receipts, samples, transport
from exchange.models import TRIAL, OutboxMessage, Outcome, Partner
from exchange.proof import Step
from portal.accounts.actors import Actor
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record

_LABELS: dict[str, Any] = {
    "address": gettext_lazy("The address may be called"),
    "key": gettext_lazy("We have a key to sign with"),
    "answer": gettext_lazy("The partner took the trial and answered"),
    "receipt": gettext_lazy("Its receipt is signed by its key and about these bytes"),
    "effect": gettext_lazy("The partner kept nothing of it"),
}


class Paused(ValueError):
    """Nothing is sent to a partner that is paused, trials neither."""


@dataclass(frozen=True, slots=True)
class Result:
    """One step. ``holds`` None: it was not reached."""

    step: str
    holds: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial as the journal has it."""

    at: datetime
    actor: str
    steps: list[Step]

    @property
    def succeeded(self) -> bool:
        return all(step.holds for step in self.steps)


def run(partner: Partner, actor: Actor) -> list[Result]:
    """Send a trial, outside any transaction, and note how it went. Raises Paused."""
    if partner.paused_at is not None:
        raise Paused(_("The exchange is paused: let it flow again first."))
    results = {result.step: result for result in _steps(partner)}
    told = [results.get(step, Result(step, None)) for step in _LABELS]
    with transaction.atomic():
        record(partner.pk, EventKind.TRIAL_SENT, actor, {
            "partner": partner.country, "steps": [asdict(result) for result in told],
        })
    return told


def last(partner_id: UUID) -> Trial | None:
    """The last trial that was sent to a partner."""
    event = Event.objects.of(partner_id).filter(kind=EventKind.TRIAL_SENT).last()
    if event is None:
        return None
    return Trial(event.at, event.actor, [_step(one) for one in event.payload["steps"]])


def _step(kept: Mapping[str, Any]) -> Step:
    return Step(str(_LABELS.get(kept["step"], kept["step"])), kept["holds"], kept["detail"])


def _steps(partner: Partner) -> list[Result]:
    message = _message(partner)
    try:
        done = [Result("address", True, addresses.checked(partner.base_url, partner.networks))]
    except addresses.AddressRefused as refused:
        return [Result("address", False, str(refused))]
    done.append(Result("key", True, keys.ensure_own_key().key_id))
    answer = transport.send(message)
    if answer.outcome is not Outcome.DELIVERED:
        return [*done, Result("answer", False, answer.detail[:1000])]
    words = _("HTTP %(status)s after %(ms)s ms") % {
        "status": answer.http_status, "ms": answer.duration_ms}
    done.append(Result("answer", True, words))
    try:
        statement = outbox.check_receipt(message, answer.receipt)
    except receipts.ReceiptRefused as refused:
        return [*done, Result("receipt", False, str(refused))]
    done.append(Result("receipt", True, statement.received_at))
    asked = transport.ask(message)
    kept = asked.outcome is not Outcome.ABSENT
    return [*done, Result("effect", not kept, asked.detail[:1000] if kept else "")]


def _message(partner: Partner) -> OutboxMessage:
    body = samples.body()
    return OutboxMessage(
        partner=partner, movement=uuid4(), position=1, kind=TRIAL, body=body,
        sha256=hashlib.sha256(body).hexdigest(), created_at=timezone.now(),
    )
