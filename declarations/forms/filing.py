"""From a checked form to the bytes that are filed, judged by the functions that the worker uses."""

from dataclasses import dataclass

from declarations.forms.declaration import DeclarationForms
from declarations.models import Declaration
from declarations.rules import check
from declarations.wco import (
    Fault, MessageError, MessageKind, Profile, from_json, get_profile, to_xml, validate,
)


@dataclass(frozen=True, slots=True)
class Written:
    """The message of a form, and what is wrong with it; ``body`` is empty if it has no message."""

    body: bytes
    faults: list[Fault]


def write(forms: DeclarationForms, country: str) -> Written:
    """Write the message, validate it and run the business rules, as after filing."""
    raise NotImplementedError
