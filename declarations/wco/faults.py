"""Faults: what is wrong with a message, said so that a trader can put it right.

``template % params`` is the English text. A page in another language uses
``fault.translated(gettext)``, which translates the template and the labels within it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .i18n import gettext_noop as _


class Layer(StrEnum):
    """The check that a message failed, in the order in which they run."""

    SIZE = "size"
    ENCODING = "encoding"
    SYNTAX = "syntax"
    DOCTYPE = "doctype"
    ROOT = "root"
    XSD = "xsd"
    RULE = "rule"


class Severity(StrEnum):
    """An error refuses the message; a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class PointerStep:
    """One step of a WCO pointer: which section, the how-manieth, and which element of it."""

    SequenceNumeric: int | None
    DocumentSectionCode: str
    TagID: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "SequenceNumeric": self.SequenceNumeric,
            "DocumentSectionCode": self.DocumentSectionCode,
            "TagID": self.TagID,
        }


MAX_FAULTS = 100
"""Most lines in the list of one message's faults; the last tells how many it leaves out."""

# Parameters that are English text themselves, and so are translated before they are filled in.
_TEXT_PARAMS = frozenset({"label", "parent", "hint", "law"})
JOINT = " › "
"""Between the labels of a group and of an element in it; each is translated by itself."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``path`` names the place, such as
    ``/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/Commodity``; ``pointer`` is the same
    place in WCO terms; ``line`` is the line in the message; ``allowed`` lists the values that
    would do, where they can be listed.
    """

    code: str
    layer: Layer
    template: str
    params: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    pointer: tuple[PointerStep, ...] = ()
    line: int | None = None
    value: str | None = None
    allowed: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR

    @property
    def message(self) -> str:
        """The text in English."""
        return self.template % self.params

    def translated(self, gettext: Callable[[str], str]) -> str:
        """The text in the language of ``gettext``, labels included."""
        params = {
            name: JOINT.join(map(gettext, value.split(JOINT)))
            if name in _TEXT_PARAMS and value else value
            for name, value in self.params.items()
        }
        return gettext(self.template) % params

    def to_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "layer": self.layer.value,
            "severity": self.severity.value,
            "path": self.path,
            "pointer": [step.to_dict() for step in self.pointer],
            "line": self.line,
            "value": self.value,
            "allowed": list(self.allowed),
            "message": self.message,
            "template": self.template,
            "params": {name: _plain(value) for name, value in self.params.items()},
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Fault:
        """The fault that ``to_dict`` wrote down, so that it can be told in another language."""
        return cls(
            code=data["code"],
            layer=Layer(data["layer"]),
            template=data["template"],
            params=dict(data["params"]),
            path=data["path"],
            pointer=tuple(PointerStep(**step) for step in data["pointer"]),
            line=data["line"],
            value=data["value"],
            allowed=tuple(data["allowed"]),
            severity=Severity(data["severity"]),
        )


def _plain(value: Any) -> Any:
    """What JSON holds as it is; anything else as its text."""
    return value if value is None or isinstance(value, str | int | bool) else str(value)


class MessageError(Exception):
    """A message cannot be read. ``faults`` says why; there is at least one."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: list[Fault] = list(faults)
        super().__init__("; ".join(fault.message for fault in self.faults))


def more_faults(like: Fault, count: int, *, at_least: bool = False) -> Fault:
    """The last line of a long list: how many faults like ``like`` it leaves out."""
    template = _(
        "The list ends here; faults that it leaves out: %(count)s. Correct those above, and send "
        "the message again to see the rest."
    )
    if at_least:
        template = _(
            "The list ends here; faults that it leaves out: %(count)s or more. Correct those above, "
            "and send the message again to see the rest."
        )
    return Fault(
        "SW-MORE", like.layer, template, {"count": count}, severity=like.severity
    )


def capped(faults: Iterable[Fault], more: int = 0, *, at_least: bool = False) -> list[Fault]:
    """At most ``MAX_FAULTS`` of each severity in their order, the last saying how many more.

    By severity, so that a thousand warnings hide no error. ``more``: faults like the last that
    were counted and not listed; ``at_least``: and perhaps others.
    """
    listed = list(faults)
    counts = Counter(fault.severity for fault in listed)
    if listed:
        counts[listed[-1].severity] += more
    most = {
        severity: count if count <= MAX_FAULTS else MAX_FAULTS - 1
        for severity, count in counts.items()
    }
    kept: list[Fault] = []
    seen: Counter[Severity] = Counter()
    for fault in listed:
        seen[fault.severity] += 1
        if seen[fault.severity] <= most[fault.severity]:
            kept.append(fault)
    kept += [
        more_faults(next(f for f in listed if f.severity is severity), counts[severity] - kept_of,
                    at_least=at_least)
        for severity, kept_of in most.items() if kept_of < counts[severity]
    ]
    return kept
