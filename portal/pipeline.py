"""The work after filing, in Celery workers: read ▸ check ▸ route ▸ answer.

Everything here runs on the queue ``intake`` (CELERY_TASK_ROUTES), apart from exchange and bulk
work, so that neither of those can hold up a declaration.

A filed declaration waits in the database, not in the broker: its task is only a wake-up. Whoever
loses the wake-up (a broker flushed, a worker killed, a check that raised) is found again by the
sweep, each time after a longer pause, so that a declaration that breaks its check, or kills its
worker, cannot take the workers from the others. It stays "submitted" and is tried for ever: the
cause is in the portal, and no trader shall be told that the message is at fault. After
``ALARM_AFTER`` attempts the log says ERROR and the declaration's own journal says that its check
takes longer than usual, which its page and an operator's list show.
"""

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from agencies import amendments, cancellations, cases
from agencies.cases import Case, DecisionError
from agencies.risk import releasing
from agencies.routing import route
from declarations import changes, checking, lifecycle, mrn, representation
from declarations.change_request import ChangeRequest
from declarations.checking import Outcome
from declarations.lifecycle import Action
from declarations.models import Declaration, Version
from declarations.projection import project
from declarations.states import ChangeKind, ChangeState
from declarations.wco import Fault, Layer
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.models import Event
from portal.journal.record import record
from portal.retries import BackOff

logger = logging.getLogger(__name__)

HEARTBEAT = "worker-heartbeat"
PATIENCE = timedelta(seconds=5)
back_off = BackOff(2 * PATIENCE, timedelta(minutes=5))
ALARM_AFTER = 5
SWEPT_AT_ONCE = 500


def on_event(event: Event) -> None:
    """Journal subscriber: wake a worker once a filing is committed.

    A broker that is down must not undo the filing: ``robust`` logs it, and the sweep comes later.
    """
    if event.kind == EventKind.SUBMITTED:
        transaction.on_commit(lambda: _wake(event.subject), robust=True)
    elif event.kind in (EventKind.AMENDMENT_REQUESTED, EventKind.CANCELLATION_RECEIVED):
        change = event.payload["change"]
        transaction.on_commit(lambda: process_change.delay(change), robust=True)


def _wake(declaration_id: UUID) -> None:
    process.delay(str(declaration_id))


# Not put back when the worker is lost: a message that kills workers would come back at once, for
# ever. The sweep brings it back, with its pauses.
@shared_task(reject_on_worker_lost=False)
def process(declaration_id: str) -> None:
    """Check one filed declaration and answer it; nothing if it was done or is in other hands."""
    with transaction.atomic():
        declaration = (
            Declaration.objects.awaiting_check()
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=declaration_id)
            .first()
        )
        if declaration is None:
            return
        version = declaration.versions.select_related("organisation").latest("number")
        outcome = checking.check_version(version)
        checking.keep(version, outcome)
        if outcome.dataset is not None:
            project(declaration, outcome.dataset)
        if outcome.accepted:
            _accept(declaration, version, outcome)
        else:
            _reject(declaration, version, outcome)


@shared_task(reject_on_worker_lost=False)
def process_change(change_id: str) -> None:
    """Check what a trader wants changed, and lay it before who decides; nothing if it was done.

    What is faulty, or cannot be done as the case stands, changes nothing and is told.
    """
    found = ChangeRequest.objects.filter(pk=change_id, state=ChangeState.CHECKING).first()
    if found is None:
        return
    with transaction.atomic():
        case = cases.lock(found.declaration_id)
        change = (
            ChangeRequest.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("organisation", "decider")
            .filter(pk=change_id, state=ChangeState.CHECKING).first()
        )
        if change is None:
            return
        change.declaration = case.declaration
        outcome = changes.check(change)
        changes.keep(change, outcome)
        if not outcome.accepted:
            _reject_change(case, change, [fault.code for fault in outcome.errors])
            return
        try:
            with transaction.atomic():
                _take_change(case, change)
        except DecisionError as error:
            # What was set on the objects was not kept.
            case = cases.lock(found.declaration_id)
            change = ChangeRequest.objects.get(pk=change_id)
            fault = Fault("SW-CHANGE-02", Layer.RULE, "%(words)s", {"words": str(error)})
            change.faults = [*change.faults, fault.to_dict()]
            _reject_change(case, change, [fault.code])


