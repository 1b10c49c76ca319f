"""From a checked form to the bytes that are filed, judged by the functions that the worker uses."""

from dataclasses import dataclass, field, replace

from django.utils import timezone

from declarations import checking, intake, representation
from declarations.forms.declaration import DeclarationForms, Note
from declarations.models import Declaration, Version
from declarations.rules import check, default_context
from declarations.states import Channel
from declarations.wco import (
    Fault,
    MessageError,
    MessageKind,
    Severity,
    from_json,
    get_profile,
    to_xml,
    validate,
)
from portal.accounts.actors import Actor
from portal.accounts.models import Organisation

PROFILE = "carec"


@dataclass(frozen=True, slots=True)
class Written:
    """The message of a form, and what is wrong with it; no ``body`` if none can be made.

    ``warnings`` stop nothing, but an officer will see them: better told before filing than after.
    """

    body: bytes
    notes: list[Note]
    warnings: list[Note] = field(default_factory=list)


def write(
    forms: DeclarationForms, filer: Organisation, declaration: Declaration | None = None
) -> Written:
    """Write the message, validate it and run the business rules, as the worker will.

    The rules run even on a message that its schema refuses, so that a person learns all at once.
    ``declaration``: the one that is drafted, corrected or amended, None if it is not kept yet.
    """
    context = default_context()
    context = replace(
        context, declarant_id=filer.identifier,
        permits=checking.permit_register(declaration, context.today),
    )
    profile = get_profile(PROFILE, context.today)
    try:
        dataset = from_json(forms.dataset, lenient=True)
        body = to_xml(dataset, profile, country=context.country)
    except MessageError as error:
        return Written(b"", [Note.of(fault) for fault in error.faults])
    verdict = validate(body, profile, MessageKind(forms.kind))
    broken = [
        *check(dataset, context),
        *representation.check(forms.kind, dataset, filer, timezone.now()),
    ]
    # Of an amount without currency the rule speaks plainly; the schema, of attributes.
    told = {f"{fault.path}/@currencyID" for fault in broken if fault.severity == Severity.ERROR}
    faults = [*(fault for fault in verdict.faults if fault.path not in told), *broken]
    return Written(
        body,
        [Note.of(fault) for fault in faults if fault.severity == Severity.ERROR],
        [Note.of(fault) for fault in faults if fault.severity == Severity.WARNING],
    )


def as_amendment(forms: DeclarationForms, declaration: Declaration) -> bytes:
    """The message of a checked form as one that replaces the declaration's version in force."""
    context = default_context()
    told = replace(
        from_json(forms.dataset, lenient=True), FunctionCode="5", ID=declaration.mrn,
        FunctionalReferenceID=declaration.lrn,
    )
    return to_xml(told, get_profile(PROFILE, context.today), country=context.country)


def file(actor: Actor, draft: Declaration, written: Written) -> Declaration:
    """File the message of a draft. Raises intake.IntakeRefused, which leaves the draft as it was."""
    return intake.submit(
        actor, written.body, channel=Channel.FORM, profile=PROFILE, draft=draft
    )


def notes_of(version: Version) -> list[Note]:
    """The errors that the worker found in a rejected message, in the reader's language."""
    faults = (Fault.from_dict(fault) for fault in version.faults)
    return [Note.of(fault) for fault in faults if fault.severity == Severity.ERROR]
