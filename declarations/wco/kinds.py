"""The kinds of message a single window exchanges, and how one is recognised."""

from __future__ import annotations

from enum import StrEnum


class MessageKind(StrEnum):
    """What a message asks for. A schema set belongs to each kind of a profile."""

    IMPORT = "import"
    EXPORT = "export"
    TRANSIT = "transit"
    LPCO = "lpco"
    CANCELLATION = "cancellation"
    AMENDMENT = "amendment"
    RESPONSE = "response"


Kinds = frozenset[MessageKind]

IM: Kinds = frozenset({MessageKind.IMPORT})
EX: Kinds = frozenset({MessageKind.EXPORT})
TR: Kinds = frozenset({MessageKind.TRANSIT})
LP: Kinds = frozenset({MessageKind.LPCO})
CANCEL: Kinds = frozenset({MessageKind.CANCELLATION})
TRADE: Kinds = IM | EX | TR | LP
"""The four kinds that carry a full set of goods data."""
EVERY: Kinds = frozenset(MessageKind)
NONE: Kinds = frozenset()

# Declaration/TypeCode begins with these (CAREC profile; the first two as in the EU and UK).
TYPE_CODE_PREFIXES: dict[str, MessageKind] = {
    "IM": MessageKind.IMPORT,
    "EX": MessageKind.EXPORT,
    "TR": MessageKind.TRANSIT,
    "LP": MessageKind.LPCO,
    "INV": MessageKind.CANCELLATION,
}
