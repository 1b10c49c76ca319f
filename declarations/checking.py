"""Checking a filed version: the schema first, then the business rules."""

from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from declarations import representation, wco
from declarations.code_editions import store as code_store
from declarations.models import Declaration, Version
from declarations.profiles import store
from declarations.rules import PermitRegister, RuleContext, check
from declarations.wco import Fault, Severity


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the checks found. ``dataset`` is what could be read, None if nothing could.

    ``layer`` is the check that refused the message, None if none did; faults may then still hold
    warnings and notes.
    """

    layer: wco.Layer | None
    faults: list[Fault]
    dataset: wco.Declaration | None

    @property
    def errors(self) -> list[Fault]:
        """The faults that refuse it."""
        return [fault for fault in self.faults if fault.severity == Severity.ERROR]

    @property
    def accepted(self) -> bool:
        return self.layer is None


def check_version(version: Version, *, amends: bool = False) -> Outcome:
    """Judge the exact bytes of a version, by the profile version that it was filed with.

    ``amends``: it is to follow a version in force. The rules then see it as the new declaration
    that it amounts to: its function and the MRN that it names are judged at the door.
    """
    declaration = version.declaration
    received = version.received_at.astimezone(ZoneInfo(settings.PORTAL_TIME_ZONE)).date()
    profile = store.pinned(declaration.profile, declaration.profile_version)
    kind = wco.MessageKind(declaration.kind)
    verdict = wco.validate(
        bytes(version.body), profile, kind, max_bytes=settings.MAX_MESSAGE_BYTES
    )
    if verdict.message is None:
        return Outcome(verdict.layer, verdict.faults, None)
    # Read even what the schema refuses: its page shows each fault beside its field.
    dataset = wco.from_xml(verdict.message.root, profile)
    if not verdict.accepted:
        return Outcome(verdict.layer, verdict.faults, dataset)
    judged = replace(dataset, FunctionCode="9", ID=None) if amends else dataset
    context = RuleContext(
        country=settings.PORTAL_COUNTRY,
        today=received,
        declarant_id=version.organisation.identifier,
        permits=permit_register(declaration, received),
    )
    with code_store.as_of(received):
        faults = [*verdict.faults, *check(judged, context, profile.name)]
    faults += representation.check(
        declaration.kind, judged, version.organisation, version.received_at
    )
    refused = any(fault.severity == Severity.ERROR for fault in faults)
    return Outcome(wco.Layer.RULE if refused else None, faults, dataset)


def permit_register(declaration: Declaration | None, day: date) -> PermitRegister | None:
    """The permits of the portal's agencies, by the room named in PERMIT_REGISTER."""
    if not settings.PERMIT_REGISTER:
        return None
    return import_string(settings.PERMIT_REGISTER)(declaration, day)


def keep(version: Version, outcome: Outcome) -> None:
    """Store the dataset and the faults with the version."""
    version.dataset = None if outcome.dataset is None else wco.to_json(outcome.dataset)
    version.faults = [fault.to_dict() for fault in outcome.faults]
    version.save(update_fields=["dataset", "faults"])
