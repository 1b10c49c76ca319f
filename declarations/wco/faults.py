"""Faults: what is wrong with a message, said so that a trader can put it right.

``template % params`` is the English text. A page in another language uses
``fault.translated(gettext)``, which translates the template and the labels within it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


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


# Parameters that are English text themselves, and so are translated before they are filled in.
_TEXT_PARAMS = frozenset({"label", "parent", "hint"})


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
            name: gettext(value) if name in _TEXT_PARAMS and value else value
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
