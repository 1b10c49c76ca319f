"""Checking what a trader wants changed: the message that asks, then the version it amounts to."""

from django.conf import settings
from django.utils.translation import gettext_noop as _

from declarations import checking, wco
from declarations.change_request import ChangeRequest
from declarations.checking import Outcome
from declarations.comparison import compare
from declarations.models import Version
from declarations.profiles import store
from declarations.states import ChangeKind
from declarations.wco import Fault, Layer, MessageError, MessageKind
from declarations.wco.corrections import corrected


def check(change: ChangeRequest) -> Outcome:
    """Judge the wish. Of a message that corrects places, ``body`` is set to what it makes."""
    if change.request is not None:
        faults, layer = _judge_request(change)
        if layer is not None:
            return Outcome(layer, faults, None)
        if change.kind == ChangeKind.CANCELLATION:
            return Outcome(None, faults, None)
    assert change.body is not None and change.asked_at is not None
    version = Version(
        declaration=change.declaration, number=change.base_number + 1, channel=change.channel,
        body=bytes(change.body), received_at=change.asked_at, organisation=change.organisation,
    )
    outcome = checking.check_version(version, amends=True)
    if outcome.accepted and outcome.dataset is not None and _is_same(change, outcome.dataset):
        return Outcome(Layer.RULE, [Fault(
            "SW-AMEND-NOTHING", Layer.RULE,
            _("Nothing is different from the version in force. Change what is to be amended."),
        )], outcome.dataset)
    return outcome


def keep(change: ChangeRequest, outcome: Outcome) -> None:
    """Store what the checks found with the wish."""
    change.dataset = None if outcome.dataset is None else wco.to_json(outcome.dataset)
    change.faults = [fault.to_dict() for fault in outcome.faults]
    change.save(update_fields=["body", "dataset", "faults"])


def _judge_request(change: ChangeRequest) -> tuple[list[Fault], Layer | None]:
    """By the schema of its own kind; then put a correction into the version in force."""
    assert change.request is not None
    name, _at, version = change.request_profile.partition("@")
    profile = store.pinned(name, version)
    kind = MessageKind(change.kind)
    verdict = wco.validate(bytes(change.request), profile, kind,
                           max_bytes=settings.MAX_MESSAGE_BYTES)
    if not verdict.accepted or verdict.message is None:
        return verdict.faults, verdict.layer
    if kind is MessageKind.CANCELLATION:
        return verdict.faults, None
    in_force = wco.read(bytes(change.declaration.current.body),
                        max_bytes=settings.MAX_MESSAGE_BYTES)
    try:
        change.body = corrected(in_force.root, verdict.message.root, profile)
    except MessageError as error:
        return error.faults, Layer.RULE
    return verdict.faults, None


def _is_same(change: ChangeRequest, dataset: wco.Declaration) -> bool:
    return not compare(change.declaration.current.dataset, wco.to_json(dataset))
