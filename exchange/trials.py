"""A trial message: the whole way to a partner and back, without effect on either side.

It is signed, judged and receipted like any other message, and kept by nobody. A worker sends it, since
a partner may let its two calls wait; the page shows each step as it is taken. The steps and how each
went stay in the journal.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange import addresses, keys, outbox, receipts, samples, transport
from exchange.models import TRIAL, OutboxMessage, Outcome, Partner, TrialRun, TrialState
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


def _paused() -> str:
    return _("The exchange is paused: let it flow again first.")


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


def ask(partner: Partner, actor: Actor) -> TrialRun:
    """Have a worker send a trial; the one that is on its way, if there is one. Raises Paused."""
    if partner.paused_at is not None:
        raise Paused(_paused())
    try:
        with transaction.atomic():
            run = TrialRun.objects.create(
                partner=partner, asked_by=actor.label, asked_by_user=actor.user_id,
                asked_by_organisation=actor.organisation_id,
                language=translation.get_language() or "en",
            )
            transaction.on_commit(lambda: wake(run.pk), robust=True)
        return run
    except IntegrityError:  # of two at once the second sees that of the first
        return partner.trials.latest("asked_at")


def wake(run_id: UUID) -> None:
    from exchange.tasks import send_trial

    send_trial.delay(str(run_id))


def waiting() -> list[UUID]:
    """The trials that nobody seems to have."""
    return list(TrialRun.objects.free().values_list("pk", flat=True))


def send(run_id: UUID) -> TrialRun | None:
    """Send a trial that was asked for, outside any transaction, and note each step and how it went.
    Nothing if it is done or in other hands."""
    with transaction.atomic():
        run = TrialRun.objects.free().select_for_update(skip_locked=True).filter(pk=run_id).first()
        if run is None:
            return None
        given_up = run.is_worn_out
        run.state, run.heard_at, run.steps = TrialState.RUNNING, timezone.now(), []
        run.taken += 1
        run.save()
    with translation.override(run.language):
        for result in () if given_up else _steps(Partner.objects.get(pk=run.partner_id)):
            run.steps.append(asdict(result))
            mine = TrialRun.objects.filter(pk=run.pk, taken=run.taken)
            if not mine.update(steps=run.steps, heard_at=timezone.now()):
                return None  # another worker has it
    return _end(run)


def _end(run: TrialRun) -> TrialRun | None:
    """Once, and in the journal at the same moment."""
    with transaction.atomic():
        last = TrialRun.objects.select_for_update().get(pk=run.pk)
        if last.state == TrialState.DONE or last.taken != run.taken:
            return None
        last.state, last.ended_at, last.steps = TrialState.DONE, timezone.now(), _all(run.steps)
        last.save()
        actor = Actor(run.asked_by, run.asked_by_user, run.asked_by_organisation)
        record(run.partner_id, EventKind.TRIAL_SENT, actor, {
            "partner": run.partner.country, "steps": last.steps,
        })
    return last


def _all(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Also those that were not reached."""
    taken = {one["step"]: one for one in steps}
    return [taken.get(step) or asdict(Result(step, None)) for step in _LABELS]


def under_way(partner_id: UUID) -> TrialRun | None:
    """The trial that is not finished."""
    return TrialRun.objects.unfinished().filter(partner=partner_id).first()


def steps_of(run: TrialRun) -> list[Step]:
    """Every step of a trial; those that are still to come hold neither way."""
    return [_step(one) for one in _all(run.steps)]


def last(partner_id: UUID) -> Trial | None:
    """The last trial that was sent to a partner."""
    event = Event.objects.of(partner_id).filter(kind=EventKind.TRIAL_SENT).last()
    if event is None:
        return None
    return Trial(event.at, event.actor, [_step(one) for one in event.payload["steps"]])


def _step(kept: Mapping[str, Any]) -> Step:
    return Step(str(_LABELS.get(kept["step"], kept["step"])), kept["holds"], kept["detail"])


def _steps(partner: Partner) -> Iterator[Result]:
    """Each step once it was taken; none after one that failed."""
    message = _message(partner)
    if partner.paused_at is not None:
        yield Result("address", False, _paused())
        return
    try:
        yield Result("address", True, addresses.checked(partner.base_url, partner.networks))
    except addresses.AddressRefused as refused:
        yield Result("address", False, str(refused))
        return
    yield Result("key", True, keys.ensure_own_key().key_id)
    answer = transport.send(message)
    if answer.outcome is not Outcome.DELIVERED:
        yield Result("answer", False, answer.detail[:1000])
        return
    words = _("HTTP %(status)s after %(ms)s ms") % {
        "status": answer.http_status, "ms": answer.duration_ms}
    yield Result("answer", True, words)
    try:
        statement = outbox.check_receipt(message, answer.receipt)
    except receipts.ReceiptRefused as refused:
        yield Result("receipt", False, str(refused))
        return
    yield Result("receipt", True, statement.received_at)
    asked = transport.ask(message)
    kept = asked.outcome is not Outcome.ABSENT
    yield Result("effect", not kept, asked.detail[:1000] if kept else "")


def _message(partner: Partner) -> OutboxMessage:
    body = samples.body()
    return OutboxMessage(
        partner=partner, movement=uuid4(), position=1, kind=TRIAL, body=body,
        sha256=hashlib.sha256(body).hexdigest(), created_at=timezone.now(),
    )
