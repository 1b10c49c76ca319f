"""What a message says, by its kind: read strictly, shown in the list, and what it does when it is kept.

A declaration is only kept. The documents of a transit and of the use of a permit are applied, in the
transaction that keeps their message.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from declarations import wco
from declarations.profiles import store
from declarations.states import Kind
from exchange.composition import project
from exchange.documents import NotValid
from exchange.models import CAREC, PERMIT_USE_KINDS, TRANSIT_KINDS, InboxMessage, Partner
from exchange.permits import incoming as permit_uses
from exchange.permits import messages as permit_messages
from exchange.problems import Refused
from exchange.transit import incoming as transits
from exchange.transit import messages as transit_messages

logger = logging.getLogger(__name__)
Document = TypeVar("Document")


@dataclass(frozen=True, slots=True)
class Content:
    """``columns``: of the inbox message. ``apply``: what the message does, once it is kept."""

    columns: dict[str, Any]
    apply: Callable[[InboxMessage], None]


def read(partner: Partner, kind: str, body: bytes) -> Content:
    """What a message of this kind says. Raises Refused, which names every fault."""
    if kind in TRANSIT_KINDS:
        told = _document("transit", transit_messages.read, kind, body)
        return Content(transits.columns(told), lambda message: transits.take(message, told))
    if kind in PERMIT_USE_KINDS:
        use = _document("permit-use", permit_messages.read, kind, body)
        return Content(permit_uses.columns(use), lambda message: permit_uses.take(message, use))
    return Content(project(read_declaration(partner, body)), lambda _message: None)


def read_declaration(partner: Partner, body: bytes) -> wco.Declaration:
    """In the carec form or that of the profile agreed. Raises Refused."""
    profile = wco.get_profile(CAREC)
    verdict = wco.validate(body, profile)
    if not verdict.accepted and partner.profile != CAREC:
        try:
            agreed = store.find(partner.profile)
        except wco.UnknownProfile:
            logger.warning("profile %s agreed with %s is not in force", partner.profile, partner)
        else:
            as_agreed = wco.validate(body, agreed)
            if as_agreed.accepted:
                profile, verdict = agreed, as_agreed
    if not verdict.accepted or verdict.message is None or verdict.kind not in Kind.values:
        raise Refused(
            422, "message-invalid", f"The message does not follow the {CAREC} profile.",
            errors=[fault.to_dict() for fault in verdict.faults],
        )
    message = wco.from_xml(verdict.message.root, profile)
    # The form lets both be missing, as they are until a declaration is accepted; what a neighbour is
    # told of was accepted.
    missing = [name for name in ("ID", "AcceptanceDateTime") if not getattr(message, name)]
    if missing:
        raise Refused(
            422, "message-invalid", "The declaration lacks what says that it was accepted.",
            errors=[{"code": "message-invalid", "message": f"{name} is missing."} for name in missing],
        )
    return message


def _document(
    schema: str, reader: Callable[[str, bytes], Document], kind: str, body: bytes
) -> Document:
    """What a document of our own says (docs/transit.md, docs/permits.md). Raises Refused."""
    try:
        return reader(kind, body)
    except NotValid as problem:
        raise Refused(
            422, "message-invalid", f"The message does not follow the {schema} schema.",
            errors=problem.errors,
        ) from problem