def _take_change(case: Case, change: ChangeRequest) -> None:
    if change.kind == ChangeKind.AMENDMENT:
        amendments.checked(case, change)
        return
    asked = cancellations.taken_in(case, change)
    change.state, change.decided_at = ChangeState.HANDED_ON, asked.asked_at
    change.save(update_fields=["state", "decided_at"])


def _reject_change(case: Case, change: ChangeRequest, faults: list[str]) -> None:
    change.state, change.decided_at = ChangeState.REJECTED, timezone.now()
    change.save(update_fields=["state", "decided_at", "faults"])
    amends = change.kind == ChangeKind.AMENDMENT
    record(
        case.declaration.pk,
        EventKind.AMENDMENT_REJECTED if amends else EventKind.CANCELLATION_REJECTED, SYSTEM,
        {"change": str(change.pk), "faults": faults},
    )
    cases.release_if_agreed(case, SYSTEM)


def _reject(declaration: Declaration, version: Version, outcome: Outcome) -> None:
    assert outcome.layer is not None
    lifecycle.perform(
        declaration, Action.REJECT, SYSTEM,
        {"version": version.number, "layer": outcome.layer.value,
         "faults": [fault.code for fault in outcome.errors]},
    )


def _accept(declaration: Declaration, version: Version, outcome: Outcome) -> None:
    assert outcome.dataset is not None
    declaration.mrn = mrn.take()
    declaration.principal = representation.principal_of(
        declaration.kind, outcome.dataset, version.organisation
    )
    lifecycle.perform(
        declaration, Action.ACCEPT, SYSTEM,
        {"version": version.number, "mrn": declaration.mrn, "sha256": version.sha256},
    )
    reviews = route(declaration, outcome.dataset)  # records the risk, and the rules that matched
    lifecycle.move(declaration, Action.ROUTE, SYSTEM)
    releasing.release(declaration, reviews)


@shared_task
def sweep() -> None:
    """Wake workers for the declarations that nobody seems to have. Safe to run at any time."""
    with transaction.atomic():
        # A row that is being checked is locked, and so is passed over.
        overdue = list(
            Declaration.objects.overdue(PATIENCE)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("submitted_at")[:SWEPT_AT_ONCE]
        )
        for declaration in overdue:
            _put_off(declaration)
        waiting = list(
            ChangeRequest.objects.overdue(PATIENCE)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("asked_at")[:SWEPT_AT_ONCE]
        )
        for change in waiting:
            _put_off_change(change)
    for declaration in overdue:
        _wake(declaration.pk)
    for change in waiting:
        process_change.delay(str(change.pk))


def _put_off_change(change: ChangeRequest) -> None:
    attempt = min(change.check_attempts + 1, 32_000)
    ChangeRequest.objects.filter(pk=change.pk).update(
        check_attempts=attempt, check_after=timezone.now() + back_off(attempt)
    )
    if attempt >= ALARM_AFTER:
        logger.error("Change %s is unchecked after %s attempts", change.pk, attempt)


def _put_off(declaration: Declaration) -> None:
    """Count the attempt that is about to begin, and say when the next one may."""
    attempt = declaration.check_attempts = min(declaration.check_attempts + 1, 32_000)
    declaration.check_after = timezone.now() + back_off(attempt)
    Declaration.objects.filter(pk=declaration.pk).update(
        check_attempts=attempt, check_after=declaration.check_after
    )
    if attempt < ALARM_AFTER:
        return
    logger.error("Declaration %s is unchecked after %s attempts", declaration.pk, attempt)
    if attempt == ALARM_AFTER:
        record(declaration.pk, EventKind.CHECK_DELAYED, SYSTEM, {"attempts": attempt})


@shared_task
def heartbeat() -> None:
    """Say that a worker is alive and reads its queue; ``/readyz`` asks for it."""
    cache.set(HEARTBEAT, timezone.now(), timeout=600)
